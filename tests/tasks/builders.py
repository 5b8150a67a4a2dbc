"""Tasks and shifts in few words. Each function needs an application context and flushes, no more."""
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from app.base import clock
from app.base.transactions import transaction
from app.tasks import actions
from app.tasks.models import Category, Shift, Task

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)            # a Monday, 10:00 in Italy


def a_task(place, title="Riordino della biblioteca", **facts) -> Task:
    return actions.publish(place.organisation, **{
        "title": title, "summary": "Rimettiamo i libri al loro posto.", "category": Category.CULTURE, "area": "Centro",
        "address": "Piazza Vittorio Veneto 1"} | facts)


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
