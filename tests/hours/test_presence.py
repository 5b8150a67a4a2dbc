"""Check-in, breaks and check-out: by code, by the tutor, and when somebody forgot the end."""
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.base import clock, passages
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.hours import actions, jobs, queries
from app.hours.models import Attendance, Evidence, Method
from app.hours.states import Attendance as State
from app.people import actions as people
from app.tasks import actions as tasks
from app.tasks.models import Booking
from tests.hours.builders import logged, worked
from tests.tasks.builders import NOW, change
from tests.threads import together

pytestmark = pytest.mark.usefixtures("context")
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
SHIFT = NOW + 2 * HOUR                               # today at noon in Italy, until three


@pytest.fixture
def booking(context, town) -> Booking:
    return worked(town.alessandria, town.anna, SHIFT)


def at(minutes: int):
    """The clock so many minutes after the shift's begin."""
    return clock.set_to(SHIFT + minutes * MINUTE + timedelta(seconds=41))


def come(booking, town, minutes=0, **facts) -> Attendance:
    with at(minutes):
        return actions.check_in(booking, **{"method": Method.CODE, "by": town.anna.row} | facts)


def test_from_check_in_to_the_tutors_queue(booking, town):
    attendance = come(booking, town, 7)
    assert (attendance.state, attendance.started_at, attendance.ended_at, attendance.minutes) == (
        State.CHECKED_IN, SHIFT + 7 * MINUTE, None, 0)
    with at(142):
        actions.check_out(attendance, method=Method.CODE, by=town.anna.row)
        assert (attendance.state, attendance.minutes) == (State.CHECKED_OUT, 135)
        actions.send(attendance, note="Scaffale dei gialli", by=town.anna.row)
    assert (attendance.state, attendance.claimed_minutes, attendance.note) == (State.SUBMITTED, 135, "Scaffale dei gialli")
    assert queries.to_validate(seen_by=town.tino.row) == [attendance]
    assert [(each.method, each.operator_id, each.ended_at) for each in queries.evidence(attendance)] == [
        (Method.CODE, town.anna.id, None), (Method.CODE, town.anna.id, SHIFT + 142 * MINUTE)]


def test_who_comes_early_begins_with_the_shift_and_the_evidence_says_when_he_came(booking, town):
    attendance = come(booking, town, -20)
    assert attendance.started_at == SHIFT
    assert queries.evidence(attendance)[0].created_at == SHIFT - 20 * MINUTE + timedelta(seconds=41)


def test_several_breaks_are_taken_off_to_the_minute(booking, town):
    attendance = come(booking, town)
    for start, end in ((30, 45), (60, 72)):
        with at(start):
            actions.pause(attendance, by=town.anna.row)
            with pytest.raises(Refusal, match="già iniziata"):
                actions.pause(attendance, by=town.anna.row)
        with at(end):
            actions.resume(attendance, by=town.anna.row)
            with pytest.raises(Refusal, match="Non c'è una pausa"):
                actions.resume(attendance, by=town.anna.row)
    with at(120):
        actions.check_out(attendance, method=Method.CODE, by=town.anna.row)
    assert (attendance.break_min, attendance.minutes) == (27, 93)


def test_who_leaves_in_a_break_is_not_paid_for_it(booking, town):
    attendance = come(booking, town)
    with at(100):
        actions.pause(attendance, by=town.anna.row)
    with at(120):
        actions.check_out(attendance, method=Method.CODE, by=town.anna.row)
    assert attendance.minutes == 100 and actions.open_pause(attendance) is None


