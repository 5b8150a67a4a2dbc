"""Late hours, disputes and absences: both sides are heard, an officer decides, and the ledger follows."""
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import NotFound

from app.baratto import queries as baratto
from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.hours import actions, queries
from app.hours.models import Attendance, Excuse
from app.hours.states import Attendance as State
from app.people import actions as people
from app.people.models import Person
from app.tasks.models import Booking
from tests.hours.builders import WORKED, an_agreement, logged, validated, worked
from tests.tasks.builders import NOW, letters

pytestmark = pytest.mark.usefixtures("context")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def booking(context, town) -> Booking:
    return worked(town.alessandria, town.anna)


def cut(booking, town, minutes=120) -> Attendance:
    """Three hours claimed, and so many minutes of them validated."""
    return validated(logged(booking), town.tino, ended_at=WORKED + timedelta(minutes=minutes), reason="Andata via prima")


def share_a_household(town, *people_there) -> None:
    household = people.open_household(town.alessandria.row)
    for neighbour in people_there:
        neighbour.row.household_id = household.id
    db.session.flush()


def test_late_hours_wait_for_the_officer_and_then_for_the_tutor(town):
    late = logged(worked(town.alessandria, town.anna, NOW - 8 * DAY))
    assert (late.state, queries.to_validate(seen_by=town.tino.row)) == (State.LATE, [])
    assert queries.to_admit(seen_by=town.olga.row) == [late] and queries.to_admit(seen_by=town.oreste.row) == []
    with pytest.raises(NotFound):
        queries.late(late.id, seen_by=town.oreste.row)
    actions.admit(late, by=town.olga.row)
    assert queries.to_validate(seen_by=town.tino.row) == [late]


def test_the_officer_turns_late_hours_down_with_a_reason(town):
    late = logged(worked(town.alessandria, town.anna, NOW - 8 * DAY))
    with pytest.raises(Refusal, match="Scrivi il motivo"):
        actions.decline(late, reason=" ", by=town.olga.row)
    actions.decline(late, reason="Troppo tardi", by=town.olga.row)
    assert late.state is State.REJECTED and queries.reject_reasons([late]) == {late.id: "Troppo tardi"}


def test_a_comune_has_its_own_days(town):
    actions.set_log_days(town.alessandria.row, 14, by=town.ada.row)
    assert logged(worked(town.alessandria, town.anna, NOW - 8 * DAY)).state is State.SUBMITTED
    actions.set_log_days(town.alessandria.row, 1, by=town.ada.row)
    assert logged(worked(town.alessandria, town.anna)).state is State.LATE
    assert (queries.log_days(town.alessandria.id), queries.log_days(town.valenza.id)) == (1, 7)


def test_what_nobody_disputes_goes_on(booking, town):
    """Two of three hours validated and certified; the third one is disputed, recognised in part, and certified by itself."""
    agreement = an_agreement(town, town.anna)
    attendance = cut(booking, town)
    row = actions.dispute(attendance, "Sono rimasta fino alle 13", by=town.anna.row)
    part = row.attendance
    assert (attendance.state, attendance.minutes) == (State.VALIDATED, 120)
    assert (part.state, part.minutes, part.supplements, part.agreement_id) == (State.DISPUTED, 60, attendance, agreement.id)
    assert row.due_at == NOW + 10 * DAY
    assert actions.certify(agreement.id, by=town.carla.row).minutes == 120
    actions.answer(row, "Alle 12:45 non c'era", by=town.tino.row)
    actions.uphold(row, started_at=WORKED, ended_at=WORKED + timedelta(minutes=165), break_min=0, words="Fino alle 12:45", by=town.olga.row)
    assert (part.state, part.minutes, attendance.state) == (State.VALIDATED, 45, State.LOCKED)
    assert (row.persons_words, row.tutors_words, row.decision) == ("Sono rimasta fino alle 13", "Alle 12:45 non c'era", "Fino alle 12:45")
    assert actions.certify(agreement.id, by=town.carla.row).minutes == 45
    assert len(letters(f"hours:{part.id}:decided")) == 1


def test_disputed_hours_that_are_not_recognised_count_nothing(booking, town):
    attendance = cut(booking, town)
    row = actions.dispute(attendance, "Sono rimasta", by=town.anna.row)
    actions.dismiss(row, words="Il registro dice le 12", by=town.olga.row)
    assert (row.attendance.state, attendance.state, attendance.minutes) == (State.REJECTED, State.VALIDATED, 120)
    with pytest.raises(Refusal, match="già contestato"):
        actions.dispute(attendance, "Ancora", by=town.anna.row)
    with pytest.raises(Refusal, match="già contestato"):
        actions.dispute(row.attendance, "Ancora", by=town.anna.row)


