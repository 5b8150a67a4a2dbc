"""Offsets: proposed by a tax clerk from certificates, approved or returned by another person, exported once, reversed if wrong."""
from collections.abc import Callable, Iterable
from datetime import date

from app.baratto import queries
from app.baratto.actions import books, letters
from app.baratto.models import Agreement, Offset, OffsetCertificate, OffsetLine
from app.baratto.rules import Settlement, agreements as rules
from app.baratto.states import GRANTED_OFFSETS, OFFSET, Agreement as AgreementState, Offset as OffsetState
from app.base import passages
from app.base.clock import now, today
from app.base.db import db
from app.base.errors import Refusal, check_reason
from app.base.i18n import force_locale, gettext as _
from app.base.passages import Passage
from app.base.words import Labelled, N_
from app.hours.models import Certificate
from app.people import actions as people
from app.people.models import Person
from app.people.rules import check_interest
from app.taxes import actions as taxes, queries as tax_queries
from app.taxes.actions import OffsetRow
from app.taxes.models import Export


def propose(agreement: Agreement, certificates: list[Certificate], *, by: Person) -> Offset:
    """Propose the reduction for `certificates`, computed by the call's regulation on the debt as it is now.

    Refuses no certificate, one of another agreement or that an offset already redeems, a reduction of nothing, and the file of the
    clerk or of his household.
    """
    check_interest(by, agreement.person)
    if not certificates:
        raise Refusal(N_("Scegli almeno un attestato."), field="certificates")
    queries.lock_agreement(agreement)
    if any(each.agreement_id != agreement.id for each in certificates):
        raise Refusal(N_("Uno di questi attestati è di un altro patto."), field="certificates")
    if queries.redeemed([each.id for each in certificates]):
        raise Refusal(N_("Uno di questi attestati è già in una riduzione."), field="certificates")
    _check_certificates(certificates)
    offset = Offset(comune_id=agreement.comune_id, agreement=agreement, proposed_by=by, proposed_at=now(),
                    **_amounts(queries.settlement(agreement, certificates)))
    offset.certificates = [OffsetCertificate(certificate=each) for each in certificates]
    offset.lines = _lines(offset)
    db.session.add(offset)
    db.session.flush()
    # Who proposed first stays known when somebody else proposes anew.
    db.session.add(Passage(subject=Offset.__tablename__, subject_id=offset.id, move="propose", source=OFFSET.start,
                           target=OFFSET.start, actor_id=by.id, at=offset.proposed_at))
    db.session.flush()
    return offset


def propose_again(offset: Offset, *, by: Person) -> None:
    """Compute a returned proposal anew, in the name of whoever proposes it now."""
    check_interest(by, offset.agreement.person)
    queries.lock_agreement(offset.agreement)
    passages.move(offset, OFFSET, "repropose", by=by)
    _check_certificates([each.certificate for each in offset.certificates])
    for name, value in _amounts(settlement_of(offset)).items():
        setattr(offset, name, value)
    offset.lines = []
    db.session.flush()
    offset.lines, offset.proposed_by, offset.proposed_at = _lines(offset), by, now()
    db.session.flush()


def approve(offset: Offset, *, act: str, act_date: date | None = None, by: Person) -> None:
    """Grant a proposed offset. The debt is read again under lock, and the ledger has the last word on hours, budget and caps.

    Refuses the proposer and the household (four eyes), and a proposal that no longer fits the debt. `act` is the determina's number,
    `act_date` its day (today without one); it is never in the future.
    """
    check_hands(offset, by)
    if not act.strip():
        raise Refusal(N_("Scrivi il numero della determina."), field="act")
    local_today = today(queries.zone_of(offset.agreement))
    if act_date and act_date > local_today:
        raise Refusal(N_("La determina non può avere una data futura."), field="act_date")
    queries.lock_agreement(offset.agreement)
    passages.move(offset, OFFSET, "approve", by=by, reason=act.strip())
    tax_queries.lock_positions(line.position_id for line in offset.lines)
    _check_certificates([each.certificate for each in offset.certificates])
    _check_unchanged(offset, settlement_of(offset))
    offset.decided_by, offset.decided_at, offset.act, offset.act_date = by, now(), act.strip(), act_date or local_today
    offset.posting_id = books.grant(offset, offset.agreement.call.regulation.terms, actor=by.ref).posting_id
    db.session.flush()
    if offset.agreement.state is AgreementState.CLOSED:    # proposed anew after a reversal: what is left returns to the call
        books.release(offset.agreement, actor=by.ref)
    letters.offset_approved(offset)


