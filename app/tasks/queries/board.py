"""What a visitor finds on the public board, as a list and as a week. Tasks and shifts are public."""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, select, tuple_, union_all
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from app.base import search
from app.base.clock import ROME, now
from app.base.db import Instant, db
from app.base.localtime import day_begins
from app.base.stems import wanted
from app.base.wall_time import wall_time
from app.tasks.models import Category, Shift, Task
from app.tasks.rules.browsing import Daytime, Days, Spot, nearest, stretch
from app.tasks.rules.instruments import CountsFor, Instrument
from app.tasks.states import Shift as ShiftState, Task as TaskState

PER_PAGE = 12
PER_DAY = 6
FEW = 300                              # so many tasks are sorted faster than found along the calendar

FAR = datetime.max.replace(tzinfo=UTC)
FITTING = aliased(Shift)
OPEN = Task.state == literal(TaskState.OPEN, Task.state.type, literal_execute=True)      # else an index of open tasks is not seen to fit


@dataclass(frozen=True)
class Filters:
    """What a visitor looks for; everything may be left out. `day` and `until`: see `rules.browsing.stretch`."""

    words: str = ""
    category: Category | None = None
    area: str = ""
    comune_id: int | None = None
    day: date | None = None
    until: date | None = None
    days: Days | None = None
    daytime: Daytime | None = None
    free: bool = False
    step_free: bool = False
    counts_for: Instrument | None = None


@dataclass(frozen=True)
class Card:
    """A task on the board: its next shift that fits, how many fit, and the places in these that are free for everybody."""

    task: Task
    spot: Spot
    next_end: datetime
    shifts: int
    free: int

    @property
    def next_start(self) -> datetime:
        return self.spot.at


@dataclass(frozen=True)
class Page:
    """Some cards, and the spots where the pages before and after them end and begin (None: there is no such page)."""

    cards: list[Card]
    before: Spot | None = None
    after: Spot | None = None

    @property
    def whole(self) -> bool:
        """There is nothing else: the cards can be counted."""
        return not (self.before or self.after)


def board(filters: Filters, *, after: Spot | None = None, before: Spot | None = None, size: int = PER_PAGE) -> Page:
    """One page of open tasks, by their next shift that fits. As fast at any depth: it is found by where the last one ended.

    One statement; with words two. A page before which fewer than `size` tasks are left is the first one.
    """
    back, spot = before is not None and after is None, after or before
    start, end = stretch(filters.day, filters.until, now(), ROME)
    first, last = start, end           # of the shifts to look at; whether there is an earlier one that fits is asked from `start` on
    if spot and not back:
        first = max(start, spot.at)
    if not back:                       # straight to the next such day and hour, over everything between
        first = nearest(first, filters.days, filters.daytime, ROME)
    place, fitting = tuple_(Shift.starts_at, Shift.id), _fits(FITTING, filters, start, end)
    shifts, free = (select(told).where(FITTING.task_id == Shift.task_id, *fitting).scalar_subquery()
                    for told in (func.count(FITTING.id), func.sum(_open_places(FITTING))))
    found = _fitting(select(Task, Shift.starts_at, Shift.id, Shift.ends_at, shifts, free), filters)(first, last).where(
        ~exists().where(FITTING.task_id == Shift.task_id, tuple_(FITTING.starts_at, FITTING.id) < place, *fitting))
    if spot:
        here = tuple_(literal(spot.at, Instant()), literal(spot.shift_id))
        found = found.where(place < here if back else place > here)
    rows = db.session.execute(found.order_by(*(column.desc() if back else column for column in (Shift.starts_at, Shift.id)))
                              .limit(size + 1).options(joinedload(Task.organisation), joinedload(Task.comune), defer(Task.description)))
    rows = [Card(task, Spot(at, shift_id), ends_at, shifts, free) for task, at, shift_id, ends_at, shifts, free in rows]
    if back:
        rows.reverse()
    if back and len(rows) <= size:
        return board(filters, size=size)
    cards = rows[1:] if back else rows[:size]
    more = len(rows) > size
    return Page(cards, before=cards[0].spot if cards and spot else None, after=cards[-1].spot if back or more else None)


