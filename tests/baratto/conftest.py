from datetime import date

import pytest

from app.base import clock
from tests.baratto.office import NOW, Office


@pytest.fixture
def office(app, town):
    """The office of Alessandria, on 15 October 2026."""
    with clock.set_to(NOW):
        yield Office(app, town)


@pytest.fixture
def pact(office, town):
    """A pact of Anna's on a debt of 412,37 in three instalments, at 7,50 an hour."""
    call = office.call()
    for number, (cents, due) in enumerate([(12000, date(2026, 5, 31)), (12000, date(2026, 7, 31)), (17237, date(2026, 11, 30))], 1):
        office.bill(town.anna, cents, instalment=number, due_date=due)
    return office.pact(town.anna, call)


@pytest.fixture
def proposal(office, town):
    """Offset 1, proposed by Teo: pact 1 of Anna, 30,00 for four hours."""
    office.bill(town.anna, 30000)
    return office.proposal(office.pact(town.anna, office.call()), 240)
