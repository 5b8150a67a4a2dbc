"""What an officer decided stands: its time is taken, no tutor undoes it, and only a certifier takes it out, the later part first."""
from datetime import timedelta

import pytest

from app.baratto import queries as baratto
from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.hours import actions, queries
from app.hours.models import Attendance, Method
from app.hours.states import Attendance as State
from app.tasks.models import Booking
from tests.hours.builders import WORKED, an_agreement, logged, validated, worked
from tests.tasks.builders import NOW

pytestmark = pytest.mark.usefixtures("context")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def booking(context, town) -> Booking:
    return worked(town.alessandria, town.anna)


def cut(booking, town) -> Attendance:
    return validated(logged(booking), town.tino, ended_at=WORKED + 2 * HOUR, reason="Via prima")


def at_noon(town) -> Booking:
    """Another shift of Anna's, from noon to three, past the rule that bookings do not clash."""
    booking = worked(town.alessandria, town.bruno, WORKED + 2 * HOUR)
    booking.person = town.anna.row
    db.session.flush()
    return booking


def recognised(attendance, town) -> Attendance:
    """The third hour, recognised by the officer."""
    row = actions.dispute(attendance, "Sono rimasta", by=town.anna.row)
    actions.uphold(row, started_at=WORKED, ended_at=WORKED + 3 * HOUR, break_min=0, words="C'era", by=town.olga.row)
    return row.attendance


@pytest.mark.parametrize("decided", [False, True])
def test_the_time_of_a_disputed_part_is_taken(booking, town, decided):
    """From noon to one: disputed, and later recognised. It is not free for other hours, and those were not either."""
    attendance = cut(booking, town)
    recognised(attendance, town) if decided else actions.dispute(attendance, "Sono rimasta", by=town.anna.row)
    other = at_noon(town)
    with pytest.raises(Refusal, match="altre attività"):
        logged(other)
    assert logged(other, started_at=WORKED + 3 * HOUR).minutes == 120


def test_hours_of_another_shift_are_not_recognised_twice(booking, town):
    attendance = cut(booking, town)
    validated(logged(at_noon(town)), town.tino)
    row = actions.dispute(attendance, "Sono rimasta", by=town.anna.row)
    with pytest.raises(Refusal, match="altre attività"):
        actions.uphold(row, started_at=WORKED, ended_at=WORKED + 3 * HOUR, break_min=0, words="C'era", by=town.olga.row)


def times(attendance) -> dict:
    return dict(started_at=attendance.started_at, ended_at=attendance.ended_at - HOUR, break_min=0)


@pytest.mark.parametrize("undo", [
    lambda row, by: actions.reopen(row, reason="No", by=by), lambda row, by: actions.correct(row, **times(row), reason="No", by=by)])
@pytest.mark.parametrize("whole", [True, False])
def test_no_tutor_undoes_what_the_officer_decided(booking, town, undo, whole):
    if whole:
        row = actions.contest(logged(booking), "Non so", by=town.tino.row)
        actions.uphold(row, started_at=WORKED, ended_at=WORKED + 3 * HOUR, break_min=0, words="C'era", by=town.olga.row)
        attendance = row.attendance
    else:
        attendance = recognised(cut(booking, town), town)
    with pytest.raises(Refusal, match="l'ha decisa l'ufficio"):
        undo(attendance, town.tino.row)


def test_a_certifier_takes_out_the_later_part_and_then_the_first(booking, town):
    agreement = an_agreement(town, town.anna)
    attendance = cut(booking, town)
    part = recognised(attendance, town)
    with pytest.raises(Refusal, match="prima va decisa o annullata"):
        actions.void(attendance, reason="Mai svolte", by=town.carla.row)
    for row, left in ((part, 120), (attendance, 0)):
        actions.void(row, reason="Mai svolte", by=town.carla.row)
        assert (row.state, baratto.standing(agreement).validated) == (State.VOIDED, left)


def test_hours_whose_validation_is_taken_back_wait_as_they_were_claimed(booking, town):
    """So one press validates them, and the days to object begin with the new decision."""
    attendance = cut(booking, town)
    actions.reopen(attendance, reason="Riga sbagliata", by=town.tino.row)
    assert (attendance.state, attendance.minutes, attendance.validated_at) == (State.SUBMITTED, 180, None)
    actions.check_validation(attendance, by=town.tino.row)
    actions.validate(attendance, started_at=attendance.claimed_start, ended_at=attendance.claimed_end, break_min=0, by=town.tino.row)
    assert attendance.minutes == 180
    actions.reopen(attendance, reason="Ancora", by=town.tino.row)
    with clock.set_to(NOW + 60 * DAY):
        actions.reject(attendance, reason="Non c'era", by=town.tino.row)
        assert actions.may_object(attendance)


def test_a_session_that_was_left_open_does_not_shut_the_door_for_days(town):
    with clock.set_to(WORKED):
        actions.check_in(worked(town.alessandria, town.anna), method=Method.TUTOR, by=town.tino.row)
    later = worked(town.alessandria, town.anna, WORKED + 2 * DAY)
    with clock.set_to(WORKED + 2 * DAY):
        assert actions.check_in(later, method=Method.TUTOR, by=town.tino.row).state is State.CHECKED_IN
    with clock.set_to(WORKED + 2 * HOUR):
        assert queries.times(town.anna.id)[0] == (WORKED, WORKED + 2 * HOUR)


def test_a_replacement_completes_what_its_predecessor_completed_and_nothing_later(booking, town):
    agreement = an_agreement(town, town.anna)
    good = validated(logged(booking), town.tino)
    first = actions.certify(agreement.id, by=town.carla.row)
    validated(logged(worked(town.alessandria, town.anna, WORKED + DAY)), town.tino)
    actions.certify(agreement.id, by=town.carla.row)
    second = actions.replace(first, keep=[good.id], reason="Refuso", by=town.carla.row)
    db.session.flush()
    assert second.supersedes_id == first.id and second.supplements_id is None
