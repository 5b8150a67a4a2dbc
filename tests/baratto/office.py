"""The office's work in few words, for tests: a regulation, a call, a bill, a pact and certified hours, each through the actions."""
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import yaml
from sqlalchemy import update

from app.baratto import queries
from app.baratto.actions import agreements, offsets, regulations
from app.baratto.models import Agreement, Call, Offset
from app.baratto.schemas import read_regulation
from app.base.db import db
from app.base.transactions import transaction
from app.hours import actions as hours
from app.hours.models import Certificate
from app.ledger.queries import balances
from app.people.actions import lookup_of, open_household
from app.tasks.models import Booking, Category, Shift, Task
from app.taxes.models import Component, Position, Tax

NOW = datetime(2026, 10, 15, 10, tzinfo=UTC)
HOURLY = {"value_model": "HOURLY", "rate_cents_per_hour": 750}


def regulation_text(title: str = "Regolamento di prova", **terms) -> str:
    return yaml.safe_dump({
        "kind": "regulation", "comune": "Alessandria", "province": "AL", "year": 2026, "title": title,
        "terms": {key: {"value": value, "source": "prova"} for key, value in (HOURLY | terms).items()}}, allow_unicode=True)


class Office:
    """The methods open a transaction of their own and give back numbers of rows; `work()` is one for the test itself."""

    def __init__(self, app, town):
        self.app, self.town, self.shifts = app, town, 0

    @contextmanager
    def work(self):
        with self.app.app_context(), transaction():
            yield

    def call(self, budget_cents: int = 1_000_000, place=None, **terms) -> int:
        place = place or self.town.alessandria
        admin = self.town.ada if place is self.town.alessandria else self.town.amos
        with self.work():
            regulation, _ = regulations.import_regulation(place.row, read_regulation(regulation_text(**terms)))
            return regulations.open_call(regulation, year=2026, title="Baratto 2026", act="", budget_cents=budget_cents,
                                         by=admin.row).id

    def bill(self, person, amount_cents: int, place=None, **facts) -> int:
        facts = {"due_date": date(2026, 5, 31), "instalment": 1, "component": Component.MUNICIPAL, "year": 2026} | facts
        with self.work():
            position = Position(
                comune_id=(place or self.town.alessandria).id, lookup=lookup_of(person.fiscal_code), person_id=person.id, tax=Tax.TARI,
                account_ref=f"A-{person.id}", amount_cents=amount_cents, extracted_at=NOW, **facts)
            db.session.add(position)
            db.session.flush()
            return position.id

    def change(self, position_id: int, **facts) -> None:
        with self.work():
            db.session.execute(update(Position).where(Position.id == position_id).values(**facts))

    def pact(self, person, call_id: int, by=None, **facts) -> int:
        facts = {"tax": Tax.TARI, "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), "insurance": "P-1"} | facts
        with self.work():
            return agreements.make(db.session.get(Call, call_id), person.row, by=(by or self.town.olga).row, **facts).id

    def household(self, *people) -> None:
        with self.work():
            household = open_household(self.town.alessandria.row)
            for person in people:
                person.row.household_id = household.id

    def done(self, pact_id: int, *minutes: int) -> list[int]:
        """Hours of so many minutes each, on days of their own, logged and validated; the numbers of the attendances."""
        made = []
        with self.work():
            pact, place = db.session.get(Agreement, pact_id), self.town.alessandria
            task = Task(comune_id=pact.comune_id, organisation=place.organisation, title="Verde", summary="Verde", category=Category.GREEN,
                        area="Centro", address="Via Milano 1", words="verde")
            for each in minutes:
                self.shifts += 1
                start = NOW - timedelta(days=self.shifts, hours=4)
                shift = Shift(comune_id=pact.comune_id, task=task, starts_at=start, ends_at=start + timedelta(minutes=each), places=5)
                booking = Booking(comune_id=pact.comune_id, shift=shift, person=pact.person)
                db.session.add(booking)
                db.session.flush()
                facts = {"started_at": start, "ended_at": start + timedelta(minutes=each), "break_min": 0}
                attendance = hours.submit(booking, **facts, by=self.town.tino.row)        # a tutor is never late
                hours.validate(attendance, **facts, by=self.town.tino.row)
                made.append(attendance.id)
        return made

    def certified(self, pact_id: int, *minutes: int) -> int:
        """A certificate of hours of so many minutes each."""
        self.done(pact_id, *minutes)
        with self.work():
            return hours.certify(pact_id, by=self.town.carla.row).id

    def proposal(self, pact_id: int, *minutes: int, by=None) -> int:
        """A proposal of all free certificates of a pact, after a new one of `minutes`."""
        if minutes:
            self.certified(pact_id, *minutes)
        with self.work():
            pact = db.session.get(Agreement, pact_id)
            return offsets.propose(pact, queries.free_certificates(pact), by=(by or self.town.teo).row).id

    def approve(self, offset_id: int, by=None) -> None:
        with self.work():
            offsets.approve(db.session.get(Offset, offset_id), act="12/2026", by=(by or self.town.mara).row)

    def offset(self, number: int) -> Offset:
        return db.session.get(Offset, number)

    def certificate(self, number: int) -> Certificate:
        return db.session.get(Certificate, number)

    def balance(self, unit: str, kind: str, owner: str = "") -> int:
        with self.app.app_context():
            return balances.balance(balances.account_id(self.town.alessandria.id, unit, kind, owner))

    def of_pact(self, pact_id: int, kind: str) -> int:
        """The balance of one of the pact's own accounts."""
        with self.app.app_context():
            owner = f"agreement:{db.session.get(Agreement, pact_id).ref}"
        return self.balance("EUR" if kind == "committed" else "SERVICE", kind, owner)