def send_back(offset: Offset, *, reason: str, by: Person) -> None:
    """Return a proposal to the clerk, with the reason."""
    check_hands(offset, by)
    check_reason(reason)
    passages.move(offset, OFFSET, "return_", by=by, reason=reason.strip())
    letters.offset_returned(offset, reason.strip())


def cancel(offset: Offset, *, reason: str, by: Person) -> None:
    """Give a proposal up; its certificates are free again. Needs a reason."""
    check_interest(by, offset.agreement.person)
    check_reason(reason)
    passages.move(offset, OFFSET, "cancel", by=by, reason=reason.strip())
    _free_certificates(offset)


def reverse(offset: Offset, *, reason: str, by: Person) -> None:
    """Take a granted offset back by a linked counter-entry; its certificates are free anew. Needs a reason, and not its proposer."""
    check_hands(offset, by)
    check_reason(reason)
    queries.lock_agreement(offset.agreement)
    passages.move(offset, OFFSET, "reverse", by=by, reason=reason.strip())
    books.take_back(offset, actor=by.ref)
    _free_certificates(offset)
    letters.offset_reversed(offset, reason.strip())


def block(agreement: Agreement, certificate_id: int, name: str) -> None:
    """A certificate is being withdrawn: a proposal that stands on it goes back to the clerk, who is told.

    Refuses where a granted offset stands on it: that has to be reversed first.
    """
    queries.lock_agreement(agreement)
    offset = queries.live_offset(certificate_id)
    if offset is None:
        return
    if offset.state in GRANTED_OFFSETS:
        raise Refusal(N_("L'attestato %(name)s è già nella riduzione n. %(number)s. Prima l'ufficio tributi deve stornare la riduzione."),
                      name=name, number=offset.id)
    with force_locale("it"):
        reason = _("L'attestato %(name)s non vale più.", name=name)
    if offset.state is OffsetState.PROPOSED:
        passages.move(offset, OFFSET, "return_", reason=reason)
    letters.offset_returned(offset, reason)


def each_of(things: Iterable, act: Callable) -> list[tuple[object, Refusal]]:
    """Do `act` for each thing, one that is refused not hindering the others; the refused ones, each with its refusal."""
    refused = []
    for thing in things:
        try:
            with db.session.begin_nested():
                act(thing)
        except Refusal as no:
            refused.append((thing, no))
    return refused


def export(comune_id: int, *, by: Person) -> Export:
    """Write one file for the tax software: each approved offset, and each reversal of one that was sent. A line leaves the house once.

    Refuses when there is nothing to send.
    """
    offsets = queries.approved(comune_id)
    for offset in offsets:
        passages.move(offset, OFFSET, "export", by=by)
    rows = [row for offset in offsets for row in export_rows(offset)]
    rows += [row for offset in queries.reversals_to_send(comune_id) for row in reversal_rows(offset)]
    if not rows:
        raise Refusal(N_("Non ci sono riduzioni approvate da inviare."))
    return taxes.export(comune_id, today().year, rows, by=by)


def export_rows(offset: Offset) -> list[OffsetRow]:
    """The lines of a granted offset as the tax software reads them."""
    return [_row(offset, line, f"R{line.id}") for line in offset.lines]


def reversal_rows(offset: Offset) -> list[OffsetRow]:
    """The lines that take a sent offset back."""
    return [_row(offset, line, f"S{line.id}", reverses_ref=f"R{line.id}") for line in offset.lines]


