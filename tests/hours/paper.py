"""Sheets on paper in few words. Each function needs an application context and flushes, no more."""
from datetime import date

from app.hours import actions
from app.hours.models import Sheet
from app.hours.rules.sheets import Entry, read_entry
from app.base.clock import ROME
from app.tasks.models import Task
from tests.tasks.builders import a_task

MAY = date(2026, 5, 1)


def a_sheet(town, neighbour, *, task: Task | None = None, month: date = MAY) -> Sheet:
    """May's sheet of one person for a task of the library."""
    return actions.print_sheet(task or a_task(town.alessandria), neighbour.row, month, by=town.tino.row)


def entry(day: int, start: str = "9", end: str = "12", pause: str = "") -> Entry:
    """A row of May's sheet."""
    return read_entry(MAY, ROME, day=str(day), start=start, end=end, pause=pause)


def entered(town, sheet: Sheet, *entries: Entry, signed=True, **facts):
    """What the officer's entering says: the faults."""
    return actions.enter(sheet, entries, signed_by=town.tino.row if signed else None, by=town.olga.row, **facts)
