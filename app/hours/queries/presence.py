"""Who is where: the shifts of now and of a day, with who was expected and what became of it."""
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access import May
from app.base.clock import ROME, now
from app.base.db import db
from app.base.localtime import day_begins
from app.hours.models import Attendance
from app.hours.queries.attendance import WITH_SHIFT
from app.hours.rules import EARLY, OPEN_LONG
from app.hours.states import DEAD, OPEN, Attendance as State
from app.people.models import Person
from app.tasks.models import Booking, Shift, Task
from app.tasks.states import Booking as BookingState, Shift as ShiftState

WITH_TASK = joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.organisation)
EXPECTED = (BookingState.BOOKED, BookingState.WITHDRAWN)


def bookings_now(person: Person) -> list[Booking]:
    """The person's bookings that one can check in to or out of at this moment, the earlier shift first."""
    return list(db.session.scalars(select(Booking).join(Shift).where(
        Booking.person_id == person.id, Booking.state == BookingState.BOOKED, Shift.state == ShiftState.PLANNED,
        Shift.starts_at <= now() + EARLY, Shift.ends_at >= now() - OPEN_LONG).order_by(Shift.starts_at).options(WITH_TASK)))


def arrived(shift_id: int) -> list[Attendance]:
    """Sessions of a shift that are running."""
    return list(db.session.scalars(select(Attendance).join(Booking).where(
        Booking.shift_id == shift_id, Attendance.state.in_(OPEN))))


def coming(person: Person, *, within: timedelta = timedelta(days=14)) -> list[Booking]:
    """The person's next bookings, for a page that is to be of use where there is no network to ask."""
    return list(db.session.scalars(select(Booking).join(Shift).where(
        Booking.person_id == person.id, Booking.state == BookingState.BOOKED, Shift.state == ShiftState.PLANNED,
        Shift.starts_at > now(), Shift.starts_at <= now() + within).order_by(Shift.starts_at).options(WITH_TASK)))


def open_sessions(person: Person) -> list[Attendance]:
    """Sessions of a person that nobody has ended, or that were ended and not sent, oldest first."""
    return list(db.session.scalars(select(Attendance).where(
        Attendance.person_id == person.id, Attendance.state.in_((*OPEN, State.CHECKED_OUT))).order_by(Attendance.started_at)
        .options(*WITH_SHIFT)))


def open_too_long() -> list[int]:
    """Running sessions that are to be flagged, in every comune."""
    return list(db.session.scalars(select(Attendance.id).where(
        Attendance.state == State.CHECKED_IN, Attendance.started_at < now() - OPEN_LONG).order_by(Attendance.id)))


class Expected(NamedTuple):
    booking: Booking
    attendance: Attendance | None      # the live one


class OnDay(NamedTuple):
    shift: Shift
    people: list[Expected]


def on_day(day: date, *, seen_by: Person) -> list[OnDay]:
    """The shifts that the tutor's organisations host on a local calendar day, with who is expected, in a fixed number of queries."""
    organisations = seen_by.reach(May.HOURS_VALIDATE).organisations
    if not organisations:
        return []
    zone = zone_of_home(seen_by)
    first, last = day_begins(day, zone), day_begins(day + timedelta(days=1), zone)
    shifts = list(db.session.scalars(select(Shift).join(Task).where(
        Task.organisation_id.in_(organisations), Shift.state == ShiftState.PLANNED, Shift.starts_at < last, Shift.ends_at > first)
        .order_by(Shift.starts_at, Shift.id).options(joinedload(Shift.task).joinedload(Task.organisation))))
    expected: dict[int, list[Expected]] = {shift.id: [] for shift in shifts}
    rows = db.session.execute(select(Booking, Attendance).join(Person, Booking.person_id == Person.id).outerjoin(
        Attendance, (Attendance.booking_id == Booking.id) & Attendance.state.not_in(DEAD) & Attendance.supplements_id.is_(None)).where(
        Booking.shift_id.in_(expected), Booking.state.in_(EXPECTED)).order_by(Person.given_name, Person.id)
        .options(joinedload(Booking.person)))
    for booking, attendance in rows:
        expected[booking.shift_id].append(Expected(booking, attendance))
    return [OnDay(shift, expected[shift.id]) for shift in shifts]


def hosted_booking(booking_id: int, *, seen_by: Person) -> Booking:
    """A booking of a shift that the tutor's organisations host, or 404."""
    return db.one_or_404(select(Booking).join(Shift).join(Task).where(
        Booking.id == booking_id, Booking.state.in_(EXPECTED),
        Task.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations)).options(WITH_TASK, joinedload(Booking.person)))


def hosted_shift(shift_id: int, *, seen_by: Person) -> Shift:
    """A shift that the tutor's organisations host, or 404: its codes are for nobody else."""
    return db.one_or_404(select(Shift).join(Task).where(
        Shift.id == shift_id, Shift.state == ShiftState.PLANNED,
        Task.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations)).options(joinedload(Shift.task)))


def left_open(*, seen_by: Person) -> list[Attendance]:
    """Flagged sessions of the tutor's organisations, oldest first."""
    return list(db.session.scalars(select(Attendance).where(
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations), Attendance.state == State.LEFT_OPEN)
        .order_by(Attendance.started_at).options(*WITH_SHIFT)))


def zone_of_home(person: Person) -> ZoneInfo:
    """The zone in which days begin and end for this person: his comune's."""
    return ZoneInfo(person.home.zone) if person.home else ROME


def zone_of_shift(shift: Shift) -> ZoneInfo:
    return ZoneInfo(shift.task.comune.zone)


def days_of(shift: Shift) -> list[date]:
    """The local calendar days that a shift touches."""
    zone = zone_of_shift(shift)
    first, last = shift.starts_at.astimezone(zone).date(), (shift.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
