"""What the night compares: the figures in the accounts' rows against the transfers, all of them or those since the last checkpoint.

Nothing here loops over accounts: each pass is one statement in the caller's snapshot. A checkpoint vouches for all transfers up to its
book's `checked_to`; what comes after is the tail.
"""
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import BigInteger, Select, and_, case, cast, false, func, literal, or_, select, true, union_all

from app.base.db import db
from app.ledger.models import Account, Book, BookKind, Checkpoint, Hold, HoldResolution, Transfer
from app.ledger.queries.balances import of_comune

AT_ONCE = 500     # drifted accounts that one statement examines


class Drift(NamedTuple):
    """An account whose stored figures and transfers disagree. `transfer_id`: the first transfer that does; None: only the account's row."""

    account_id: int
    unit: str
    stored_balance: int
    true_balance: int
    stored_seq: int
    true_seq: int
    transfer_id: int | None


class Look(NamedTuple):
    """What a pass over a comune's accounts found. `full`: it went over all transfers."""

    drifts: list[Drift]
    full: bool


def look(comune_id: int, *, full: bool) -> Look:
    """Every account of the comune that keeps a balance and whose transfers say otherwise.

    A pass over the tail believes the checkpoints. Where one of them is contradicted by its account's own transfers, it is the checkpoint
    that is wrong, and the pass goes over everything.
    """
    suspects = _suspects(comune_id, full)
    drifts = [drift for start in range(0, len(suspects), AT_ONCE) for drift in examine(suspects[start:start + AT_ONCE])]
    if len(drifts) < len(suspects) and not full:
        return look(comune_id, full=True)
    return Look(drifts, full)


def drifts(comune_id: int) -> list[Drift]:
    """The accounts that disagree with their transfers, over all transfers."""
    return look(comune_id, full=True).drifts


def examine(account_ids: Iterable[int]) -> list[Drift]:
    """Those of these few accounts that disagree with their transfers, each with the first row where it does."""
    ids = list(account_ids)
    rows = union_all(*(
        select(me.label("account_id"), Transfer.id.label("id"), change.label("change"), seq.label("seq"), after.label("after")).where(
            me.in_(ids)) for me, change, seq, after in _sides(signed=True))).subquery()
    order = dict(partition_by=rows.c.account_id, order_by=(rows.c.seq.is_not(None), rows.c.seq, rows.c.id), rows=(None, 0))
    place, total = func.row_number().over(**order | {"rows": None}), func.sum(rows.c.change).over(**order)
    line = select(rows, place.label("place"), total.label("total")).cte("line")
    wrong = line.c.seq.is_distinct_from(line.c.place) | line.c.after.is_distinct_from(line.c.total)
    each = select(line.c.account_id, func.count().label("count"), func.sum(line.c.change).label("balance"),
                  func.min(case((wrong, line.c.place))).label("place")).group_by(line.c.account_id).subquery()
    balance, count = _or_0(each.c.balance), _or_0(each.c.count)
    query = (select(Account.id, Account.unit, Account.balance, balance, Account.seq, count, line.c.id)
             .outerjoin(each, each.c.account_id == Account.id)
             .outerjoin(line, and_(line.c.account_id == Account.id, line.c.place == each.c.place))
             .where(Account.id.in_(ids), or_(Account.balance != balance, Account.seq != count, line.c.id.is_not(None)))
             .order_by(Account.id))
    return [Drift(*row) for row in db.session.execute(query)]


def sums(comune_id: int, kind: BookKind | None = None) -> dict[tuple[int, str], int]:
    """What all accounts of each book add up to, by book and unit: 0 each, since a transfer gives as much as it takes.

    Of the accounts that keep a balance it takes the row, of the town's own the last checkpoint and the tail.
    """
    tail = _moved(_tail(comune_id)).subquery()
    figure = case((Account.cached, Account.balance), else_=_or_0(Checkpoint.balance) + _or_0(tail.c.change))
    query = (select(Account.book_id, Account.unit, cast(func.sum(figure), BigInteger)).join(Book, Book.id == Account.book_id)
             .outerjoin(Checkpoint, Checkpoint.account_id == Account.id).outerjoin(tail, tail.c.account_id == Account.id)
             .where(Book.comune_id == comune_id, Book.kind == kind if kind else true()).group_by(Account.book_id, Account.unit))
    return {(book_id, unit): total for book_id, unit, total in db.session.execute(query)}


