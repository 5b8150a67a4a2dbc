"""What is on the board, by each filter, as a list and as a week."""
import sys
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from app.base import clock
from app.base.db import db
from app.tasks import actions, queries
from app.tasks.models import Category, Shift, Task
from app.tasks.queries import PER_DAY, Filters
from app.tasks.rules.browsing import Days, Daytime
from app.tasks.rules.instruments import CountsFor, Instrument
from app.tasks.states import Task as TaskState
from tests.ledger.hearing import statements
from tests.tasks.builders import DAY, HOUR, NOW, a_booking, a_shift, a_task

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def tasks(context, town):
    """In the order of their next shifts: Tuesday 10:00, Wednesday 10:00 and 11:00, Thursday 19:00, Saturday 15:00."""
    green = a_task(town.alessandria, "Cura delle aiuole", summary="Zappiamo", category=Category.GREEN, area="Pista", step_free=True)
    books = a_task(town.alessandria, counts_for=CountsFor.BOTH, step_free=False)
    there = a_task(town.valenza, "Panchine a nuovo", category=Category.DECORUM, counts_for=CountsFor.TIMEBANK)
    young = a_task(town.valenza, "Attività per gli anziani", category=Category.SOCIAL, counts_for=CountsFor.CERTIFICATE, area="Piazze")
    a_shift(green, NOW + DAY)
    a_shift(books, NOW + 2 * DAY, hours=8, places=3)
    a_shift(books, NOW + 2 * DAY + HOUR, hours=1, places=2)
    a_shift(there, NOW + 3 * DAY + 9 * HOUR, places=1)
    a_shift(young, NOW + 5 * DAY + 5 * HOUR)
    a_task(town.alessandria, "Senza turni")
    return {"green": green, "books": books, "there": there, "young": young}


def names(tasks, filters) -> str:
    found = [card.task for card in queries.board(filters).cards]
    return " ".join(next(name for name, task in tasks.items() if task is each) for each in found)


CASES = [
    (Filters(), "green books there young"),
    (Filters(words="AIUOLE"), "green"),
    (Filters(words="aiuola"), "green"),
    (Filters(words="biblioteche civiche"), "green books"),             # the host's name is searched too
    (Filters(words="libro"), "books there young"),
    (Filters(words="attivita anziano"), "young"),
    (Filters(words="libri panchine"), "there"),
    (Filters(words="il panch"), "there"),                              # what is half written, and what means nothing
    (Filters(words="per la"), "green books there young"),
    (Filters(words="panch libri"), ""),
    (Filters(words="sottomarino"), ""),
    (Filters(category=Category.GREEN), "green"),
    (Filters(area="Centro"), "books there"),
    (Filters(area="Centro", words="panchine"), "there"),
    (Filters(day=date(2026, 6, 3)), "books"),
    (Filters(day=date(2026, 6, 2), until=date(2026, 6, 3)), "green books"),
    (Filters(until=date(2026, 6, 2)), "green"),
    (Filters(day=date(2026, 5, 31)), ""),
    (Filters(days=Days.WEEKEND), "young"),
    (Filters(days=Days.WEDNESDAY), "books"),
    (Filters(days=Days.WORKDAYS), "green books there"),
    (Filters(days=Days.SUNDAY), ""),
    (Filters(daytime=Daytime.MORNING), "green books"),
    (Filters(daytime=Daytime.AFTERNOON), "young"),
    (Filters(daytime=Daytime.EVENING), "there"),
    (Filters(daytime=Daytime.EVENING, days=Days.FRIDAY), ""),
    (Filters(step_free=True), "green"),
    (Filters(counts_for=Instrument.BARATTO), "green books"),
    (Filters(counts_for=Instrument.TIMEBANK), "books there"),
    (Filters(counts_for=Instrument.CERTIFICATE), "young"),
    (Filters(words="libri", days=Days.THURSDAY, daytime=Daytime.EVENING, category=Category.DECORUM, free=True), "there"),
]


@pytest.mark.parametrize("few", [0, 300], ids=["along the calendar", "from the tasks"])
def test_the_board_by_each_filter(tasks, monkeypatch, few):
    """By both ways on which words are looked for; the next shift comes first."""
    monkeypatch.setattr(sys.modules[Filters.__module__], "FEW", few)
    assert [(filters, names(tasks, filters)) for filters, _ in CASES] == CASES


def test_the_week_has_the_same_filters(tasks):
    for filters, expected in CASES:
        found = {shift.task_id for shifts in queries.week(filters, date(2026, 6, 1)).values() for shift in shifts}
        assert found == {tasks[name].id for name in expected.split()}, filters


def test_the_board_of_one_comune(tasks, town):
    assert names(tasks, Filters(comune_id=town.valenza.id)) == "there young"
    assert names(tasks, Filters(comune_id=town.valenza.id, words="panchina")) == "there"


