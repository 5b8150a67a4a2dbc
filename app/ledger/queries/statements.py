"""An account's transfers, line by line: any stretch of time, any page of it, at the same cost in an account of ten lines and of a
hundred thousand.

A line's place is its `seq`, which grows with the instant it was recorded; in an account that keeps no balance it is the transfer's id. So
the ends of a stretch of time are found by bisecting over the places, and no index has to know about time.
"""
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, text, union_all

from app.base.db import Instant, db
from app.ledger.models import Account, Book, Checkpoint, Posting, Transfer

BATCH = 2000                               # lines that are in memory at once while a whole stretch is read


class StatementLine(NamedTuple):
    """One transfer as an account sees it: `change` and `balance` in the account's unit (minutes or cents)."""

    seq: int
    posting_id: int
    key: str
    kind: str
    effective_at: datetime
    recorded_at: datetime
    change: int
    balance: int
    other_id: int


class Stretch(NamedTuple):
    """An account's lines beyond the place `after` up to the place `last`, and its balance before and after them."""

    account_id: int
    cached: bool
    after: int
    last: int
    opening: int
    closing: int


EMPTY = Stretch(0, True, 0, 0, 0, 0)       # of an account that nobody has opened yet


class Totals(NamedTuple):
    """What came in and what went out, both positive."""

    into: int
    out: int


def stretch(account_id: int, *, since: datetime | None = None, until: datetime | None = None) -> Stretch:
    """What was recorded on an account from the instant `since` to before `until`; None: from its first line, to its last."""
    cached, seq = db.session.execute(select(Account.cached, Account.seq).where(Account.id == account_id)).one()
    newest = seq if cached else db.session.scalar(select(func.max(Transfer.id))) or 0
    places = _places(account_id, cached, newest, [each for each in (since, until) if each])
    after, last = places[since] if since else 0, places[until] if until else newest
    last = max(after, last)                # a stretch that ends before it begins is empty
    balances = (_kept_balances if cached else _summed_balances)(account_id, {after, last})
    return Stretch(account_id, cached, after, last, balances.get(after, 0), balances.get(last, 0))


def statement(account_id: int, *, before_seq: int | None = None, limit: int = 50) -> list[StatementLine]:
    """The account's newest lines, from below `before_seq`, newest first."""
    return page(stretch(account_id), before=before_seq, limit=limit)


def page(within: Stretch, *, before: int | None = None, limit: int = 50) -> list[StatementLine]:
    """The newest lines of a stretch, from below the place `before`, newest first."""
    last = within.last if before is None else max(within.after, min(before - 1, within.last))
    found = _lines(within, within.after, last, limit, newest_first=True)
    if not within.cached and found:
        balance = within.closing if last == within.last else _summed_balances(within.account_id, {last})[last]
        for place, line in enumerate(found):
            found[place] = line._replace(balance=balance)
            balance -= line.change
    return found


def lines(within: Stretch) -> Iterator[StatementLine]:
    """All lines of a stretch, oldest first, a batch at a time."""
    after, balance = within.after, within.opening
    while batch := _lines(within, after, within.last, BATCH):
        for line in batch:
            balance += line.change
            yield line if within.cached else line._replace(balance=balance)
        after = batch[-1].seq


def totals(within: Stretch) -> Totals:
    """The sums of a stretch. They read each of its lines."""
    row = db.session.execute(_TOTALS[within.cached], dict(account=within.account_id, after=within.after, last=within.last)).one()
    return Totals(*(int(each or 0) for each in row))


def _lines(within: Stretch, after: int, last: int, limit: int, *, newest_first: bool = False) -> list[StatementLine]:
    rows = db.session.execute(_LINES[within.cached, newest_first], dict(account=within.account_id, after=after, last=last, limit=limit))
    return [StatementLine._make(row) for row in rows]


def _kept_balances(account_id: int, places: set[int]) -> dict[int, int]:
    """The stored balance after each of these places."""
    debits = select(Transfer.debit_seq, Transfer.debit_balance).where(Transfer.debit_id == account_id, Transfer.debit_seq.in_(places))
    credits = select(Transfer.credit_seq, Transfer.credit_balance).where(Transfer.credit_id == account_id, Transfer.credit_seq.in_(places))
    return dict(db.session.execute(union_all(debits, credits)).all())


