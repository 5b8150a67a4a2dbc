"""Hours in the database: logged once, decided once, certified once."""
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.passages import passages
from app.base.transactions import transaction
from app.hours import actions, queries
from app.hours.models import Attendance, Certificate
from app.hours.states import Attendance as State
from app.people import actions as people
from app.tasks import actions as tasks
from app.tasks.models import Booking
from tests.hours.builders import WORKED, an_agreement, logged, validated, worked
from tests.tasks.builders import NOW, change
from tests.threads import together

pytestmark = pytest.mark.usefixtures("context")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def booking(context, town) -> Booking:
    return worked(town.alessandria, town.anna)


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_logged_hours_wait_for_a_tutor_and_keep_what_was_claimed(booking, town):
    attendance = logged(booking, break_min=15)
    assert (attendance.state, attendance.minutes) == (State.SUBMITTED, 165)
    actions.validate(attendance, started_at=WORKED, ended_at=WORKED + 2 * HOUR, break_min=0, reason="Andata via prima", by=town.tino.row)
    assert (attendance.state, attendance.minutes, attendance.claimed_minutes) == (State.VALIDATED, 120, 165)
    assert [(step.move, step.reason, step.actor_id) for step in passages(attendance)] == [
        ("submit", "", town.anna.id), ("validate", "Andata via prima", town.tino.id)]


@pytest.mark.parametrize("start, hours, minutes", [
    (datetime(2026, 3, 28, 21, tzinfo=UTC), 7, 420),                          # 22:00 to 6:00, when an hour is skipped
    (datetime(2026, 10, 24, 20, tzinfo=UTC), 9, 540),                         # 22:00 to 6:00, when an hour comes twice
])
def test_the_nights_when_clocks_change_have_their_real_length(town, start, hours, minutes):
    with clock.set_to(start + 10 * HOUR):
        assert logged(worked(town.alessandria, town.anna, start, hours=hours)).minutes == minutes


def test_a_shift_is_logged_once_but_again_after_a_no(booking, town):
    first = logged(booking)
    with pytest.raises(Refusal, match="già registrate"):
        logged(booking)
    actions.reject(first, reason="Il turno non c'è stato", by=town.tino.row)
    assert queries.reject_reasons([first]) == {first.id: "Il turno non c'è stato"}
    assert logged(booking).id != first.id


def test_hours_over_hours_are_refused(booking, town):
    logged(booking, ended_at=WORKED + 4 * HOUR)
    other = worked(town.alessandria, town.anna, WORKED + 3 * HOUR)
    with pytest.raises(Refusal, match="altre attività registrate"):
        logged(other)
    assert logged(other, started_at=WORKED + 4 * HOUR).minutes == 120


def test_a_shift_that_was_called_off_has_no_hours(town):
    start = NOW + DAY
    booking = worked(town.alessandria, town.anna, start)
    tasks.cancel_shift(booking.shift, reason="Piove", by=town.tino.row)
    with clock.set_to(start + 4 * HOUR):
        assert queries.to_log(town.anna.row) == []
        with pytest.raises(Refusal, match="annullato"):
            logged(booking)


def test_a_tutor_who_is_late_still_decides(booking, town):
    attendance = logged(booking)
    with clock.set_to(NOW + 90 * DAY):
        assert queries.overdue(attendance)
        assert validated(attendance, town.tino).state is State.VALIDATED


@pytest.mark.parametrize("move", ["validate", "correct", "reject"])
def test_nobody_decides_on_the_hours_of_his_household(booking, town, move):
    attendance = logged(booking)
    if move == "correct":
        validated(attendance, town.tino)
    household = people.open_household(town.alessandria.row)
    town.anna.row.household_id = town.tino.row.household_id = household.id
    db.session.flush()
    times = {} if move == "reject" else {"started_at": WORKED, "ended_at": WORKED + HOUR, "break_min": 0}
    with pytest.raises(Refusal, match="te o la tua famiglia"):
        getattr(actions, move)(attendance, reason="Perché sì", by=town.tino.row, **times)


def test_the_second_tutor_hears_about_the_first(booking, town):
    attendance = logged(booking)
    validated(attendance, town.tino, ended_at=WORKED + 2 * HOUR, reason="Andata via prima")
    with pytest.raises(Refusal, match="Tino Robutti"):
        actions.validate(attendance, started_at=WORKED, ended_at=WORKED + 3 * HOUR, break_min=0, by=town.tino.row)


def test_a_correction_changes_something_says_why_and_ends_with_the_certificate(booking, town):
    an_agreement(town, town.anna)
    attendance = validated(logged(booking), town.tino)
    same = {"started_at": WORKED, "ended_at": WORKED + 3 * HOUR, "break_min": 0}
    with pytest.raises(Refusal, match="uguali a prima"), db.session.begin_nested():
        actions.correct(attendance, **same, reason="Controllo", by=town.tino.row)
    with pytest.raises(Refusal, match="scrivi il motivo"), db.session.begin_nested():
        actions.correct(attendance, **same | {"break_min": 20}, reason="", by=town.tino.row)
    actions.correct(attendance, **same | {"break_min": 20}, reason="Pausa", by=town.tino.row)
    assert (attendance.minutes, attendance.version) == (160, 2)
    assert actions.certify(attendance.agreement_id, by=town.carla.row).minutes == 160
    with pytest.raises(Refusal, match="Carla Mussa"):
        actions.correct(attendance, **same, reason="Ancora", by=town.tino.row)


