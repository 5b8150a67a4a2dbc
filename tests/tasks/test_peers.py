"""What users of other systems ran into (engelsystem, ephios, tapir and others), each number a check of ours."""
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.localtime import minutes_between
from app.base.transactions import transaction
from app.people.models import Person
from app.tasks import actions, queries, rules
from app.tasks.models import Booking, Shift
from app.tasks.states import Booking as State
from tests.tasks.builders import DAY, HOUR, NOW, a_full_shift, a_neighbour, a_qualification, a_rule, a_shift, a_task, change, letters
from tests.threads import together

pytestmark = pytest.mark.usefixtures("context")
ROME = ZoneInfo("Europe/Rome")
TUESDAYS = {"weekdays": 1 << 1, "every_weeks": 1, "first_day": date(2026, 6, 2), "last_day": date(2026, 6, 30), "excepted": (),
            "start": time(10), "end": time(12), "places": 2}


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def press(app, shift_id, person_id):
    def job():
        with clock.set_to(NOW), change(app):
            return actions.book(db.session.get(Shift, shift_id), db.session.get(Person, person_id)).id
    return job


def test_peer_51_each_reason_has_its_message_and_leaves_no_entry(town):
    course, anna = a_qualification(town.alessandria), town.anna.row
    task = a_task(town.alessandria)
    mine = a_shift(task, NOW + 2 * DAY)
    actions.book(mine, anna)
    over = a_shift(task, NOW + DAY)
    early = a_shift(task, NOW + 400 * DAY)
    full = a_full_shift(town.alessandria, town.bruno.row)
    unskilled = a_shift(a_task(town.alessandria, needs=[course]), NOW + 7 * DAY)
    clashing = a_shift(task, mine.starts_at + HOUR)
    before = count(Booking)
    said = set()
    for shift, words, at in ((mine, "Hai già un posto", NOW), (full, "completo", NOW), (over, "già iniziato", NOW + DAY),
                             (early, "troppo presto", NOW), (unskilled, "Ti manca un requisito", NOW), (clashing, "In quelle ore", NOW)):
        with clock.set_to(at):
            reasons = queries.reasons(shift, anna)
            with pytest.raises(Refusal, match=words) as refused:
                actions.book(shift, anna)
        assert [no.message for no in refused.value.reasons] == [no.message for no in reasons] and len(reasons) == 1
        said.add(refused.value.message)
    assert len(said) == 6 and count(Booking) == before


def test_peer_52_ends_at_noon_and_begins_at_noon_is_no_clash(town):
    task, noon = a_task(town.alessandria), NOW + 5 * DAY + 2 * HOUR
    actions.book(a_shift(task, noon - 3 * HOUR), town.anna.row)
    assert actions.book(a_shift(task, noon), town.anna.row).state is State.BOOKED


def test_peer_54_five_at_once_for_one_place_and_the_others_can_wait(app, town):
    with transaction():
        shift_id = a_shift(a_task(town.alessandria), places=1).id
        crowd = [a_neighbour(number, town.alessandria.row).id for number in range(5)]
    results = together(*(press(app, shift_id, number) for number in crowd))
    assert sum(isinstance(result, int) for result in results) == count(Booking) == 1
    assert ["completo" in str(no) for no in results if isinstance(no, Refusal)] == [True] * 4
    late = [number for number, result in zip(crowd, results, strict=True) if isinstance(result, Refusal)]
    with transaction():
        for number in late:
            actions.wait(db.session.get(Shift, shift_id), db.session.get(Person, number))
    assert [booking.person_id for booking in queries.queue(db.session.get(Shift, shift_id))] == late


def test_peer_55_one_person_at_once_for_two_clashing_shifts(app, town):
    with transaction():
        task = a_task(town.alessandria)
        shift_ids = [a_shift(task, NOW + 5 * DAY + late * HOUR).id for late in range(2)]
    results = together(*(press(app, shift_id, town.anna.id) for shift_id in shift_ids))
    assert sum(isinstance(result, int) for result in results) == count(Booking) == 1, results


def test_peer_56_a_missing_skill_a_past_and_a_cancelled_shift_are_refused(town):
    course, anna = a_qualification(town.alessandria), town.anna.row
    shift = a_shift(a_task(town.alessandria, needs=[course]))
    with pytest.raises(Refusal, match="Ti manca un requisito"):
        actions.book(shift, anna)
    actions.confirm(anna, course, last_day=date(2026, 12, 31), by=town.olga.row)
    with clock.set_to(shift.starts_at), pytest.raises(Refusal, match="già iniziato"):
        actions.book(shift, anna)
    assert actions.book(shift, anna).state is State.BOOKED
    actions.cancel_shift(shift, reason="Piove", by=town.tino.row)
    with pytest.raises(Refusal, match="annullato"):
        actions.book(shift, town.bruno.row)


