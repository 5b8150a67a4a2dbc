"""Corrections: one person proposes, another approves, and the package that owns the row carries them out. Nothing here commits."""
from app.baratto import queries as baratto
from app.baratto.actions import offsets
from app.base import passages
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal
from app.base.passages import Passage
from app.base.words import N_
from app.ledger.actions import checkpoints
from app.people.models import Person
from app.reconciliation import rules
from app.reconciliation.actions import letters
from app.reconciliation.models import Correction, Finding
from app.reconciliation.states import CORRECTION, FINDING, Correction as State, Finding as FindingState, Remedy


def propose(finding: Finding, *, reason: str, by: Person) -> Correction:
    """Propose the remedy that fits a finding. Nothing changes yet.

    Refuses no reason, a finding that is over or that no remedy fits, and a second proposal while one waits.
    """
    remedy = rules.remedy_for(finding.kind, finding.subject)
    if remedy is None:
        raise Refusal(N_("Per questa differenza non c'è una correzione da qui: si corregge dove è nata."))
    if finding.gone_at or finding.state not in (FindingState.OPEN, FindingState.EXPLAINED):
        raise Refusal(N_("Questa differenza non aspetta più nessuno."))
    if any(each.state is State.PROPOSED for each in finding.corrections):
        raise Refusal(N_("C'è già una correzione proposta: prima va decisa quella."))
    if not reason:
        raise Refusal(N_("Scrivi il motivo: chi decide deve capire."), field="reason")
    correction = Correction(comune_id=finding.comune_id, finding=finding, remedy=remedy, reason=reason, proposed_by=by)
    db.session.add(correction)
    db.session.flush()
    db.session.add(Passage(subject=Correction.__tablename__, subject_id=correction.id, move="propose", source=CORRECTION.start,
                           target=CORRECTION.start, actor_id=by.id, at=now(), reason=reason))
    letters.correction_proposed(correction)
    return correction


def approve(correction: Correction, *, reason: str = "", by: Person) -> None:
    """Approve a correction and carry it out. Refuses its proposer, and what the owner of the row refuses."""
    rules.check_hands(decides=by.id, proposed=correction.proposed_by_id)
    passages.move(correction, CORRECTION, "approve", by=by, reason=reason)
    finding = correction.finding
    _CARRY_OUT[correction.remedy](finding, correction.reason, by)
    passages.move(finding, FINDING, "correct")
    letters.correction_decided(correction)


def reject(correction: Correction, *, reason: str, by: Person) -> None:
    """Turn a correction down, with a reason. Refuses its proposer, who may withdraw it."""
    rules.check_hands(decides=by.id, proposed=correction.proposed_by_id)
    if not reason:
        raise Refusal(N_("Scrivi il motivo: chi ha proposto deve capire."), field="reason")
    passages.move(correction, CORRECTION, "reject", by=by, reason=reason)
    letters.correction_decided(correction)


def withdraw(correction: Correction, *, by: Person) -> None:
    """Take a proposal back before it is decided."""
    passages.move(correction, CORRECTION, "withdraw", by=by)


def _restate(finding: Finding, _reason: str, _by: Person) -> None:
    checkpoints.restate(finding.subject_id)


def _reverse_offset(finding: Finding, reason: str, by: Person) -> None:
    offsets.reverse(baratto.offset(finding.subject_id, seen_by=by), reason=reason, by=by)


_CARRY_OUT = {Remedy.RESTATE: _restate, Remedy.REVERSE_OFFSET: _reverse_offset}
