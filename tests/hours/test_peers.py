"""What users of other systems asked for, or were bitten by, about hours: one test for each of their numbered cases."""
from datetime import UTC, date, datetime, timedelta

import pytest

from app.access import Role
from app.base import amounts, clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.i18n import hours
from app.base.passages import passages
from app.hours import actions, queries
from app.hours.models import Attendance, Method
from app.hours.states import Attendance as State
from app.people import actions as people
from tests.hours.builders import WORKED, an_agreement, logged, validated, worked
from tests.tasks.builders import NOW, change, letters

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def booking(context, town):
    return worked(town.alessandria, town.anna)


def test_peer_05_no_hour_counts_twice(booking, town):
    """An overlapping shift that is added later adds no time."""
    logged(booking, ended_at=WORKED + 4 * HOUR)
    with pytest.raises(Refusal, match="altre attività"):
        logged(worked(town.alessandria, town.anna, WORKED + 3 * HOUR))


def test_peer_06_several_entries_of_one_day_are_all_listed_and_all_counted(booking, town):
    rows = [logged(booking), logged(worked(town.alessandria, town.anna, WORKED + 4 * HOUR))]
    assert set(queries.own(town.anna.row)) == set(rows)
    assert queries.minutes_by_state(town.anna.row)[State.SUBMITTED] == sum(row.minutes for row in rows) == 360


def test_peer_07_what_has_no_end_yet_spoils_no_total(booking, town):
    validated(logged(booking), town.tino)
    today = worked(town.alessandria, town.anna, NOW)
    actions.check_in(today, method=Method.TUTOR, by=town.tino.row)
    actions.miss(worked(town.alessandria, town.anna, WORKED - DAY), by=town.tino.row)
    minutes = queries.minutes_by_state(town.anna.row)
    assert (minutes[State.VALIDATED], minutes.total()) == (180, 180)


def test_peer_15_worked_time_is_shown_in_hours_and_minutes(app):
    with app.test_request_context():
        assert [hours(minutes) for minutes in (595, 90, 45, 120)] == ["9 h 55 min", "1 h 30 min", "45 min", "2 h"]


def test_peer_16_an_hour_at_night_is_an_hour(context, town):
    """Nobody doubles hours by hand: what counts are the instants."""
    start = WORKED.replace(hour=23)
    attendance = logged(worked(town.alessandria, town.anna, start))
    with pytest.raises(Refusal, match="troppo tardi"):
        actions.validate(attendance, started_at=start, ended_at=start + 26 * HOUR, break_min=0, reason="Notte", by=town.tino.row)
    assert attendance.minutes == 180


def test_peer_17_every_page_has_the_same_total(app, client, town):
    with change(app):
        validated(logged(worked(town.alessandria, town.anna), break_min=25), town.tino)
    mine = client.sign_in(town.anna).visit("/ore")
    assert "2 h 35 min" in mine.words and "2 h 35 min" in client.visit("/ore/registrate/1").words
    assert "2 h 35 min" in client.visit("/area-personale").words
    assert "2 h 35 min" in client.sign_in(town.tino).visit("/tutor/ore").words


def test_peer_18_both_ways_of_writing_mean_the_same():
    assert amounts.minutes("12:30") == amounts.minutes("12,5") == amounts.minutes("12h30") == amounts.minutes("750 min") == 750


@pytest.mark.parametrize("path", ["/tutor/giorno?giorno=2/6/2026", "/tutor/giorno?giorno=ieri"])
def test_peer_19_a_shift_after_midnight_is_on_its_own_local_day(app, client, town, path):
    """In UTC it still is the day before."""
    start = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)                         # half past midnight of the second of June
    with change(app):
        worked(town.alessandria, town.anna, start)
    with clock.set_to(start + DAY):
        client.sign_in(town.tino)
        assert "Anna F." in client.visit(path).words
        assert "Nessun turno" in client.visit("/tutor/giorno?giorno=1/6/2026").words


def test_peer_20_a_shift_is_shown_at_its_local_time_in_summer_and_winter(app, client, town):
    for start, words in ((datetime(2026, 6, 1, 7, tzinfo=UTC), "09:00–12:00"), (datetime(2026, 12, 1, 8, tzinfo=UTC), "09:00–12:00")):
        with change(app), clock.set_to(start - 5 * DAY):
            worked(town.alessandria, town.anna, start)
        with clock.set_to(start):
            assert words in client.sign_in(town.tino).visit("/tutor/giorno").words