def test_peer_57_before_the_cut_off_freed_after_it_a_stand_in(town):
    shift = a_full_shift(town.alessandria, town.anna.row)
    actions.give_up(queries.booking_of(shift, town.anna.row), by=town.anna.row)
    assert shift.taken == 0
    late, stand_in = actions.book(shift, town.anna.row), actions.wait(shift, town.bruno.row)
    with clock.set_to(shift.starts_at - HOUR):
        with pytest.raises(Refusal, match="cerchiamo chi ti sostituisce"):
            actions.give_up(late, by=town.anna.row)
        actions.withdraw(late, by=town.anna.row)
        actions.accept_place(stand_in, by=town.bruno.row)
    assert (late.state, stand_in.state, shift.taken) == (State.REPLACED, State.BOOKED, 1)
    assert [letter.recipient for letter in letters("withdrawn")] == [town.tino.email]


def test_peer_62_a_rule_across_midnight_ends_the_next_day_and_covers_the_whole_period(town):
    series = actions.plan_series(a_task(town.alessandria), **TUESDAYS | {"weekdays": 127, "last_day": date(2026, 6, 5),
                                                                          "start": time(20), "end": time(7)})
    shifts = list(db.session.scalars(select(Shift).where(Shift.series_id == series.id).order_by(Shift.starts_at)))
    assert [(shift.starts_at.astimezone(ROME).day, shift.ends_at.astimezone(ROME).day) for shift in shifts] == [
        (2, 3), (3, 4), (4, 5), (5, 6)]
    assert {minutes_between(shift.starts_at, shift.ends_at) for shift in shifts} == {11 * 60}


def test_peer_63_the_clock_changes_and_the_minutes_are_those_that_pass(town):
    with clock.set_to(datetime(2026, 3, 1, tzinfo=UTC)):
        for day, minutes in ((date(2026, 10, 25), 240), (date(2027, 3, 28), 120)):
            series = actions.plan_series(a_task(town.alessandria), **TUESDAYS | {"weekdays": 1 << 6, "first_day": day, "last_day": day,
                                                                                  "start": time(1), "end": time(4)})
            shift = db.session.scalar(select(Shift).where(Shift.series_id == series.id))
            assert minutes_between(shift.starts_at, shift.ends_at) == minutes
        with pytest.raises(Refusal, match="ci sono due volte"):
            rules.span(date(2026, 10, 25), time(2, 30), time(4), ROME)
        with pytest.raises(Refusal, match="non c'è o c'è due volte"):
            actions.plan_series(a_task(town.alessandria), **TUESDAYS | {
                "weekdays": 1 << 6, "first_day": date(2026, 10, 25), "last_day": date(2026, 10, 25), "start": time(2, 30), "end": time(4)})


def test_peer_64_changing_one_shift_of_a_series_leaves_one_shift(town):
    series = actions.plan_series(a_task(town.alessandria), **TUESDAYS)
    shift = db.session.scalar(select(Shift).where(Shift.series_day == date(2026, 6, 9)))
    actions.move_shift(shift, starts_at=shift.starts_at + 3 * HOUR, ends_at=shift.ends_at + 3 * HOUR, places=2)
    actions.fill(series, places=2)
    found = list(db.session.scalars(select(Shift).where(Shift.starts_at.between(shift.starts_at - DAY, shift.starts_at + DAY))))
    assert found == [shift] and queries.count_in(series) == 5


def test_peer_66_no_shift_that_ends_before_it_begins_and_none_that_is_overfull(town):
    task = a_task(town.alessandria)
    with pytest.raises(Refusal, match="dopo l'ora di inizio"):
        actions.plan_shift(task, starts_at=NOW + DAY, ends_at=NOW + DAY - HOUR, places=1)
    shift = a_full_shift(town.alessandria, town.anna.row, town.bruno.row)
    with pytest.raises(Refusal, match="I posti presi sono già"):
        actions.move_shift(shift, starts_at=shift.starts_at, ends_at=shift.ends_at, places=1)
    with pytest.raises(Refusal, match="completo"):
        actions.book(shift, a_neighbour(1, town.alessandria.row))


def test_a_cap_on_consecutive_hours_forces_a_pause(town):
    """Asked for by many since 2019, and never built (engelsystem 565)."""
    a_rule(town.alessandria, town.ada.row, consecutive_min=6 * 60)
    task = a_task(town.alessandria)
    first = a_shift(task, hours=4)
    actions.book(first, town.anna.row)
    with pytest.raises(Refusal, match="serve una pausa"):
        actions.book(a_shift(task, first.ends_at), town.anna.row)
    assert actions.book(a_shift(task, first.ends_at + HOUR / 2), town.anna.row).id
