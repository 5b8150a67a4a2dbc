"""What a tutor decides on hours: validate, correct, reject; or that his validation does not stand."""
from datetime import datetime

from app.base import passages
from app.base.announce import announce
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.hours import queries, rules
from app.hours.actions import letters
from app.hours.actions.attendance import keep
from app.hours.events import HoursValidated, HoursWithdrawn
from app.hours.models import Attendance, Method
from app.hours.states import ATTENDANCE
from app.people import actions as people, queries as people_queries
from app.people.models import Person


def validate(attendance: Attendance, *, started_at: datetime, ended_at: datetime, break_min: int, reason: str = "", by: Person) -> None:
    """A tutor confirms hours, as claimed or changed with a reason. Refuses his own and his household's, and an overlap."""
    if _decide(attendance, "validate", started_at, ended_at, break_min, reason, by):
        letters.hours_changed(attendance, reason)


def check_validation(attendance: Attendance, *, by: Person) -> None:
    """What `validate` would say to the hours as they were claimed, without doing it."""
    rules.check_tutor(by.id, attendance.person_id, people_queries.household_ids(attendance.person))
    rules.check_overlap(attendance.claimed_start, attendance.claimed_end, queries.times(attendance.person_id, but=attendance.id))


def correct(attendance: Attendance, *, started_at: datetime, ended_at: datetime, break_min: int, reason: str, by: Person) -> None:
    """A tutor changes hours that were validated and are not yet certified, with a reason. The ledger keeps both figures.

    Refuses also a correction that changes nothing, and one of hours that were disputed: there the officer decides.
    """
    _check_undisputed(attendance)
    _decide(attendance, "correct", started_at, ended_at, break_min, reason, by)
    letters.hours_changed(attendance, reason)


def reject(attendance: Attendance, *, reason: str, by: Person) -> None:
    """A tutor turns hours down, with a reason that the person reads."""
    _check_deciding(attendance, by)
    rules.check_reason(reason)
    passages.move(attendance, ATTENDANCE, "reject", by=by, reason=reason)
    attendance.tutor_id = by.id
    db.session.flush()
    letters.hours_rejected(attendance, reason)


def reopen(attendance: Attendance, *, reason: str, by: Person) -> None:
    """A tutor takes his validation back, with a reason: the hours wait again, and the ledger undoes them."""
    _check_undisputed(attendance)
    _withdraw(attendance, "reopen", reason, by)


def void(attendance: Attendance, *, reason: str, by: Person) -> None:
    """A certifier takes validated hours out for good, with a reason. The booking is free for other hours in their place.

    Certified hours are first set free by annulling their certificate.
    """
    _check_undisputed(attendance)
    _withdraw(attendance, "void", reason, by)


def confirm(attendance: Attendance, started_at: datetime, ended_at: datetime, break_min: int, *, method: Method, by: Person) -> None:
    """Set the times that count, keep them as evidence, and tell of them. The row is in its validated state already."""
    attendance.started_at, attendance.ended_at, attendance.break_min = started_at, ended_at, break_min
    attendance.tutor_id, attendance.validated_at, attendance.version = by.id, now(), attendance.version + 1
    keep(attendance, started_at, ended_at, break_min, method=method, by=by)
    announce(HoursValidated(attendance.id, attendance.agreement_id, attendance.minutes, attendance.version, by.ref))


def _decide(attendance, move, started_at, ended_at, break_min, reason, by) -> bool:
    """Whether the times were changed."""
    _check_deciding(attendance, by)
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
    confirm(attendance, started_at, ended_at, break_min, method=Method.TUTOR, by=by)
    return changed


def _withdraw(attendance, move, reason, by) -> None:
    _check_deciding(attendance, by)
    rules.check_reason(reason)
    passages.move(attendance, ATTENDANCE, move, by=by, reason=reason)
    announce(HoursWithdrawn(attendance.id, attendance.agreement_id, attendance.version, by.ref))
    letters.hours_withdrawn(attendance, reason)


def _check_deciding(attendance: Attendance, by: Person) -> None:
    people.lock(attendance.person)
    db.session.refresh(attendance)
    rules.check_tutor(by.id, attendance.person_id, people_queries.household_ids(attendance.person))


def _check_undisputed(attendance: Attendance) -> None:
    if queries.supplement_of(attendance.id) or attendance.supplements_id:
        raise Refusal(N_("Una parte di queste ore è contestata o l'ha decisa l'ufficio: non si possono più cambiare qui."))
