"""The ledger against itself, and what its postings and accounts say, for the other checks."""
from sqlalchemy import ColumnElement, String, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from app.base.db import db
from app.ledger import queries as ledger
from app.ledger.models import Account, Posting, Transfer
from app.reconciliation.queries.comparing import Compared, Difference, columns, compare, found, named

UNITS = {"SERVICE": "min", "TIME": "min", "EUR": "cents"}


def balances(comune_id: int) -> Compared:
    """The stored balance of each account, and the sum of its transfers; also that none of its transfers is missing in the sequence."""
    drifts = ledger.drifts(comune_id)
    units = dict(db.session.execute(select(Account.id, Account.unit).where(
        Account.id.in_([each.account_id for each in drifts]))).all())
    return found(
        db.session.scalar(select(func.count()).select_from(Account).where(Account.comune_id == comune_id, Account.cached)),
        [Difference(f"account:{each.account_id}", each.true_balance, each.stored_balance,
                    {"unit": UNITS[units[each.account_id]], "true_seq": each.true_seq, "stored_seq": each.stored_seq}) for each in drifts])


def sums(comune_id: int) -> Compared:
    """Each transfer takes as much as it gives, so a comune's accounts add up to nothing, in each unit."""
    totals = ledger.sums(comune_id)
    return found(len(totals), [Difference(f"unit:{unit}", 0, total, {"unit": UNITS[unit]}) for unit, total in totals.items() if total])


def limits(comune_id: int) -> Compared:
    """No balance below its account's floor or above its ceiling."""
    within = case((Account.balance < Account.floor, Account.floor), (Account.balance > Account.ceiling, Account.ceiling),
                  else_=Account.balance)
    unit = case(UNITS, value=cast(Account.unit, String))
    return compare(select(*columns(named("account", Account.id), within, Account.balance, unit)).where(
        Account.comune_id == comune_id, or_(Account.floor.is_not(None), Account.ceiling.is_not(None))))


def moved(key: ColumnElement[str], *, into: str | None = None, out_of: str | None = None) -> ColumnElement[int]:
    """What the posting with this key moved into, or out of, accounts of one kind; 0 when there is none, or it was reversed."""
    reversal = aliased(Posting)
    side = Transfer.credit_id if into else Transfer.debit_id
    amount = (select(func.sum(Transfer.amount)).join(Posting, Posting.id == Transfer.posting_id).join(Account, Account.id == side)
              .outerjoin(reversal, reversal.reverses_id == Posting.id)
              .where(Posting.key == key, Account.kind == (into or out_of), reversal.id.is_(None)).scalar_subquery())
    return func.coalesce(amount, 0)


def kept(comune_id: int, *kinds: str):
    """The balances of these kinds, one row per owner, as a subquery: `whose` and a column per kind.

    Owners are compared without hyphens: that is how SQLite stores a UUID.
    """
    return (select(func.replace(Account.owner, "-", "").label("whose"),
                   *(func.sum(case((Account.kind == kind, Account.balance), else_=0)).label(kind) for kind in kinds))
            .where(Account.comune_id == comune_id, Account.kind.in_(kinds)).group_by("whose").subquery())


def owner(prefix: str, *ids: ColumnElement) -> ColumnElement[str]:
    """An owner as `kept` writes it."""
    return func.replace(named(prefix, *ids), "-", "")
