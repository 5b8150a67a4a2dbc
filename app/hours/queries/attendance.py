"""Reads of attendance. Tutors see their organisation's hours, residents their own, officers their comune's."""
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.access import May
from app.base.clock import now
from app.base.db import db
from app.base.localtime import minutes_between
from app.base.passages import Passage
from app.hours.models import Attendance, Evidence, LoggingRules
from app.hours.rules import LATEST, LOG_DAYS, OPEN_LONG, OVERDUE
from app.hours.states import DEAD, TAKES_TIME, Attendance as State
from app.people.models import Person
from app.tasks.models import Booking, Shift, Task
from app.tasks.states import Booking as BookingState, Shift as ShiftState
from app.town.models import Comune

WITH_SHIFT = (joinedload(Attendance.booking).joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.organisation),
              joinedload(Attendance.person))


def attendance(attendance_id: int, *, seen_by: Person) -> Attendance:
    """Hours that wait for this tutor's organisation, or the person's own; anything else is a 404."""
    return db.one_or_404(select(Attendance).where(Attendance.id == attendance_id, or_(
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations),
        Attendance.person_id == seen_by.id)).options(*WITH_SHIFT))


def own_one(attendance_id: int, *, seen_by: Person) -> Attendance:
    """The person's own hours, or 404."""
    return db.one_or_404(select(Attendance).where(Attendance.id == attendance_id, Attendance.person_id == seen_by.id).options(*WITH_SHIFT))


def logged(attendance_id: int, *, seen_by: Person) -> Attendance:
    """One's own hours, those that one's organisation hosted, or those of a comune where one settles hours; else 404.

    Whoever handles certificates or offsets sees hours, and no absences: their reasons are not his business.
    """
    handled = seen_by.reach(May.CERTIFICATE_ISSUE).comuni | seen_by.reach(May.OFFSET_SEE).comuni
    return db.one_or_404(select(Attendance).where(Attendance.id == attendance_id, or_(
        Attendance.person_id == seen_by.id, Attendance.comune_id.in_(seen_by.reach(May.HOURS_SETTLE).comuni),
        Attendance.comune_id.in_(handled) & Attendance.ended_at.is_not(None),
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations))).options(*WITH_SHIFT))


def to_validate(*, seen_by: Person) -> list[Attendance]:
    """The tutor's queue, oldest first."""
    return _of_organisations(seen_by, Attendance.state == State.SUBMITTED, order=Attendance.started_at)


def chosen(ids: list[int], *, seen_by: Person, limit: int = 200) -> list[Attendance]:
    """Those of these hours that wait for this tutor, oldest first."""
    return _of_organisations(seen_by, Attendance.state == State.SUBMITTED, Attendance.id.in_(ids[:limit]), order=Attendance.started_at)


def decided(*, seen_by: Person, limit: int = 30) -> list[Attendance]:
    """What tutors of these organisations decided lately, newest first."""
    return _of_organisations(seen_by, Attendance.validated_at.is_not(None) | (Attendance.state == State.REJECTED),
                             Attendance.state != State.SUBMITTED, Attendance.started_at.is_not(None),
                             order=Attendance.started_at.desc(), limit=limit)


def own(person: Person, *, limit: int = 100) -> list[Attendance]:
    """A person's own hours, newest first."""
    return list(db.session.scalars(select(Attendance).where(Attendance.person_id == person.id)
                                   .order_by(Attendance.created_at.desc(), Attendance.id.desc()).limit(limit).options(*WITH_SHIFT)))


def to_log(person: Person) -> list[Booking]:
    """Booked shifts that have begun, were not called off, and whose hours can still be logged, oldest first."""
    logged = select(Attendance.id).where(Attendance.booking_id == Booking.id, Attendance.state.not_in(DEAD))
    return list(db.session.scalars(select(Booking).join(Shift).where(
        Booking.person_id == person.id, Booking.state == BookingState.BOOKED, Shift.state == ShiftState.PLANNED,
        Shift.starts_at <= now(), Shift.ends_at >= now() - LATEST, ~logged.exists()).order_by(Shift.starts_at)
        .options(joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.organisation))))


