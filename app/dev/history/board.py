"""The board of the demonstration: tasks with all that can be said of them, what people are qualified for, the weeks to come."""
from collections.abc import Iterator
from datetime import date, time, timedelta

from app.base.amounts import time_of_day
from app.base.db import db
from app.base.errors import Refusal
from app.dev.history.town import Habit, Happening, Town
from app.people.models import Person
from app.tasks import actions as tasks, queries
from app.tasks.models import Category, CountsFor, Kind, Shift, Task
from app.tasks.rules.places import MICRO
from app.tasks.rules.series import weekday_mask
from app.tasks.states import Booking as State, Task as TaskState

DAYS_AHEAD = 35
BOOKED_AHEAD = 90                      # shifts to come that somebody has booked already
HOLIDAYS = ((1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26))       # month and day: nobody works


def publish(town: Town) -> None:
    """The tasks of the plan, on the board at once, and what the office can confirm."""
    town.known = {name: tasks.name_qualification(town.comune, Kind(kind), name)
                  for kind, names in town.plan["qualifications"].items() for name in names}
    for host, category, title, summary, area, address, tools, weekdays, start, end, places in town.plan["tasks"]:
        task = tasks.publish(town.hosts[host], **_facts(
            town, category=category, title=title, summary=summary, area=area, address=address, tools=tools,
            **town.plan["details"].get(title, {})))
        town.habits.append(Habit(task, town.staff[f"tutor.{host}"], weekdays, time_of_day(start), time_of_day(end), places))


def confirm(town: Town) -> None:
    """About a third of the residents are qualified for each. A course of the first one ends soon, one of the second has ended."""
    for number, qualification in enumerate(town.known.values()):
        course = qualification.kind is Kind.COURSE
        days = {0: town.today + timedelta(days=12), 1: town.ago(20)}
        for place, person in enumerate(town.residents):
            if place % 3 == number % 3 or course and place < 2:
                tasks.confirm(person, qualification, by=town.staff["patti"],
                              last_day=days.get(place, town.first + timedelta(days=730)) if course else None)


def proposals(town: Town) -> Iterator[Happening]:
    """What is not on the board yet: with its host, with the office, given back, accepted."""
    for given in town.plan["unpublished"]:
        facts = {name: value for name, value in given.items() if name not in {"host", "state", "reason"}}
        yield from _proposal(town, given["host"], given["state"], facts, given.get("reason", ""))


def _proposal(town: Town, host: str, state: str, facts: dict, reason: str) -> Iterator[Happening]:
    kept, tutor, officer = {}, town.staff[f"tutor.{host}"], town.staff["patti"]

    def write():
        kept["task"] = task = tasks.draft(town.hosts[host], **_facts(town, **facts))
        day = town.today + timedelta(days=21)
        tasks.plan_shift(task, starts_at=town.at(day, time(9, 30)), ends_at=town.at(day, time(12)), places=6)

    yield town.happening(town.ago(6), time(9), write)
    if state != "draft":
        yield town.happening(town.ago(5), time(9), lambda: tasks.propose(kept["task"], declared=True, by=tutor))
    if state == "returned":
        yield town.happening(town.ago(3), time(11), lambda: tasks.return_(kept["task"], reason=reason, by=officer))
    if state == "accepted":
        yield town.happening(town.ago(3), time(11), lambda: tasks.accept(kept["task"], by=officer))


def plan_ahead(town: Town) -> None:
    """Every task repeats itself for some weeks, but not on holidays."""
    last = town.today + timedelta(days=DAYS_AHEAD)
    for habit in town.habits:
        excepted = [day for day in (date(year, *each) for year in (town.today.year, last.year) for each in HOLIDAYS)
                    if town.today <= day <= last]
        tomorrow = habit is town.habits[0]         # of today stories.py tells
        tasks.plan_series(habit.task, weekdays=weekday_mask(habit.weekdays), every_weeks=1, first_day=town.today + timedelta(days=tomorrow),
                          last_day=last, excepted=set(excepted), start=habit.start, end=habit.end, places=habit.places)


def book_ahead(town: Town) -> None:
    """Who comes to the shifts of the next days. Of the first host's, one is full and has a queue, one is called off, one has moved."""
    own, coming = _coming(town, town.habits[0].task), _coming(town)
    full = next(shift for shift in own if shift.starts_at > town.now + timedelta(days=3))
    next_one, *_between, called_off, moved = [shift for shift in own if shift is not full]
    _fill(full, town.residents)
    for shift, person in ((next_one, town.residents[4]), (called_off, town.residents[6]), (moved, town.residents[5])):
        _book(shift, person)
    tutor = town.habits[0].tutor
    tasks.cancel_shift(called_off, reason="Il parco chiude per la festa del quartiere.", by=tutor)
    tasks.move_shift(moved, starts_at=moved.starts_at + timedelta(hours=1), ends_at=moved.ends_at + timedelta(hours=1), places=moved.places)
    for person in town.residents[:2]:  # they can sign in, and nothing may stand in the way of the shift that they wait for
        others = [shift for shift in coming if abs(shift.starts_at - full.starts_at) > timedelta(days=1)]
        for shift in town.random.sample(others[:60], 3):
            _book(shift, person)
    for shift in coming[:BOOKED_AHEAD]:
        for person in town.random.sample(town.residents[2:], town.random.randint(0, shift.places)):
            _book(shift, person)
    if booking := queries.booking_of(next_one, town.residents[4]):
        tasks.withdraw(booking, by=town.residents[4])


def _fill(shift: Shift, residents: list[Person]) -> None:
    """No place is left; then the two who can sign in and another queue up, and a place becomes free for the first of them."""
    others = iter(residents[2:])
    while shift.taken < shift.places:
        _book(shift, next(others))
    for person in (*residents[:2], next(others)):
        tasks.wait(shift, person)
    leaver = queries.people_in([shift], State.BOOKED)[shift.id][0]
    tasks.give_up(leaver, by=leaver.person)


def _book(shift: Shift, person: Person) -> None:
    try:
        with db.session.begin_nested():
            tasks.book(shift, person)
    except Refusal:                    # busy at that time, not qualified, or no place is left
        pass


def _coming(town: Town, task: Task | None = None) -> list[Shift]:
    """The next shifts: of a task, or of all."""
    wanted = Shift.task_id == task.id if task else Shift.comune_id == town.comune.id
    return list(db.session.scalars(db.select(Shift).join(Shift.task).where(
        wanted, Shift.starts_at > town.now, Task.state == TaskState.OPEN).order_by(Shift.starts_at, Shift.id)))


def _facts(town: Town, *, category: str, address: str, needs: list[str] = (), reserved_for: str = "", counts_for: str = "baratto",
           **others) -> dict:
    """What the site asks for, from what stands in the plan."""
    lat, lon, step_free, directions = town.plan["places"][address]
    return others | dict(
        category=Category(category), counts_for=CountsFor(counts_for), address=address, directions=directions, step_free=step_free,
        lat_micro=round(lat * MICRO), lon_micro=round(lon * MICRO), needs=[town.known[name] for name in needs],
        reserved_for=town.known.get(reserved_for))
