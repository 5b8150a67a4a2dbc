"""The days in which hours may be logged: the regulation's for who has an agreement, else the comune's."""
from datetime import timedelta

import pytest
import yaml

from app.baratto.actions import regulations
from app.baratto.schemas import read_regulation
from app.hours import actions as hours
from app.hours.states import Attendance as State
from tests.baratto.office import NOW, regulation_text
from tests.hours.builders import worked


@pytest.fixture
def pact(office, town):
    """A pact of Anna's under a regulation of three days; the comune says seven."""
    office.bill(town.anna, 40000)
    document = yaml.safe_load(regulation_text())
    document["procedure"] = {"self_log_limit_days": {"value": 3, "source": "art. 9"}}
    with office.work():
        made, _ = regulations.import_regulation(town.alessandria.row, read_regulation(yaml.safe_dump(document)))
        call = regulations.open_call(made, year=2026, title="Baratto", act="", budget_cents=100_000, by=town.ada.row).id
    return office.pact(town.anna, call)


@pytest.mark.parametrize("neighbour, days, state", [
    ("anna", 2, State.SUBMITTED), ("anna", 5, State.LATE), ("bruno", 5, State.SUBMITTED), ("bruno", 9, State.LATE)])
def test_the_regulation_wins_over_the_comune_where_there_is_an_agreement(office, town, pact, neighbour, days, state):
    with office.work():
        start = NOW - timedelta(days=days)
        booking = worked(town.alessandria, getattr(town, neighbour), start)
        attendance = hours.submit(booking, started_at=start, ended_at=start + timedelta(hours=3))
        assert (attendance.state, attendance.agreement_id) == (state, pact if neighbour == "anna" else None)


def test_a_regulation_that_says_nothing_leaves_it_to_the_comune(office, town):
    office.bill(town.anna, 40000)
    office.pact(town.anna, office.call())
    with office.work():
        hours.set_log_days(town.alessandria.row, 20, by=town.ada.row)
        start = NOW - timedelta(days=15)
        booking = worked(town.alessandria, town.anna, start)
        assert hours.submit(booking, started_at=start, ended_at=start + timedelta(hours=3)).state is State.SUBMITTED