def booking_to_log(booking_id: int, *, seen_by: Person) -> Booking:
    """One's own booking, or 404."""
    return db.one_or_404(select(Booking).where(
        Booking.id == booking_id, Booking.person_id == seen_by.id, Booking.state == BookingState.BOOKED)
        .options(joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.organisation)))


def attendance_of(booking_id: int) -> Attendance | None:
    """The live attendance of a booking; a rejected or voided one does not stand in the way of a new one."""
    return db.session.scalar(select(Attendance).where(
        Attendance.booking_id == booking_id, Attendance.state.not_in(DEAD), Attendance.supplements_id.is_(None)))


def times(person_id: int, *, but: int | None = None) -> list[tuple[datetime, datetime]]:
    """All time that a person's hours take, over all instruments, `but` for one presence.

    An open session lasts until now. One that was left open is not taken to have lasted longer than a session can go unflagged.
    """
    presence = func.coalesce(Attendance.supplements_id, Attendance.id)
    rows = db.session.execute(select(Attendance.started_at, Attendance.ended_at).where(
        Attendance.person_id == person_id, Attendance.state.in_(TAKES_TIME), Attendance.started_at.is_not(None), presence != (but or 0)))
    return [(start, end or min(max(start, now()), start + OPEN_LONG)) for start, end in rows]


def log_days(comune_id: int) -> int:
    """Days after a shift in which its hours need no leave of the office."""
    found = db.session.scalar(select(LoggingRules.log_days).where(LoggingRules.comune_id == comune_id)
                              .order_by(LoggingRules.id.desc()).limit(1))
    return LOG_DAYS if found is None else found


def comune_of_rules(*, seen_by: Person) -> Comune:
    """The comune whose rules one sets, or 404."""
    return db.first_or_404(select(Comune).where(Comune.id.in_(seen_by.reach(May.BOOKING_RULES).comuni)).order_by(Comune.id))


def evidence(attendance: Attendance) -> list[Evidence]:
    """Who stated which times, how and when, oldest first."""
    return list(db.session.scalars(select(Evidence).where(Evidence.attendance_id == attendance.id).order_by(Evidence.id)
                                   .options(joinedload(Evidence.operator))))


def minutes_by_state(person: Person) -> Counter[State]:
    """All minutes of a person, by what became of them."""
    minutes = Counter()
    for state, start, end, break_min in db.session.execute(select(
            Attendance.state, Attendance.started_at, Attendance.ended_at, Attendance.break_min).where(
            Attendance.person_id == person.id, Attendance.ended_at.is_not(None))):
        minutes[state] += minutes_between(start, end) - break_min
    return minutes


def reject_reasons(rows: list[Attendance]) -> dict[int, str]:
    """Why the rejected ones of these hours were turned down, by their id."""
    return dict(db.session.execute(select(Passage.subject_id, Passage.reason).where(
        Passage.subject == Attendance.__tablename__, Passage.move.in_(("reject", "decline", "dismiss")),
        Passage.subject_id.in_([row.id for row in rows if row.state is State.REJECTED])).order_by(Passage.id)).all())


def overdue(attendance: Attendance) -> bool:
    """These hours have waited for a tutor longer than they should. The night says the same: reconciliation.queries.hours.waiting."""
    return (now() - attendance.created_at).days > OVERDUE.days


def waiting(*, seen_by: Person) -> int:
    """How many hours wait for this tutor."""
    return db.session.scalar(select(func.count(Attendance.id)).where(
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations), Attendance.state == State.SUBMITTED))


def changed(attendance_id: int) -> Attendance:
    """An attendance by its number, for the reactions that act on it in the transaction that changed it."""
    return db.session.get_one(Attendance, attendance_id)


def zone_of(attendance: Attendance) -> ZoneInfo:
    """The zone whose calendar counts: the comune's."""
    return ZoneInfo(attendance.organisation.comune.zone)


def _of_organisations(seen_by: Person, *where, order, limit: int = 200) -> list[Attendance]:
    return list(db.session.scalars(select(Attendance).where(
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations), *where)
        .order_by(order, Attendance.id).limit(limit).options(*WITH_SHIFT)))