def held():
    """What open holds have set aside on the account at hand: a figure for a statement over accounts."""
    ended = select(HoldResolution.hold_id).where(HoldResolution.hold_id == Hold.id).exists()
    return _or_0(select(cast(func.sum(Hold.amount), BigInteger)).where(Hold.debit_id == Account.id, ~ended).scalar_subquery())


def figures(since: int, to: int, book_id: int) -> Select:
    """What the transfers of a book after `since` and up to `to` did, as checkpoint rows: account, balance, transfers."""
    moved = _moved(and_(Transfer.id > since, Transfer.id <= to, Transfer.book_id == book_id)).subquery()
    return select(moved.c.account_id, moved.c.change, moved.c.transfers).where(true())      # SQLite needs a WHERE before ON CONFLICT


def _suspects(comune_id: int, full: bool) -> list[int]:
    """The accounts whose row does not fit what was added up.

    Of each account: how many transfers, the highest sequence, the sum, and a checksum over all running balances. With n transfers on top
    of a balance b, the k-th running balance is b and the first k changes: all of them make n·b + Σ (last seq + 1 − seq)·change.
    """
    moved = _moved(_all(comune_id) if full else _tail(comune_id)).subquery()
    balance, before = (literal(0), literal(0)) if full else (_or_0(Checkpoint.balance), _or_0(Checkpoint.transfers))
    count, change = _or_0(moved.c.transfers), _or_0(moved.c.change)
    query = select(Account.id).outerjoin(moved, moved.c.account_id == Account.id)
    if not full:
        query = query.outerjoin(Checkpoint, Checkpoint.account_id == Account.id)
    return list(db.session.scalars(query.where(of_comune(comune_id), Account.cached, or_(
        Account.balance != balance + change, Account.seq != before + count, Account.seq != func.coalesce(moved.c.last, before),
        _or_0(moved.c.afters) + _or_0(moved.c.weighted) != (Account.seq + 1) * change + count * balance)).order_by(Account.id)))


def _moved(condition) -> Select:
    """What the transfers that meet `condition` did to each account. Each side by itself: that is faster than both at once."""
    def side(me, sign, seq, after):
        return select(me.label("account_id"), func.count().label("transfers"), func.max(seq).label("last"),
                      (sign * func.sum(Transfer.amount)).label("change"), func.sum(after).label("afters"),
                      (sign * func.sum(seq * Transfer.amount)).label("weighted")).where(condition).group_by(me)
    both = union_all(*(side(*each) for each in _sides())).subquery()
    return select(cast(both.c.account_id, BigInteger).label("account_id"),
                  *(cast(func.sum(both.c[name]), BigInteger).label(name) for name in ("transfers", "change")),
                  *(func.sum(both.c[name]).label(name) for name in ("afters", "weighted")),
                  func.max(both.c.last).label("last")).group_by(both.c.account_id)


def _sides(signed: bool = False):
    """The debit and the credit side: account, sign (or signed amount), sequence and balance after.

    To group, SQLite would walk the accounts' index, a jump for each row. The cast keeps it from that, says what type it is, without which
    SQLite joins no index to it, and is nothing to PostgreSQL.
    """
    for me, sign, seq, after in ((Transfer.debit_id, -1, Transfer.debit_seq, Transfer.debit_balance),
                                 (Transfer.credit_id, 1, Transfer.credit_seq, Transfer.credit_balance)):
        yield me if signed else cast(me, BigInteger), sign * Transfer.amount if signed else sign, seq, after


def _all(comune_id: int):
    """The condition that a transfer is in one of the comune's books: their numbers, which cost a scan less than a join with the books."""
    return Transfer.book_id.in_(list(db.session.scalars(select(Book.id).where(Book.comune_id == comune_id))))


def _tail(comune_id: int):
    """The condition that a transfer of the comune's books came after its book's last checkpoint."""
    books = db.session.execute(select(Book.id, Book.checked_to).where(Book.comune_id == comune_id)).all()
    if not books:
        return false()
    return and_(Transfer.id > min(book.checked_to for book in books),      # one range of the primary key
                or_(*(and_(Transfer.book_id == book.id, Transfer.id > book.checked_to) for book in books)))


def _or_0(figure):
    return func.coalesce(figure, 0)
