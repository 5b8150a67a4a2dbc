"""Which account, and what is on it."""
from collections.abc import Iterable

from sqlalchemy import Select, and_, func, select, union_all

from app.base.db import db
from app.ledger.models import Account, Book, BookKind, Checkpoint, Transfer


def account_id(comune_id: int, unit: str, kind: str, owner: str = "", *, bank: str = "") -> int | None:
    return db.session.scalar(_accounts(comune_id, unit, kind, bank).with_only_columns(Account.id).where(Account.owner == owner))


def balance(account_id: int | None) -> int:
    """Minutes or cents; no account is 0. Read from the account's row; where it keeps none, the last checkpoint and what came since."""
    # The mark and the checkpoint in one statement: between two the night may move both.
    row = db.session.execute(
        select(Account.cached, Account.balance, Book.checked_to, func.coalesce(Checkpoint.balance, 0).label("checked"))
        .join(Book, Book.id == Account.book_id).outerjoin(Checkpoint, Checkpoint.account_id == Account.id)
        .where(Account.id == account_id)).one_or_none()
    if row is None or row.cached:
        return row.balance if row else 0
    tail = sides(Transfer.id > row.checked_to).subquery()
    since = db.session.scalar(select(func.sum(tail.c.change)).where(tail.c.account_id == account_id))
    return row.checked + int(since or 0)         # PostgreSQL sums whole numbers to a decimal one


def ceiling(account_id: int) -> int | None:
    """An account's ceiling, in minutes or cents; None: it has none."""
    return db.session.scalar(select(Account.ceiling).where(Account.id == account_id))


def by_owner(comune_id: int, unit: str, kind: str, owners: Iterable[str] | None = None, *, bank: str = "") -> dict[str, int]:
    """Balance by owner of the accounts of one kind that keep a balance; of these `owners`, or of all."""
    query = _accounts(comune_id, unit, kind, bank).where(Account.cached)
    if owners is not None:
        query = query.where(Account.owner.in_(list(owners)))
    return dict(db.session.execute(query.with_only_columns(Account.owner, Account.balance)).all())


def is_frozen(comune_id: int, owners: Iterable[str]) -> bool:
    """Whether an account of one of these owners may not be debited, because its figures disagree."""
    return db.session.scalar(select(Account.id).where(
        of_comune(comune_id), Account.owner.in_(list(owners)), Account.frozen_at.is_not(None)).limit(1)) is not None


def of_comune(comune_id: int):
    """The condition that an account belongs to one of the comune's books."""
    return Account.book_id.in_(books(comune_id))


def books(comune_id: int) -> Select:
    """The ids of the comune's books."""
    return select(Book.id).where(Book.comune_id == comune_id)


def sides(condition):
    """Each transfer twice, as its two accounts see it."""
    return union_all(
        select(Transfer.debit_id.label("account_id"), (-Transfer.amount).label("change"), Transfer.debit_seq.label("seq")).where(condition),
        select(Transfer.credit_id, Transfer.amount, Transfer.credit_seq).where(condition))


def _accounts(comune_id: int, unit: str, kind: str, bank: str = "") -> Select:
    return select(Account).join(Book, and_(Book.id == Account.book_id, Book.comune_id == comune_id, Book.kind == BookKind.of(unit),
                                           Book.name == bank)).where(Account.unit == unit, Account.kind == kind)
