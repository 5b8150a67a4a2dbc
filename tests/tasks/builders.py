"""Tasks and shifts in few words. Each function needs an application context and flushes, no more."""
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.access import Role
from app.base import clock
from app.base.db import db
from app.base.outbox import Letter
from app.base.transactions import transaction
from app.people import actions as people
from app.people.models import Person
from app.tasks import actions
from app.tasks.models import Category, Kind, Shift, Task
from app.tasks.rules.booking import Limits

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)            # a Monday, 10:00 in Italy
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_task(place, title="Riordino della biblioteca", **facts) -> Task:
    return actions.publish(place.organisation, **{
        "title": title, "summary": "Rimettiamo i libri al loro posto.", "category": Category.CULTURE, "area": "Centro",
        "address": "Piazza Vittorio Veneto 1"} | facts)


def a_draft(place, title="Orto", **facts) -> Task:
    return actions.draft(place.organisation, **{
        "title": title, "summary": "Seminiamo con i bambini.", "category": Category.SCHOOL, "area": "Pista",
        "address": "Via Galilei 16"} | facts)


def a_proposal(place, by) -> Task:
    task = a_draft(place)
    actions.propose(task, declared=True, by=by)
    return task


def a_shift(task: Task, start=NOW + timedelta(days=5), *, hours=3, places=2) -> Shift:
    """A shift planned now, or a day before it begins."""
    with clock.set_to(min(clock.now(), start - timedelta(days=1))):
        return actions.plan_shift(task, starts_at=start, ends_at=start + timedelta(hours=hours), places=places)


def a_booking(shift: Shift, person):
    """A place taken now, or just before the shift begins."""
    with clock.set_to(min(clock.now(), shift.starts_at - timedelta(minutes=1))):
        return actions.book(shift, person)


@contextmanager
def change(app):
    """What tests of pages do to the database between two requests: a context and a transaction of their own."""
    with app.app_context(), transaction():
        yield


def a_full_shift(place, *persons, **facts) -> Shift:
    """A shift whose places these people have taken; `facts` are the task's."""
    shift = a_shift(a_task(place, **facts), places=len(persons))
    for person in persons:
        a_booking(shift, person)
    return shift


def letters(key: str) -> list[Letter]:
    """The letters whose key holds these words, oldest first."""
    return list(db.session.scalars(select(Letter).where(Letter.key.contains(key)).order_by(Letter.id)))


def a_neighbour(number: int, comune) -> Person:
    """One more resident."""
    person = people.register("Vicino", f"Numero {number}", f"vicino{number}@example.org")
    people.grant(person, Role.RESIDENT, comune=comune)
    return person


def a_qualification(place, name="Sicurezza 4 ore", kind=Kind.COURSE):
    return actions.name_qualification(place.row, kind, name)


def a_rule(place, by, **limits) -> None:
    """Set the comune's rules for bookings, the rest as documented."""
    actions.set_rules(place.row, Limits(**limits), by=by)
