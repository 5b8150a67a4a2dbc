"""Sheets on paper: printed with a code, entered by an operator, and validated by the tutor's signature on them. Both names stay."""
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from app.base import passages
from app.base.announce import announce
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal
from app.base.i18n import force_locale, gettext as _
from app.base.words import N_
from app.hours import queries, rules
from app.hours.actions.attendance import check, opened, state_times
from app.hours.actions.decisions import confirm
from app.hours.events import HoursClaimed
from app.hours.models import Attendance, Method, Sheet, SheetLine
from app.hours.rules import sheets as sheet_rules
from app.hours.rules.sheets import Entry
from app.hours.states import ATTENDANCE, SHEET, Sheet as SheetState
from app.people import actions as people, queries as people_queries
from app.people.models import Person
from app.people.rules import check_interest
from app.tasks.models import Booking, Shift, Task


class Fault(NamedTuple):
    """Why a row cannot be recorded: its place among the entries, from 0."""

    row: int
    refusal: Refusal


def print_sheet(task: Task, person: Person, month: date, *, by: Person) -> Sheet:
    """The sheet of one person for one task and one month; printed again before it is entered, it keeps its code."""
    people.lock(person)
    month = month.replace(day=1)
    if again := queries.printed(task.id, person.id, month):
        return again
    sheet = Sheet(comune_id=task.comune_id, organisation_id=task.organisation_id, task=task, person=person, month=month,
                  code=sheet_rules.new_code(), printed_by=by)
    db.session.add(sheet)
    db.session.flush()
    return sheet


def enter(sheet: Sheet, entries: Sequence[Entry], *, signed_by: Person | None, stated_minutes: int | None = None, rows_count: bool = False,
          method: Method = Method.PAPER, dry_run: bool = False, by: Person) -> list[Fault]:
    """Turn the rows of a sheet into hours: validated where a tutor signed it, else waiting for one. All of them, or none.

    Gives back the rows that the rules refuse; then, and in a dry run, nothing is kept. Refuses a sheet without rows or entered before,
    a total that differs (see `check_total`), and the operator's or the tutor's own hours or those of their household.
    """
    people.lock(sheet.person)
    db.session.refresh(sheet, ["state"])
    for each in filter(None, (by, signed_by)):
        check_interest(each, sheet.person)
    if signed_by and signed_by not in people_queries.tutors(sheet.organisation_id):
        raise Refusal(N_("Chi ha firmato non è un tutor di questo ente."), field="signed_by")
    if not entries:
        raise Refusal(N_("Non c'è nessuna riga da registrare."))
    sheet_rules.check_total(sum(each.minutes for each in entries), stated_minutes, rows_count=rows_count)
    with force_locale("it"):
        said = _("Foglio %(code)s", code=sheet_rules.written(sheet.code))
        signed = _("%(sheet)s, firmato da %(who)s", sheet=said, who=signed_by.display_name) if signed_by else ""
    faults = []
    with db.session.begin_nested() as attempt:
        sheet.entered_by, sheet.entered_at, sheet.signed_by, sheet.stated_minutes = by, now(), signed_by, stated_minutes
        sheet.digest = sheet_rules.digest(entries)
        db.session.flush()
        passages.move(sheet, SHEET, "enter", by=by, reason=signed)
        for number, entry in enumerate(entries):
            try:
                with db.session.begin_nested():
                    attendance = _record(sheet, entry, said, method=method, by=by)
                    if signed_by:
                        passages.move(attendance, ATTENDANCE, "sign", by=by, reason=signed)
                        confirm(attendance, entry.started_at, entry.ended_at, entry.break_min, method=method, by=signed_by)
            except Refusal as no:
                faults.append(Fault(number, no))
        if faults or dry_run:
            attempt.rollback()
    return faults


def entered_before(sheet: Sheet, entries: Sequence[Entry]) -> bool:
    """Whether these very rows were entered already. Refuses other rows for a sheet that has its own."""
    if sheet.state is SheetState.PRINTED:
        return False
    if sheet.digest != sheet_rules.digest(entries):
        raise Refusal(N_("Questo foglio è già stato inserito, con righe diverse. Per cambiarle rivolgiti al tutor."))
    return True


def _record(sheet: Sheet, entry: Entry, said: str, *, method: Method, by: Person) -> Attendance:
    times = dict(started_at=entry.started_at, ended_at=entry.ended_at, break_min=entry.break_min)
    rules.check_overlap(entry.started_at, entry.ended_at, queries.times(sheet.person_id))
    if booking := queries.booking_at(sheet.task_id, sheet.person_id, entry.started_at):
        check(booking, **times)
    else:
        rules.check_logging(cancelled=False, shift_end=entry.ended_at, now=now())
        rules.check_claim(**times, shift_start=entry.started_at, shift_end=entry.ended_at, now=now())
        booking = _own_shift(sheet, entry)
    attendance = opened(booking)
    state_times(attendance, **times, method=method, by=by)
    passages.move(attendance, ATTENDANCE, "enter", by=by, reason=said)
    announce(HoursClaimed(attendance.id, attendance.person_id))
    db.session.add(SheetLine(sheet=sheet, attendance=attendance))
    db.session.flush()
    return attendance


def _own_shift(sheet: Sheet, entry: Entry) -> Booking:
    """For somebody who came without a booking: a shift for one, as long as the row says. It is over, so no board shows it."""
    shift = Shift(comune_id=sheet.comune_id, task=sheet.task, starts_at=entry.started_at, ends_at=entry.ended_at, places=1, taken=1)
    booking = Booking(comune_id=sheet.comune_id, shift=shift, person_id=sheet.person_id, instrument=sheet.task.counts_for.instruments[0])
    db.session.add_all([shift, booking])
    db.session.flush()
    db.session.refresh(booking)
    return booking