def settlement_of(offset: Offset) -> Settlement:
    """What the rules say today on the certificates of `offset`, as if it had not been proposed."""
    return queries.settlement(offset.agreement, [each.certificate for each in offset.certificates])


def told_steps(settlement: Settlement) -> list[dict]:
    """The steps of a settlement as they are stored: plain values, and words that have a label as {"label": …}."""
    return [dict(key=step.key, text=step.text, values={
        name: {"label": value.label} if isinstance(value, Labelled) else value for name, value in step.values.items()})
        for step in settlement.steps]


def told_lines(settlement: Settlement) -> list[dict]:
    """The lines that a settlement hits: the position's number, what is off, and what stood and stays to be paid of it (cents)."""
    return [dict(position=line.position.ref, cents=line.amount_cents, before=line.position.left_cents(0),
                 after=line.position.left_cents(line.amount_cents)) for line in settlement.lines]


def _row(offset: Offset, line: OffsetLine, ref: str, **more) -> OffsetRow:
    return OffsetRow(row_ref=ref, position_id=line.position_id, amount_cents=line.amount_cents, act=offset.act, act_date=offset.act_date,
                     fiscal_code=people.fiscal_code_of(offset.agreement.person) or "", reason="baratto amministrativo", **more)


def _amounts(settlement: Settlement) -> dict:
    """A settlement as an offset stores it: what it takes of the certified minutes, and the whole sum to explain it.

    Refuses a reduction of nothing. Time that a rounding added was never certified: it counts for the amount, and is not taken.
    """
    if settlement.offset_cents == 0:
        raise Refusal(N_("La riduzione sarebbe di zero euro: non c'è nulla da proporre."))
    figures = {name: getattr(settlement, name) for name in (
        "worked_minutes", "creditable_minutes", "value_cents", "offsettable_cents", "offset_cents", "limited_by", "residual_cents",
        "payable_cents", "needed_minutes", "surplus_minutes", "admitted", "reason")}
    taken = min(settlement.minutes_used, settlement.worked_minutes)
    return dict(amount_cents=settlement.offset_cents, minutes_used=taken, minutes_unused=settlement.worked_minutes - taken,
                figures=figures | {"lines": told_lines(settlement), "steps": told_steps(settlement)})


def _lines(offset: Offset) -> list[OffsetLine]:
    return [OffsetLine(position_id=line["position"], amount_cents=line["cents"]) for line in offset.figures["lines"]]


def _check_unchanged(offset: Offset, found: Settlement) -> None:
    if found.offset_cents != offset.amount_cents:
        raise Refusal(N_("Il debito, i massimi o i fondi sono cambiati dopo la proposta: oggi la riduzione sarebbe %(now_cents)s invece di "
                         "%(then_cents)s. Restituisci la proposta, così si ricalcola."),
                      now_cents=found.offset_cents, then_cents=offset.amount_cents)
    taken = min(found.minutes_used, found.worked_minutes)
    lines = [(line.position.ref, line.amount_cents) for line in found.lines]
    if taken != offset.minutes_used or lines != [(line.position_id, line.amount_cents) for line in offset.lines]:
        raise Refusal(N_("L'importo è lo stesso, ma dopo la proposta sono cambiate le voci della bolletta o le ore. "
                         "Restituisci la proposta, così si ricalcola."))


def check_hands(offset: Offset, by: Person) -> None:
    """Refuses the proposer, and whoever would decide for himself or his household."""
    rules.check_hands(decides=by.id, proposed=offset.proposed_by_id)
    check_interest(by, offset.agreement.person)


def _check_certificates(certificates: Iterable[Certificate]) -> None:
    """All still hold, also now that the agreement is locked."""
    if names := queries.withdrawn([each.id for each in certificates]):
        raise Refusal(N_("Un attestato di questa riduzione non vale più: %(names)s. Annulla la proposta e fanne una nuova."),
                      field="certificates", names=", ".join(names))


def _free_certificates(offset: Offset) -> None:
    for each in offset.certificates:
        each.live = False
    db.session.flush()
