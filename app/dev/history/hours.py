"""The weeks of those who come to shifts: they book, log their hours, and a tutor decides."""
from collections.abc import Iterator
from datetime import date, time, timedelta

from app.dev.history.town import Habit, Happening, Town
from app.hours import actions as hours
from app.people.models import Person
from app.tasks import actions as tasks
from app.tasks.rules.instruments import Instrument

STORIES = (7, 12)                      # days ago on which only what stories.py tells takes place
GIVING = 3                             # how many give hours without an agreement
GIVEN = (75, 54, 40, 19)               # days ago


def of_agreements(town: Town) -> Iterator[Happening]:
    """About one shift a week until the planned hours are done."""
    for pact in town.pacts:
        for day in working_days(town, pact):
            yield from session(town, pact.person, any_habit(town, day), day)
    for pact in town.pacts[:2]:        # whoever tries the site finds a shift whose hours wait to be logged
        day = town.workday_ago(2)
        yield from session(town, pact.person, any_habit(town, day), day, logs=False)


def of_volunteers(town: Town) -> Iterator[Happening]:
    for person in town.volunteers[:GIVING]:
        for day in map(town.workday_ago, GIVEN):
            yield from session(town, person, any_habit(town, day), day)


def any_habit(town: Town, day: date) -> Habit:
    """Something that takes place on this day, that anybody can do, and whose hours can count for an agreement."""
    return town.random.choice([each for each in town.habits if day.weekday() in each.weekdays and not each.task.needs
                               and not each.task.reserved_percent and each.task.counts_for.instruments[0] is Instrument.BARATTO])


def working_days(town: Town, pact) -> list[date]:
    wanted, days = pact.planned_minutes // 165 + 1, []
    late = town.random.choice((0, 0, 60, 110))
    day = max(town.first, pact.starts_on) + timedelta(days=late + town.random.randint(3, 40))
    while len(days) < wanted and day < min(town.ago(3), pact.ends_on):
        if day.weekday() < 6 and day not in [town.ago(each) for each in STORIES]:
            days.append(day)
        day += timedelta(days=town.random.randint(4, 15))
    return days


def session(town: Town, person: Person, habit: Habit, day: date, logs=True) -> Iterator[Happening]:
    starts_at, ends_at = town.at(day, habit.start), town.at(day, habit.end)
    late, rest = town.random.choice([0, 0, 0, 5, 10, 15]), town.random.choice([0, 0, 0, 0, 10, 15])
    outcome, kept = town.random.random(), {}

    def book():
        shift = town.shift(habit.task, starts_at, ends_at, habit.places)
        if shift.taken < shift.places:
            kept["booking"] = tasks.book(shift, person)

    def log():
        if "booking" in kept:
            kept["hours"] = hours.submit(kept["booking"], started_at=starts_at + timedelta(minutes=late), ended_at=ends_at, break_min=rest,
                                         note=town.random.choice(("", "", "", "Tutto bene.", "Pioveva, poca gente.")))

    def decide():
        if "hours" not in kept:
            return
        row = kept["hours"]
        if outcome < 0.03:
            hours.reject(row, reason="Quel giorno il turno è stato fatto da un'altra persona.", by=habit.tutor)
        elif outcome < 0.10:
            hours.validate(row, started_at=row.started_at, ended_at=row.ended_at - timedelta(minutes=15), break_min=row.break_min,
                           reason="Abbiamo finito un quarto d'ora prima.", by=habit.tutor)
        else:
            hours.validate(row, started_at=row.started_at, ended_at=row.ended_at, break_min=row.break_min, by=habit.tutor)

    yield town.happening(day - timedelta(days=town.random.randint(2, 6)), time(20), book)
    if logs and town.random.random() < 0.97:
        yield town.happening(ends_at.astimezone(town.zone).date(), time(23, 50), log)
        yield town.happening(day + timedelta(days=town.random.randint(1, 9)), time(17), decide)
