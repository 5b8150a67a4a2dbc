"""A day's cap looks across the certificates that hold hours of that day, whichever of them is reduced first."""
from datetime import timedelta

import pytest

from app.baratto import queries
from app.baratto.actions import offsets
from app.baratto.models import Agreement
from app.base.db import db
from app.base.errors import Refusal
from app.hours import actions as hours
from app.hours.models import Certificate
from tests.baratto.office import NOW
from tests.hours.builders import validated, worked

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def pact(office, town):
    """A pact of Anna's by which three hours of a day count."""
    office.bill(town.anna, 40000)
    return office.pact(town.anna, office.call(cap_day_min=180))


def certified(office, town, pact, hour: int) -> int:
    """A certificate of two hours of one and the same day, from `hour` o'clock UTC."""
    with office.work():
        start = (NOW - 3 * DAY).replace(hour=hour)
        booking = worked(town.alessandria, town.anna, start, hours=2)
        validated(hours.submit(booking, started_at=start, ended_at=start + 2 * HOUR), town.tino)
        return hours.certify(pact, by=town.carla.row).id


def propose(office, town, pact, certificate: int) -> int:
    with office.work():
        return offsets.propose(db.session.get(Agreement, pact), [db.session.get(Certificate, certificate)], by=town.teo.row).id


def test_the_second_certificate_of_a_day_says_what_no_longer_counts(office, town, pact):
    first, second = certified(office, town, pact, 6), certified(office, town, pact, 10)
    with office.work():
        assert [office.certificate(each).creditable_minutes for each in (first, second)] == [120, 60]
        assert office.certificate(second).not_counted == [(60, "oltre il massimo di ore al giorno")]


def test_a_proposal_that_waits_counts_too_for_the_next_certificate(office, town, pact):
    propose(office, town, pact, certified(office, town, pact, 6))
    second = certified(office, town, pact, 10)
    with office.work():
        assert office.certificate(second).creditable_minutes == 60


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_reductions_give_no_more_than_the_day(office, town, pact, order):
    made = certified(office, town, pact, 6), certified(office, town, pact, 10)
    for place in order:
        office.approve(propose(office, town, pact, made[place]))
    with office.work():
        assert sum(each.amount_cents for each in queries.offsets_of(db.session.get(Agreement, pact))) == 180 * 750 // 60


def test_a_proposal_made_before_the_other_was_granted_is_computed_anew(office, town, pact):
    first, second = (propose(office, town, pact, certified(office, town, pact, hour)) for hour in (6, 10))
    office.approve(first)
    with pytest.raises(Refusal, match="Restituisci la proposta"):
        office.approve(second)
