"""Through the whole site and sixteen browsers at once: one effect; and the same run without the guard, which goes wrong."""
from datetime import timedelta

import pytest

from app.base import clock, once
from app.base.db import db
from app.base.transactions import transaction
from app.ledger.models import Account
from app.tasks.models import Booking, Shift
from tests.threads import together

MANY = 16


@pytest.fixture
def last_place(app, town) -> int:
    """A shift in three days with one place left."""
    with app.app_context():
        return town.shift(clock.now().replace(microsecond=0) + timedelta(days=3), places=1)


def crowd(app, town, path: str) -> list:
    """Sixteen browsers of one resident, each with the same page open: one key in all of them."""
    clients = [app.test_client().sign_in(town.anna) for _ in range(MANY)]
    page = clients[0].visit(path)
    cookie = clients[0].get_cookie("sid").value
    for client in clients:
        client.set_cookie("sid", cookie)
    return [(client, page) for client in clients]


def bookings(app, shift_id: int) -> tuple[int, int]:
    """(rows, places taken)"""
    with app.app_context(), transaction():
        return db.session.query(Booking).count(), db.session.get(Shift, shift_id).taken


def test_sixteen_times_one_booking_form_is_one_booking(app, town, last_place):
    sent = [lambda client=client, page=page: client.send(page) for client, page in crowd(app, town, f"/turni/{last_place}/prenota")]
    answers = together(*sent)
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert bookings(app, last_place) == (1, 1)


def test_the_form_key_bites(app, town, last_place, monkeypatch):
    """Without it the second click is told that it came too late, as if somebody else had booked."""
    monkeypatch.setattr(once, "claim", lambda: None)
    sent = [lambda client=client, page=page: client.send(page) for client, page in crowd(app, town, f"/turni/{last_place}/prenota")]
    assert {answer.status_code for answer in together(*sent)} == {303, 422}
    assert bookings(app, last_place) == (1, 1), "the last place holds even so"


def test_a_pact_that_works_its_hours(app, town):
    """The whole way from the bill to the ledger, once; the ledger must hold after it."""
    with app.app_context():
        agreement = town.agree(town.anna)
        town.validate(town.log(town.book(town.shift(), town.anna)))
        with transaction():
            validated = db.session.query(Account).filter_by(kind="validated").one()
            assert validated.balance == 120
    assert agreement
