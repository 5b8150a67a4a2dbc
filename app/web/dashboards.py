"""What the personal area shows: a resident's own figures, and what waits for each role."""
from collections import Counter
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import func, or_, select

from app.access import May
from app.base.db import db
from app.base.i18n import N_
from app.base.passages import Passage
from app.baratto import queries as baratto
from app.baratto.models import Agreement, Offset
from app.baratto.states import GRANTED_OFFSETS, Offset as OffsetState
from app.hours import queries as hours
from app.hours.models import Attendance
from app.hours.states import Attendance as HoursState
from app.people.models import Person
from app.reconciliation.models import Finding, Night
from app.reconciliation.queries import findings
from app.reconciliation.states import Finding as FindingState, Night as NightState
from app.tasks import queries as tasks
from app.tasks.models import Booking
from app.tasks.states import Booking as BookingState, Task as TaskState
from app.town.models import Comune


@dataclass(frozen=True)
class Resident:
    """Minutes and cents of one person, and what comes next."""

    validated_min: int
    waiting_min: int
    granted_cents: int
    agreement: Agreement | None
    done_min: int                      # of the agreement: validated and certified
    coming: list[Booking]
    to_log: list[Booking]
    offsets: list[Offset]


# What a resident is told of the log of passages: by table and move.
TOLD = {
    ("attendance", "validate"): N_("Ore convalidate"),
    ("attendance", "correct"): N_("Ore corrette dal tutor"),
    ("attendance", "reject"): N_("Ore respinte"),
    ("attendance", "miss"): N_("Assenza a un turno"),
    ("attendance", "uphold"): N_("L'ufficio ha riconosciuto le ore"),
    ("attendance", "dismiss"): N_("L'ufficio non ha riconosciuto le ore"),
    ("tax_offset", "propose"): N_("Riduzione proposta"),
    ("tax_offset", "approve"): N_("Riduzione approvata"),
    ("tax_offset", "export"): N_("Riduzione inviata all'ufficio tributi"),
    ("tax_offset", "reverse"): N_("Riduzione stornata"),
    ("booking", "cancel"): N_("Prenotazione disdetta"),
    ("booking", "offer"): N_("Si è liberato un posto per te"),
    ("booking", "accept"): N_("Posto accettato"),
    ("booking", "lapse"): N_("Lista d'attesa scaduta"),
    ("booking", "withdraw"): N_("Hai avvisato che non vieni"),
    ("booking", "replace"): N_("Un'altra persona viene al tuo posto"),
}


@dataclass(frozen=True)
class Duty:
    """Work that waits for somebody: how much, in which words, and where."""

    count: int
    text: str
    url: str


def resident(person: Person) -> Resident | None:
    """A resident's figures; None for who is not one."""
    if not person.may(May.SHIFT_BOOK):
        return None
    minutes = hours.minutes_by_state(person)
    agreement, offsets = baratto.live_agreement(person.id), baratto.own_offsets(person)
    return Resident(
        validated_min=minutes[HoursState.VALIDATED] + minutes[HoursState.LOCKED], waiting_min=minutes[HoursState.SUBMITTED],
        granted_cents=sum(offset.amount_cents for offset in offsets if offset.state in GRANTED_OFFSETS),
        agreement=agreement, done_min=baratto.standing(agreement).done if agreement else 0,
        coming=tasks.coming_bookings(person)[:5], to_log=hours.to_log(person), offsets=offsets[:5])


def timeline(person: Person, *, limit: int = 8) -> list[Passage]:
    """What happened lately to a resident's hours, bookings and reductions, the oldest of these first."""
    own = {"attendance": select(Attendance.id).where(Attendance.person_id == person.id),
           "booking": select(Booking.id).where(Booking.person_id == person.id),
           "tax_offset": select(Offset.id).join(Agreement).where(Agreement.person_id == person.id)}
    told = or_(*((Passage.subject == table) & (Passage.move == move) & Passage.subject_id.in_(own[table]) for table, move in TOLD))
    return list(db.session.scalars(select(Passage).where(told).order_by(Passage.id.desc()).limit(limit)))[::-1]


