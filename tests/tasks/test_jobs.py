"""What the clock does for the board: offers pass on, queues end, reminders go once."""
from datetime import timedelta
from types import SimpleNamespace

import pytest

from app.base import clock
from app.base.db import db
from app.base.transactions import transaction
from app.tasks import actions, jobs, queries
from app.tasks.models import Booking, Shift
from app.tasks.states import Booking as State
from tests.tasks.builders import DAY, HOUR, NOW, a_full_shift, a_neighbour, a_rule, a_shift, a_task, letters

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def waiting(context, town) -> list[int]:
    """Anna gave her place up; Bruno has the offer, a third person waits. It begins in five days."""
    with transaction():
        third = a_neighbour(3, town.alessandria.row)
        shift = a_full_shift(town.alessandria, town.anna.row)
        rows = [actions.wait(shift, person) for person in (town.bruno.row, third)]
        actions.give_up(queries.booking_of(shift, town.anna.row), by=town.anna.row)
        return [row.id for row in rows]


def test_one_booking_that_fails_does_not_hold_up_the_others(waiting, monkeypatch, caplog):
    def lapse(booking):
        if booking.id == waiting[0]:
            raise RuntimeError("broken")
        return actions.lapse(booking)

    monkeypatch.setattr(jobs, "actions", SimpleNamespace(**vars(actions) | {"lapse": lapse}))
    with clock.set_to(NOW + 5 * DAY):
        assert jobs.run_due() == 1
    assert states(waiting) == [State.OFFERED, State.LAPSED] and "broken" in caplog.text


def states(ids) -> list[State]:
    return [db.session.get(Booking, number, populate_existing=True).state for number in ids]


def test_an_offer_passes_from_one_to_the_next(waiting):
    with clock.set_to(NOW + DAY - timedelta(seconds=1)):
        assert jobs.run_due() == 0
    with clock.set_to(NOW + DAY):
        assert jobs.run_due() == 1 and states(waiting) == [State.LAPSED, State.OFFERED]
        assert jobs.run_due() == 0
    with clock.set_to(NOW + 2 * DAY):
        assert jobs.run_due() == 1 and states(waiting) == [State.LAPSED, State.LAPSED]
    assert db.session.get(Booking, waiting[0]).shift.taken == 0


def test_a_queue_ends_when_the_shift_begins(waiting):
    with clock.set_to(NOW + 5 * DAY):
        jobs.run_due()
    assert states(waiting) == [State.LAPSED, State.LAPSED] and len(letters("offered")) == 1


def test_a_job_that_is_asked_to_stop_stops_between_two_bookings(waiting):
    with clock.set_to(NOW + 5 * DAY):
        assert jobs.run_due(stopping=lambda: True) == 0
    assert states(waiting) == [State.OFFERED, State.WAITING]


@pytest.fixture
def shift_id(context, town) -> int:
    with transaction():
        return a_full_shift(town.alessandria, town.anna.row, town.bruno.row).id


def tick(at) -> list[str]:
    with clock.set_to(at):
        jobs.run_due()
    return [letter.recipient for letter in letters("reminder")]


def test_a_reminder_goes_once_a_day_before(shift_id, town):
    start = NOW + 5 * DAY
    assert tick(start - DAY - timedelta(seconds=1)) == []
    assert tick(start - DAY) == tick(start - HOUR) == [town.anna.email, town.bruno.email]
    assert "ti aspettiamo sabato 6 giugno 2026 alle 10:00" in letters("reminder")[0].body


def test_no_reminder_of_what_is_given_up_called_off_or_begun(shift_id, town):
    with transaction():
        shift = db.session.get(Shift, shift_id)
        actions.give_up(queries.booking_of(shift, town.anna.row), by=town.anna.row)
    assert tick(NOW + 5 * DAY) == []
    with transaction():
        actions.cancel_shift(db.session.get(Shift, shift_id), reason="Piove", by=town.tino.row)
    assert tick(NOW + 4 * DAY + HOUR) == []


def test_who_gave_up_while_the_clock_looked_is_not_reminded(shift_id, town):
    """The list of whom to remind is older than the letter."""
    with clock.set_to(NOW + 4 * DAY), transaction():
        booking = queries.booking_of(db.session.get(Shift, shift_id), town.anna.row)
        assert queries.to_remind(town.alessandria.id)[0] == booking.id
        assert actions.remind(booking) and not actions.remind(booking)
        booking.reminded_at, booking.shift.version = None, 1
        actions.withdraw(booking, by=town.anna.row)
        assert not actions.remind(booking)
    assert len(letters("reminder")) == 1


def test_who_books_within_the_time_of_the_reminder_needs_none(town):
    with transaction():
        shift = a_shift(a_task(town.alessandria), NOW + 3 * HOUR)
        actions.book(shift, town.anna.row)
    assert tick(NOW + HOUR) == []


def test_a_moved_shift_is_reminded_of_at_its_new_time(shift_id, town):
    first = tick(NOW + 4 * DAY)
    with clock.set_to(NOW + 4 * DAY + HOUR), transaction():
        shift = db.session.get(Shift, shift_id)
        actions.move_shift(shift, starts_at=shift.starts_at + 7 * DAY, ends_at=shift.ends_at + 7 * DAY, places=2)
    assert tick(NOW + 5 * DAY) == first
    assert tick(NOW + 11 * DAY) == first * 2


def test_the_comune_says_when_the_reminder_goes_or_that_there_is_none(shift_id, town):
    with transaction():
        a_rule(town.alessandria, town.ada.row, reminder_min=0)
    assert tick(NOW + 5 * DAY - HOUR) == []
    with transaction():
        a_rule(town.alessandria, town.ada.row, reminder_min=3 * 1440)
    assert len(tick(NOW + 2 * DAY)) == 2