def test_peer_21_what_a_tutor_types_is_local_time(app, client, town):
    with change(app):
        attendance_id = logged(worked(town.alessandria, town.anna)).id
    client.sign_in(town.tino).submit(f"/tutor/ore/{attendance_id}", {"Alle ore": "12", "Motivo, se cambi le ore": "Via prima"},
                                     button="Convalida queste ore")
    with change(app):
        assert db.session.get(Attendance, attendance_id).ended_at == datetime(2026, 5, 30, 10, tzinfo=UTC)


def test_peer_22_all_pages_agree_on_the_time_of_a_shift(app, client, town):
    with change(app):
        booking_id = worked(town.alessandria, town.anna).id
    client.sign_in(town.anna)
    assert all("10:00–13:00" in client.visit(path).words for path in ("/ore", f"/ore/{booking_id}"))
    with clock.set_to(WORKED + 4 * HOUR):
        assert "10:00–13:00" in client.sign_in(town.tino).visit("/tutor/giorno").words


def test_peer_23_an_end_on_the_next_day_is_no_gift_of_24_hours(booking, town):
    with pytest.raises(Refusal, match="troppo tardi"):
        with clock.set_to(NOW + DAY):
            actions.submit(booking, started_at=WORKED, ended_at=WORKED + DAY + HOUR)


def test_peer_50_what_was_marked_wrongly_is_undone_and_both_steps_stay(booking, town):
    wrong = actions.miss(booking, by=town.tino.row)
    actions.withdraw(wrong, reason="Era un altro", by=town.tino.row)
    assert logged(booking).minutes == 180
    assert [step.move for step in passages(wrong)] == ["miss", "withdraw"]


def test_peer_54_an_absence_is_explained_to_the_person(booking, town):
    attendance = actions.miss(booking, by=town.tino.row)
    actions.blame(attendance, reason="Non ha avvisato", by=town.tino.row)
    [_marked, unexcused] = letters(f"hours:{attendance.id}:")
    assert "Non ha avvisato" in unexcused.body and "contestare" in unexcused.body


def test_peer_55_volunteers_report_their_own_hours(booking):
    assert logged(booking).state is State.SUBMITTED


def test_peer_56_people_check_in_and_out(context, town):
    booking = worked(town.alessandria, town.anna, NOW)
    attendance = actions.check_in(booking, method=Method.CODE, by=town.anna.row)
    with clock.set_to(NOW + 100 * MINUTE):
        actions.check_out(attendance, method=Method.CODE, by=town.anna.row)
    assert attendance.minutes == 100


def test_peer_57_other_times_than_the_shifts_are_requested_and_approved(booking, town):
    attendance = logged(booking, started_at=WORKED + 20 * MINUTE, ended_at=WORKED + 4 * HOUR)
    assert validated(attendance, town.tino).minutes == 220


def test_peer_58_missed_then_attended_counts_once_and_both_steps_stay(booking, town):
    agreement = an_agreement(town, town.anna)
    row = actions.dispute(actions.miss(booking, by=town.tino.row), "C'ero", by=town.anna.row)
    actions.uphold(row, started_at=WORKED, ended_at=WORKED + 3 * HOUR, break_min=0, words="C'era", by=town.olga.row)
    assert queries.minutes_by_state(town.anna.row).total() == 180
    assert [step.move for step in passages(row.attendance)] == ["miss", "dispute", "uphold"]
    assert actions.certify(agreement.id, by=town.carla.row).minutes == 180


def test_peer_59_hours_that_are_done_do_not_become_an_absence(booking, town):
    logged(booking)
    with pytest.raises(Refusal, match="già registrate"):
        actions.miss(booking, by=town.tino.row)


def test_peer_60_the_log_is_the_persons_and_the_offices_and_nobody_elses(app, client, town):
    with change(app):
        logged(worked(town.alessandria, town.anna))
    client.unread |= {404}
    seen = {neighbour.name: client.sign_in(neighbour).get("/ore/registrate/1").status_code for neighbour in (
        town.anna, town.olga, town.bruno, town.oreste)}
    assert list(seen.values()) == [200, 200, 404, 404]


