"""Reads of sheets on paper: what to print, what waits to be entered, and where an entered row belongs."""
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import May
from app.base.clock import today
from app.base.db import db
from app.base.errors import Refusal
from app.base.localtime import day_begins
from app.base.words import N_
from app.hours.models import Sheet, SheetLine
from app.hours.rules.sheets import days_of_month
from app.hours.states import Sheet as State
from app.people.models import Person
from app.tasks.models import Booking, Shift, Task
from app.tasks.states import Booking as BookingState, Shift as ShiftState, Task as TaskState


def sheet(code: str, *, seen_by: Person, permission: May = May.SHEET_PRINT) -> Sheet:
    """The sheet with this code, of a comune or an organisation that `permission` reaches; else 404."""
    return db.one_or_404(select(Sheet).where(Sheet.code == code, _reached(Sheet, seen_by, permission)).options(
        joinedload(Sheet.task).joinedload(Task.organisation), joinedload(Sheet.person), joinedload(Sheet.entered_by),
        joinedload(Sheet.signed_by), selectinload(Sheet.lines).joinedload(SheetLine.attendance)))


def sheet_to_enter(code: str, *, seen_by: Person) -> Sheet:
    """The same for a line of a file: a code that leads nowhere is refused in words."""
    found = db.session.scalar(select(Sheet).where(Sheet.code == code, Sheet.comune_id.in_(seen_by.reach(May.SHEET_ENTER).comuni)))
    if found is None:
        raise Refusal(N_("Non c'è nessun foglio con questo codice."), field="code")
    return found


def sheets_to_enter(*, seen_by: Person, limit: int = 100) -> list[Sheet]:
    """Printed sheets of months that have begun and that nobody has entered yet, oldest month first."""
    return list(db.session.scalars(select(Sheet).join(Sheet.person).where(
        Sheet.comune_id.in_(seen_by.reach(May.SHEET_ENTER).comuni), Sheet.state == State.PRINTED, Sheet.month <= today())
        .order_by(Sheet.month, Person.family_name, Sheet.id).limit(limit).options(joinedload(Sheet.person), joinedload(Sheet.task))))


def entered_lately(*, seen_by: Person, limit: int = 20) -> list[Sheet]:
    """The sheets that were entered last, newest first."""
    return list(db.session.scalars(select(Sheet).where(
        Sheet.comune_id.in_(seen_by.reach(May.SHEET_ENTER).comuni), Sheet.state == State.ENTERED)
        .order_by(Sheet.entered_at.desc(), Sheet.id.desc()).limit(limit).options(joinedload(Sheet.person), joinedload(Sheet.task))))


def tasks_to_print(*, seen_by: Person) -> list[Task]:
    """The open tasks whose sheets this person may print, by title."""
    return list(db.session.scalars(select(Task).where(
        Task.state == TaskState.OPEN, _reached(Task, seen_by, May.SHEET_PRINT)).order_by(Task.title, Task.id)))


def task_to_print(task_id: int, *, seen_by: Person) -> Task:
    """A task whose sheets this person may print, or 404."""
    return db.one_or_404(select(Task).where(
        Task.id == task_id, _reached(Task, seen_by, May.SHEET_PRINT)).options(joinedload(Task.organisation)))


def expected(task: Task, month: date) -> list[Person]:
    """Who has a place in a shift of the task in that month, by surname."""
    return list(db.session.scalars(select(Person).where(Person.id.in_(
        select(Booking.person_id).join(Shift).where(Shift.task_id == task.id, *_booked(month, month, ZoneInfo(task.comune.zone)))))
        .order_by(Person.family_name, Person.given_name, Person.id)))


def planned(sheets: Sequence[Sheet]) -> dict[int, dict[date, list[Shift]]]:
    """For each sheet, by its number: the shifts of its month in which the person has a place, by local day."""
    zone, months = ZoneInfo(sheets[0].task.comune.zone), [sheet.month for sheet in sheets]
    places = defaultdict(list)
    for shift, person_id in db.session.execute(select(Shift, Booking.person_id).join(Booking).where(
            Shift.task_id.in_({sheet.task_id for sheet in sheets}), Booking.person_id.in_({sheet.person_id for sheet in sheets}),
            *_booked(min(months), max(months), zone)).order_by(Shift.starts_at)):
        day = shift.starts_at.astimezone(zone).date()
        places[shift.task_id, person_id, day.replace(day=1)].append((day, shift))
    found = {sheet.id: defaultdict(list) for sheet in sheets}
    for sheet in sheets:
        for day, shift in places[sheet.task_id, sheet.person_id, sheet.month]:
            found[sheet.id][day].append(shift)
    return found


def printed(task_id: int, person_id: int, month: date) -> Sheet | None:
    """The sheet of this month that was printed and not entered: the same paper, whoever prints it again."""
    return db.session.scalar(select(Sheet).where(
        Sheet.task_id == task_id, Sheet.person_id == person_id, Sheet.month == month, Sheet.state == State.PRINTED))


def sheets_in(ids: list[int], *, seen_by: Person) -> list[Sheet]:
    """Those of these sheets that this person may print, by surname."""
    return list(db.session.scalars(select(Sheet).join(Sheet.person).where(
        Sheet.id.in_(ids), _reached(Sheet, seen_by, May.SHEET_PRINT))
        .order_by(Person.family_name, Person.given_name, Sheet.id).options(
            joinedload(Sheet.task).joinedload(Task.organisation), joinedload(Sheet.person))))


def booking_at(task_id: int, person_id: int, instant: datetime) -> Booking | None:
    """The person's place in the task's shift that was on at `instant`."""
    return db.session.scalar(select(Booking).join(Shift).where(
        Shift.task_id == task_id, Shift.state == ShiftState.PLANNED, Shift.starts_at <= instant, Shift.ends_at > instant,
        Booking.person_id == person_id, Booking.state == BookingState.BOOKED).limit(1))


def _booked(first: date, last: date, zone: ZoneInfo):
    """Places in shifts that begin in the months from `first` to `last`."""
    return (Shift.state == ShiftState.PLANNED, Booking.state == BookingState.BOOKED, Shift.starts_at >= day_begins(first, zone),
            Shift.starts_at < day_begins(days_of_month(last)[-1] + timedelta(days=1), zone))


def _reached(table, seen_by: Person, permission: May):
    reach = seen_by.reach(permission)
    return or_(table.comune_id.in_(reach.comuni), table.organisation_id.in_(reach.organisations))
