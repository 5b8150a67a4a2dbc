"""Reads: balances, statements, and what the night compares."""
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, literal, select, union_all

from app.base.db import db
from app.ledger.models import Account, Posting, Transfer


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


class Drift(NamedTuple):
    """An account whose stored figures and transfers disagree."""

    account_id: int
    comune_id: int
    stored_balance: int
    true_balance: int
    stored_seq: int
    true_seq: int


def account_id(comune_id: int, unit: str, kind: str, owner: str = "") -> int | None:
    return db.session.scalar(select(Account.id).where(
        Account.comune_id == comune_id, Account.unit == unit, Account.kind == kind, Account.owner == owner))


def posting_id(key: str) -> int | None:
    return db.session.scalar(select(Posting.id).where(Posting.key == key))


def balance(account_id: int | None) -> int:
    """Minutes or cents. Read from the account's row, or summed for an account that keeps no balance; no account is 0."""
    row = db.session.execute(select(Account.cached, Account.balance).where(Account.id == account_id)).one_or_none()
    if row is None:
        return 0
    return row.balance if row.cached else db.session.scalar(_sum_of_sides().where(Account.id == account_id)) or 0


def balances(comune_id: int, unit: str, kind: str, owners: Iterable[str] | None = None) -> dict[str, int]:
    """Balance by owner of the accounts of one kind that keep a balance; of these `owners`, or of all."""
    query = select(Account.owner, Account.balance).where(Account.comune_id == comune_id, Account.unit == unit, Account.kind == kind)
    if owners is not None:
        query = query.where(Account.owner.in_(list(owners)))
    return dict(db.session.execute(query).all())


def statement(account_id: int, *, before_seq: int | None = None, limit: int = 50) -> list[StatementLine]:
    """The account's transfers, newest first, from below `before_seq`. The running balance is stored, not computed."""
    def side(seq, after, sign, other):
        return select(seq.label("seq"), Transfer.posting_id, (Transfer.amount * sign).label("change"), after.label("balance"),
                      other.label("other_id"))
    sides = union_all(
        side(Transfer.debit_seq, Transfer.debit_balance, -1, Transfer.credit_id).where(Transfer.debit_id == account_id),
        side(Transfer.credit_seq, Transfer.credit_balance, 1, Transfer.debit_id).where(Transfer.credit_id == account_id),
    ).subquery()
    query = select(sides.c.seq, Posting.id, Posting.key, Posting.kind, Posting.effective_at, Posting.recorded_at, sides.c.change,
                   sides.c.balance, sides.c.other_id).join(Posting, Posting.id == sides.c.posting_id)
    if before_seq is not None:
        query = query.where(sides.c.seq < before_seq)
    return [StatementLine(*row) for row in db.session.execute(query.order_by(sides.c.seq.desc()).limit(limit))]


def drifts(comune_id: int) -> list[Drift]:
    """Every account of the comune that keeps a balance and whose transfers say otherwise: one statement for all of them."""
    sides = union_all(
        select(Transfer.debit_id.label("account_id"), (-Transfer.amount).label("change"), Transfer.debit_seq.label("seq")),
        select(Transfer.credit_id, Transfer.amount, Transfer.credit_seq)).subquery()
    true = select(sides.c.account_id, func.sum(sides.c.change).label("balance"), func.count(sides.c.seq).label("count"),
                  func.max(sides.c.seq).label("seq")).group_by(sides.c.account_id).subquery()
    true_balance, true_seq = func.coalesce(true.c.balance, 0), func.coalesce(true.c.seq, 0)
    query = (select(Account.id, Account.comune_id, Account.balance, true_balance, Account.seq, true_seq)
             .outerjoin(true, true.c.account_id == Account.id)
             .where(Account.comune_id == comune_id, Account.cached,
                    (Account.balance != true_balance) | (Account.seq != true_seq) | (func.coalesce(true.c.count, 0) != Account.seq))
             .order_by(Account.id))
    return [Drift(*row) for row in db.session.execute(query)]


def sums(comune_id: int) -> dict[str, int]:
    """What all accounts of a comune add up to, by unit: 0 each, since each transfer only moves."""
    query = _sum_of_sides().add_columns(Account.unit).where(Account.comune_id == comune_id).group_by(Account.unit)
    return {unit: total for total, unit in db.session.execute(query)}


def _sum_of_sides():
    """Credits less debits over the accounts that the caller selects."""
    return select(func.coalesce(func.sum(case((Transfer.credit_id == Account.id, Transfer.amount), else_=-Transfer.amount)), literal(0))
                  ).select_from(Account).join(Transfer, (Transfer.credit_id == Account.id) | (Transfer.debit_id == Account.id))