@pytest.mark.parametrize("start, minutes", [(datetime(2026, 10, 24, 23, tzinfo=UTC), 240), (datetime(2027, 3, 28, 0, tzinfo=UTC), 120)])
def test_peer_63_from_one_to_four_lasts_four_hours_in_autumn_and_two_in_spring(context, town, start, minutes):
    with clock.set_to(start - 20 * DAY):
        booking = worked(town.alessandria, town.anna, start, hours=minutes // 60)
    assert logged(booking).minutes == minutes


def test_peer_67_my_request_is_pending_for_me_and_to_do_for_the_tutor_and_in_no_total(booking, town):
    attendance = logged(booking)
    minutes = queries.minutes_by_state(town.anna.row)
    assert (minutes[State.SUBMITTED], minutes[State.VALIDATED]) == (180, 0)
    assert queries.to_validate(seen_by=town.tino.row) == [attendance]


def test_peer_68_a_yes_counts_once_and_a_no_is_told(booking, town):
    validated(attendance := logged(booking), town.tino)
    with pytest.raises(Refusal, match="non è più possibile"):
        validated(attendance, town.tino)
    assert queries.minutes_by_state(town.anna.row)[State.VALIDATED] == 180
    other = logged(worked(town.alessandria, town.bruno))
    actions.reject(other, reason="Non c'era", by=town.tino.row)
    [letter] = letters(f"hours:{other.id}:rejected")
    assert "Non c'era" in letter.body and "Non c'era" not in letter.subject


def test_peer_69_a_volunteer_has_no_overview_and_a_tutor_sees_his_own_hosts(app, client, town):
    with change(app):
        logged(worked(town.alessandria, town.anna))
        logged(worked(town.valenza, town.vera))
    client.unread |= {403}
    assert [client.sign_in(town.anna).get(path).status_code for path in ("/tutor/ore", "/tutor/giorno")] == [403, 403]
    words = client.sign_in(town.tino).visit("/tutor/ore").words
    assert "Anna" in words and "Vera" not in words


@pytest.mark.parametrize("whose", ["tino", "anna"])
def test_peer_70_nobody_decides_on_his_own_hours_or_his_households(context, town, whose):
    people.grant(town.tino.row, Role.RESIDENT, comune=town.alessandria.row)
    town.anna.row.household_id = town.tino.row.household_id = people.open_household(town.alessandria.row).id
    db.session.flush()
    attendance = logged(worked(town.alessandria, getattr(town, whose)))
    with pytest.raises(Refusal, match="te o la tua famiglia"):
        validated(attendance, town.tino)


@pytest.mark.parametrize("minutes, break_min, words", [(0, 0, "dopo l'ora di inizio"), (60, 60, "più corta"), (60, -1, "più corta")])
def test_peer_72_hours_are_a_positive_number_of_whole_minutes(booking, minutes, break_min, words):
    with pytest.raises(Refusal, match=words):
        logged(booking, ended_at=WORKED + minutes * MINUTE, break_min=break_min)


def test_peer_72_hours_are_not_in_the_future_and_a_day_has_24_of_them(context, town):
    with pytest.raises(Refusal, match="non sono ancora passate"):
        actions.submit(worked(town.alessandria, town.anna, NOW), started_at=NOW, ended_at=NOW + HOUR)
    logged(worked(town.alessandria, town.anna, WORKED - DAY, hours=9), ended_at=WORKED - 4 * HOUR)
    with pytest.raises(Refusal, match="altre attività"):
        logged(worked(town.alessandria, town.anna, WORKED - 5 * HOUR))


def test_peer_73_an_end_before_the_start_is_an_error_and_never_20_hours(booking):
    with pytest.raises(Refusal, match="dopo l'ora di inizio"):
        logged(booking, started_at=WORKED + 2 * HOUR, ended_at=WORKED)


def test_peer_73_not_on_the_page_either(app, client, town):
    """From noon to ten o'clock would be ten o'clock of the day after."""
    with change(app):
        booking_id = worked(town.alessandria, town.anna).id
    page = client.sign_in(town.anna).submit(f"/ore/{booking_id}", {"Dalle ore": "12", "Alle ore": "10"}, button="Avanti: controlla")
    assert page.status == 422 and "troppo tardi" in page.errors[0]


def test_peer_74_twelve_hours_and_a_half_are_that_everywhere(app, client, town):
    with change(app):
        agreement_id = an_agreement(town, town.anna).id
        start = datetime(2026, 5, 29, 6, tzinfo=UTC)
        with clock.set_to(start - 10 * DAY):
            booking = worked(town.alessandria, town.anna, start, hours=9)
        validated(logged(booking, ended_at=start + timedelta(hours=12, minutes=30)), town.tino)
    assert "12 h 30 min" in client.sign_in(town.anna).visit("/ore").words
    with change(app):
        assert actions.certify(agreement_id, by=town.carla.row).minutes == 750
    assert "12 h 30 min" in client.sign_in(town.carla).visit("/certificati/1").words


def test_peer_76_a_rule_that_changes_later_leaves_what_was_done_as_it_was(booking, town):
    """There is no bonus for the night; the rule that can change is how long hours may be logged."""
    attendance = validated(logged(booking), town.tino)
    actions.set_log_days(town.alessandria.row, 0, by=town.ada.row)
    assert (attendance.state, attendance.minutes, attendance.validated_at.date()) == (State.VALIDATED, 180, date(2026, 6, 1))
