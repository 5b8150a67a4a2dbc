"""A file of sheets: every sheet in it, or none."""
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.hours import queries
from app.hours.actions.sheets import enter, entered_before
from app.hours.models import Method, Sheet
from app.hours.rules.sheets import Entry, read_entry
from app.people import queries as people_queries
from app.people.models import Person


@dataclass
class Outcome:
    """What a file of sheets did, or would do; with faults it did nothing."""

    entered: int = 0                   # sheets
    rows: int = 0
    minutes: int = 0
    unchanged: int = 0                 # sheets that were entered before with the same rows
    faults: list[tuple[int, Refusal]] = field(default_factory=list)      # number of the line in the file, and what is wrong there


def enter_sheets(sent, *, dry_run: bool, by: Person) -> Outcome:
    """Enter the sheets of a file as `schemas.sheets` has read it. The same file again changes nothing."""
    outcome = Outcome(faults=list(sent.faults))
    with db.session.begin_nested() as attempt:
        for told in sent.sheets.values():
            if told.lines:
                _enter(told, outcome, by)
        if dry_run or outcome.faults:
            attempt.rollback()
    outcome.faults.sort(key=lambda fault: fault[0])
    return outcome


def _enter(told, outcome: Outcome, by: Person) -> None:
    first = told.lines[0].number
    try:
        with db.session.begin_nested():
            sheet = queries.sheet_to_enter(told.code, seen_by=by)
            entries = _entries(told, sheet, outcome)
            if entries is None:
                return
            if entered_before(sheet, [entry for _line, entry in entries]):
                outcome.unchanged += 1
                return
            faults = enter(sheet, [entry for _line, entry in entries], signed_by=_signer(told, sheet), stated_minutes=told.stated_minutes,
                           method=Method.FILE, by=by)
            outcome.faults += [(entries[row][0], no) for row, no in faults]
            outcome.entered, outcome.rows = outcome.entered + 1, outcome.rows + len(entries)
            outcome.minutes += sum(entry.minutes for _line, entry in entries)
    except Refusal as no:
        outcome.faults.append((first, no))


def _entries(told, sheet: Sheet, outcome: Outcome) -> list[tuple[int, Entry]] | None:
    """The rows of a sheet with their line numbers; None when one of them cannot be read."""
    zone, found, failed = ZoneInfo(sheet.task.comune.zone), [], False
    for line in told.lines:
        try:
            entry = read_entry(sheet.month, zone, day=line.day, start=line.start, end=line.end, pause=line.pause)
            if entry is None:
                raise Refusal(N_("Mancano l'ora di inizio o l'ora di fine."))
            found.append((line.number, entry))
        except Refusal as no:
            outcome.faults.append((line.number, no))
            failed = True
    return None if failed else found


def _signer(told, sheet: Sheet) -> Person | None:
    if not told.tutor:
        return None
    found = [each for each in people_queries.tutors(sheet.organisation_id) if each.email == told.tutor]
    if not found:
        raise Refusal(N_("Il tutor di questo foglio non è un tutor dell'ente: controlla l'indirizzo e-mail."))
    return found[0]
