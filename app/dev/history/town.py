"""One comune of the demonstration while it is being made: its plan, its people, its calendar."""
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import yaml

from app.base import clock
from app.base.db import db
from app.base.localtime import instant
from app.baratto.actions import regulations
from app.baratto.models import Agreement
from app.baratto.schemas.regulations import read_regulation
from app.dev.people import TOWN, appoint_officers, settle_residents
from app.people.models import Person
from app.tasks import actions as tasks
from app.tasks.models import Qualification, Shift, Task
from app.town import actions as town

DAYS_BACK = 182
PRESETS = TOWN.parents[1] / "baratto" / "presets"
Happening = tuple[datetime, int, Callable[[], None]]


class Habit(NamedTuple):
    """When a task of the plan takes place, and with whom."""

    task: Task
    tutor: Person
    weekdays: list[int]                # 0 is Monday
    start: time
    end: time
    places: int


class Town:
    """Everything that the modules beside this one add to and read; `today` is the day on which the demonstration starts."""

    def __init__(self, name: str):
        self.plan = yaml.safe_load((TOWN / f"{name}.yaml").read_text(encoding="utf-8"))
        self.name, self.now, self.today, self.zone = name, clock.now(), clock.today(), clock.ROME
        self.first = self.today - timedelta(days=DAYS_BACK)
        self.random = random.Random(f"ore in comune {name}")
        self.count, self.acts = 0, 0
        self.habits: list[Habit] = []
        self.pacts: list[Agreement] = []
        self.known: dict[str, Qualification] = {}

    def begin(self) -> None:
        """The comune, its hosts, its people, its regulation."""
        self.comune = town.found(self.plan["comune"]["name"], self.plan["comune"]["istat"], self.plan["comune"]["province"])
        self.hosts = {each["key"]: town.host(self.comune, each["name"], each["about"]) for each in self.plan["organisations"]}
        self.staff = appoint_officers(self.comune, self.hosts)
        self.residents = settle_residents(self.comune)
        self.regulation, _new = regulations.import_regulation(
            self.comune, read_regulation((PRESETS / self.plan["regulation"]).read_bytes()))

    @property
    def bound(self) -> list[Person]:
        """Residents with an agreement, each one once; the two who can sign in come first."""
        return list(dict.fromkeys(pact.person for pact in self.pacts))

    @property
    def volunteers(self) -> list[Person]:
        """Residents without one."""
        bound = set(self.bound)
        return [person for person in self.residents if person not in bound]

    def happening(self, day: date, at: time, happen: Callable[[], None]) -> Happening:
        self.count += 1
        return self.at(day, at), self.count, happen

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def workday_ago(self, days: int) -> date:
        """The same, or the Saturday before: on a Sunday hardly anything takes place."""
        day = self.ago(days)
        return day - timedelta(days=day.weekday() == 6)

    def at(self, day: date, wall: time) -> datetime:
        return instant(day, wall, self.zone, 0).astimezone(UTC)

    def shift(self, task: Task, starts_at: datetime, ends_at: datetime, places: int) -> Shift:
        """The task's shift at that time; planned when nobody has asked for it yet."""
        found = db.session.scalar(db.select(Shift).where(Shift.task_id == task.id, Shift.starts_at == starts_at))
        return found or tasks.plan_shift(task, starts_at=starts_at, ends_at=ends_at, places=places)


def by_week(happenings: Iterable[Happening]) -> Iterator[list[Happening]]:
    week, last = [], None
    for each in happenings:
        if last is not None and each[0] - last > timedelta(days=7):
            yield week
            week, last = [], each[0]
        last = last or each[0]
        week.append(each)
    yield week
