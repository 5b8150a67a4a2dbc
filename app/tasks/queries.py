"""Reads of the board. Tasks and shifts are public; a booking belongs to the person and the host."""
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.access import May
from app.base.clock import ROME, now
from app.base.db import db
from app.base.passages import Passage
from app.people.models import Person
from app.tasks import rules
from app.tasks.models import Booking, Category, Shift, Task
from app.tasks.states import Booking as BookingState, Shift as ShiftState, Task as TaskState

PER_PAGE = 12


@dataclass(frozen=True)
class Filters:
    """What a visitor looks for; everything may be left out."""

    words: str = ""
    category: Category | None = None
    area: str = ""
    comune_id: int | None = None
    day: date | None = None


@dataclass(frozen=True)
class Card:
    """A task on the board: its next shift, how many there are, and the places still free in all of them."""

    task: Task
    next_start: datetime
    next_end: datetime
    shifts: int
    free: int


@dataclass(frozen=True)
class Page:
    cards: list[Card]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))

    @property
    def near(self) -> range:
        """The pages to offer: the ones around this page, never a hundred."""
        return range(max(1, self.number - 3), min(self.pages, self.number + 3) + 1)


def board(filters: Filters, *, page: int = 1) -> Page:
    """One page of open tasks with coming shifts, by the next shift's start. Two statements, however many tasks."""
    start, end = _span(filters.day)
    of_task = {"partition_by": Shift.task_id}
    coming = (select(Shift.task_id, Shift.starts_at.label("next_start"), Shift.ends_at.label("next_end"),
                     func.count().over(**of_task).label("shifts"), func.sum(Shift.places - Shift.taken).over(**of_task).label("free"),
                     func.row_number().over(**of_task, order_by=(Shift.starts_at, Shift.id)).label("place"))
              .where(Shift.state == ShiftState.PLANNED, Shift.starts_at >= start, *([Shift.starts_at < end] if end else [])).subquery())
    where = [Task.state == TaskState.OPEN, coming.c.place == 1]
    if filters.category:
        where.append(Task.category == filters.category)
    if filters.area:
        where.append(Task.area == filters.area)
    if filters.comune_id:
        where.append(Task.comune_id == filters.comune_id)
    where += [Task.words.contains(word, autoescape=True) for word in rules.fold(filters.words).split()]
    found = select(Task, coming.c.next_start, coming.c.next_end, coming.c.shifts, coming.c.free).join(
        coming, coming.c.task_id == Task.id).where(*where)
    total = db.session.scalar(select(func.count()).select_from(found.subquery()))
    number = min(max(1, page), max(1, -(-total // PER_PAGE)))
    rows = db.session.execute(found.order_by(coming.c.next_start, Task.id).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
                              .options(joinedload(Task.organisation), joinedload(Task.comune)))
    return Page([Card(*row) for row in rows], total, number)


def areas() -> list[str]:
    """The quarters that have open tasks."""
    return list(db.session.scalars(select(Task.area).where(Task.state == TaskState.OPEN).distinct().order_by(Task.area)))


def task(task_id: int) -> Task:
    """A task of the public board, or 404."""
    return db.one_or_404(select(Task).where(Task.id == task_id).options(joinedload(Task.organisation), joinedload(Task.comune)))


def own_task(task_id: int, *, seen_by: Person) -> Task:
    """A task of an organisation that one publishes for, or 404."""
    return db.one_or_404(select(Task).where(Task.id == task_id, Task.organisation_id.in_(
        seen_by.reach(May.TASK_PUBLISH).organisations)))


def own_tasks(*, seen_by: Person) -> list[Task]:
    return list(db.session.scalars(select(Task).where(Task.organisation_id.in_(seen_by.reach(May.TASK_PUBLISH).organisations))
                                   .order_by(Task.state.desc(), Task.title)))


def coming_shifts(task: Task, *, limit: int = 40) -> list[Shift]:
    """A task's shifts that have not begun, cancelled ones too, so that people see why."""
    return list(db.session.scalars(select(Shift).where(Shift.task_id == task.id, Shift.starts_at > now())
                                   .order_by(Shift.starts_at, Shift.id).limit(limit)))


def hosted_shifts(task: Task, *, limit: int = 100) -> list[Shift]:
    """A task's running and coming shifts, for its host."""
    return list(db.session.scalars(select(Shift).where(Shift.task_id == task.id, Shift.ends_at > now())
                                   .order_by(Shift.starts_at, Shift.id).limit(limit)))


def cancel_reasons(shifts: list[Shift]) -> dict[int, str]:
    """Why the cancelled ones of these shifts were called off, by the shift's id."""
    return dict(db.session.execute(select(Passage.subject_id, Passage.reason).where(
        Passage.subject == Shift.__tablename__, Passage.move == "cancel", Passage.subject_id.in_([shift.id for shift in shifts]))).all())


def next_shifts(limit: int = 3) -> list[Shift]:
    """The next shifts with free places, one a task, for the home page."""
    found = db.session.scalars(select(Shift).join(Task).where(
        Shift.state == ShiftState.PLANNED, Task.state == TaskState.OPEN, Shift.starts_at > now(), Shift.taken < Shift.places)
        .order_by(Shift.starts_at, Shift.id).limit(limit * 10).options(joinedload(Shift.task).joinedload(Task.organisation)))
    return list({shift.task_id: shift for shift in reversed(list(found))}.values())[::-1][:limit]


def shift_to_book(shift_id: int, *, seen_by: Person) -> Shift:
    """A shift in the comune where one lives, or 404: the hours count only there."""
    home = seen_by.home
    return db.one_or_404(select(Shift).where(Shift.id == shift_id, Shift.comune_id == (home.id if home else None))
                         .options(joinedload(Shift.task).joinedload(Task.organisation)))


def own_shift(shift_id: int, *, seen_by: Person) -> Shift:
    """A shift of an organisation that one publishes for, or 404."""
    return db.one_or_404(select(Shift).join(Task).where(Shift.id == shift_id, Task.organisation_id.in_(
        seen_by.reach(May.TASK_PUBLISH).organisations)))


def booking(booking_id: int, *, seen_by: Person) -> Booking:
    """One's own booking, or 404."""
    return db.one_or_404(select(Booking).where(Booking.id == booking_id, Booking.person_id == seen_by.id)
                         .options(joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.organisation)))


def has_begun(shift: Shift) -> bool:
    return shift.starts_at <= now()


def booking_of(shift: Shift, person: Person) -> Booking | None:
    """A person's live booking of a shift."""
    return db.session.scalar(select(Booking).where(Booking.shift_id == shift.id, Booking.person_id == person.id,
                                                   Booking.state == BookingState.BOOKED))


def coming_bookings(person: Person) -> list[Booking]:
    """A person's booked shifts that are not over and not called off, the next one first."""
    return list(db.session.scalars(select(Booking).join(Shift).where(
        Booking.person_id == person.id, Booking.state == BookingState.BOOKED, Shift.state == ShiftState.PLANNED, Shift.ends_at > now())
        .order_by(Shift.starts_at).options(joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.organisation))))


def booked_times(person: Person) -> list[tuple[datetime, datetime]]:
    """When the person's live bookings of running and coming shifts are."""
    return [tuple(row) for row in db.session.execute(select(Shift.starts_at, Shift.ends_at).join(Booking).where(
        Booking.person_id == person.id, Booking.state == BookingState.BOOKED, Shift.state == ShiftState.PLANNED,
        Shift.ends_at > now()).order_by(Shift.starts_at))]


def own_bookings(shifts: list[Shift], person: Person) -> dict[int, Booking]:
    """A person's live bookings of these shifts, by the shift's id."""
    found = db.session.scalars(select(Booking).where(Booking.shift_id.in_([shift.id for shift in shifts]), Booking.person_id == person.id,
                                                     Booking.state == BookingState.BOOKED))
    return {booking.shift_id: booking for booking in found}


def booked_people(shifts: list[Shift]) -> dict[int, list[Person]]:
    """Who comes to each of these shifts, for the host, by the shift's id."""
    people = {shift.id: [] for shift in shifts}
    for shift_id, person in db.session.execute(select(Booking.shift_id, Person).join(Person, Booking.person_id == Person.id).where(
            Booking.shift_id.in_(people), Booking.state == BookingState.BOOKED).order_by(Person.given_name, Person.id)):
        people[shift_id].append(person)
    return people


def _span(day: date | None, zone: ZoneInfo = ROME) -> tuple[datetime, datetime | None]:
    """From now on, or one whole local day."""
    if day is None:
        return now(), None
    start = datetime.combine(day, time.min, zone).astimezone(UTC)
    return max(start, now()), datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
