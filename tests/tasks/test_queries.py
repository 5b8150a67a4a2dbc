"""Who sees what of the board."""
from datetime import timedelta

import pytest
from werkzeug.exceptions import NotFound

from app.tasks import actions, queries
from app.tasks.models import Category
from tests.tasks.builders import NOW, a_booking, a_shift, a_task

pytestmark = pytest.mark.usefixtures("context")
DAY = timedelta(days=1)


@pytest.fixture
def tasks(context, town):
    books = a_task(town.alessandria)
    green = a_task(town.alessandria, "Cura delle aiuole", summary="Zappiamo", category=Category.GREEN, area="Pista")
    there = a_task(town.valenza, "Panchine a nuovo", category=Category.DECORUM, area="Centro")
    a_shift(books, NOW + 2 * DAY, hours=8, places=3)
    a_shift(books, NOW + 2 * DAY + timedelta(hours=1), hours=1, places=2)
    a_shift(green, NOW + DAY)
    a_shift(there, NOW + 3 * DAY)
    a_task(town.alessandria, "Senza turni")
    return {"books": books, "green": green, "there": there}


def test_another_town_is_a_404(tasks, town):
    shift = queries.coming_shifts(tasks["there"])[0]
    for forbidden in (lambda: queries.shift_to_book(shift.id, seen_by=town.anna.row),
                      lambda: queries.shift_to_book(shift.id, seen_by=town.lino.row),
                      lambda: queries.own_shift(shift.id, seen_by=town.tino.row),
                      lambda: queries.own_task(tasks["there"].id, seen_by=town.tino.row)):
        with pytest.raises(NotFound):
            forbidden()
    assert queries.shift_to_book(shift.id, seen_by=town.vera.row) is shift


def test_a_booking_is_its_persons(tasks, town):
    booking = a_booking(queries.coming_shifts(tasks["books"])[0], town.anna.row)
    assert queries.booking(booking.id, seen_by=town.anna.row) is booking
    with pytest.raises(NotFound):
        queries.booking(booking.id, seen_by=town.bruno.row)


def test_a_shift_that_was_called_off_is_no_coming_booking(tasks, town):
    shift = queries.coming_shifts(tasks["books"])[0]
    a_booking(shift, town.anna.row)
    assert [booking.shift for booking in queries.coming_bookings(town.anna.row)] == [shift]
    actions.cancel_shift(shift, reason="Piove", by=town.tino.row)
    assert queries.coming_bookings(town.anna.row) == []
    assert queries.booked_people([shift]) == {shift.id: [town.anna.row]}
