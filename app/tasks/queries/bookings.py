"""Reads of bookings: they belong to the person and to the host; and whether one can have a place, with every reason why not."""
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal
from app.base.localtime import day_begins
from app.people import actions as people
from app.people.models import Person
from app.tasks.models import Booking, BookingRules, QualificationHeld, Shift, Task
from app.tasks.queries.tasks import UNSEEN
from app.tasks.rules import booking as rules
from app.tasks.rules.instruments import Instrument
from app.tasks.states import LIVE, Booking as BookingState, Shift as ShiftState

WITH_TASK = (joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.organisation),
             joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.comune))


def limits(comune_id: int) -> rules.Limits:
    """The comune's rules for bookings, in minutes; the documented ones when it set none."""
    row = db.session.scalar(select(BookingRules).where(BookingRules.comune_id == comune_id).order_by(BookingRules.id.desc()).limit(1))
    return rules.Limits(**{each.name: getattr(row, each.name) for each in fields(rules.Limits)}) if row else rules.Limits()


def reasons(shift: Shift, person: Person, instrument: Instrument | None = None) -> list[Refusal]:
    """Every reason why this person cannot book; an empty list: he can. The action that books asks the same, under its locks."""
    return rules.reasons(_place(shift, person), _applicant(shift, person, instrument), limits(shift.comune_id), now())


def obstacles(shift: Shift, person: Person, instrument: Instrument | None = None, *, offered: bool = False) -> list[Refusal]:
    """Every reason why this person cannot even wait for a place, or cannot take the one that he was `offered`."""
    applicant = _applicant(shift, person, instrument)
    return rules.obstacles(_place(shift, person), replace(applicant, here=None) if offered else applicant, limits(shift.comune_id), now())


def pool(shift: Shift, person: Person) -> bool | None:
    """Which place is there for who comes now: a reserved one (True), an open one (False), none (None). Who waits comes before."""
    return rules.pool(open_free=0 if queue(shift) else shift.open_free, reserved_free=shift.reserved_free,
                      member=in_group(shift, person.id))


def in_group(shift: Shift, person_id: int) -> bool:
    """The person belongs to the group for which the task reserves places."""
    group = shift.task.reserved_for_id
    return group is not None and group in held(person_id, on=_day(shift))


def held(person_id: int, *, on: date | None = None) -> dict[int, date | None]:
    """The last day of what the office confirmed of a person, by the qualification's id (None: for good); only what is valid `on` a day."""
    rows = db.session.execute(select(QualificationHeld.qualification_id, QualificationHeld.last_day).where(
        QualificationHeld.person_id == person_id, QualificationHeld.withdrawn_at.is_(None)))
    return {number: last_day for number, last_day in rows if on is None or last_day is None or on <= last_day}


def queue(shift: Shift) -> list[Booking]:
    """Who waits for a place, the first one first."""
    return list(db.session.scalars(select(Booking).where(Booking.shift_id == shift.id, Booking.state == BookingState.WAITING)
                                   .order_by(Booking.id).options(joinedload(Booking.person))))


def cancels_until(shift: Shift, *, moved: bool = False) -> datetime:
    """Until when a booking of this shift can be cancelled."""
    return rules.cancels_until(starts_at=shift.starts_at, cutoff_min=limits(shift.comune_id).cutoff_min, moved=moved)


def still_cancels_until(shift: Shift) -> datetime | None:
    """Until when who books now can cancel; None: it is too late already."""
    until = cancels_until(shift)
    return until if now() < until else None


def too_late_to_cancel(booking: Booking) -> bool:
    return now() >= cancels_until(booking.shift, moved=booking.moved)


def turns(bookings: list[Booking]) -> dict[int, int]:
    """How many wait for a shift up to each of these bookings that waits, by the booking's id: 1 is the next."""
    ahead = aliased(Booking)
    return dict(db.session.execute(select(Booking.id, func.count(ahead.id)).join(
        ahead, (ahead.shift_id == Booking.shift_id) & (ahead.id <= Booking.id)).where(
        Booking.id.in_([booking.id for booking in bookings]), Booking.state == BookingState.WAITING, ahead.state == BookingState.WAITING)
        .group_by(Booking.id)).all())


def _place(shift: Shift, person: Person) -> rules.Place:
    task = shift.task
    return rules.Place(
        shift.starts_at, shift.ends_at, ZoneInfo(task.comune.zone), task.state, shift.state, free=pool(shift, person) is not None,
        kept=shift.reserved_free > 0 and not shift.open_free, min_age=task.min_age,
        needs=tuple((need.id, need.name) for need in task.needs), instruments=task.counts_for.instruments)


def _applicant(shift: Shift, person: Person, instrument: Instrument | None) -> rules.Applicant:
    here = booking_of(shift, person)
    return rules.Applicant(tuple(other_places(shift, person)), here.state if here else None, held(person.id), people.birth_date_of(person),
                           instrument or shift.task.counts_for.instruments[0])


def _day(shift: Shift) -> date:
    return shift.starts_at.astimezone(ZoneInfo(shift.task.comune.zone)).date()


