"""Whether the register is what was sealed: the chain, the rows under it, and the anchors that were kept elsewhere.

Run it in one snapshot. What it finds are `Fault`s, the first bad row of each seal first.
"""
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import func, select

from app.base.db import db
from app.base.words import N_
from app.ledger.models import Seal, Transfer
from app.ledger.queries import seals
from app.ledger.rules import seals as rules
from app.ledger.rules.seals import Anchor

READ_AT_ONCE = 50_000                  # transfers, some ten megabytes of lines


class Fault(NamedTuple):
    """What is wrong, in words with their values: `seal`, `transfer` and `account` are ids, `expected` and `found` what disagrees."""

    words: str
    values: dict


def verify(since: int = 0, done: Callable[[int], None] = lambda transfers: None) -> Iterator[Fault]:
    """The faults of the chain after the seal number `since`, which is trusted. `done` hears how many transfers were gone through."""
    before = db.session.execute(_figures().where(Seal.id == since)).one_or_none()
    if since and before is None:
        yield _fault(N_("Il sigillo %(seal)s non c'è."), seal=since)
        return
    if not since:
        yield from _before_the_first()
    for batch in _batches(db.session.execute(_figures().where(Seal.id > since).order_by(Seal.id)).all()):
        now = dict(seals.rows_under(batch[0].id, batch[-1].id))
        for each in batch:
            yield from _link(before, each)
            if (found := rules.root(now[each.id])) != each.root:
                yield from _rows(each, found)
            before = each
            done(each.count)


def verify_over(account_id: int) -> Iterator[Fault]:
    """The faults of the whole chain, and of the rows under those seals that cover a transfer of one account."""
    chain = db.session.execute(_figures().order_by(Seal.id)).all()
    firsts = [each.first_id for each in chain]
    moved = db.session.scalars(select(Transfer.id).where((Transfer.debit_id == account_id) | (Transfer.credit_id == account_id)))
    covering = {bisect_right(firsts, each) - 1 for each in moved}
    yield from _before_the_first()
    before = None
    for place, each in enumerate(chain):
        yield from _link(before, each)
        if place in covering:
            [(_seal, now)] = seals.rows_under(each.id, each.id)
            if (found := rules.root(now)) != each.root:
                yield from _rows(each, found)
        before = each


def _before_the_first() -> Iterator[Fault]:
    for each in db.session.scalars(select(Transfer.id).where(Transfer.id < 1).order_by(Transfer.id)):
        yield _fault(N_("Il movimento %(transfer)s è stato aggiunto prima del primo."), transfer=each)


def against(anchors: Iterable[Anchor]) -> Iterator[Fault]:
    """Where the chain is not the one that an anchor has seen: its end is missing, or it was made anew. The earliest first."""
    chain = db.session.execute(select(Seal.id, Seal.head, func.sum(Seal.count).over(order_by=Seal.id))).all()
    known = {seal: (head, transfers) for seal, head, transfers in chain}
    for anchor in sorted(anchors, key=lambda each: each.seal):
        if anchor.seal not in known:
            yield _fault(N_("L'ancora del %(day)s è del sigillo %(expected)s, e il registro finisce al sigillo %(found)s: manca la coda."),
                         day=anchor.day, expected=anchor.seal, found=max(known, default=0))
            continue
        head, transfers = known[anchor.seal]
        if (now := Anchor.of(anchor.day, anchor.seal, transfers, head)) != anchor:
            yield _fault(N_("Il sigillo %(seal)s non è quello dell'ancora del %(day)s: il registro è stato riscritto. L'ancora è "
                            "«%(expected)s», il registro dà «%(found)s»."),
                         seal=anchor.seal, day=anchor.day, expected=anchor.text, found=now.text)


def _figures():
    return select(Seal.id, Seal.first_id, Seal.last_id, Seal.count, Seal.root, Seal.head, Seal.sealed_at)


def _batches(rows: list) -> Iterator[list]:
    batch, transfers = [], 0
    for each in rows:
        batch.append(each)
        transfers += each.count
        if transfers >= READ_AT_ONCE:
            yield batch
            batch, transfers = [], 0
    if batch:
        yield batch


def _link(before, seal) -> Iterator[Fault]:
    """What is wrong between a seal and the one before it."""
    number, first_id, head = (before.id + 1, before.last_id + 1, before.head) if before else (1, 1, "")
    if seal.id != number:
        yield _fault(N_("Manca il sigillo %(seal)s."), seal=number)
    elif seal.first_id != first_id:
        yield _fault(N_("Il sigillo %(seal)s comincia dal movimento %(found)s e non dal %(expected)s."),
                     seal=seal.id, expected=first_id, found=seal.first_id)
    elif (expected := rules.head(head, seal.id, seal.first_id, seal.last_id, seal.count, seal.root, seal.sealed_at)) != seal.head:
        yield _fault(N_("La testa del sigillo %(seal)s non segue da quello prima: dovrebbe essere %(expected)s ed è %(found)s."),
                     seal=seal.id, expected=expected, found=seal.head)


def _rows(seal, found: str) -> Iterator[Fault]:
    """The rows that make a seal's root another one."""
    try:
        sealed = rules.read_leaves(db.session.scalar(select(Seal.leaves).where(Seal.id == seal.id)))
    except ValueError:
        sealed = {}
    now = rules.read_leaves(rules.leaves(seals.lines(seal.first_id, seal.last_id)))
    differ = [each for each in sorted(sealed | now) if sealed.get(each) != now.get(each)]
    if not differ or len(sealed) != seal.count:
        yield _fault(N_("Il sigillo %(seal)s non corrisponde ai movimenti dal %(first)s al %(last)s: dovrebbe essere %(expected)s "
                        "ed è %(found)s. Anche l'elenco delle impronte è cambiato."),
                     seal=seal.id, first=seal.first_id, last=seal.last_id, expected=seal.root, found=found)
        return
    for each in differ:
        if each not in now:
            yield _fault(N_("Il movimento %(transfer)s non c'è più: era sotto il sigillo %(seal)s."), transfer=each, seal=seal.id)
        elif each not in sealed:
            yield _fault(N_("Il movimento %(transfer)s è stato aggiunto dopo il sigillo %(seal)s."), transfer=each, seal=seal.id)
        else:
            yield _fault(N_("Il movimento %(transfer)s o la sua registrazione non è più quello del sigillo %(seal)s: l'impronta era "
                            "%(expected)s ed è %(found)s."),
                         transfer=each, seal=seal.id, expected=sealed[each].hex(), found=now[each].hex())


def _fault(words: str, **values) -> Fault:
    return Fault(words, values)
