"""Pages of the board: at any depth each task stands once, whatever others add meanwhile."""
from datetime import timedelta

import pytest

from app.base import clock
from app.tasks import actions, queries
from app.tasks.queries import Filters
from app.tasks.rules.browsing import Days, Spot
from tests.tasks.builders import DAY, NOW, a_shift, a_task

pytestmark = pytest.mark.usefixtures("context")
SIZE = 4


@pytest.fixture
def titles(context, town) -> list[str]:
    """Eleven tasks, two and two at the same instant, and with a second shift a week later."""
    for number in range(11):
        task = a_task(town.alessandria, f"Attività {number:02}")
        start = NOW + DAY + timedelta(hours=number // 2)
        a_shift(task, start)
        a_shift(task, start + 7 * DAY)
    return [f"Attività {number:02}" for number in range(11)]


def on(page) -> list[str]:
    return [card.task.title for card in page.cards]


def walk(page, step: str, filters=Filters()):
    """This page and all after (or before) it."""
    pages = [page]
    while spot := getattr(pages[-1], step):
        pages.append(queries.board(filters, **{step: spot}, size=SIZE))
    return pages


def test_pages_hold_every_task_once_forwards_and_back(titles):
    forwards = walk(queries.board(Filters(), size=SIZE), "after")
    assert [on(page) for page in forwards] == [titles[:4], titles[4:8], titles[8:]]
    back = walk(forwards[-1], "before")
    assert [on(page) for page in back] == [titles[8:], titles[4:8], titles[:4]]
    assert [page.before is None for page in back] == [False, False, True]


def test_what_others_add_moves_nothing_between_pages(titles, town):
    first = queries.board(Filters(), size=SIZE)
    a_shift(a_task(town.alessandria, "Prima di tutte"), NOW + timedelta(hours=1))
    a_shift(a_task(town.alessandria, "Alla fine"), NOW + 2 * DAY)
    rest = [title for page in walk(queries.board(Filters(), after=first.after, size=SIZE), "after") for title in on(page)]
    assert on(first) + rest == [*titles, "Alla fine"]


def test_a_task_that_leaves_takes_no_other_with_it(titles, town):
    first = queries.board(Filters(), size=SIZE)
    for card in first.cards:
        for shift in queries.coming_shifts(card.task):
            actions.cancel_shift(shift, reason="Piove", by=town.tino.row)
    assert on(queries.board(Filters(), after=first.after, size=SIZE)) == titles[4:8]


def test_before_the_first_page_there_is_the_first_page(titles):
    second = queries.board(Filters(), after=queries.board(Filters(), size=SIZE).after, size=SIZE)
    assert on(queries.board(Filters(), before=second.before, size=SIZE)) == titles[:4]
    short = queries.board(Filters(), before=Spot(NOW + DAY, 2 ** 31 - 1), size=SIZE)               # only two stand before it
    assert on(short) == titles[:4] and short.before is None


def test_pages_of_a_day_of_the_week(titles, town):
    for number in range(6):
        a_shift(a_task(town.alessandria, f"Sabato {number}"), NOW + (5 + 7 * (number % 2)) * DAY)
    saturday = Filters(days=Days.SATURDAY)
    forwards = walk(queries.board(saturday, size=SIZE), "after", saturday)
    expected = [["Sabato 0", "Sabato 2", "Sabato 4", "Sabato 1"], ["Sabato 3", "Sabato 5"]]
    assert [on(page) for page in forwards] == expected
    assert [on(page) for page in walk(forwards[-1], "before", saturday)] == expected[::-1]


def test_a_spot_that_is_past_is_the_beginning_and_one_in_the_far_end_is_empty(titles):
    assert on(queries.board(Filters(), after=Spot(NOW - 900 * DAY, 1), size=SIZE)) == titles[:4]
    far = queries.board(Filters(), after=Spot(NOW + 900 * DAY, 1), size=SIZE)
    assert far.cards == [] and far.whole
    with clock.set_to(NOW + 30 * DAY):
        assert queries.board(Filters(), before=Spot(NOW + 900 * DAY, 1), size=SIZE).cards == []


def test_a_whole_result_can_be_counted_and_a_part_cannot(titles):
    assert queries.board(Filters(), size=11).whole and not queries.board(Filters(), size=10).whole