def other_places(shift: Shift, person: Person) -> list[tuple[datetime, datetime]]:
    """When the person's booked shifts are, in the calendar years that this one touches and a day more on both sides."""
    zone = ZoneInfo(shift.task.comune.zone)
    years = (shift.starts_at.astimezone(zone).year, shift.ends_at.astimezone(zone).year + 1)
    begins, ends = (day_begins(date(year, 1, 1), zone).astimezone(UTC) for year in years)
    return [tuple(row) for row in db.session.execute(select(Shift.starts_at, Shift.ends_at).join(Booking).where(
        Booking.person_id == person.id, Booking.state == BookingState.BOOKED, Shift.state == ShiftState.PLANNED, Shift.id != shift.id,
        Shift.ends_at > begins - timedelta(days=1), Shift.starts_at < ends + timedelta(days=1)).order_by(Shift.starts_at))]


def shift_to_book(shift_id: int, *, seen_by: Person) -> Shift:
    """A shift of a task on the board in the comune where one lives, or 404: the hours count only there."""
    home = seen_by.home
    return db.one_or_404(select(Shift).join(Shift.task).where(
        Shift.id == shift_id, Shift.comune_id == (home.id if home else None), Task.state.not_in(UNSEEN)).options(
        joinedload(Shift.task).options(joinedload(Task.organisation), joinedload(Task.comune))))


def booking(booking_id: int, *, seen_by: Person) -> Booking:
    """One's own booking, or 404."""
    return db.one_or_404(select(Booking).where(Booking.id == booking_id, Booking.person_id == seen_by.id)
                         .options(*WITH_TASK))


def booking_of(shift: Shift, person: Person) -> Booking | None:
    """A person's live booking of a shift: a place, an offer, or a turn in the queue."""
    return db.session.scalar(select(Booking).where(Booking.shift_id == shift.id, Booking.person_id == person.id, Booking.state.in_(LIVE)))


def coming_bookings(person: Person) -> list[Booking]:
    """A person's booked shifts that are not over and not called off, the next one first."""
    return list(db.session.scalars(select(Booking).join(Shift).where(
        Booking.person_id == person.id, Booking.state == BookingState.BOOKED, Shift.state == ShiftState.PLANNED, Shift.ends_at > now())
        .order_by(Shift.starts_at).options(*WITH_TASK)))


def waiting_for(person: Person) -> list[Booking]:
    """Where a person waits or has an offer, for shifts to come; offers first."""
    return list(db.session.scalars(select(Booking).join(Shift).where(
        Booking.person_id == person.id, Booking.state.in_((BookingState.WAITING, BookingState.OFFERED)),
        Shift.state == ShiftState.PLANNED, Shift.starts_at > now()).order_by(Booking.state, Shift.starts_at).options(*WITH_TASK)))


def past_bookings(person: Person, *, limit: int = 30) -> list[Booking]:
    """What became of a person's other bookings, the newest first."""
    return list(db.session.scalars(select(Booking).join(Shift).where(Booking.person_id == person.id, or_(
        Booking.state.not_in(LIVE), Shift.state == ShiftState.CANCELLED, Shift.ends_at <= now()))
        .order_by(Shift.starts_at.desc(), Booking.id.desc()).limit(limit).options(*WITH_TASK)))


def own_bookings(shifts: list[Shift], person: Person) -> dict[int, Booking]:
    """A person's live bookings of these shifts, by the shift's id."""
    found = db.session.scalars(select(Booking).where(Booking.shift_id.in_([shift.id for shift in shifts]), Booking.person_id == person.id,
                                                     Booking.state.in_(LIVE)))
    return {booking.shift_id: booking for booking in found}


def booked_people(shifts: list[Shift]) -> dict[int, list[Person]]:
    """Who comes to each of these shifts, for the host, by the shift's id."""
    people = {shift.id: [] for shift in shifts}
    for shift_id, person in db.session.execute(select(Booking.shift_id, Person).join(Person, Booking.person_id == Person.id).where(
            Booking.shift_id.in_(people), Booking.state == BookingState.BOOKED).order_by(Person.given_name, Person.id)):
        people[shift_id].append(person)
    return people


def people_in(shifts: list[Shift], *states: BookingState) -> dict[int, list[Booking]]:
    """The bookings of these shifts in these states (none named: live ones), with their people, by the shift's id; first come first."""
    found: dict[int, list[Booking]] = {shift.id: [] for shift in shifts}
    for booking in db.session.scalars(select(Booking).where(Booking.shift_id.in_(found), Booking.state.in_(states or LIVE))
                                      .order_by(Booking.id).options(joinedload(Booking.person))):
        found[booking.shift_id].append(booking)
    return found


def overdue(*, limit: int = 500) -> list[int]:
    """The ids of offers whose time is over, and of turns in queues of shifts that have begun, oldest first."""
    return list(db.session.scalars(select(Booking.id).join(Shift).where(or_(
        (Booking.state == BookingState.OFFERED) & (Booking.offered_until <= now()),
        Booking.state.in_((BookingState.OFFERED, BookingState.WAITING)) & (Shift.starts_at <= now()))).order_by(Booking.id).limit(limit)))


def to_remind(comune_id: int, *, limit: int = 500) -> list[int]:
    """The ids of bookings whose shift begins within the comune's time for reminders, and of which nobody was reminded."""
    until = now() + timedelta(minutes=limits(comune_id).reminder_min)
    return list(db.session.scalars(select(Booking.id).join(Shift).where(
        Booking.comune_id == comune_id, Booking.state == BookingState.BOOKED, Booking.reminded_at.is_(None),
        Shift.state == ShiftState.PLANNED, Shift.starts_at > now(), Shift.starts_at <= until).order_by(Booking.id).limit(limit)))
