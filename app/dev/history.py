"""Half a year of life in the demonstration town, made through the site's own actions, the same at every fresh start.

The past is a list of things that happen at an instant, run in order with the clock set to each. What would happen after now does not, so
the queues of today fill themselves: hours that wait for a tutor, certificates that wait for a proposal, proposals that wait for a decision.
"""
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

import yaml

from app.base import clock, outbox
from app.base.amounts import time_of_day
from app.base.db import db
from app.base.errors import Refusal
from app.base.localtime import instant
from app.base.transactions import transaction
from app.baratto import queries as baratto
from app.baratto.actions import agreements, offsets, regulations
from app.baratto.schemas.regulations import read_regulation
from app.baratto.states import Offset as OffsetState
from app.dev.people import TOWN, appoint_officers, settle_residents
from app.hours import actions as hours, queries as hours_queries
from app.reconciliation import jobs as nights
from app.reconciliation.models import Night
from app.tasks import actions as tasks
from app.tasks.models import Category, Shift, Task
from app.taxes import actions as taxes
from app.taxes.models import Tax
from app.taxes.schemas import read_positions
from app.town import actions as town
from app.town.queries import comuni

DAYS_BACK, DAYS_AHEAD, NIGHTS_BACK = 182, 35, 5
WRITTEN_IN = 2026                      # the year that stands in the files of tax positions
PRESETS = TOWN.parents[1] / "baratto" / "presets"
Happening = tuple[datetime, int, Callable[[], None]]


def fill() -> None:
    """Make the two comuni and let half a year pass in each; then send the letters and check the books of the last days."""
    today = clock.today()
    for name in ("alessandria", "valenza"):
        _Town(name, today).live()
    while letters := outbox.due():
        with transaction():
            for letter in letters:
                outbox.send(letter)
    with transaction():                # half a year of nights would take minutes: the first is that of a few days ago
        for comune in comuni():
            db.session.add(Night(comune_id=comune.id, business_date=today - timedelta(days=NIGHTS_BACK)))
    nights.run_due()