def week(filters: Filters, monday: date) -> dict[date, list[Shift]]:
    """The first shifts that fit of each of seven days, in one statement (with words two). One more than PER_DAY says: there are others."""
    start, end = stretch(filters.day, filters.until, now(), ROME)
    days = [monday + timedelta(days=number) for number in range(7)]
    found = _fitting(select(Shift.id), filters)
    each_day = [found(max(start, day_begins(day, ROME)), min(end or FAR, day_begins(day + timedelta(days=1), ROME)))
                .order_by(Shift.starts_at, Shift.id).limit(PER_DAY + 1).subquery() for day in days]
    ids = union_all(*(select(part.c.id) for part in each_day)).subquery()
    shifts = db.session.scalars(select(Shift).join(ids, ids.c.id == Shift.id).join(Shift.task).join(Task.comune).options(
        contains_eager(Shift.task).options(contains_eager(Task.comune), defer(Task.description))).order_by(Shift.starts_at, Shift.id))
    by_day = {day: [] for day in days}
    for shift in shifts:
        by_day[shift.starts_at.astimezone(ROME).date()].append(shift)
    return by_day


def areas(comune_id: int) -> list[str]:
    """The quarters of a comune that have open tasks."""
    return list(db.session.scalars(select(Task.area).where(Task.comune_id == comune_id, OPEN).distinct().order_by(Task.area)))


def next_shifts(limit: int = 3) -> list[Shift]:
    """The next shifts with free places, one a task, for the home page."""
    found = db.session.scalars(select(Shift).join(Task).where(
        Shift.state == ShiftState.PLANNED, OPEN, Shift.starts_at > now(), Shift.taken < Shift.places)
        .order_by(Shift.starts_at, Shift.id).limit(limit * 10).options(joinedload(Shift.task).joinedload(Task.organisation)))
    return list({shift.task_id: shift for shift in reversed(list(found))}.values())[::-1][:limit]


def _fitting(shifts: Select, filters: Filters) -> Callable[[datetime, datetime | None], Select]:
    """Of a select of Shift and Task, the shifts of open tasks that fit between two instants.

    Where few tasks have the words, one goes from them to their shifts; else along the calendar.
    """
    shifts, tasks, words = shifts.join_from(Task, Shift, Shift.task_id == Task.id), [OPEN, *_of_task(filters)], wanted(filters.words)
    if filters.comune_id:              # said of one of the two only: of both, PostgreSQL would think that hardly any are left
        shifts = shifts.where(Shift.comune_id == filters.comune_id)
    if words:
        few = search.found(Task, "words", words).where(OPEN)
        if db.session.scalar(select(func.count()).select_from(few.limit(FEW).subquery())) < FEW:
            few = few.cte("few").prefix_with("MATERIALIZED")
            shifts = shifts.join(few, few.c.id == Shift.task_id)
        else:
            tasks.append(search.has(Task, "words", words))
    shifts = shifts.where(*tasks)
    return lambda first, last: shifts.where(*_fits(Shift, filters, first, last))


def _of_task(filters: Filters) -> list[ColumnElement[bool]]:
    where = []
    if filters.category:
        where.append(Task.category == filters.category)
    if filters.area:
        where.append(Task.area == filters.area)
    if filters.step_free:
        where.append(Task.step_free.is_(True))
    if filters.counts_for:
        where.append(Task.counts_for.in_([each for each in CountsFor if filters.counts_for in each.instruments]))
    return where


def _fits(shift, filters: Filters, start: datetime, end: datetime | None) -> list[ColumnElement[bool]]:
    """What the filters ask of a shift. PostgreSQL takes wall times for rare, and would sort them all: a coalesce it does not judge."""
    where = [shift.state == ShiftState.PLANNED, shift.starts_at >= start]
    if end:
        where.append(shift.starts_at < end)
    if filters.free:
        where.append(_open_places(shift) > 0)
    if filters.days:
        where.append(func.coalesce(func.substr(wall_time(shift.starts_at), 1, 1).in_(list(map(str, filters.days.iso))), false()))
    if filters.daytime:
        first, last = (f"{hour:02}:00" for hour in filters.daytime.hours)
        hour = func.substr(wall_time(shift.starts_at), 3)
        where.append(func.coalesce(and_(hour >= first, hour < last), false()))
    return where


def _open_places(shift) -> ColumnElement[int]:
    """Free places that are not kept for a group."""
    return shift.places - shift.reserved - (shift.taken - shift.reserved_taken)