def _summed_balances(account_id: int, places: set[int]) -> dict[int, int]:
    """The balance after each of these places: the last checkpoint, and what lies between it and the place."""
    checked_to, checked = db.session.execute(
        select(Book.checked_to, func.coalesce(Checkpoint.balance, 0)).join(Account, Account.book_id == Book.id)
        .outerjoin(Checkpoint, Checkpoint.account_id == Account.id).where(Account.id == account_id)).one()

    def moved(low, high):
        into, out = totals(Stretch(account_id, False, low, high, 0, 0))
        return into - out
    return {place: checked + moved(checked_to, place) if place >= checked_to else checked - moved(place, checked_to)
            for place in places if place}


def _places(account_id: int, cached: bool, newest: int, instants: list[datetime]) -> dict[datetime, int]:
    """For each instant the last place that was recorded before it.

    Bit by bit from the highest: a bit is kept when the line that stands there is older. So the answer for a past instant is the same
    however much has come since, and takes as many steps as the number of lines has binary digits. In an account that keeps a balance, which
    is locked, lines stand in the order of their instants; the ids of other transfers that were recorded in the same moment may not.
    """
    if not instants or not newest:
        return dict.fromkeys(instants, 0)
    values = {f"instant{n}": instant for n, instant in enumerate(instants)}
    seeds = " UNION ALL ".join(f"SELECT {n}, :{name}, CAST(0 AS BIGINT), CAST(:step AS BIGINT)" for n, name in enumerate(values))
    search = text(_SEARCH.format(seeds=seeds, at=_KEPT_AT if cached else _ID_AT))
    rows = db.session.execute(search.bindparams(*(bindparam(name, type_=Instant) for name in values)),
                              values | {"step": 1 << newest.bit_length() - 1} | ({"account": account_id} if cached else {})).all()
    return {instants[row.n]: row.place for row in rows}


# Written out, since building these by expressions takes longer in Python than they take in the database.

def _side(side: str, cached: bool) -> str:
    """One side's lines beyond a place, up to another.

    An account that keeps no balance has NULL for every `seq`: SQLite, told so, reads in the order of ids what is equal in its index.
    """
    place = f"{side}_seq > :after AND {side}_seq <= :last" if cached else f"{side}_seq IS NULL AND id > :after AND id <= :last"
    return f"FROM transfer WHERE {side}_id = :account AND {place}"


def _page(cached: bool, newest_first: bool):
    """Each side brings its own first lines from its index."""
    order = "DESC" if newest_first else "ASC"

    def lines(side, other, sign):
        return (f"SELECT * FROM (SELECT {f'{side}_seq' if cached else 'id'} AS seq, posting_id, {sign}amount AS change, "
                f"{side}_balance AS balance, {other}_id AS other_id {_side(side, cached)} ORDER BY 1 {order} LIMIT :limit) AS {side}")
    return text(f"""
        SELECT seq, posting_id, key, kind, effective_at, recorded_at, change, balance, other_id
        FROM ({lines("debit", "credit", "-")} UNION ALL {lines("credit", "debit", "")} ORDER BY seq {order} LIMIT :limit) AS line
        JOIN posting ON posting.id = posting_id ORDER BY seq {order}
        """).columns(effective_at=Instant, recorded_at=Instant)


_LINES = {(cached, newest_first): _page(cached, newest_first) for cached in (True, False) for newest_first in (True, False)}
_TOTALS = {cached: text(f"SELECT (SELECT sum(amount) {_side('credit', cached)}), (SELECT sum(amount) {_side('debit', cached)})")
           for cached in (True, False)}
_SEARCH = """
WITH RECURSIVE search (n, instant, place, step) AS (
  {seeds}
  UNION ALL
  SELECT n, instant, CASE WHEN (SELECT recorded_at FROM posting WHERE id = {at}) < instant THEN place + step ELSE place END, step / 2
  FROM search WHERE step > 0
)
SELECT n, place FROM search WHERE step = 0
"""
_KEPT_AT = """coalesce(
  (SELECT posting_id FROM transfer WHERE debit_id = :account AND debit_seq = place + step),
  (SELECT posting_id FROM transfer WHERE credit_id = :account AND credit_seq = place + step))"""
_ID_AT = "(SELECT posting_id FROM transfer WHERE transfer.id >= place + step ORDER BY transfer.id LIMIT 1)"
