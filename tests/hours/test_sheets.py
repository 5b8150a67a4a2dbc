"""A month on paper becomes hours: all rows or none, with the names of who entered and who signed them."""
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.base import clock, passages
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.hours import actions, queries
from app.hours.models import Attendance, Evidence, Method, Sheet
from app.hours.schemas.sheets import read_sheets
from app.hours.states import Attendance as Hours, Sheet as State
from app.people import actions as people
from app.tasks.models import Booking
from tests.hours.builders import an_agreement, logged, worked
from tests.hours.paper import MAY, a_sheet, entered, entry
from tests.threads import together

pytestmark = pytest.mark.usefixtures("context")


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_signed_sheet_becomes_validated_hours_with_both_names(town):
    with transaction():
        agreement, sheet = an_agreement(town, town.anna), a_sheet(town, town.anna)
        assert entered(town, sheet, entry(5, "9", "12"), entry(12, "9.30", "12.30", "30"), stated_minutes=330) == []
        first, second = (line.attendance for line in sheet.lines)
        assert (first.minutes, second.minutes, first.state, second.state) == (180, 150, Hours.VALIDATED, Hours.VALIDATED)
        assert (sheet.state, sheet.entered_by_id, sheet.signed_by_id, sheet.stated_minutes) == (
            State.ENTERED, town.olga.id, town.tino.id, 330)
        assert first.tutor_id == town.tino.id and first.agreement_id == agreement.id
        said = [(each.move, each.actor_id, "Tino Robutti" in each.reason) for each in passages.passages(first)]
        assert said == [("enter", town.olga.id, False), ("sign", town.olga.id, True)]
        evidence = db.session.execute(select(Evidence.method, Evidence.operator_id).where(Evidence.attendance_id == first.id)).all()
        assert evidence == [(Method.PAPER, town.olga.id), (Method.PAPER, town.tino.id)]


def test_an_unsigned_sheet_waits_for_a_tutor(town):
    with transaction():
        sheet = a_sheet(town, town.anna)
        assert entered(town, sheet, entry(5), signed=False) == []
        assert sheet.signed_by is None and sheet.lines[0].attendance.state is Hours.SUBMITTED
        assert sheet.lines[0].attendance in queries.to_validate(seen_by=town.tino.row)


def test_hours_in_a_booked_shift_are_that_bookings_hours(town):
    with transaction():
        booking = worked(town.alessandria, town.anna)                  # Saturday 30 May, 10 to 13
        sheet = a_sheet(town, town.anna, task=booking.shift.task)
        assert entered(town, sheet, entry(30, "10:15", "12:45"), entry(29)) == []
        others = [line.attendance.booking for line in sheet.lines if line.attendance.booking_id != booking.id]
        assert len(others) == 1 and others[0].shift.starts_at == entry(29).started_at and others[0].shift.places == 1
        assert count(Booking) == 2


def test_one_bad_row_keeps_all_of_them_out(town):
    with transaction():
        logged(worked(town.alessandria, town.anna), break_min=0)
        before = count(Attendance)
        sheet = a_sheet(town, town.anna)
        faults = entered(town, sheet, entry(5), entry(30, "11", "12"), entry(6, "9", "12", "300"), entry(5, "11", "13"))
        assert [fault.row for fault in faults] == [1, 2, 3]
        assert ["altre attività registrate" in str(fault.refusal) for fault in faults] == [True, False, True]
        assert "pausa" in str(faults[1].refusal)
        assert (sheet.state, sheet.entered_by_id, count(Attendance), sheet.lines) == (State.PRINTED, None, before, [])


def test_a_dry_run_keeps_nothing_and_the_real_one_then_works(town):
    with transaction():
        sheet = a_sheet(town, town.anna)
        assert entered(town, sheet, entry(5), dry_run=True) == []
        assert (sheet.state, count(Attendance)) == (State.PRINTED, 0)
        assert entered(town, sheet, entry(5)) == [] and count(Attendance) == 1


