"""Postings and their transfers: the only writer of both. Every write joins the caller's transaction; nothing here commits.

Accounts are locked, the rules run over them in memory, and what they allow is stored: the same few statements for one posting as for a
hundred. The usual single posting has a shorter way on PostgreSQL, see `direct`.
"""
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.ledger.actions import accounts, direct, store
from app.ledger.models import Posting, Transfer
from app.ledger.rules import Line, Request, Standing, apply


class Receipt(NamedTuple):
    posting_id: int
    first: bool                        # False: this key had been posted before, and nothing was written now


def post(key: str, kind: str, lines: Sequence[Line], *, actor: uuid.UUID | None = None, effective_at: datetime | None = None,
         freed: Mapping[int, int] | None = None) -> Receipt:
    """Write `lines` as one posting, once per `key`: the same request again returns the first receipt and writes nothing.

    Refuses the same key with another request, and what `rules.apply` refuses. A refusal comes before the first write, so that the key
    stays free. `freed` is what the end of a hold gives back to an account in the same step (minutes or cents).
    """
    return post_all([Request(key, kind, tuple(lines), actor, effective_at)], freed=freed)[0]


def post_all(requests: Sequence[Request], *, freed: Mapping[int, int] | None = None) -> list[Receipt]:
    """Write all requests, or none: the first refusal is raised, with the place of its request (from 0) as `place`."""
    answers = _post(requests, freed or {}, all_or_none=True)
    for place, answer in enumerate(answers):
        if isinstance(answer, Refusal):
            answer.place = place
            raise answer
    return answers


def post_each(requests: Sequence[Request]) -> list[Receipt | Refusal]:
    """Write those requests that are allowed, in their order, and answer each with its receipt or its refusal.

    A later request counts on what an earlier one has moved.
    """
    return _post(requests, {}, all_or_none=False)


def reverse(posting_id: int, key: str, *, actor: uuid.UUID | None = None) -> Receipt:
    """Post the opposite of a posting, linked to it, once. Refuses what would pass a limit, and a second reversal under another key."""
    rows = db.session.execute(select(Transfer.debit_id, Transfer.credit_id, Transfer.amount).where(
        Transfer.posting_id == posting_id).order_by(Transfer.id.desc())).all()
    if not rows:
        raise LookupError(f"no such posting: {posting_id}")
    lines = tuple(Line(row.credit_id, row.debit_id, row.amount) for row in rows)
    return post_all([Request(key, "reversal", lines, actor, reverses_id=posting_id)])[0]


class _Batch:
    """Requests on their way into the ledger, and the accounts as they will stand after them."""

    def __init__(self, standing: Mapping[int, Standing], posted: Mapping[str, Posting], reversed_ids: set[int]):
        self.standing, self.posted, self.reversed_ids = dict(standing), posted, set(reversed_ids)
        self.rows: list[store.Row] = []
        self.changed: dict[int, Standing] = {}
        self._asked: dict[str, str] = {}

    def take(self, request: Request) -> Receipt | Refusal | None:
        """The answer, as far as it is known before anything is stored; None: it will have the receipt of its key."""
        asked = request.hash
        if request.key in self.posted or request.key in self._asked:
            done = self.posted.get(request.key)
            if asked != (done.request_hash if done else self._asked[request.key]):
                return Refusal(N_("Con questa chiave è già stata fatta una registrazione diversa."))
            return Receipt(done.id, False) if done else None
        if request.reverses_id in self.reversed_ids:
            return Refusal(N_("Questa registrazione è già stata stornata."))
        try:
            written, changed = apply(request, self.standing)
        except Refusal as no:
            return no
        self._asked[request.key] = asked
        self.reversed_ids |= {request.reverses_id} - {None}
        self.rows.append(store.Row(request, asked, written))
        self.standing |= changed
        self.changed |= changed
        return None


def _post(requests: Sequence[Request], freed: Mapping[int, int], *, all_or_none: bool) -> list[Receipt | Refusal]:
    if len(requests) == 1 and not freed and (posting_id := direct.post(requests[0])):
        return [Receipt(posting_id, True)]
    standing = accounts.lock(each for request in requests for line in request.lines for each in (line.debit, line.credit))
    for account_id, amount in freed.items():
        standing[account_id] = standing[account_id]._replace(held=standing[account_id].held - amount)
    reversed_ids = _reversed({request.reverses_id for request in requests} - {None})
    # For one posting the insert itself finds out whether its key is known: that saves the usual case a question.
    posted = _posted(requests) if len(requests) > 1 else {}
    while True:
        batch = _Batch(standing, posted, reversed_ids)
        answers = [batch.take(request) for request in requests]
        if refused := any(isinstance(answer, Refusal) for answer in answers):
            if len(requests) == 1 and not posted and (posted := _posted(requests)):
                continue               # it had been paid before, and could not be paid again
        if refused and all_or_none or not batch.rows:
            return answers
        if (ids := store.store(batch.rows, [*batch.changed.values()])) is not None:
            return _receipts(requests, answers, ids)
        posted = _posted(requests)     # somebody posted one of these keys meanwhile, on accounts that take no lock


def _receipts(requests, answers, ids: dict[str, int]) -> list[Receipt | Refusal]:
    seen = set()
    for place, (request, answer) in enumerate(zip(requests, answers, strict=True)):
        if answer is None:
            answers[place] = Receipt(ids[request.key], request.key not in seen)
            seen.add(request.key)
    return answers


def _posted(requests: Sequence[Request]) -> dict[str, Posting]:
    rows = db.session.execute(select(Posting.key, Posting.id, Posting.request_hash).where(
        Posting.key.in_([request.key for request in requests])))
    return {row.key: row for row in rows}


def _reversed(posting_ids: set[int]) -> set[int]:
    if not posting_ids:
        return set()
    return set(db.session.scalars(select(Posting.reverses_id).where(Posting.reverses_id.in_(posting_ids))))
