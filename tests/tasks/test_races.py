"""What many people at once may not do, on connections of their own."""
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.outbox import Letter
from app.base.transactions import transaction
from app.people.models import Person
from app.tasks import actions, jobs, queries
from app.tasks.models import Booking, Series, Shift
from app.tasks.states import Booking as State
from tests.tasks.builders import DAY, HOUR, NOW, a_full_shift, a_neighbour, a_rule, a_shift, a_task, change, letters
from tests.threads import together

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def crowd(context, town) -> list[int]:
    with transaction():
        return [a_neighbour(number, town.alessandria.row).id for number in range(16)]


def do(app, action, model, number, *, at=NOW, **facts):
    """A job for `together`: the action on a row, in a transaction of its own; facts that are callable are made there."""
    def job():
        with clock.set_to(at), change(app):
            row = db.session.get(model, number)
            return getattr(action(row, **{name: value() if callable(value) else value for name, value in facts.items()}), "id", None)
    return job


def book(app, shift_id, person_id, action=actions.book, **options):
    def job():
        with clock.set_to(options.get("at", NOW)), change(app):
            return action(db.session.get(Shift, shift_id), db.session.get(Person, person_id)).id
    return job


def person(number):
    return lambda: db.session.get(Person, number)


def count(model, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def consistent(shift_id) -> Shift:
    """What is stored as taken is what is booked or offered."""
    shift = db.session.get(Shift, shift_id, populate_existing=True)
    assert shift.taken == count(Booking, Booking.shift_id == shift_id, Booking.state.in_((State.BOOKED, State.OFFERED))) <= shift.places
    return shift


def test_sixteen_people_and_one_place(app, town, crowd):
    with transaction():
        shift_id = a_shift(a_task(town.alessandria), places=1).id
    results = together(*(book(app, shift_id, number) for number in crowd))
    refused = [result for result in results if isinstance(result, Refusal)]
    assert len(refused) == 15 and all("completo" in str(no) for no in refused), results
    assert count(Booking) == consistent(shift_id).taken == 1


def test_sixteen_people_wait_each_with_a_turn_of_his_own(app, town, crowd):
    with transaction():
        shift_id = a_full_shift(town.alessandria, town.anna.row).id
    results = together(*(book(app, shift_id, number, actions.wait) for number in crowd))
    assert sorted(queries.turns([db.session.get(Booking, number) for number in results]).values()) == list(range(1, 17))


def test_one_person_and_two_clashing_shifts_at_once(app, town):
    with transaction():
        task = a_task(town.alessandria)
        shift_ids = [a_shift(task, NOW + 5 * DAY + late * HOUR).id for late in range(2)]
    results = together(*(book(app, shift_id, town.anna.id) for shift_id in shift_ids))
    assert [isinstance(result, Refusal) for result in results].count(True) == 1, results
    assert count(Booking) == 1


def test_one_person_and_the_same_shift_from_two_telephones(app, town):
    with transaction():
        shift_id = a_shift(a_task(town.alessandria), places=5).id
    results = together(*(book(app, shift_id, town.anna.id) for _ in range(4)))
    assert [isinstance(result, Refusal) for result in results].count(True) == 3, results
    assert consistent(shift_id).taken == 1


def test_the_yearly_cap_holds_for_eight_bookings_at_once(app, town):
    with transaction():
        a_rule(town.alessandria, town.ada.row, yearly_min=6 * 60)
        task = a_task(town.alessandria)
        shift_ids = [a_shift(task, NOW + day * DAY).id for day in range(5, 13)]            # three hours each
    results = together(*(book(app, shift_id, town.anna.id) for shift_id in shift_ids))
    assert count(Booking) == 2, results
    assert all("all'anno" in str(no) for no in results if isinstance(no, Refusal))


def test_a_booking_and_a_calling_off_at_once_leave_nobody_unwarned(app, town):
    with transaction():
        shift_id = a_shift(a_task(town.alessandria)).id
    booked, called_off = together(book(app, shift_id, town.anna.id),
                                  do(app, actions.cancel_shift, Shift, shift_id, reason="Piove", by=person(town.tino.id)))
    assert called_off is None
    assert isinstance(booked, int | Refusal)
    assert count(Letter) == count(Booking) == (1 if isinstance(booked, int) else 0)


def test_a_booking_and_a_move_at_once_leave_nobody_unwarned(app, town):
    """Who booked the old time has a letter; who booked the new one knows it."""
    with transaction():
        shift = a_shift(a_task(town.alessandria))
        shift_id, start = shift.id, shift.starts_at + HOUR
    booked, moved = together(book(app, shift_id, town.anna.id), do(
        app, actions.move_shift, Shift, shift_id, starts_at=start, ends_at=start + HOUR, places=2))
    assert moved is None and isinstance(booked, int), (booked, moved)
    assert db.session.get(Booking, booked).moved is (len(letters("moved")) == 1)


def test_eight_who_give_up_at_once_free_eight_places(app, town, crowd):
    with transaction():
        shift = a_full_shift(town.alessandria, *(db.session.get(Person, number) for number in crowd[:8]))
        shift_id, places = shift.id, [(booking.id, booking.person_id) for booking in queries.people_in([shift])[shift.id]]
        waiting = [actions.wait(shift, db.session.get(Person, number)).id for number in crowd[8:11]]
    results = together(*(do(app, actions.give_up, Booking, place, by=person(number)) for place, number in places))
    assert results == [None] * 8
    assert consistent(shift_id).taken == 3
    assert [db.session.get(Booking, number).state for number in waiting] == [State.OFFERED] * 3


def test_giving_up_and_booking_at_once_never_jump_the_queue(app, town, crowd):
    with transaction():
        shift = a_full_shift(town.alessandria, town.anna.row)
        shift_id, place = shift.id, queries.booking_of(shift, town.anna.row).id
        first = actions.wait(shift, town.bruno.row).id
    given, *others = together(do(app, actions.give_up, Booking, place, by=person(town.anna.id)),
                              *(book(app, shift_id, number) for number in crowd[:7]))
    assert given is None and all(isinstance(result, Refusal) for result in others), others
    assert db.session.get(Booking, first).state is State.OFFERED and consistent(shift_id).taken == 1


def test_giving_up_and_joining_the_queue_at_once_leave_no_place_unoffered(app, town, crowd):
    with transaction():
        shift = a_full_shift(town.alessandria, town.anna.row)
        shift_id, place = shift.id, queries.booking_of(shift, town.anna.row).id
    together(do(app, actions.give_up, Booking, place, by=person(town.anna.id)),
             *(book(app, shift_id, number, actions.wait) for number in crowd[:7]))
    shift = consistent(shift_id)
    assert not (shift.free and queries.queue(shift))


def test_an_answer_and_the_end_of_the_offer_at_once_have_one_outcome(app, town, crowd):
    with transaction():
        shift = a_full_shift(town.alessandria, town.anna.row)
        shift_id, place = shift.id, queries.booking_of(shift, town.anna.row)
        offered, second = actions.wait(shift, town.bruno.row).id, actions.wait(shift, db.session.get(Person, crowd[0])).id
        actions.give_up(place, by=town.anna.row)
    last_moment, over = NOW + DAY - timedelta(seconds=1), NOW + DAY

    def tick():
        with app.app_context(), clock.set_to(over):
            jobs.run_due()

    accepted, _ = together(do(app, actions.accept_place, Booking, offered, at=last_moment, by=person(town.bruno.id)), tick)
    states = [db.session.get(Booking, number, populate_existing=True).state for number in (offered, second)]
    assert states == ([State.BOOKED, State.WAITING] if accepted is None else [State.LAPSED, State.OFFERED]), accepted
    assert consistent(shift_id).taken == 1


def test_two_who_press_at_once_on_one_offer(app, town):
    """Accept and decline, from two telephones."""
    with transaction():
        shift = a_full_shift(town.alessandria, town.anna.row)
        shift_id, place = shift.id, queries.booking_of(shift, town.anna.row)
        offered = actions.wait(shift, town.bruno.row).id
        actions.give_up(place, by=town.anna.row)
    results = together(do(app, actions.accept_place, Booking, offered, by=person(town.bruno.id)),
                       do(app, actions.leave, Booking, offered, by=person(town.bruno.id)))
    assert [isinstance(result, Refusal) for result in results].count(True) == 1, results
    consistent(shift_id)


def test_two_who_fill_a_series_at_once_make_no_twins(app, town):
    with transaction():
        series = actions.plan_series(
            a_task(town.alessandria), weekdays=1 << 1, every_weeks=1, first_day=date(2026, 6, 2), last_day=date(2026, 6, 9), excepted=(),
            start=time(10), end=time(12), places=2)
        series.last_day, series_id = date(2026, 8, 31), series.id
    results = together(*(do(app, lambda row: actions.fill(row, places=2), Series, series_id) for _ in range(4)))
    assert results == [None] * 4
    assert count(Shift) == 13
