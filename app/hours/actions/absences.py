"""Who did not come: marked by the tutor, excused or not, and undone where it was a slip."""
from app.base import passages
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal, check_reason
from app.base.words import N_
from app.hours.actions import letters
from app.hours.actions.attendance import check_free, opened
from app.hours.models import Attendance, Excuse
from app.hours.states import ATTENDANCE
from app.people import actions as people
from app.people.models import Person
from app.people.rules import check_interest
from app.tasks.models import Booking


def miss(booking: Booking, *, by: Person) -> Attendance:
    """Somebody did not come. Refuses it before the shift has begun, and when his hours are there already."""
    _check(booking.person, by)
    if now() < booking.shift.starts_at:
        raise Refusal(N_("Il turno non è ancora iniziato: aspetta a segnare l'assenza."))
    check_free(booking)
    attendance = opened(booking)
    passages.move(attendance, ATTENDANCE, "miss", by=by)
    letters.absence_marked(attendance)
    return attendance


def excuse(attendance: Attendance, kind: Excuse, *, reason: str = "", by: Person) -> None:
    """The absence is excused, for a kind of reason; details of health or family do not belong here."""
    _check(attendance.person, by, attendance)
    passages.move(attendance, ATTENDANCE, "excuse", by=by, reason=reason)
    attendance.excuse = kind
    db.session.flush()


def blame(attendance: Attendance, *, reason: str, by: Person) -> None:
    """The absence is not excused, with a reason. The person hears of it and can object."""
    _check(attendance.person, by, attendance)
    check_reason(reason)
    passages.move(attendance, ATTENDANCE, "blame", by=by, reason=reason)
    letters.absence_unexcused(attendance, reason)


def call_off(subject: Booking | Attendance, *, reason: str, by: Person) -> Attendance:
    """For this person the shift did not take place, for a reason of the host's: it is no absence, and there are no hours."""
    _check(subject.person, by, subject if isinstance(subject, Attendance) else None)
    check_reason(reason)
    if isinstance(subject, Booking):
        check_free(subject)
        subject = opened(subject)
    passages.move(subject, ATTENDANCE, "call_off", by=by, reason=reason)
    letters.called_off(subject, reason)
    return subject


def withdraw(attendance: Attendance, *, reason: str, by: Person) -> None:
    """The tutor had marked the wrong person or the wrong thing. The row stays as voided, and the booking is free again."""
    _check(attendance.person, by, attendance)
    check_reason(reason)
    passages.move(attendance, ATTENDANCE, "withdraw", by=by, reason=reason)


def _check(person: Person, by: Person, attendance: Attendance | None = None) -> None:
    people.lock(person)
    if attendance:
        db.session.refresh(attendance)
    check_interest(by, person)
