"""Shifts that repeat: made from a rule, moved and called off together, and never doubled."""
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.localtime import minutes_between
from app.tasks import actions, queries
from app.tasks.models import Series, Shift
from app.tasks.states import Booking as Place, Shift as State
from tests.tasks.builders import DAY, HOUR, NOW, a_booking, a_shift, a_task, letters

pytestmark = pytest.mark.usefixtures("context")
ROME = ZoneInfo("Europe/Rome")
TUESDAYS = {"weekdays": 1 << 1, "every_weeks": 1, "first_day": date(2026, 6, 2), "last_day": date(2026, 6, 30),
            "excepted": {date(2026, 6, 16)}, "start": time(10), "end": time(12), "places": 2}


@pytest.fixture
def series(context, town) -> Series:
    return actions.plan_series(a_task(town.alessandria), **TUESDAYS)


def shifts(series) -> list[Shift]:
    return list(db.session.scalars(select(Shift).where(Shift.series_id == series.id).order_by(Shift.series_day)))


def walls(series) -> list[str]:
    return [f"{shift.starts_at.astimezone(ROME):%d/%m %H:%M}–{shift.ends_at.astimezone(ROME):%H:%M}" for shift in shifts(series)]


def test_a_rule_makes_its_shifts_once(series):
    assert walls(series) == [f"{day}/06 10:00–12:00" for day in ("02", "09", "23", "30")]
    assert actions.fill(series, places=2) == 0
    series.last_day = date(2026, 7, 14)
    assert actions.fill(series, places=2) == 2 and queries.count_in(series) == 6


def test_a_moved_shift_leaves_no_room_for_a_twin(series):
    second = shifts(series)[1]
    actions.move_shift(second, starts_at=second.starts_at + DAY, ends_at=second.ends_at + DAY, places=2)
    assert actions.fill(series, places=2) == 0 and queries.count_in(series) == 4
    assert walls(series)[1] == "10/06 10:00–12:00" and second.series_day == date(2026, 6, 9)


def test_the_database_knows_no_twins(series):
    first = shifts(series)[0]
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(Shift(comune_id=first.comune_id, task_id=first.task_id, series_id=series.id, series_day=first.series_day,
                             starts_at=first.starts_at + DAY, ends_at=first.ends_at + DAY, places=1))
        db.session.flush()


def test_this_one_and_all_that_follow_move_and_the_earlier_ones_stay(series, town):
    second = shifts(series)[1]
    for shift in shifts(series):
        a_booking(shift, town.anna.row)
    ids = [shift.id for shift in shifts(series)]
    assert actions.move_following(second, day=date(2026, 6, 10), start=time(15), end=time(18), places=5) == 3
    assert [shift.id for shift in shifts(series)] == ids
    assert walls(series) == ["02/06 10:00–12:00", "10/06 15:00–18:00", "24/06 15:00–18:00", "01/07 15:00–18:00"]
    assert [(shift.places, shift.version) for shift in shifts(series)] == [(2, 0), (5, 1), (5, 1), (5, 1)]
    assert len(letters("moved")) == 3 and "9 giu 2026, 10:00" in letters("moved")[0].body
    assert (series.start, series.end) == (time(15), time(18))


def test_two_shifts_of_a_series_do_not_become_one_and_the_same(series):
    first, second, *_ = shifts(series)
    actions.move_shift(second, starts_at=first.starts_at + 8 * HOUR, ends_at=first.ends_at + 8 * HOUR, places=2)
    with pytest.raises(Refusal, match="Due turni finirebbero il 2026-06-03") as refused:
        actions.move_following(first, day=date(2026, 6, 3), start=time(15), end=time(18), places=2)
    assert refused.value.field == "scope"


def test_nothing_follows_a_shift_that_began_or_was_called_off(series, town):
    first, second, *_ = shifts(series)
    facts = {"day": date(2026, 6, 10), "start": time(15), "end": time(18), "places": 2}
    with clock.set_to(first.starts_at), pytest.raises(Refusal, match="già iniziato"):
        actions.move_following(first, **facts)
    actions.cancel_shift(second, reason="Piove", by=town.tino.row)
    with pytest.raises(Refusal, match="annullato"):
        actions.move_following(second, **facts)
    assert walls(series)[2] == "23/06 10:00–12:00"


def test_all_move_or_none(series, town):
    third = shifts(series)[2]
    a_booking(third, town.anna.row), a_booking(third, town.bruno.row)
    with pytest.raises(Refusal, match="I posti presi sono già"), db.session.begin_nested():
        actions.move_following(shifts(series)[0], day=date(2026, 6, 2), start=time(15), end=time(18), places=1)
    db.session.expire_all()
    assert walls(series)[0] == "02/06 10:00–12:00" and letters("moved") == []