class _Town:
    """One comune while it is being made."""

    def __init__(self, name: str, today: date):
        self.plan = yaml.safe_load((TOWN / f"{name}.yaml").read_text(encoding="utf-8"))
        self.name, self.today, self.first = name, today, today - timedelta(days=DAYS_BACK)
        self.random = random.Random(f"ore in comune {name}")
        self.now, self.zone = clock.now(), clock.ROME
        self.count, self.acts, self.pacts = 0, 0, []

    def live(self) -> None:
        with clock.set_to(self.at(self.first, time(7))), transaction():
            self.begin()
        for year in sorted({self.first.year, self.today.year}):
            day = max(self.first, date(year, 1, 2))
            with clock.set_to(self.at(day, time(8))), transaction():
                self.open_year(year)
        happenings = sorted((each for each in self.history() if each[0] <= self.now), key=lambda each: each[:2])
        for week in _by_week(happenings):
            with transaction():
                for when, _number, happen in week:
                    with clock.set_to(when):
                        happen()
        with transaction():
            self.look_ahead()

    def begin(self) -> None:
        self.comune = town.found(self.plan["comune"]["name"], self.plan["comune"]["istat"], self.plan["comune"]["province"])
        self.hosts = {each["key"]: town.host(self.comune, each["name"], each["about"]) for each in self.plan["organisations"]}
        self.staff = appoint_officers(self.comune, self.hosts)
        self.residents = settle_residents(self.comune)
        self.regulation, _new = regulations.import_regulation(
            self.comune, read_regulation((PRESETS / self.plan["regulation"]).read_bytes()))
        self.tasks = [self.publish(*row) for row in self.plan["tasks"]]

    def publish(self, host, category, title, summary, area, address, tools, weekdays, start, end, places) -> tuple:
        task = tasks.publish(self.hosts[host], title=title, summary=summary, category=Category(category), area=area, address=address,
                             tools=tools)
        return task, self.staff[f"tutor.{host}"], weekdays, time_of_day(start), time_of_day(end), places

    def open_year(self, year: int) -> None:
        content = (TOWN / f"tari-{self.name}.csv").read_text(encoding="utf-8").replace(f"{WRITTEN_IN}-", f"{year}-")
        feed = read_positions(content.replace(f";{WRITTEN_IN};", f";{year};").encode())
        taxes.import_positions(self.comune, feed, f"tari-{self.name}-{year}.csv", by=self.staff["tributi"])
        call = regulations.open_call(self.regulation, year=year, title=f"{self.plan['call']['title']} {year}", act=self.plan["call"]["act"],
                                     budget_cents=self.plan["call"]["budget_cents"], by=self.staff["admin"])
        starts_on = max(self.first, date(year, 1, 2))
        households = set()
        for number, person in enumerate(self.residents):
            if person.household_id in households or number > 1 and self.random.random() > 0.7:
                continue
            try:
                with db.session.begin_nested():
                    self.pacts.append(agreements.make(
                        call, person, tax=Tax.TARI, starts_on=starts_on, ends_on=date(year, 12, 31),
                        insurance=f"RCT {year}/{number + 101}", by=self.staff["patti"]))
                    households.add(person.household_id)
            except Refusal:                # nothing to reduce, or the household's debt is below the minimum: no pact
                continue

    def history(self) -> Iterator[Happening]:
        """What residents, tutors and offices did, week by week."""
        for pact in self.pacts:
            days = self.working_days(pact)
            for day in days:
                yield from self.session(pact, *self.any_task(day))
        for pact in self.pacts[:2]:    # whoever tries the site finds a shift whose hours wait to be logged
            day = self.today - timedelta(days=2)
            yield from self.session(pact, *self.any_task(day), logs=False)
        # Every two weeks the offices go round. Today is the tenth day of a round, so that each of their queues holds something.
        for begins in (self.first + timedelta(days=5 + 14 * n) for n in range(DAYS_BACK // 14 + 1)):
            for day, at, happen in ((0, time(9), self.certify_all), (3, time(10), self.propose_all), (10, time(9, 30), self.propose_again),
                                    (11, time(15), self.export_all), (12, time(11), self.decide_all)):
                yield self.happening(begins + timedelta(days=day), at, happen)

    def any_task(self, day: date) -> tuple:
        task, tutor, _weekdays, start, end, places = self.random.choice([each for each in self.tasks if day.weekday() in each[2]])
        return task, tutor, day, start, end, places

    def working_days(self, pact) -> list[date]:
        """About one shift a week until the planned hours are done."""
        wanted, days = pact.planned_minutes // 165 + 1, []
        late = self.random.choice((0, 0, 60, 110))
        day = max(self.first, pact.starts_on) + timedelta(days=late + self.random.randint(3, 40))
        while len(days) < wanted and day < self.today - timedelta(days=2):
            if day.weekday() < 6:
                days.append(day)
            day += timedelta(days=self.random.randint(4, 15))
        return days

    def session(self, pact, task: Task, tutor, day: date, start: time, end: time, places: int, logs=True) -> Iterator[Happening]:
        starts_at, ends_at = self.at(day, start), self.at(day, end)
        late, rest = self.random.choice([0, 0, 0, 5, 10, 15]), self.random.choice([0, 0, 0, 0, 10, 15])
        outcome, kept = self.random.random(), {}

        def book():
            shift = self.shift(task, starts_at, ends_at, places)
            if shift.taken < shift.places:
                kept["booking"] = tasks.book(shift, pact.person)

        def log():
            if "booking" in kept:
                kept["hours"] = hours.submit(kept["booking"], started_at=starts_at + timedelta(minutes=late), ended_at=ends_at,
                                             break_min=rest, note=self.random.choice(("", "", "", "Tutto bene.", "Pioveva, poca gente.")))

        def validate():
            if "hours" not in kept:
                return
            row = kept["hours"]
            if outcome < 0.03:
                hours.reject(row, reason="Quel giorno il turno è stato fatto da un'altra persona.", by=tutor)
            elif outcome < 0.10:
                hours.validate(row, started_at=row.started_at, ended_at=row.ended_at - timedelta(minutes=15), break_min=row.break_min,
                               reason="Abbiamo finito un quarto d'ora prima.", by=tutor)
            else:
                hours.validate(row, started_at=row.started_at, ended_at=row.ended_at, break_min=row.break_min, by=tutor)

        yield self.happening(day - timedelta(days=self.random.randint(2, 6)), time(20), book)
        if logs and self.random.random() < 0.97:
            yield self.happening(ends_at.astimezone(self.zone).date(), time(23, 50), log)
            yield self.happening(day + timedelta(days=self.random.randint(1, 9)), time(17), validate)

    def shift(self, task: Task, starts_at: datetime, ends_at: datetime, places: int) -> Shift:
        """The task's shift at that time; planned when nobody has asked for it yet."""
        found = db.session.scalar(db.select(Shift).where(Shift.task_id == task.id, Shift.starts_at == starts_at))
        return found or tasks.plan_shift(task, starts_at=starts_at, ends_at=ends_at, places=places)

    def certify_all(self) -> None:
        for row in hours_queries.to_certify(seen_by=self.staff["certifica"]):
            hours.certify(row.agreement_id, by=self.staff["certifica"])

    def propose_all(self) -> None:
        waiting = {each.agreement.id for each in baratto.to_propose(seen_by=self.staff["tributi"])}
        for pact in self.pacts:
            certificates = baratto.free_certificates(pact) if pact.id in waiting else []
            if sum(each.minutes for each in certificates) >= min(540, pact.planned_minutes // 2):
                offsets.propose(pact, certificates, by=self.staff["tributi"])

    def decide_all(self) -> None:
        for offset in baratto.offsets(OffsetState.PROPOSED, seen_by=self.staff["dirigente"]):
            if offset.id % 9 == 4 and offset.proposed_at.month % 2:
                offsets.send_back(offset, reason="Manca il riferimento al patto: controlla e riproponi.", by=self.staff["dirigente"])
            else:
                self.acts += 1
                offsets.approve(offset, act=f"n. {self.acts}/{clock.today().year}", by=self.staff["dirigente"])

    def propose_again(self) -> None:
        for offset in baratto.offsets(OffsetState.RETURNED, seen_by=self.staff["tributi"]):
            offsets.propose_again(offset, by=self.staff["tributi"])

    def export_all(self) -> None:
        if baratto.approved(self.comune.id):
            offsets.export(self.comune.id, by=self.staff["dirigente"])

    def look_ahead(self) -> None:
        """The shifts of the coming weeks, and who has booked some of them."""
        for task, _tutor, weekdays, start, end, places in self.tasks:
            for days in range(1, DAYS_AHEAD):
                day = self.today + timedelta(days=days)
                if day.weekday() in weekdays:
                    self.shift(task, self.at(day, start), self.at(day, end), places)
        coming = db.session.scalars(db.select(Shift).where(Shift.comune_id == self.comune.id, Shift.starts_at > clock.now())
                                    .order_by(Shift.starts_at, Shift.id)).all()
        for shift in coming[:120]:
            for person in self.random.sample(self.residents, self.random.randint(0, shift.places)):
                try:
                    with db.session.begin_nested():
                        tasks.book(shift, person)
                except Refusal:            # already busy at that time
                    continue

    def happening(self, day: date, at: time, happen: Callable[[], None]) -> Happening:
        self.count += 1
        return self.at(day, at), self.count, happen

    def at(self, day: date, wall: time) -> datetime:
        return instant(day, wall, self.zone, 0).astimezone(UTC)


def _by_week(happenings: list[Happening]) -> Iterator[list[Happening]]:
    week, last = [], None
    for each in happenings:
        if last is not None and each[0] - last > timedelta(days=7):
            yield week
            week, last = [], each[0]
        last = last or each[0]
        week.append(each)
    yield week