def test_a_full_shift_is_left_out_only_when_asked(tasks, town):
    shift = queries.coming_shifts(tasks["green"])[0]
    for person in (town.anna, town.bruno):
        a_booking(shift, person.row)
    assert names(tasks, Filters()).startswith("green") and not names(tasks, Filters(free=True)).startswith("green")
    assert queries.board(Filters()).cards[0].free == 0


def test_places_that_are_kept_for_a_group_are_not_free_for_everybody(tasks):
    db.session.execute(update(Shift).where(Shift.task_id == tasks["there"].id).values(reserved=1))
    assert "there" not in names(tasks, Filters(free=True))


def test_a_card_shows_one_shift_and_the_places_of_all_that_fit(tasks):
    card = next(card for card in queries.board(Filters()).cards if card.task is tasks["books"])
    assert (card.next_start, card.next_end) == (NOW + 2 * DAY, NOW + 2 * DAY + 8 * HOUR)
    assert (card.shifts, card.free) == (2, 5)
    a_shift(tasks["books"], NOW + 9 * DAY)
    (card,) = queries.board(Filters(day=date(2026, 6, 3))).cards
    assert (card.shifts, card.free) == (2, 5)


def test_the_next_shift_is_the_next_that_fits(tasks):
    a_shift(tasks["green"], NOW + 6 * DAY)
    (card,) = [card for card in queries.board(Filters(days=Days.WEEKEND)).cards if card.task is tasks["green"]]
    assert (card.next_start, card.shifts) == (NOW + 6 * DAY, 1)


@pytest.mark.parametrize("state", [state for state in TaskState if state is not TaskState.OPEN])
def test_only_open_tasks_are_on_the_board(tasks, town, state):
    db.session.execute(update(Task).where(Task.id == tasks["green"].id).values(
        state=state, declared_by_id=town.tino.id, declared_at=NOW))
    assert names(tasks, Filters()) == "books there young"
    assert names(tasks, Filters(words="aiuole")) == ""
    assert tasks["green"].area not in queries.areas(town.alessandria.id)


def test_shifts_that_are_over_or_called_off_are_not_on_the_board(tasks, town):
    a_shift(a_task(town.alessandria, "Ieri"), NOW - DAY)
    gone = a_shift(a_task(town.alessandria, "Annullato"), NOW + DAY)
    actions.cancel_shift(gone, reason="Piove", by=town.tino.row)
    assert len(queries.board(Filters()).cards) == 4
    assert sum(map(len, queries.week(Filters(), date(2026, 6, 1)).values())) == 5


def test_quarters_are_those_of_one_comune(tasks, town):
    assert queries.areas(town.alessandria.id) == ["Centro", "Pista"]
    assert queries.areas(town.valenza.id) == ["Centro", "Piazze"]


def test_days_are_those_of_the_wall_on_the_nights_when_clocks_change(town):
    """Half past midnight of Sunday 25 October is still Saturday in UTC, and seven in the evening is later than the day before."""
    with clock.set_to(NOW + 130 * DAY):
        task = a_task(town.alessandria, "Notte bianca")
        shift = a_shift(task, NOW.replace(month=10, day=24, hour=22, minute=30))
        a_shift(task, NOW.replace(month=10, day=25, hour=17, minute=30))
        (first,) = queries.board(Filters(days=Days.SUNDAY)).cards
        assert (first.spot.shift_id, first.shifts) == (shift.id, 2)
        (evening,) = queries.board(Filters(day=date(2026, 10, 25), daytime=Daytime.EVENING)).cards
        assert evening.next_start == NOW.replace(month=10, day=25, hour=17, minute=30)
        assert queries.board(Filters(days=Days.SATURDAY)).cards == []
        assert [len(shifts) for shifts in queries.week(Filters(), date(2026, 10, 19)).values()] == [0, 0, 0, 0, 0, 0, 2]


def test_a_day_of_the_week_shows_that_there_is_more(tasks):
    for minutes in range(PER_DAY + 3):
        a_shift(tasks["green"], NOW + DAY + timedelta(minutes=minutes))
    days = queries.week(Filters(), date(2026, 6, 1))
    assert len(days[date(2026, 6, 2)]) == PER_DAY + 1
    assert [shift.starts_at for shift in days[date(2026, 6, 2)]] == sorted(shift.starts_at for shift in days[date(2026, 6, 2)])


@pytest.mark.parametrize("filters, expected", [(Filters(), 1), (Filters(words="libri"), 2)])
def test_the_number_of_statements_does_not_grow(app, tasks, town, filters, expected):
    for number in range(20):
        a_shift(a_task(town.alessandria, f"Libri {number}"))
    db.session.expunge_all()
    with statements(app) as sent:
        page = queries.board(filters, size=20)
        assert {(card.task.organisation.name, card.task.comune.name) for card in page.cards} >= {("Biblioteca civica", "Alessandria")}
    assert len(sent) == expected, sent
    with statements(app) as sent:
        for shifts in queries.week(filters, date(2026, 6, 1)).values():
            assert all(shift.task.comune.name for shift in shifts)
    assert len(sent) == expected, sent