def test_rows_of_the_future_are_refused(town):
    with transaction(), clock.set_to(entry(5).started_at):
        [fault] = entered(town, a_sheet(town, town.anna), entry(5))
        assert "non sono ancora passate" in str(fault.refusal)


def test_paper_is_not_late_after_the_days_for_logging(town):
    with transaction(), clock.set_to(clock.now() + timedelta(days=60)):
        sheet = a_sheet(town, town.anna)
        assert entered(town, sheet, entry(5)) == [] and sheet.lines[0].attendance.state is Hours.VALIDATED


@pytest.mark.parametrize("whose, word", [("olga", "famiglia"), ("tino", "famiglia")])
def test_nobody_enters_or_signs_for_his_family(town, whose, word):
    with transaction():
        sheet = a_sheet(town, town.anna)
        getattr(town, whose).row.household_id = town.anna.row.household_id = people.open_household(town.alessandria.row).id
        with pytest.raises(Refusal, match=word):
            entered(town, sheet, entry(5))


def test_only_the_hosts_tutors_sign(town):
    with transaction(), pytest.raises(Refusal) as refused:
        actions.enter(a_sheet(town, town.anna), [entry(5)], signed_by=town.ugo.row, by=town.olga.row)
    assert refused.value.field == "signed_by"


def test_totals_are_compared(town):
    with transaction():
        sheet = a_sheet(town, town.anna)
        with pytest.raises(Refusal, match="Le righe fanno"):
            entered(town, sheet, entry(5), stated_minutes=200)
        assert entered(town, sheet, entry(5), stated_minutes=200, rows_count=True) == [] and sheet.stated_minutes == 200


def test_an_empty_sheet_and_one_entered_before_are_refused(town):
    with transaction():
        sheet = a_sheet(town, town.anna)
        with pytest.raises(Refusal, match="nessuna riga"):
            entered(town, sheet)
        entered(town, sheet, entry(5))
    with transaction(), pytest.raises(Refusal, match="non è più possibile"):
        entered(town, sheet, entry(6))


def test_a_sheet_printed_again_keeps_its_code_until_it_is_entered(town):
    with transaction():
        first = a_sheet(town, town.anna)
        assert a_sheet(town, town.anna, task=first.task) is first and a_sheet(town, town.bruno, task=first.task) is not first
        entered(town, first, entry(5))
        assert a_sheet(town, town.anna, task=first.task).code != first.code


def test_two_operators_with_one_sheet(ground, town):
    with transaction():
        sheet = a_sheet(town, town.anna).id

    def enter():
        with clock.set_to(clock.now()), ground.app.app_context(), clock.set_to(entry(31).ended_at + timedelta(days=1)), transaction():
            return entered(town, db.session.get(Sheet, sheet), entry(5))

    answers = together(enter, enter)
    assert answers.count([]) == 1 and sum(isinstance(each, Refusal) for each in answers) == 1, answers
    with transaction():
        assert count(Attendance) == 1


HEAD = "foglio;giorno;inizio;fine;pausa;totale;tutor\n"


def file(*lines: str, head=HEAD) -> bytes:
    return (head + "\n".join(lines) + "\n").encode()


def imported(town, content: bytes, *, dry_run=False):
    return actions.enter_sheets(read_sheets(content), dry_run=dry_run, by=town.olga.row)