def test_a_code_opens_ones_own_booking_while_it_is_fresh(booking, town):
    worked(town.alessandria, town.bruno, SHIFT)
    with at(0):
        code, of_the_day = actions.codes_now(booking.shift)[0], actions.code_of_day(booking.shift)
        typed = code[:3].lower() + " - " + code[3:]
        assert actions.read_code(typed, by=town.anna.row) == (booking, Method.CODE)
        assert actions.read_code(of_the_day, by=town.anna.row) == (booking, Method.DAILY)
        for wrong in ("XXXXXX", "", code[:-1]):
            with pytest.raises(Refusal, match="non vale"):
                actions.read_code(wrong, by=town.anna.row)
        with pytest.raises(Refusal, match="non vale"):
            actions.read_code(code, by=town.bruno.row)
    with at(2):
        assert actions.read_code(code, by=town.anna.row) == (booking, Method.CODE)
    with at(3), pytest.raises(Refusal, match="non vale"):
        actions.read_code(code, by=town.anna.row)
    with clock.set_to(SHIFT + DAY), pytest.raises(Refusal, match="non vale"):
        actions.read_code(of_the_day, by=town.anna.row)


def test_across_midnight_each_day_has_its_code(town):
    night = worked(town.alessandria, town.anna, datetime(2026, 6, 1, 20, tzinfo=UTC), hours=8)
    days = queries.days_of(night.shift)
    assert [day.day for day in days] == [1, 2]
    with clock.set_to(datetime(2026, 6, 1, 22, 30, tzinfo=UTC)):             # half past midnight in Italy
        assert actions.read_code(actions.code_of_day(night.shift, days[1]), by=town.anna.row)[0] is night
        with pytest.raises(Refusal):
            actions.read_code(actions.code_of_day(night.shift, days[0]), by=town.anna.row)


def test_one_arrives_once_and_in_one_place_at_a_time(booking, town):
    come(booking, town)
    with pytest.raises(Refusal, match="già registrate"):
        come(booking, town, 5)
    other = Booking(comune_id=booking.comune_id, shift=worked(town.alessandria, town.bruno, SHIFT).shift, person=town.anna.row)
    other.instrument, other.state = booking.instrument, booking.state
    db.session.add(other)
    db.session.flush()
    with pytest.raises(Refusal, match="altre attività"):
        come(other, town, 10)


def test_a_session_that_was_left_open_is_flagged_and_its_end_is_stated_by_somebody(booking, town):
    attendance_id = come(booking, town).id
    db.session.commit()
    with clock.set_to(SHIFT + 12 * HOUR):
        assert jobs.flag_left_open() == 0
    with clock.set_to(SHIFT + 13 * HOUR):
        assert (jobs.flag_left_open(), jobs.flag_left_open()) == (1, 0)
        with transaction():
            attendance = db.session.get(Attendance, attendance_id)
            assert (attendance.state, attendance.ended_at, attendance.minutes) == (State.LEFT_OPEN, None, 0)
            assert queries.left_open(seen_by=town.tino.row) == [attendance]
            assert queries.left_open(seen_by=town.ugo.row) == []
            with pytest.raises(Refusal, match="Scrivi a che ora"):
                actions.check_out(attendance, method=Method.CODE, by=town.anna.row)
            actions.check_out(attendance, method=Method.TUTOR, by=town.tino.row, ended_at=SHIFT + 2 * HOUR, break_min=10)
            assert (attendance.state, attendance.minutes) == (State.CHECKED_OUT, 110)


def test_nobody_receives_his_own_household(booking, town):
    household = people.open_household(town.alessandria.row)
    town.anna.row.household_id = town.tino.row.household_id = household.id
    db.session.flush()
    with pytest.raises(Refusal, match="te o la tua famiglia"):
        come(booking, town, by=town.tino.row, method=Method.TUTOR)


def test_a_tutor_receives_sees_out_and_hands_in(booking, town):
    attendance = come(booking, town, by=town.tino.row, method=Method.TUTOR)
    with at(60):
        actions.check_out(attendance, method=Method.TUTOR, by=town.tino.row)
        actions.send(attendance, by=town.tino.row)
    assert (attendance.state, attendance.minutes) == (State.SUBMITTED, 60)


def test_who_stays_on_over_other_hours_is_refused(booking, town):
    logged(worked(town.alessandria, town.anna, SHIFT + 3 * HOUR))
    attendance = come(booking, town)
    with clock.set_to(SHIFT + 7 * HOUR), pytest.raises(Refusal, match="altre attività"):
        actions.check_out(attendance, method=Method.LATER, by=town.anna.row, ended_at=SHIFT + 4 * HOUR)