def test_a_certificate_takes_the_hours_of_one_year_and_numbers_go_on(town):
    agreement = an_agreement(town, town.anna)
    start = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)                        # in Italy it is 2026 already
    for begins in (start - 6 * HOUR, start):
        attendance = logged(worked(town.alessandria, town.anna, begins))
        actions.admit(attendance, by=town.olga.row)
        validated(attendance, town.tino)
    validated(logged(worked(town.alessandria, town.anna)), town.tino)
    of_2025 = actions.certify(agreement.id, by=town.carla.row)
    assert (of_2025.name, of_2025.minutes, len(of_2025.lines)) == ("1/2026", 180, 1)
    first = actions.certify(agreement.id, by=town.carla.row)
    assert (first.name, first.minutes, len(first.lines)) == ("2/2026", 360, 2)
    validated(logged(worked(town.alessandria, town.anna, WORKED + 4 * HOUR)), town.tino)
    assert actions.certify(agreement.id, by=town.carla.row).name == "3/2026"
    with pytest.raises(Refusal, match="Non ci sono ore"):
        actions.certify(agreement.id, by=town.carla.row)


def test_a_certifier_locks_only_what_he_has_seen(booking, town):
    agreement = an_agreement(town, town.anna)
    validated(logged(booking), town.tino)
    seen = actions.digest(queries.certifiable(agreement.id))
    validated(logged(worked(town.alessandria, town.anna, WORKED + 4 * HOUR)), town.tino)
    with pytest.raises(Refusal, match="ricontrolla l'elenco"):
        actions.certify(agreement.id, seen=seen, by=town.carla.row)
    assert count(Certificate) == 0


def press(app, action, **facts):
    with clock.set_to(NOW), change(app):
        return action(**facts)


def submit(booking_id: int) -> int:
    return logged(db.session.get(Booking, booking_id)).id


def test_overlapping_hours_logged_at_once_count_once(app, town):
    with transaction():
        first, second = (worked(town.alessandria, neighbour, WORKED + late * HOUR) for late, neighbour in ((0, town.anna), (1, town.bruno)))
        second.person_id = town.anna.id
        ids = first.id, second.id
    results = together(*(lambda booking_id=booking_id: press(app, submit, booking_id=booking_id) for booking_id in ids))
    assert [type(result) for result in results if isinstance(result, Exception)] == [Refusal], results
    assert count(Attendance) == 1


def test_the_same_hours_logged_sixteen_times_at_once_are_there_once(app, town):
    with transaction():
        booking_id = worked(town.alessandria, town.anna).id
    results = together(*[lambda: press(app, submit, booking_id=booking_id)] * 16)
    assert sorted(type(result).__name__ for result in results) == ["Refusal"] * 15 + ["int"], results
    assert count(Attendance) == 1


def test_two_tutors_at_once_and_one_decision(app, town):
    with transaction():
        attendance_id = logged(worked(town.alessandria, town.anna)).id

    def decide(minutes):
        attendance = db.session.get(Attendance, attendance_id)
        actions.validate(attendance, started_at=WORKED, ended_at=WORKED + timedelta(minutes=minutes), break_min=0, reason="Visto",
                         by=town.tino.row)

    results = together(*(lambda minutes=minutes: press(app, decide, minutes=minutes) for minutes in (60, 120)))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refusal"], results
    attendance = db.session.get(Attendance, attendance_id)
    assert (attendance.version, len(passages(attendance))) == (1, 2)


def test_certifying_while_the_tutor_takes_his_validation_back_is_one_or_the_other(app, town):
    with transaction():
        agreement_id = an_agreement(town, town.anna).id
        attendance_id = validated(logged(worked(town.alessandria, town.anna)), town.tino).id

    def take_back():
        actions.reopen(db.session.get(Attendance, attendance_id), reason="Riga sbagliata", by=town.tino.row)

    def lock():
        actions.certify(agreement_id, by=town.carla.row)

    results = together(*(lambda action=action: press(app, action) for action in (take_back, lock)))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refusal"], results
    with transaction():
        attendance = db.session.get(Attendance, attendance_id)
        assert (attendance.state, count(Certificate)) in {(State.SUBMITTED, 0), (State.LOCKED, 1)}


def test_the_same_time_validated_by_two_tutors_at_once_counts_once(app, town):
    """Two rows that overlap are there, past the rule for logging."""
    with transaction():
        rows = [logged(worked(town.alessandria, neighbour)) for neighbour in (town.anna, town.bruno)]
        rows[1].person_id = rows[1].booking.person_id = town.anna.id
        ids = [row.id for row in rows]

    def confirm(number):
        row = db.session.get(Attendance, number)
        actions.validate(row, started_at=row.started_at, ended_at=row.ended_at, break_min=0, by=town.tino.row)

    results = together(*(lambda number=number: press(app, confirm, number=number) for number in ids))
    assert "Refusal" in {type(result).__name__ for result in results}, results
    with transaction():
        assert db.session.scalar(select(func.count(Attendance.id)).where(Attendance.state == State.VALIDATED)) <= 1
