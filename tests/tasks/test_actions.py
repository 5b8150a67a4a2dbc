"""Places are taken and given up, shifts are called off."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.outbox import Letter
from app.base.passages import passages
from app.tasks import actions, queries
from app.tasks.models import Shift
from app.tasks.states import Booking as BookingState, Shift as ShiftState, Task as TaskState
from tests.tasks.builders import a_shift, a_task

pytestmark = pytest.mark.usefixtures("context")
HOUR = timedelta(hours=1)


@pytest.fixture
def shift(context, town) -> Shift:
    return a_shift(a_task(town.alessandria), places=1)


def test_a_booking_takes_a_place_and_giving_it_up_frees_it(shift, town):
    booking = actions.book(shift, town.anna.row)
    assert (shift.taken, shift.free) == (1, 0)
    actions.give_up(booking, by=town.anna.row)
    assert (booking.state, shift.taken) == (BookingState.CANCELLED, 0)
    assert actions.book(shift, town.anna.row).id != booking.id


def test_a_full_shift_is_refused(shift, town):
    actions.book(shift, town.anna.row)
    with pytest.raises(Refusal, match="completo"):
        actions.book(shift, town.bruno.row)
    assert shift.taken == 1


def test_one_person_takes_one_place(shift, town):
    shift.places = 2
    actions.book(shift, town.anna.row)
    with pytest.raises(Refusal, match="Hai già un posto"):
        actions.book(shift, town.anna.row)


def test_clashing_shifts_are_refused_and_neighbours_are_not(shift, town):
    actions.book(shift, town.anna.row)
    with pytest.raises(Refusal, match="hai già un turno prenotato"):
        actions.book(a_shift(shift.task, shift.starts_at + HOUR), town.anna.row)
    actions.book(a_shift(shift.task, shift.ends_at), town.anna.row)


def test_a_shift_that_was_called_off_does_not_clash(shift, town):
    actions.book(shift, town.anna.row)
    actions.cancel_shift(shift, reason="Piove", by=town.tino.row)
    actions.book(a_shift(shift.task, shift.starts_at), town.anna.row)


def test_who_booked_a_shift_that_is_called_off_gets_a_letter_with_the_reason(shift, town):
    actions.book(shift, town.anna.row)
    actions.cancel_shift(shift, reason="Piove forte", by=town.tino.row)
    assert shift.state is ShiftState.CANCELLED
    assert queries.cancel_reasons([shift]) == {shift.id: "Piove forte"}
    letters = list(db.session.scalars(select(Letter)))
    assert [letter.recipient for letter in letters] == [town.anna.email]
    assert "Piove forte" in letters[0].body and "sabato 6 giugno 2026 alle 10:00" in letters[0].body
    with pytest.raises(Refusal, match="Tino Robutti"):
        actions.cancel_shift(shift, reason="Piove", by=town.tino.row)


def test_a_shift_that_began_is_neither_given_up_nor_called_off(shift, town):
    booking = actions.book(shift, town.anna.row)
    with clock.set_to(shift.starts_at):
        with pytest.raises(Refusal, match="non si può più disdire"):
            actions.give_up(booking, by=town.anna.row)
        with pytest.raises(Refusal, match="non si può più annullare"):
            actions.cancel_shift(shift, reason="Piove", by=town.tino.row)
    assert passages(booking) == passages(shift) == []


def test_a_task_is_closed_when_no_shift_is_to_come(town):
    task, tino = a_task(town.alessandria), town.tino.row
    shift = a_shift(task)
    with pytest.raises(Refusal, match="ancora turni in programma"):
        actions.close(task, by=tino)
    actions.cancel_shift(shift, reason="Piove", by=tino)
    actions.close(task, by=tino)
    assert task.state is TaskState.CLOSED
    with pytest.raises(Refusal, match="chiusa"):
        a_shift(task)
