"""The chain of seals: how far it goes, how far it may go next, and what the rows under it say."""
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, text

from app.base.db import db
from app.ledger.models import Seal, Transfer

PER_SEAL = 4096                        # transfers: a seal is read, hashed and written in some 20 ms

# A sealed row is one line: every column of the transfer and of its posting, the two free texts led by their length, NULL as nothing.
# Both databases write the same line, so the same books have the same root. A new column of either table belongs in here, under a
# new version of rules.seals.head.
COLUMNS = ("t.id", "t.posting_id", "t.book_id", "t.unit", "t.amount", "t.debit_id", "t.credit_id", "t.debit_seq", "t.debit_balance",
           "t.credit_seq", "t.credit_balance", "p.book_id", "length(p.kind)", "p.kind", "length(p.key)", "p.key", "p.request_hash",
           "p.actor", "p.effective_at", "p.recorded_at", "p.reverses_id")
_NULLABLE = {"t.debit_seq", "t.debit_balance", "t.credit_seq", "t.credit_balance", "p.reverses_id"}
_INSTANTS = {"p.effective_at", "p.recorded_at"}


class Head(NamedTuple):
    """Where the chain stands."""

    seal: int
    last_id: int                       # the last transfer under it; all up to it are settled: none can still appear
    transfers: int                     # sealed so far
    head: str
    sealed_at: datetime


class Mark(NamedTuple):
    """The last transfer that could be seen at one moment, and on PostgreSQL the transaction that looked."""

    last_id: int
    looked: str | None


class Rows(NamedTuple):
    """The next transfers to seal, as `lines` gives them."""

    after: Head | None
    lines: list[tuple[int, str]]


def latest() -> Head | None:
    """The last seal; None before the first."""
    last = db.session.execute(select(Seal.id, Seal.last_id, Seal.head, Seal.sealed_at).order_by(Seal.id.desc()).limit(1)).one_or_none()
    return last and Head(last.id, last.last_id, transfers(last.id), last.head, last.sealed_at)


def last_id(seal: int) -> int:
    """The last transfer under a seal; 0 for seal 0, before the first."""
    return db.session.scalar(select(Seal.last_id).where(Seal.id == seal)) or 0


def transfers(seal: int) -> int:
    """How many transfers are under the seals up to this one."""
    return db.session.scalar(select(func.coalesce(func.sum(Seal.count), 0)).where(Seal.id <= seal))


def unsealed() -> int:
    """How many transfers are under no seal yet."""
    return db.session.scalar(select(func.count()).select_from(Transfer).where(
        Transfer.id > select(func.coalesce(func.max(Seal.last_id), 0)).scalar_subquery()))


def mark() -> Mark:
    """Up to where there is something to seal, as soon as it is `settled`.

    On PostgreSQL ids become visible out of order: a transaction can have taken a lower id and not be committed yet. But it took its own
    number before it drew that id (the posting is inserted first), so before this transaction takes one here.
    """
    last_id = select(func.coalesce(func.max(Transfer.id), 0)).scalar_subquery()
    if not _postgresql():              # on SQLite writers take turns
        return Mark(db.session.scalar(select(last_id)), None)
    return Mark(*db.session.execute(select(last_id, text("pg_current_xact_id()::text"))).one())


def settled(mark: Mark) -> bool:
    """Whether everybody who was writing at the `mark` has ended, so that no id up to its own can still appear.

    The snapshot's xmin is the lowest number still at work. Its xmax would not do for the mark: it is one past the highest number that has
    ended, and a lower id may be in the hands of one beyond it.
    """
    return mark.looked is None or db.session.scalar(
        text("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= CAST(CAST(:looked AS text) AS xid8)"), {"looked": mark.looked})


def unsealed_rows(last_id: int) -> Rows:
    """The next rows for a seal, up to the transfer `last_id`, which must be settled."""
    after = latest()
    return Rows(after, lines(after.last_id + 1 if after else 1, last_id, PER_SEAL))


def lines(first_id: int, last_id: int, most: int | None = None) -> list[tuple[int, str]]:
    """The sealed form of the transfers from `first_id` to `last_id`, with their ids."""
    found = db.session.connection().execute(
        text(f"SELECT t.id, {_line()} FROM {_BOTH} WHERE t.id BETWEEN :first AND :last ORDER BY t.id{f' LIMIT {most}' if most else ''}"),
        {"first": first_id, "last": last_id})
    return [tuple(row) for row in found]


def rows_under(first: int, last: int) -> Iterator[tuple[int, str]]:
    """The rows under the seals number `first` to `last`, as they are now: the number and the lines joined by line ends.

    The database puts a seal's lines together: to fetch them one by one costs as much again as to make them.
    """
    joined = (f"(SELECT string_agg({_line()}, chr(10) ORDER BY t.id) FROM {_BOTH} WHERE t.id BETWEEN s.first_id AND s.last_id)"
              if _postgresql() else
              f"(SELECT group_concat(line, char(10)) FROM (SELECT {_line()} AS line FROM {_BOTH} "
              "WHERE t.id BETWEEN s.first_id AND s.last_id ORDER BY t.id))")
    found = db.session.connection().execute(
        text(f"SELECT s.id, coalesce({joined}, '') FROM seal s WHERE s.id BETWEEN :first AND :last ORDER BY s.id"),
        {"first": first, "last": last})
    return (tuple(row) for row in found)


_BOTH = "transfer t LEFT JOIN posting p ON p.id = t.posting_id"


def _postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def _line() -> str:
    """The SQL of a row's line. Each database has one function that puts texts together fast."""
    if not _postgresql():
        written = {each: f"rtrim(rtrim({each}, '0'), '.')" for each in _INSTANTS}         # no more digits than the other one writes
        return f"printf('{'|'.join(['%s'] * len(COLUMNS))}', {', '.join(written.get(each, each) for each in COLUMNS)})"
    written = {each: f"coalesce(CAST({each} AS text), '')" for each in (*_NULLABLE, "p.actor")}      # concat_ws leaves NULL out
    written |= {each: f"{each} AT TIME ZONE 'UTC'" for each in _INSTANTS}
    written["p.actor"] = f"replace({written['p.actor']}, '-', '')"
    return f"concat_ws('|', {', '.join(written.get(each, each) for each in COLUMNS)})"