def test_a_shift_that_is_off_takes_nobody(booking, town):
    tasks.cancel_shift(booking.shift, reason="Piove", by=town.tino.row)
    with pytest.raises(Refusal, match="annullato"):
        come(booking, town)


def test_who_has_come_early_does_not_give_up_the_place(booking, town):
    come(booking, town, -20)
    with clock.set_to(SHIFT - 10 * MINUTE):
        with pytest.raises(Refusal, match="entrata"), db.session.begin_nested():
            tasks.withdraw(booking, by=town.anna.row)
        db.session.refresh(booking)
        with pytest.raises(Refusal, match="entrata"), db.session.begin_nested():
            tasks.move_shift(booking.shift, starts_at=SHIFT + HOUR, ends_at=SHIFT + 2 * HOUR, places=2)
        tasks.move_shift(booking.shift, starts_at=SHIFT, ends_at=SHIFT + 3 * HOUR, places=5)
    assert (booking.state, booking.shift.starts_at, booking.shift.places) == ("booked", SHIFT, 5)


def test_a_shift_that_is_called_off_sends_home_who_has_come_early(booking, town):
    attendance = come(booking, town, -20)
    with clock.set_to(SHIFT - 10 * MINUTE):
        tasks.cancel_shift(booking.shift, reason="Piove", by=town.tino.row)
    assert (attendance.state, attendance.minutes) == (State.CANCELLED, 0)
    assert passages.passages(attendance)[-1].reason == "Piove"


def test_nobody_comes_for_a_place_that_was_given_up_meanwhile(booking, town):
    with clock.set_to(NOW - 2 * DAY):
        tasks.give_up(booking, by=town.anna.row)
    with pytest.raises(Refusal, match="non c'è più"):
        come(booking, town)


@pytest.mark.parametrize("start, hours, minutes", [
    (datetime(2026, 3, 28, 21, tzinfo=UTC), 7, 420), (datetime(2026, 10, 24, 20, tzinfo=UTC), 9, 540),
    (datetime(2026, 12, 31, 21, tzinfo=UTC), 4, 240), (datetime(2028, 2, 28, 22, tzinfo=UTC), 3, 180),
])
def test_minutes_are_those_that_passed(town, start, hours, minutes):
    """The nights when clocks change, New Year's Eve, and into a leap day."""
    with clock.set_to(max(NOW, start - 10 * DAY)):
        booking = worked(town.alessandria, town.anna, start, hours=hours)
    with clock.set_to(start):
        attendance = actions.check_in(booking, method=Method.TUTOR, by=town.tino.row)
    with clock.set_to(start + hours * HOUR):
        actions.check_out(attendance, method=Method.TUTOR, by=town.tino.row)
    assert attendance.minutes == minutes


def test_evidence_stays(booking, town):
    come(booking, town)
    for statement in ("UPDATE evidence SET break_min = 1", "DELETE FROM evidence"):
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(db.text(statement))
    assert db.session.scalar(select(func.count(Evidence.id))) == 1


def test_the_list_of_the_day(booking, town):
    attendance = come(booking, town)
    worked(town.valenza, town.vera, SHIFT)
    [found] = queries.on_day(SHIFT.date(), seen_by=town.tino.row)
    assert (found.shift, found.people) == (booking.shift, [(booking, attendance)])
    assert queries.on_day(SHIFT.date() + DAY, seen_by=town.tino.row) == []
    assert queries.on_day(SHIFT.date(), seen_by=town.anna.row) == []


def test_sixteen_check_ins_at_once_are_one(app, town):
    with transaction():
        booking_id = worked(town.alessandria, town.anna, SHIFT).id

    def arrive():
        with clock.set_to(SHIFT), change(app):
            return actions.check_in(db.session.get(Booking, booking_id), method=Method.TUTOR, by=town.tino.row).id

    results = together(*[arrive] * 16)
    assert sorted(type(result).__name__ for result in results) == ["Refusal"] * 15 + ["int"], results
    assert db.session.scalar(select(func.count(Attendance.id))) == 1
