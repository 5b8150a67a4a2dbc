"""A person's own words on his hours: logging them afterwards, and sending what check-in and check-out have recorded."""
from datetime import datetime

from app.base import passages
from app.base.announce import announce
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal, check_reason
from app.base.words import N_
from app.hours import queries, rules
from app.hours.events import HoursClaimed
from app.hours.models import Attendance, Evidence, LoggingRules, Method
from app.hours.states import ATTENDANCE
from app.people import actions as people
from app.people.models import Person
from app.people.rules import check_interest
from app.tasks.models import Booking
from app.tasks.states import Shift as ShiftState
from app.town.models import Comune


def submit(booking: Booking, *, started_at: datetime, ended_at: datetime, break_min: int = 0, note: str = "",
           method: Method = Method.LATER, by: Person | None = None) -> Attendance:
    """Log the hours of a booked shift: two instants, less a break in minutes. `by` may validate and writes for the person (paper, file).

    After the regulation's days the person's own words need the officer's leave; a tutor's do not. Refuses what `check` refuses.
    """
    people.lock(booking.person)
    check(booking, started_at=started_at, ended_at=ended_at, break_min=break_min)
    attendance = opened(booking)
    state_times(attendance, started_at, ended_at, break_min, method=method, by=by or booking.person)
    attendance.note = note
    return _send(attendance, by or booking.person)


def check(booking: Booking, *, started_at: datetime, ended_at: datetime, break_min: int = 0) -> None:
    """What `submit` would say, without doing it. Refuses what the rules refuse, hours over hours of the same person, and logging twice."""
    shift = booking.shift
    check_free(booking)
    rules.check_logging(cancelled=shift.state is ShiftState.CANCELLED, shift_end=shift.ends_at, now=now())
    rules.check_claim(started_at=started_at, ended_at=ended_at, break_min=break_min, shift_start=shift.starts_at, shift_end=shift.ends_at,
                      now=now())
    rules.check_overlap(started_at, ended_at, queries.times(booking.person_id))


def send(attendance: Attendance, *, note: str = "", by: Person) -> None:
    """Hand hours that were checked out to the tutor, with a note. A tutor may do it for the person."""
    people.lock(attendance.person)
    db.session.refresh(attendance)
    attendance.note = note
    _send(attendance, by)


def admit(attendance: Attendance, *, reason: str = "", by: Person) -> None:
    """The officer lets hours in that were logged after the regulation's days."""
    _check_officer(attendance, by)
    passages.move(attendance, ATTENDANCE, "admit", by=by, reason=reason)


def decline(attendance: Attendance, *, reason: str, by: Person) -> None:
    """The officer turns late hours down, with a reason that the person reads."""
    _check_officer(attendance, by)
    check_reason(reason)
    passages.move(attendance, ATTENDANCE, "decline", by=by, reason=reason)


def attach(attendance: Attendance, agreement_id: int, *, log_days: int | None = None) -> None:
    """Say for which agreement these hours count, and the days that its regulation gives to log them, if it says."""
    attendance.agreement_id, attendance.log_days = agreement_id, log_days
    db.session.flush()


def set_log_days(comune: Comune, log_days: int, *, by: Person) -> None:
    """How many days after a shift its hours can be logged without the officer's leave, where no agreement's regulation says so."""
    db.session.add(LoggingRules(comune_id=comune.id, log_days=log_days, set_by_id=by.id))
    db.session.flush()


def check_free(booking: Booking) -> None:
    """Refuses a booking that has its attendance, or its absence, already."""
    if queries.attendance_of(booking.id):
        raise Refusal(N_("Le ore di questo turno sono già registrate."))


def opened(booking: Booking, **facts) -> Attendance:
    """A row for what is about to happen to this booking, under the person's lock."""
    attendance = Attendance(comune_id=booking.comune_id, organisation_id=booking.shift.task.organisation_id, booking=booking,
                            person=booking.person, **facts)
    db.session.add(attendance)
    db.session.flush()
    return attendance


def state_times(attendance: Attendance, started_at: datetime, ended_at: datetime | None, break_min: int, *, method: Method,
                by: Person) -> None:
    """Set the claimed times, and those that count until a tutor decides; who said so, and how, stays."""
    attendance.claimed_start = attendance.started_at = started_at
    attendance.claimed_end = attendance.ended_at = ended_at
    attendance.claimed_break_min = attendance.break_min = break_min
    keep(attendance, started_at, ended_at, break_min, method=method, by=by)


def keep(attendance: Attendance, started_at: datetime, ended_at: datetime | None, break_min: int, *, method: Method, by: Person) -> None:
    """Write down what somebody states about the times, for good."""
    db.session.add(Evidence(attendance_id=attendance.id, method=method, operator_id=by.id, started_at=started_at, ended_at=ended_at,
                            break_min=break_min))
    db.session.flush()


def _send(attendance: Attendance, by: Person) -> Attendance:
    shift = attendance.booking.shift
    announce(HoursClaimed(attendance.id, attendance.person_id))
    if by.id != attendance.person_id:
        check_interest(by, attendance.person)
        name = "hand_in"
    elif rules.is_late(shift.ends_at, now(), _log_days(attendance)):
        name = "submit_late"
    else:
        name = "submit"
    passages.move(attendance, ATTENDANCE, name, by=by, reason=attendance.note)
    return attendance


def _log_days(attendance: Attendance) -> int:
    return queries.log_days(attendance.comune_id) if attendance.log_days is None else attendance.log_days


def _check_officer(attendance: Attendance, by: Person) -> None:
    people.lock(attendance.person)
    db.session.refresh(attendance)
    check_interest(by, attendance.person)
