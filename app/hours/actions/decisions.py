"""What a tutor decides on hours: validate, correct, reject; or that his validation does not stand."""
from datetime import datetime

from app.base import passages
from app.base.announce import announce
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal, check_reason
from app.base.words import N_
from app.hours import queries, rules
from app.hours.actions import letters
from app.hours.actions.attendance import keep
from app.hours.events import HoursValidated, HoursWithdrawn
from app.hours.models import Attendance, Method
from app.hours.states import ATTENDANCE, DEAD
from app.people import actions as people
from app.people.models import Person
from app.people.rules import check_interest


def validate(attendance: Attendance, *, started_at: datetime, ended_at: datetime, break_min: int, reason: str = "", by: Person) -> None:
    """A tutor confirms hours, as claimed or changed with a reason. Refuses his own and his household's, and an overlap."""
    _lock(attendance, by)
    if _decide(attendance, "validate", started_at, ended_at, break_min, reason, by):
        letters.hours_changed(attendance, reason)


def check_validation(attendance: Attendance, *, by: Person) -> None:
    """What `validate` would say to the hours as they were claimed, without doing it."""
    check_interest(by, attendance.person)
    rules.check_overlap(attendance.claimed_start, attendance.claimed_end, queries.times(attendance.person_id, but=attendance.presence_id))


def correct(attendance: Attendance, *, started_at: datetime, ended_at: datetime, break_min: int, reason: str, by: Person) -> None:
    """A tutor changes hours that were validated and are not yet certified, with a reason. The ledger keeps both figures.

    Refuses also a correction that changes nothing, and one of hours that were disputed: there the officer decides.
    """
    _lock(attendance, by)
    _check_undisputed(attendance)
    _decide(attendance, "correct", started_at, ended_at, break_min, reason, by)
    letters.hours_changed(attendance, reason)


def reject(attendance: Attendance, *, reason: str, by: Person) -> None:
    """A tutor turns hours down, with a reason that the person reads."""
    _lock(attendance, by)
    check_reason(reason)
    passages.move(attendance, ATTENDANCE, "reject", by=by, reason=reason)
    attendance.tutor_id = by.id
    db.session.flush()
    letters.hours_rejected(attendance, reason)


def reopen(attendance: Attendance, *, reason: str, by: Person) -> None:
    """A tutor takes his validation back, with a reason: the hours wait again as they were claimed, and the ledger undoes them."""
    _lock(attendance, by)
    _check_undisputed(attendance)
    _withdraw(attendance, "reopen", reason, by)
    attendance.started_at, attendance.ended_at = attendance.claimed_start, attendance.claimed_end
    attendance.break_min, attendance.validated_at = attendance.claimed_break_min, None
    db.session.flush()


def void(attendance: Attendance, *, reason: str, by: Person) -> None:
    """A certifier takes validated hours out for good, with a reason. The booking is free for other hours in their place.

    Certified hours are first set free by annulling their certificate, and what supplements hours goes before them.
    """
    _lock(attendance, by)
    if (part := queries.supplement_of(attendance.id)) and part.state not in DEAD:
        raise Refusal(N_("Una parte di queste ore è contestata, o l'ha riconosciuta l'ufficio: prima va decisa o annullata quella."))
    _withdraw(attendance, "void", reason, by)


def confirm(attendance: Attendance, started_at: datetime, ended_at: datetime, break_min: int, *, method: Method, by: Person) -> None:
    """Set the times that count, keep them as evidence, and tell of them. The row is in its validated state already."""
    attendance.started_at, attendance.ended_at, attendance.break_min = started_at, ended_at, break_min
    attendance.tutor_id, attendance.validated_at, attendance.version = by.id, now(), attendance.version + 1
    keep(attendance, started_at, ended_at, break_min, method=method, by=by)
    announce(HoursValidated(attendance.id, attendance.agreement_id, attendance.minutes, attendance.version, by.ref))


def _decide(attendance, move, started_at, ended_at, break_min, reason, by) -> bool:
    """Whether the times were changed."""
    # The state first: a tutor who comes second hears about the first one, not about figures that the first one changed.
    passages.move(attendance, ATTENDANCE, move, by=by, reason=reason)
    shift = attendance.booking.shift
    rules.check_claim(started_at=started_at, ended_at=ended_at, break_min=break_min, shift_start=shift.starts_at, shift_end=shift.ends_at,
                      now=now())
    rules.check_overlap(started_at, ended_at, queries.times(attendance.person_id, but=attendance.presence_id))
    changed = (started_at, ended_at, break_min) != (attendance.started_at, attendance.ended_at, attendance.break_min)
    rules.check_change(changed, reason)
    if move == "correct":
        rules.check_correction(changed)
    confirm(attendance, started_at, ended_at, break_min, method=Method.TUTOR, by=by)
    return changed


def _withdraw(attendance, move, reason, by) -> None:
    check_reason(reason)
    passages.move(attendance, ATTENDANCE, move, by=by, reason=reason)
    announce(HoursWithdrawn(attendance.id, attendance.agreement_id, attendance.version, by.ref))
    letters.hours_withdrawn(attendance, reason)


def _lock(attendance: Attendance, by: Person) -> None:
    """The row as it is now, until the commit. Refuses whoever would decide for himself or his household."""
    people.lock(attendance.person)
    db.session.refresh(attendance)
    check_interest(by, attendance.person)


def _check_undisputed(attendance: Attendance) -> None:
    if attendance.supplements_id or queries.supplement_of(attendance.id) or queries.dispute_of(attendance.id):
        raise Refusal(N_("Una parte di queste ore è contestata o l'ha decisa l'ufficio: non si possono più cambiare qui."))
