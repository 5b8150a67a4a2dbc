"""Holds: an amount is set aside, and later moved in part or whole, given back, or given back by itself when its time is over."""
import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select, update

from app.base.clock import now
from app.base.db import db, insert_once
from app.base.errors import Refusal
from app.base.words import N_
from app.ledger.actions import accounts, postings
from app.ledger.actions.postings import Receipt
from app.ledger.models import Account, Hold, HoldResolution, Outcome, Posting
from app.ledger.queries.postings import resolution
from app.ledger.rules import Line, Request, check_hold


class HoldReceipt(NamedTuple):
    hold_id: int
    first: bool                        # False: this key had been held before, and nothing was written now


def hold(key: str, kind: str, line: Line, *, expires_at: datetime | None = None, actor: uuid.UUID | None = None) -> HoldReceipt:
    """Set `line.amount` of the debit account aside for the credit account, once per `key`.

    Refuses the same key with another request, and what `rules.check_hold` refuses. What is set aside cannot be spent otherwise.
    """
    asked = Request(key, kind, (line,), effective_at=expires_at).hash
    standing = accounts.lock((line.debit, line.credit))
    done = db.session.execute(select(Hold.id, Hold.request_hash).where(Hold.key == key)).one_or_none()
    if done is None:
        account = check_hold(line, standing)
        if expires_at is not None and expires_at <= now():
            raise Refusal(N_("Il tempo di questa riserva è passato."))
        if insert_once(Hold, dict(key=key, request_hash=asked, book_id=account.book_id, unit=account.unit, kind=kind, amount=line.amount,
                                  debit_id=line.debit, credit_id=line.credit, actor=actor, recorded_at=now(), expires_at=expires_at),
                       unique=("key",)):
            _set_aside(line.debit, line.amount)
            return HoldReceipt(db.session.scalar(select(Hold.id).where(Hold.key == key)), True)
        done = db.session.execute(select(Hold.id, Hold.request_hash).where(Hold.key == key)).one()
    if done.request_hash != asked:
        raise Refusal(N_("Con questa chiave è già stata fatta una registrazione diversa."))
    return HoldReceipt(done.id, False)


def settle(hold_id: int, key: str, *, amount: int | None = None, actor: uuid.UUID | None = None,
           effective_at: datetime | None = None) -> Receipt:
    """Move what was held, or `amount` of it; the rest is free again. The same key again returns the first receipt.

    Refuses a hold that has ended or whose time is over, more than it set aside, and what `postings.post` refuses.
    """
    held = _locked(hold_id)
    amount = held.amount if amount is None else amount
    line = Line(held.debit_id, held.credit_id, amount)
    if ended := resolution(hold_id):
        posted = db.session.execute(select(Posting.key, Posting.request_hash).where(Posting.id == ended.posting_id)).one_or_none()
        if posted == (key, Request(key, held.kind, (line,)).hash):
            return Receipt(ended.posting_id, False)
        raise _ended()
    if held.expires_at is not None and held.expires_at <= now():
        raise Refusal(N_("Il tempo di questa riserva è passato."))
    if amount > held.amount:
        raise Refusal(N_("Non si può prendere più di quanto era riservato."))
    receipt = postings.post(key, held.kind, [line], actor=actor, effective_at=effective_at, freed={held.debit_id: held.amount})
    if not receipt.first:
        raise Refusal(N_("Con questa chiave è già stata fatta una registrazione diversa."))
    _end(held, Outcome.SETTLED, actor, settled=amount, posting_id=receipt.posting_id)
    return receipt


def release(hold_id: int, *, actor: uuid.UUID | None = None) -> None:
    """Give back what was held. Releasing again does nothing; refuses a hold that was settled."""
    _give_back(_locked(hold_id), Outcome.RELEASED, actor)


def expire(hold_id: int) -> bool:
    """Give back a hold whose time is over; says whether it did. Somebody may have settled or released it meanwhile."""
    held = _locked(hold_id)
    if resolution(hold_id) or held.expires_at is None or held.expires_at > now():
        return False
    _give_back(held, Outcome.EXPIRED, None)
    return True


def _give_back(held: Hold, outcome: Outcome, actor: uuid.UUID | None) -> None:
    if ended := resolution(held.id):
        if ended.outcome is Outcome.SETTLED:
            raise _ended()
        return
    _set_aside(held.debit_id, -held.amount)
    _end(held, outcome, actor)


def _locked(hold_id: int) -> Hold:
    """The hold, with its accounts locked: they, not the hold's row, decide who comes first."""
    held = db.session.get(Hold, hold_id)
    if held is None:
        raise LookupError(f"no such hold: {hold_id}")
    accounts.lock((held.debit_id, held.credit_id))
    return held


def _set_aside(account_id: int, amount: int) -> None:
    db.session.execute(update(Account).where(Account.id == account_id).values(held=Account.held + amount),
                       execution_options={"synchronize_session": False})


def _end(held: Hold, outcome: Outcome, actor: uuid.UUID | None, *, settled: int = 0, posting_id: int | None = None) -> None:
    db.session.execute(insert(HoldResolution).values(
        hold_id=held.id, hold_amount=held.amount, book_id=held.book_id, outcome=outcome, settled=settled, posting_id=posting_id,
        actor=actor, recorded_at=now()))


def _ended() -> Refusal:
    return Refusal(N_("Questa riserva è già chiusa."))
