"""Hours are logged by the resident, decided by a tutor, and locked by a certificate."""
import hashlib
from datetime import datetime

from sqlalchemy import func, select

from app.base import passages
from app.base.announce import announce
from app.base.clock import now, today
from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.hours import queries, rules
from app.hours.events import CertificateIssued, HoursSubmitted, HoursValidated
from app.hours.models import Attendance, Certificate, CertificateLine
from app.hours.states import ATTENDANCE
from app.people import actions as people, queries as people_queries
from app.people.models import Person
from app.tasks.models import Booking
from app.tasks.states import Shift as ShiftState
from app.town import actions as town


def submit(booking: Booking, *, started_at: datetime, ended_at: datetime, break_min: int = 0, note: str = "") -> Attendance:
    """Log the hours of a booked shift: two instants, less a break in minutes.

    Refuses what `check` refuses.
    """
    people.lock(booking.person)
    check(booking, started_at=started_at, ended_at=ended_at, break_min=break_min)
    attendance = Attendance(
        comune_id=booking.comune_id, organisation_id=booking.shift.task.organisation_id, booking=booking, person=booking.person,
        claimed_start=started_at, claimed_end=ended_at, claimed_break_min=break_min,
        started_at=started_at, ended_at=ended_at, break_min=break_min, note=note)
    db.session.add(attendance)
    db.session.flush()
    announce(HoursSubmitted(attendance.id, attendance.person_id))
    return attendance


def check(booking: Booking, *, started_at: datetime, ended_at: datetime, break_min: int = 0) -> None:
    """What `submit` would say, without doing it. Refuses what the rules refuse, hours over hours of the same person, and logging twice."""
    shift = booking.shift
    if queries.attendance_of(booking.id):
        raise Refusal(N_("Le ore di questo turno sono già registrate."))
    rules.check_logging(cancelled=shift.state is ShiftState.CANCELLED, shift_end=shift.ends_at, now=now())
    rules.check_claim(started_at=started_at, ended_at=ended_at, break_min=break_min, shift_start=shift.starts_at, shift_end=shift.ends_at,
                      now=now())
    rules.check_overlap(started_at, ended_at, queries.times(booking.person_id))


def attach(attendance: Attendance, agreement_id: int) -> None:
    """Say for which agreement these hours count."""
    attendance.agreement_id = agreement_id
    db.session.flush()


def validate(attendance: Attendance, *, started_at: datetime, ended_at: datetime, break_min: int, reason: str = "", by: Person) -> None:
    """A tutor confirms hours, as claimed or changed with a reason. Refuses his own and his household's, and an overlap."""
    _decide(attendance, "validate", started_at, ended_at, break_min, reason, by)


def correct(attendance: Attendance, *, started_at: datetime, ended_at: datetime, break_min: int, reason: str, by: Person) -> None:
    """A tutor changes hours that were validated and are not yet certified, with a reason. The ledger keeps both figures.

    Refuses also a correction that changes nothing.
    """
    _decide(attendance, "correct", started_at, ended_at, break_min, reason, by)


def reject(attendance: Attendance, *, reason: str, by: Person) -> None:
    """A tutor turns hours down, with a reason that the person reads."""
    rules.check_tutor(by.id, attendance.person_id, people_queries.household_ids(attendance.person))
    if not reason:
        raise Refusal(N_("Scrivi il motivo: la persona deve sapere perché."), field="reason")
    passages.move(attendance, ATTENDANCE, "reject", by=by, reason=reason)
    attendance.tutor_id = by.id
    db.session.flush()


def certify(agreement_id: int, *, seen: str | None = None, by: Person) -> Certificate:
    """Turn an agreement's validated hours into the comune's next certificate; from then on nobody changes them.

    Hours of different years make different certificates: this one takes the oldest year. Refuses when there are none, when they are not
    those whose digest the certifier has `seen`, and the certifier's own or his household's hours.
    """
    rows = queries.of_oldest_year(queries.certifiable(agreement_id, lock=True))
    if not rows:
        raise Refusal(N_("Non ci sono ore convalidate da certificare."))
    if seen not in (None, digest(rows)):
        raise Refusal(N_("Nel frattempo un tutor ha convalidato o cambiato delle ore: ricontrolla l'elenco."))
    person, zone = rows[0].person, queries.zone_of(rows[0])
    rules.check_tutor(by.id, person.id, people_queries.household_ids(person))
    comune = rows[0].organisation.comune
    town.lock(comune.id)
    certificate = Certificate(comune_id=comune.id, year=today(zone).year, person=person, agreement_id=agreement_id, issued_by_id=by.id,
                              minutes=sum(row.minutes for row in rows), digest=digest(rows))
    certificate.number = 1 + (db.session.scalar(select(func.max(Certificate.number)).where(
        Certificate.comune_id == comune.id, Certificate.year == certificate.year)) or 0)
    certificate.lines = [CertificateLine(attendance=row, minutes=row.minutes) for row in rows]
    db.session.add(certificate)
    db.session.flush()
    for row in rows:
        passages.move(row, ATTENDANCE, "lock", by=by, reason=certificate.name)
    announce(CertificateIssued(certificate.id, agreement_id, certificate.minutes, by.ref))
    return certificate


def _decide(attendance, move, started_at, ended_at, break_min, reason, by) -> None:
    people.lock(attendance.person)
    db.session.refresh(attendance)
    rules.check_tutor(by.id, attendance.person_id, people_queries.household_ids(attendance.person))
    # The state first: a tutor who comes second hears about the first one, not about figures that the first one changed.
    passages.move(attendance, ATTENDANCE, move, by=by, reason=reason)
    shift = attendance.booking.shift
    rules.check_claim(started_at=started_at, ended_at=ended_at, break_min=break_min, shift_start=shift.starts_at, shift_end=shift.ends_at,
                      now=now())
    rules.check_overlap(started_at, ended_at, queries.times(attendance.person_id, but=attendance.id))
    changed = (started_at, ended_at, break_min) != (attendance.started_at, attendance.ended_at, attendance.break_min)
    rules.check_change(changed, reason)
    if move == "correct":
        rules.check_correction(changed)
    attendance.started_at, attendance.ended_at, attendance.break_min = started_at, ended_at, break_min
    attendance.tutor_id, attendance.validated_at, attendance.version = by.id, now(), attendance.version + 1
    db.session.flush()
    announce(HoursValidated(attendance.id, attendance.agreement_id, attendance.minutes, attendance.version, by.ref))


def digest(rows: list[Attendance]) -> str:
    """SHA-256 over the lines, in order: what a printed certificate can be compared with."""
    said = "\n".join(f"{row.id} {row.started_at.isoformat()} {row.ended_at.isoformat()} {row.break_min} {row.minutes}" for row in rows)
    return hashlib.sha256(said.encode()).hexdigest()