def test_a_decision_that_adds_nothing_is_no_recognition(booking, town):
    row = actions.dispute(cut(booking, town), "Sono rimasta", by=town.anna.row)
    with pytest.raises(Refusal, match="non si aggiunge niente"):
        actions.uphold(row, started_at=WORKED, ended_at=WORKED + 2 * HOUR, break_min=0, words="Ecco", by=town.olga.row)


def test_while_it_is_disputed_the_tutor_changes_nothing(booking, town):
    attendance = cut(booking, town)
    actions.dispute(attendance, "Sono rimasta", by=town.anna.row)
    for change in (lambda: validated_again(attendance, town), lambda: actions.reopen(attendance, reason="No", by=town.tino.row),
                   lambda: actions.void(attendance, reason="No", by=town.carla.row)):
        with pytest.raises(Refusal, match="contestata"):
            change()


def validated_again(attendance, town):
    actions.correct(attendance, started_at=WORKED, ended_at=WORKED + HOUR, break_min=0, reason="Meno", by=town.tino.row)


def test_rejected_hours_are_disputed_as_a_whole(booking, town):
    attendance = logged(booking)
    actions.reject(attendance, reason="Non c'era", by=town.tino.row)
    row = actions.dispute(attendance, "C'ero", by=town.anna.row)
    assert (row.attendance, attendance.state) == (attendance, State.DISPUTED)
    actions.uphold(row, started_at=WORKED, ended_at=WORKED + 3 * HOUR, break_min=0, words="Lo dicono le firme", by=town.olga.row)
    assert (attendance.state, attendance.minutes, attendance.version) == (State.VALIDATED, 180, 1)


def test_rejected_hours_that_were_logged_anew_wait_for_that(booking, town):
    first = logged(booking)
    actions.reject(first, reason="Orari sbagliati", by=town.tino.row)
    logged(booking)
    with pytest.raises(Refusal, match="altre ore"):
        actions.dispute(first, "C'ero", by=town.anna.row)


def test_a_tutor_who_cannot_say_asks_the_officer(booking, town):
    attendance = logged(booking)
    row = actions.contest(attendance, "Non so se c'era", by=town.tino.row)
    assert (attendance.state, row.tutors_words) == (State.DISPUTED, "Non so se c'era")
    assert queries.to_settle(seen_by=town.olga.row) == [row] and queries.to_settle(seen_by=town.oreste.row) == []
    actions.answer(row, "C'ero, lo sa Bruno", by=town.anna.row)
    with pytest.raises(Refusal, match="non si può più scrivere"):
        actions.answer(row, "E poi", by=town.anna.row)
    assert len(letters(f"hours:{attendance.id}:contested")) == 1


@pytest.mark.parametrize("neighbour", ["olga", "tino"])
def test_no_officer_decides_for_his_household_or_on_what_he_decided_as_a_tutor(booking, town, neighbour):
    row = actions.dispute(cut(booking, town), "Sono rimasta", by=town.anna.row)
    if neighbour == "olga":
        share_a_household(town, town.anna, town.olga)
    with pytest.raises(Refusal, match="la tua famiglia" if neighbour == "olga" else "un collega"):
        actions.dismiss(row, words="No", by=getattr(town, neighbour).row)


def test_who_asked_the_officer_does_not_decide_in_his_place(booking, town):
    row = actions.contest(logged(booking), "Non so", by=town.tino.row)
    with pytest.raises(Refusal, match="un collega"):
        actions.dismiss(row, words="No", by=town.tino.row)


def test_objections_end(booking, town):
    attendance = cut(booking, town)
    with clock.set_to(NOW + 31 * DAY):
        assert not actions.may_object(attendance)
        with pytest.raises(Refusal, match="30 giorni"):
            actions.dispute(attendance, "Sono rimasta", by=town.anna.row)
    assert actions.may_object(attendance)


def test_who_sees_a_dispute(booking, town):
    row = actions.dispute(cut(booking, town), "Sono rimasta", by=town.anna.row)
    for neighbour in (town.anna, town.tino, town.olga):
        assert queries.dispute(row.id, seen_by=neighbour.row) is row
    for neighbour in (town.bruno, town.ugo, town.oreste, town.carla, town.lino):
        with pytest.raises(NotFound):
            queries.dispute(row.id, seen_by=neighbour.row)