def duties(person: Person) -> list[Duty]:
    """What waits for this person's roles; nothing is listed that has no work."""
    found, offsets = [], baratto.counts(seen_by=person) if person.may(May.OFFSET_SEE) else {}
    if person.may(May.SHIFT_BOOK):
        offered = sum(booking.state is BookingState.OFFERED for booking in tasks.waiting_for(person))
        found.append(Duty(offered, N_("Posti che ti abbiamo offerto: rispondi"), url_for("tasks.bookings")))
        found.append(Duty(len(hours.open_sessions(person)), N_("Presenze da chiudere o da inviare"), url_for("hours.mine")))
    if person.may(May.TASK_PUBLISH):
        states = Counter(task.state for task in tasks.own_tasks(seen_by=person))
        found.append(Duty(states[TaskState.DRAFT], N_("Bozze di attività da finire"), url_for("tasks.own_tasks")))
        found.append(Duty(states[TaskState.ACCEPTED], N_("Attività accettate: apri le prenotazioni"), url_for("tasks.own_tasks")))
    if person.may(May.TASK_ACCEPT):
        found.append(Duty(len(tasks.proposed(seen_by=person)), N_("Attività proposte da decidere"), url_for("tasks.proposals")))
    if person.may(May.HOURS_VALIDATE):
        found.append(Duty(hours.waiting(seen_by=person), N_("Ore da convalidare"), url_for("hours.to_validate")))
        found.append(Duty(len(hours.to_answer(seen_by=person)), N_("Contestazioni a cui rispondere"), url_for("hours.to_validate")))
        found.append(Duty(len(hours.left_open(seen_by=person)), N_("Presenze senza uscita"), url_for("hours.day")))
    if person.may(May.HOURS_SETTLE):
        found.append(Duty(hours.for_officer(seen_by=person), N_("Ore contestate o in ritardo"), url_for("hours.office")))
    if person.may(May.SHEET_ENTER):
        found.append(Duty(len(hours.sheets_to_enter(seen_by=person)), N_("Fogli firmati da inserire"), url_for("hours.sheets")))
    if person.may(May.CERTIFICATE_ISSUE):
        found.append(Duty(len(hours.to_certify(seen_by=person)), N_("Patti con ore da certificare"), url_for("hours.certificates")))
        found.append(Duty(len(hours.to_attest(seen_by=person)), N_("Persone con ore da attestare"), url_for("hours.certificates")))
    if person.may(May.OFFSET_PROPOSE):
        found.append(Duty(len(baratto.to_propose(seen_by=person)), N_("Patti con attestati da trasformare"), url_for("baratto.offsets")))
        found.append(Duty(offsets.get(OffsetState.RETURNED, 0), N_("Proposte restituite"), url_for("baratto.offsets")))
    if person.may(May.OFFSET_APPROVE):
        found.append(Duty(offsets.get(OffsetState.PROPOSED, 0), N_("Proposte da decidere"), url_for("baratto.offsets")))
        found.append(Duty(offsets.get(OffsetState.APPROVED, 0), N_("Riduzioni da inviare ai tributi"), url_for("baratto.offsets")))
    if person.may(May.NIGHT_SEE):
        count = db.session.scalar(select(func.count(Finding.id)).where(
            Finding.comune_id.in_(person.reach(May.NIGHT_SEE).comuni), Finding.state == FindingState.OPEN))
        found.append(Duty(count, N_("Differenze della notte da esaminare"), url_for("reconciliation.nights")))
    if person.may(May.CORRECTION_APPROVE):
        found.append(Duty(len(findings.to_decide(seen_by=person)), N_("Correzioni da decidere"), url_for("reconciliation.nights")))
    return [duty for duty in found if duty.count]


def last_nights() -> list[tuple[str, date | None]]:
    """Each comune with the last business date whose books were checked. Public: no person, no amount."""
    rows = db.session.execute(select(Comune.name, func.max(Night.business_date)).outerjoin(
        Night, (Night.comune_id == Comune.id) & (Night.state == NightState.DONE)).group_by(Comune.name).order_by(Comune.name))
    return [tuple(row) for row in rows]
