"""Accounts are opened, limited, frozen, closed, and locked. Nothing here commits."""
from collections.abc import Iterable

from sqlalchemy import select, update

from app.base.clock import now
from app.base.db import db, insert_once
from app.base.errors import Refusal
from app.base.words import N_
from app.ledger.models import Account, Book, BookKind, Unit
from app.ledger.rules import Standing


def open_book(comune_id: int, kind: BookKind, name: str = "") -> int:
    """The id of a comune's book of this kind; opened when it is not there yet. `name` tells its time banks apart."""
    found = select(Book.id).where(Book.comune_id == comune_id, Book.kind == kind, Book.name == name)
    if (book_id := db.session.scalar(found)) is None:
        insert_once(Book, dict(comune_id=comune_id, kind=kind, name=name, checked_to=0, created_at=now()),
                    unique=("comune_id", "kind", "name"))
        book_id = db.session.scalar(found)
    return book_id


def open_account(comune_id: int, unit: Unit, kind: str, owner: str = "", *, bank: str = "", floor: int | None = None,
                 ceiling: int | None = None, cached: bool = True) -> int:
    """The id of the account for this comune, unit, kind and owner; opened when it is not there yet.

    `floor` and `ceiling` (minutes or cents) are inclusive. `cached=False` is for the town's own accounts without a limit. `bank` names the
    time bank, where a comune has several. Refuses limits that an empty account would already pass.
    """
    if not (floor or 0) <= 0 <= (ceiling or 0):
        raise Refusal(N_("Un conto nuovo è vuoto: il minimo non può essere sopra lo zero, il massimo non può essere sotto."))
    book_kind = BookKind.of(unit)
    book_id = open_book(comune_id, book_kind, bank)
    found = select(Account.id).where(Account.book_id == book_id, Account.unit == unit, Account.kind == kind, Account.owner == owner)
    if (account_id := db.session.scalar(found)) is None:
        insert_once(Account, dict(book_id=book_id, book_kind=book_kind, unit=unit, kind=kind, owner=owner, floor=floor, ceiling=ceiling,
                                  cached=cached, balance=0, held=0, seq=0, created_at=now()),
                    unique=("book_id", "unit", "kind", "owner"))
        account_id = db.session.scalar(found)
    return account_id


def set_limits(account_id: int, *, floor: int | None, ceiling: int | None) -> None:
    """Move an account's floor and ceiling (minutes or cents). Refuses limits that its balance passes, and an account that keeps none."""
    here = lock([account_id])[account_id]
    if not here.cached:
        raise Refusal(N_("Questo conto non tiene un saldo: non può avere limiti."))
    if floor is not None and here.balance - here.held < floor or ceiling is not None and here.balance > ceiling:
        raise Refusal(N_("Il saldo di questo conto è già oltre il nuovo limite."))
    _change(account_id, floor=floor, ceiling=ceiling)


def close(account_id: int) -> None:
    """Close an account for good. Refuses one with something on it, and one that keeps no balance: no lock shows that it is empty."""
    here = lock([account_id])[account_id]
    if here.closed:
        return
    if not here.cached:
        raise Refusal(N_("Questo conto non tiene un saldo: resta aperto."))
    if here.balance or here.held:
        raise Refusal(N_("Questo conto non è vuoto: prima va portato a zero."))
    _change(account_id, closed_at=now())


def freeze(account_ids: Iterable[int]) -> None:
    """Let nothing leave these accounts until a person has looked at them; a reversal still may."""
    for account_id in sorted(account_ids):
        db.session.execute(update(Account).where(Account.id == account_id, Account.frozen_at.is_(None)).values(frozen_at=now()))


def thaw(account_id: int) -> None:
    """Let an account move again."""
    _change(account_id, frozen_at=None)


def lock(account_ids: Iterable[int]) -> dict[int, Standing]:
    """The accounts as they stand, those that keep a balance locked in the order of their ids, so that no two postings wait for each other.

    NO KEY UPDATE: a plain FOR UPDATE would also stop every insert that has a foreign key to the account. The town's own accounts take no
    lock, they are on one side of most postings. SQLite needs no row locks, its writers take turns. Refuses an id that is no account's.
    """
    wanted, connection = set(account_ids), db.session.connection()
    listed = ",".join(map(str, wanted))
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(_LOCK_POSTGRESQL, (f"{{{listed}}}",) * 2).all()
    else:
        rows = connection.exec_driver_sql(_LOCK_SQLITE, (f"[{listed}]",)).all()
    if len(rows) != len(wanted):
        raise LookupError(f"no such account: {wanted - {row.id for row in rows}}")
    return {row.id: Standing._make(row) for row in rows}


def _change(account_id: int, **values) -> None:
    db.session.execute(update(Account).where(Account.id == account_id).values(**values),
                       execution_options={"synchronize_session": False})


_STANDING = ("SELECT id, book_id, unit, cached, balance, held, seq, floor, ceiling, closed_at IS NOT NULL AS closed, "
             "frozen_at IS NOT NULL AS frozen FROM account WHERE id")
_LOCK_SQLITE = f"{_STANDING} IN (SELECT value FROM json_each(?))"
_LOCK_POSTGRESQL = (f"WITH locked AS ({_STANDING} = ANY (%s::bigint[]) AND cached ORDER BY id FOR NO KEY UPDATE) "
                    f"SELECT * FROM locked UNION ALL {_STANDING} = ANY (%s::bigint[]) AND NOT cached")