def test_an_absence_is_marked_told_and_excused(booking, town):
    attendance = actions.miss(booking, by=town.tino.row)
    assert (attendance.state, attendance.minutes, len(letters(f"hours:{attendance.id}:missed"))) == (State.MISSED, 0, 1)
    actions.excuse(attendance, Excuse.HEALTH, by=town.tino.row)
    assert (attendance.state, attendance.excuse) == (State.JUSTIFIED, Excuse.HEALTH)
    with pytest.raises(Refusal, match="già registrate"):
        logged(booking)


def test_nobody_is_absent_before_the_shift(town):
    with pytest.raises(Refusal, match="non è ancora iniziato"):
        actions.miss(worked(town.alessandria, town.anna, NOW + HOUR), by=town.tino.row)


@pytest.mark.parametrize("decision, state", [("accept_excuse", State.JUSTIFIED), ("confirm_absence", State.UNJUSTIFIED)])
def test_an_absence_that_is_not_excused_can_be_objected_to(booking, town, decision, state):
    attendance = actions.miss(booking, by=town.tino.row)
    with pytest.raises(Refusal, match="Scrivi il motivo"):
        actions.blame(attendance, reason="", by=town.tino.row)
    actions.blame(attendance, reason="Non ha avvisato", by=town.tino.row)
    row = actions.dispute(attendance, "Avevo telefonato", by=town.anna.row)
    getattr(actions, decision)(row, words="Sentite le due parti", by=town.olga.row)
    assert attendance.state is state


def test_who_was_there_after_all_gets_his_hours(booking, town):
    agreement = an_agreement(town, town.anna)
    row = actions.dispute(actions.miss(booking, by=town.tino.row), "C'ero", by=town.anna.row)
    actions.uphold(row, started_at=WORKED, ended_at=WORKED + 2 * HOUR, break_min=15, words="C'era", by=town.olga.row)
    attendance = row.attendance
    assert (attendance.state, attendance.minutes, attendance.claimed_minutes) == (State.VALIDATED, 105, 105)
    assert attendance.agreement_id == agreement.id
    assert actions.certify(agreement.id, by=town.carla.row).minutes == 105


def test_an_absence_is_no_dispute_about_hours(booking, town):
    row = actions.contest(logged(booking), "Mah", by=town.tino.row)
    with pytest.raises(Refusal, match="non di un'assenza"):
        actions.accept_excuse(row, words="Ecco", by=town.olga.row)


def test_a_shift_that_the_host_called_off_is_no_absence(booking, town):
    attendance = actions.call_off(booking, reason="Allerta per il caldo", by=town.tino.row)
    assert (attendance.state, attendance.minutes) == (State.CANCELLED, 0)
    with pytest.raises(Refusal, match="già registrate"):
        logged(booking)


@pytest.mark.parametrize("action", ["reopen", "void"])
def test_hours_that_lose_their_validation_leave_the_ledger(booking, town, action):
    agreement = an_agreement(town, town.anna)
    attendance = validated(logged(booking), town.tino)
    by = town.tino.row if action == "reopen" else town.carla.row
    assert baratto.standing(agreement).validated == 180
    getattr(actions, action)(attendance, reason="Persona sbagliata", by=by)
    assert baratto.standing(agreement).validated == 0
    with pytest.raises(Refusal, match="Non ci sono ore"):
        actions.certify(agreement.id, by=town.carla.row)
    again = attendance if action == "reopen" else logged(booking)
    validated(again, town.tino)
    assert (again.version, actions.certify(agreement.id, by=town.carla.row).minutes) == (2 if action == "reopen" else 1, 180)


def test_certified_hours_are_not_voided(booking, town):
    agreement = an_agreement(town, town.anna)
    attendance = validated(logged(booking), town.tino)
    actions.certify(agreement.id, by=town.carla.row)
    with pytest.raises(Refusal, match="non è più possibile"):
        actions.void(attendance, reason="No", by=town.carla.row)


def same_time_validated(town, **facts) -> None:
    """Past all rules: two rows of one person over the same hours, both validated."""
    for booking in (worked(town.alessandria, town.anna), worked(town.alessandria, town.bruno)):
        db.session.add(Attendance(
            comune_id=booking.comune_id, organisation_id=booking.shift.task.organisation_id, booking=booking,
            person=db.session.get(Person, town.anna.id), state=State.VALIDATED, claimed_start=WORKED, claimed_end=WORKED + HOUR,
            started_at=WORKED, ended_at=WORKED + HOUR, **facts))


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_postgresql_itself_refuses_validated_time_twice(town):
    same_time_validated(town)
    with pytest.raises(IntegrityError, match="ex_attendance_overlap"):
        db.session.flush()
