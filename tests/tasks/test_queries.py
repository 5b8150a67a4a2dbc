"""Who sees what of the board."""
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from werkzeug.exceptions import NotFound

from app.base.db import db
from app.tasks import actions, queries
from app.tasks.models import Category
from app.tasks.queries import PER_PAGE, Filters
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


@pytest.mark.parametrize("filters, found", [
    (Filters(), ["green", "books", "there"]),
    (Filters(words="AIUOLE"), ["green"]),
    (Filters(words="biblioteca civica"), ["green", "books"]),                # the host's name is searched too
    (Filters(words="libri panchine"), ["there"]),
    (Filters(words="sottomarino"), []),
    (Filters(category=Category.GREEN), ["green"]),
    (Filters(area="Centro"), ["books", "there"]),
    (Filters(day=date(2026, 6, 3)), ["books"]),
    (Filters(day=date(2026, 5, 31)), []),
    (Filters(area="Centro", words="panchine"), ["there"]),
])
def test_the_board_is_filtered_and_sorted_by_the_next_shift(tasks, filters, found):
    page = queries.board(filters)
    assert [card.task for card in page.cards] == [tasks[name] for name in found]
    assert page.total == len(found)


def test_the_board_of_one_comune(tasks, town):
    assert [card.task for card in queries.board(Filters(comune_id=town.valenza.id)).cards] == [tasks["there"]]


def test_a_card_shows_one_shift_and_the_places_of_all(tasks):
    card = next(card for card in queries.board(Filters()).cards if card.task is tasks["books"])
    assert (card.next_start, card.next_end) == (NOW + 2 * DAY, NOW + 2 * DAY + timedelta(hours=8))
    assert (card.shifts, card.free) == (2, 5)


def test_shifts_that_are_over_or_called_off_are_not_on_the_board(tasks, town):
    a_shift(a_task(town.alessandria, "Ieri"), NOW - DAY)
    gone = a_shift(a_task(town.alessandria, "Annullato"), NOW + DAY)
    actions.cancel_shift(gone, reason="Piove", by=town.tino.row)
    assert queries.board(Filters()).total == 3


def test_pages_hold_every_task_once_in_two_statements(town):
    for number in range(PER_PAGE + 3):
        a_shift(a_task(town.alessandria, f"Attività {number}"))
    first, statements = queries.board(Filters()), []
    db.session.expunge_all()

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    second = queries.board(Filters(), page=99)
    hosts = {(card.task.organisation.name, card.task.comune.name) for card in second.cards}
    event.remove(db.engine, "before_cursor_execute", note)
    assert hosts == {("Biblioteca civica", "Alessandria")}
    assert (first.pages, second.number, list(second.near)) == (2, 2, [1, 2])
    assert len({card.task.id for card in first.cards + second.cards}) == PER_PAGE + 3
    assert len(statements) == 2, statements


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
