"""The instant at which tests of the board begin, and a small board with one open task in each comune."""
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from app.base import clock
from app.base.db import db
from app.tasks.models import Category, Shift
from tests.tasks.builders import DAY, NOW, a_booking, a_shift, a_task, change


@pytest.fixture(autouse=True)
def june():
    """It is Monday 1 June 2026, ten o'clock in Italy."""
    with clock.set_to(NOW):
        yield


@pytest.fixture
def board(app, town):
    """The ids of two tasks and their shifts: one of Alessandria, one of Valenza."""
    with change(app):
        task, there = a_task(town.alessandria), a_task(town.valenza, "Panchine a nuovo", category=Category.DECORUM)
        return SimpleNamespace(task=task.id, there=there.id, shift=a_shift(task).id, foreign_shift=a_shift(there).id,
                               last_place=a_shift(task, NOW + 6 * DAY, places=1).id)


@pytest.fixture
def book(app):
    def book(shift_id, neighbour) -> int:
        with change(app):
            return a_booking(db.session.get(Shift, shift_id), neighbour.row).id
    return book


@pytest.fixture
def count(app):
    def count(model) -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(model))
    return count