def test_a_series_that_moves_over_a_change_of_clocks_keeps_the_wall_time(town):
    series = actions.plan_series(a_task(town.alessandria), **TUESDAYS | {
        "weekdays": 1 << 5, "first_day": date(2026, 10, 17), "last_day": date(2026, 10, 31), "excepted": set(),
        "start": time(22), "end": time(6)})
    assert [minutes_between(shift.starts_at, shift.ends_at) for shift in shifts(series)] == [480, 540, 480]
    actions.move_following(shifts(series)[0], day=date(2026, 10, 17), start=time(23), end=time(6), places=2)
    assert [minutes_between(shift.starts_at, shift.ends_at) for shift in shifts(series)] == [420, 480, 420]
    with pytest.raises(Refusal, match="tra le eccezioni"):
        actions.move_following(shifts(series)[0], day=date(2026, 10, 17), start=time(22), end=time(2, 30), places=2)
    assert actions.move_following(shifts(series)[0], day=date(2026, 10, 17), start=time(22), end=time(2, 30), places=2, end_fold=1) == 3
    assert [minutes_between(shift.starts_at, shift.ends_at) for shift in shifts(series)] == [270, 330, 270]


def test_this_one_and_all_that_follow_are_called_off(series, town):
    a_booking(shifts(series)[3], town.anna.row)
    assert actions.cancel_following(shifts(series)[1], reason="Ferie", by=town.tino.row) == 3
    assert [shift.state for shift in shifts(series)] == [State.PLANNED] + [State.CANCELLED] * 3
    assert [letter.recipient for letter in letters("cancelled")] == [town.anna.email]


def test_what_is_past_stays_as_it_was(series):
    with clock.set_to(shifts(series)[1].starts_at):
        assert queries.following(shifts(series)[0]) == shifts(series)[2:]


def test_a_moved_shift_frees_who_booked_even_after_the_cut_off(town):
    shift = a_shift(a_task(town.alessandria))
    anna, bruno = a_booking(shift, town.anna.row), a_booking(shift, town.bruno.row)
    with clock.set_to(shift.starts_at - 3 * HOUR):
        actions.move_shift(shift, starts_at=shift.starts_at + HOUR, ends_at=shift.ends_at + HOUR, places=2)
        assert anna.moved and sorted(letter.recipient for letter in letters("moved")) == sorted([town.anna.email, town.bruno.email])
        assert "sabato 6 giugno 2026 alle 11:00" in letters("moved")[0].body and "il 6 giu 2026, 10:00" in letters("moved")[0].body
        actions.give_up(anna, by=town.anna.row)
        assert anna.state is Place.CANCELLED
        late = actions.book(shift, town.anna.row)
        assert not late.moved
        with pytest.raises(Refusal, match="cerchiamo"):
            actions.give_up(late, by=town.anna.row)
    assert bruno.moved


def test_moved_twice_told_twice_and_moved_nowhere_not_at_all(town):
    shift = a_shift(a_task(town.alessandria))
    a_booking(shift, town.anna.row)
    for hours in (1, 0, 1, 1):                                # there, back, there again; and nowhere
        start = NOW + 5 * DAY + hours * HOUR
        actions.move_shift(shift, starts_at=start, ends_at=start + 3 * HOUR, places=2)
    assert shift.version == 3 and len(letters("moved")) == 3


def test_an_offer_ends_when_its_shift_now_begins(town):
    shift = a_shift(a_task(town.alessandria), places=1)
    anna = a_booking(shift, town.anna.row)
    waiting = actions.wait(shift, town.bruno.row)
    actions.give_up(anna, by=town.anna.row)
    actions.move_shift(shift, starts_at=NOW + 2 * HOUR, ends_at=NOW + 4 * HOUR, places=1)
    assert waiting.offered_until == NOW + 2 * HOUR


@pytest.mark.parametrize("facts, field", [
    ({"first_day": date(2026, 5, 26)}, "first_day"),          # it would have begun
    ({"places": 0}, "places"),
    ({"weekdays": 0}, "weekdays"),
    ({"weekdays": 1 << 6, "first_day": date(2027, 3, 21), "last_day": date(2027, 4, 4), "start": time(2, 30), "end": time(5)}, "start"),
])
def test_a_series_that_cannot_be_is_refused_and_leaves_nothing(town, facts, field):
    task = a_task(town.alessandria)
    with pytest.raises(Refusal) as refused, db.session.begin_nested():
        actions.plan_series(task, **TUESDAYS | facts)
    assert refused.value.field == field
    assert db.session.scalars(select(Shift)).all() == db.session.scalars(select(Series)).all() == []


def test_a_shift_that_began_or_was_called_off_is_not_moved(town):
    shift = a_shift(a_task(town.alessandria))
    times = {"starts_at": datetime(2026, 7, 1, 8, tzinfo=UTC), "ends_at": datetime(2026, 7, 1, 9, tzinfo=UTC), "places": 2}
    with clock.set_to(shift.starts_at + timedelta(seconds=1)), pytest.raises(Refusal, match="già iniziato"):
        actions.move_shift(shift, **times)
    actions.cancel_shift(shift, reason="Piove", by=town.tino.row)
    with pytest.raises(Refusal, match="annullato"):
        actions.move_shift(shift, **times)
