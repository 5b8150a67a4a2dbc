"""The ledger against itself, and what its postings and accounts say, for the other checks."""
from itertools import islice

from sqlalchemy import ColumnElement, String, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from app.base.db import db
from app.ledger.models import Account, Book, BookKind, Hold, Posting, Seal, Transfer
from app.ledger.queries import checkpoints, seals
from app.ledger.queries.balances import of_comune
from app.ledger.queries.verification import verify
from app.reconciliation.queries.comparing import MOST, Compared, Difference, Proven, columns, compare, found, named

UNITS = {"SERVICE": "min", "TIME": "min", "EUR": "cents"}
UNIT = case(UNITS, value=cast(Account.unit, String))


def balances(comune_id: int, *, full: bool) -> Compared:
    """The stored balance of each account, and the sum of its transfers; also that none of its transfers is missing in the sequence."""
    looked, sealed = checkpoints.look(comune_id, full=full), seals.latest()
    return found(
        db.session.scalar(select(func.count()).select_from(Account).where(of_comune(comune_id), Account.cached)),
        [Difference(f"account:{each.account_id}", each.true_balance, each.stored_balance,
                    {"unit": UNITS[each.unit], "true_seq": each.true_seq, "stored_seq": each.stored_seq, "transfer": each.transfer_id})
         for each in looked.drifts],
        Proven(sealed.last_id, looked.full) if sealed else None)


def sealed(comune_id: int, *, full: bool) -> Compared:
    """The chain of seals, and the rows under it: from the first one, or from the one that the comune's checkpoints reach.

    There is one chain for all comuni of an installation, so the night of each tells of its faults.
    """
    since = 0 if full else db.session.scalar(select(func.coalesce(func.max(Seal.id) - 1, 0)).where(
        Seal.last_id <= select(func.min(Book.checked_to)).where(Book.comune_id == comune_id).scalar_subquery()))
    faults = {}
    for fault in islice(verify(since), MOST):
        what = "transfer" if "transfer" in fault.values else "seal"
        faults.setdefault(f"{what}:{fault.values[what]}", Difference(
            f"{what}:{fault.values[what]}", None, None, {"unit": "count", "fault": fault.words, "values": fault.values}))
    return found(db.session.scalar(select(func.count()).select_from(Seal).where(Seal.id > since)), list(faults.values()))


def held(comune_id: int) -> Compared:
    """What an account's row sets aside is what its open holds say."""
    return compare(select(*columns(named("account", Account.id), checkpoints.held(), Account.held, UNIT)).where(
        of_comune(comune_id), or_(Account.held != 0, Account.id.in_(select(Hold.debit_id)))))


def town_sums(comune_id: int) -> Compared:
    """What all accounts of the town's book add up to: each transfer takes as much as it gives, so nothing, in each unit."""
    return _sums(comune_id, BookKind.TOWN)


def time_bank_sums(comune_id: int) -> Compared:
    """The same for each time bank, the community's fund included: a closed system."""
    return _sums(comune_id, BookKind.TIME_BANK)


def _sums(comune_id: int, kind: BookKind) -> Compared:
    totals = checkpoints.sums(comune_id, kind)
    return found(len(totals), [Difference(f"book:{book_id}:{unit}", 0, total, {"unit": UNITS[unit]})
                               for (book_id, unit), total in totals.items() if total])


def limits(comune_id: int) -> Compared:
    """No balance below its account's floor or above its ceiling."""
    within = case((Account.balance < Account.floor, Account.floor), (Account.balance > Account.ceiling, Account.ceiling),
                  else_=Account.balance)
    return compare(select(*columns(named("account", Account.id), within, Account.balance, UNIT)).where(
        of_comune(comune_id), or_(Account.floor.is_not(None), Account.ceiling.is_not(None))))


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
            .where(of_comune(comune_id), Account.kind.in_(kinds)).group_by("whose").subquery())


def owner(prefix: str, *ids: ColumnElement) -> ColumnElement[str]:
    """An owner as `kept` writes it."""
    return func.replace(named(prefix, *ids), "-", "")
