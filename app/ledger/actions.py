"""The only writers of accounts, postings and transfers. Every write joins the caller's transaction; nothing here commits."""
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from app.base.clock import now
from app.base.db import db, insert_once
from app.base.errors import Refusal
from app.base.words import N_
from app.ledger.models import Account, Book, Posting, Transfer, Unit
from app.ledger.rules import Line, Standing, apply, request_hash


class Receipt(NamedTuple):
    posting_id: int
    first: bool                        # False: this key had been posted before, and nothing was written now


def open_account(comune_id: int, unit: Unit, kind: str, owner: str = "", *, floor: int | None = None,
                 ceiling: int | None = None, cached: bool = True) -> int:
    """The id of the account for this comune, unit, kind and owner; opened when it is not there yet.

    `floor` and `ceiling` (minutes or cents) are inclusive. `cached=False` is for the town's own accounts without a limit.
    """
    found = select(Account.id).where(Account.comune_id == comune_id, Account.unit == unit, Account.kind == kind, Account.owner == owner)
    if (account_id := db.session.scalar(found)) is None:
        insert_once(Account, dict(comune_id=comune_id, unit=unit, kind=kind, owner=owner, floor=floor, ceiling=ceiling,
                                  cached=cached, balance=0, seq=0, created_at=now()),
                    unique=("comune_id", "unit", "kind", "owner"))
        account_id = db.session.scalar(found)
    return account_id


def set_ceiling(account_id: int, ceiling: int | None) -> None:
    """Move an account's ceiling (minutes or cents). A CHECK refuses one below the balance."""
    db.session.execute(update(Account).where(Account.id == account_id).values(ceiling=ceiling))


def post(key: str, kind: str, lines: Sequence[Line], *, actor: uuid.UUID | None = None, effective_at: datetime | None = None,
         reverses_id: int | None = None) -> Receipt:
    """Write `lines` as one posting, once per `key`: the same request again returns the first receipt and writes nothing.

    Refuses the same key with another request, what `rules.apply` refuses, and a mix of time-bank minutes with anything else. A refusal
    comes before the first write, so that the key stays free.
    """
    asked = request_hash(kind, lines, reverses_id)
    accounts = _lock({account for line in lines for account in (line.debit, line.credit)})
    if receipt := _posted(key, asked):
        return receipt
    if reverses_id and db.session.scalar(select(Posting.id).where(Posting.reverses_id == reverses_id)):
        raise Refusal(N_("Questa registrazione è già stata stornata."))
    written, standing = apply(lines, accounts)
    books = {Book.of(row.unit) for row in written}
    if len(books) != 1:
        raise Refusal(N_("Ore di servizio, ore della banca del tempo ed euro non si mescolano."))
    book = books.pop()
    if not insert_once(Posting, dict(key=key, request_hash=asked, book=book, kind=kind, actor=actor, reverses_id=reverses_id,
                                     effective_at=effective_at or now(), recorded_at=now(), created_at=now()),
                       unique=("key",)):
        return _posted(key, asked)     # two with one key at the same time, on accounts that take no lock
    posting_id = db.session.scalar(select(Posting.id).where(Posting.key == key))
    db.session.execute(insert(Transfer), [dict(row._asdict(), posting_id=posting_id, book=book) for row in written])
    changed = [account for account in standing.values() if account.cached and account != accounts[account.id]]
    if changed:
        table = Account.__table__
        db.session.connection().execute(
            update(table).where(table.c.id == bindparam("account_id")).values(balance=bindparam("to_balance"), seq=bindparam("to_seq")),
            [dict(account_id=a.id, to_balance=a.balance, to_seq=a.seq) for a in changed])
    return Receipt(posting_id, True)


def reverse(posting_id: int, key: str, *, actor: uuid.UUID | None = None) -> Receipt:
    """Post the opposite of a posting, linked to it, once. Refuses what would pass a limit, and a second reversal under another key."""
    rows = db.session.execute(select(Transfer.debit_id, Transfer.credit_id, Transfer.amount).where(
        Transfer.posting_id == posting_id).order_by(Transfer.id.desc())).all()
    if not rows:
        raise LookupError(f"no such posting: {posting_id}")
    return post(key, "reversal", [Line(row.credit_id, row.debit_id, row.amount) for row in rows], actor=actor, reverses_id=posting_id)


def _lock(account_ids: set[int]) -> dict[int, Standing]:
    """The accounts as they stand, those that keep a balance locked in the order of their ids, so that no two postings wait for each other.

    NO KEY UPDATE: a plain FOR UPDATE would also stop every insert that has a foreign key to the account. SQLite needs no row locks, its
    writers take turns.
    """
    wanted = (select(Account.id, Account.unit, Account.cached, Account.balance, Account.seq, Account.floor, Account.ceiling,
                     Account.closed_at).where(Account.id.in_(account_ids)))
    locked = wanted.where(Account.cached).order_by(Account.id).with_for_update(key_share=True)
    rows = [*db.session.execute(locked), *db.session.execute(wanted.where(~Account.cached))]
    if len(rows) != len(account_ids):
        raise LookupError(f"no such account: {account_ids - {row.id for row in rows}}")
    return {row.id: Standing(*row[:-1], closed=row.closed_at is not None) for row in rows}


def _posted(key: str, asked: str) -> Receipt | None:
    done = db.session.execute(select(Posting.id, Posting.request_hash).where(Posting.key == key)).one_or_none()
    if done is None:
        return None
    if done.request_hash != asked:
        raise Refusal(N_("Con questa chiave è già stata fatta una registrazione diversa."))
    return Receipt(done.id, False)