def test_a_file_enters_many_sheets_and_the_same_file_twice_nothing(town):
    with transaction():
        anna, bruno = a_sheet(town, town.anna), a_sheet(town, town.bruno)
        content = file(f"{anna.code};5;9:00;12:00;;6:00;{town.tino.email}", f"{anna.code.lower()};6;9;12;;;", f"{bruno.code};5;9;12;30;;")
        tried = imported(town, content, dry_run=True)
        assert (tried.entered, tried.rows, tried.minutes, tried.faults, count(Attendance)) == (2, 3, 510, [], 0)
        done = imported(town, content)
        assert (done.entered, done.unchanged, done.faults, count(Attendance)) == (2, 0, [], 3)
        assert (anna.signed_by_id, bruno.signed_by_id, anna.stated_minutes) == (town.tino.id, None, 360)
        assert {each.method for each in db.session.scalars(select(Evidence))} == {Method.FILE}
    with transaction():
        again = imported(town, content)
        assert (again.entered, again.unchanged, again.faults, count(Attendance)) == (0, 2, [], 3)


def test_each_bad_line_is_named_and_nothing_is_entered(town):
    with transaction():
        anna, bruno, vera = a_sheet(town, town.anna), a_sheet(town, town.bruno), a_sheet(town, town.anna, month=MAY.replace(month=4))
        outcome = imported(town, file(
            f"{anna.code};5;9;12;;;", f"{anna.code};6;9;;;;", "KKKKKKK;5;9;12;;;", f"{bruno.code};5;9;12;;4:00;",
            f"{bruno.code};32;9;12;;4:00;",
            f"{vera.code};5;9;12;;;nessuno@example.org"))
        assert [line for line, _no in outcome.faults] == [3, 4, 6, 7]
        assert (count(Attendance), anna.state) == (0, State.PRINTED)


def test_rows_that_clash_are_named_by_their_line(town):
    with transaction():
        anna = a_sheet(town, town.anna)
        outcome = imported(town, file(f"{anna.code};5;9;12;;;", "", f"{anna.code};5;11;13;;;"))
        assert [line for line, _no in outcome.faults] == [4] and count(Attendance) == 0


def test_other_rows_for_a_sheet_that_was_entered_are_refused(town):
    with transaction():
        anna = a_sheet(town, town.anna)
        imported(town, file(f"{anna.code};5;9;12;;;"))
        outcome = imported(town, file(f"{anna.code};5;9;13;;;"))
        assert "con righe diverse" in str(outcome.faults[0][1]) and count(Attendance) == 1


def test_another_towns_sheet_is_no_sheet(town):
    with transaction():
        anna = a_sheet(town, town.anna)
        outcome = actions.enter_sheets(read_sheets(file(f"{anna.code};5;9;12;;;")), dry_run=False, by=town.oreste.row)
        assert "nessun foglio" in str(outcome.faults[0][1])


@pytest.mark.parametrize("content, words", [
    (b"\xff\xfe\x00", "UTF-8"), (b"", "mancano queste colonne"), (b"nome;ore\nAnna;3\n", "foglio, giorno, inizio, fine"),
    (HEAD.encode(), "nessuna riga"), (file(*["x;1;9;12;;;"] * 5001), "troppe righe"), (HEAD.encode() + b'"a;1', "non si legge")])
def test_a_file_that_is_something_else_is_refused(content, words):
    with pytest.raises(Refusal, match=words) as refused:
        read_sheets(content)
    assert refused.value.field == "file"


def test_peer_60_the_columns_are_told_and_nothing_fails_in_silence(town):
    """The importer says which columns it expects, names every line that fails, and enters each row on its own day."""
    with pytest.raises(Refusal, match="foglio, giorno, inizio, fine, pausa, totale, tutor"):
        read_sheets(b"a;b\n1;2\n")
    with transaction():
        anna = a_sheet(town, town.anna)
        outcome = imported(town, file(f"{anna.code};31/5/2026;9;12;;;", f"{anna.code};2026-05-01;9;12;;;", f"{anna.code};99;9;12;;;"))
        assert [line for line, _no in outcome.faults] == [4] and count(Attendance) == 0
        imported(town, file(f"{anna.code};31/5/2026;9;12;;;", f"{anna.code};2026-05-01;9;12;;;"))
        days = sorted(line.attendance.started_at.date().isoformat() for line in anna.lines)
        assert days == ["2026-05-01", "2026-05-31"]
