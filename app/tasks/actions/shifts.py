"""Shifts are planned, alone or from a rule, moved and called off."""
from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.base import passages
from app.base.announce import announce
from app.base.clock import now
from app.base.db import db, insert_once
from app.base.errors import Refusal
from app.base.i18n import force_locale, moment
from app.base.words import N_
from app.people.models import Person
from app.tasks import queries, rules
from app.tasks.actions import letters
from app.tasks.actions.bookings import lock, offer_places
from app.tasks.events import ShiftCalledOff, ShiftMoved
from app.tasks.models import Series, Shift, Task
from app.tasks.rules import series as recurring
from app.tasks.rules.booking import booking_closes
from app.tasks.states import ALIVE, SHIFT


def plan_shift(task: Task, *, starts_at: datetime, ends_at: datetime, places: int) -> Shift:
    """Add a shift. Refuses a closed task, and what `rules.check_shift` refuses."""
    _check_alive(task)
    rules.check_shift(starts_at=starts_at, ends_at=ends_at, places=places, now=now())
    shift = Shift(comune_id=task.comune_id, task=task, starts_at=starts_at, ends_at=ends_at, places=places,
                  reserved=recurring.reserved_places(places, task.reserved_percent))
    db.session.add(shift)
    db.session.flush()
    return shift


def plan_series(task: Task, *, weekdays: int, every_weeks: int, first_day: date, last_day: date, excepted: Iterable[date], start: time,
                end: time, places: int, start_fold: int | None = None, end_fold: int | None = None) -> Series:
    """Add shifts from a rule; the wall time stays when clocks change. Refuses what `check_series` and `check_shift` refuse."""
    _check_alive(task)
    series = Series(comune_id=task.comune_id, task=task, weekdays=weekdays, every_weeks=every_weeks, first_day=first_day, last_day=last_day,
                    excepted=sorted(day.isoformat() for day in excepted), start=start, end=end)
    recurring.check_series(weekdays=weekdays, every_weeks=every_weeks, first_day=first_day, last_day=last_day, excepted=set(excepted))
    db.session.add(series)
    db.session.flush()
    fill(series, places=places, start_fold=start_fold, end_fold=end_fold)
    return series


def fill(series: Series, *, places: int, start_fold: int | None = None, end_fold: int | None = None) -> int:
    """Add the shifts of the rule that are not there yet; says how many. A day that has its shift, moved or not, gets no second one."""
    task, added = series.task, 0
    days = recurring.check_series(weekdays=series.weekdays, every_weeks=series.every_weeks, first_day=series.first_day,
                                  last_day=series.last_day, excepted={date.fromisoformat(day) for day in series.excepted})
    for day, (starts_at, ends_at) in recurring.spans(days, series.start, series.end, _zone(task), start_fold=start_fold,
                                                     end_fold=end_fold).items():
        rules.check_shift(starts_at=starts_at, ends_at=ends_at, places=places, now=now(), field="first_day")
        added += insert_once(Shift, {
            "comune_id": task.comune_id, "task_id": task.id, "series_id": series.id, "series_day": day, "starts_at": starts_at,
            "ends_at": ends_at, "places": places, "reserved": recurring.reserved_places(places, task.reserved_percent),
            "created_at": now()}, unique=("series_id", "series_day"))
    return added


def move_shift(shift: Shift, *, starts_at: datetime, ends_at: datetime, places: int) -> None:
    """Change a shift's time and places. Whoever has, waits for, or was offered a place is told, and is free to give it up.

    Refuses once it has begun, fewer places than are taken, and what `check_shift` refuses.
    """
    lock(shift)
    rules.check_moving(state=shift.state, starts_at=shift.starts_at, taken=shift.taken, places=places, now=now())
    rules.check_shift(starts_at=starts_at, ends_at=ends_at, places=places, now=now())
    was, moved = shift.starts_at, (starts_at, ends_at) != (shift.starts_at, shift.ends_at)
    shift.starts_at, shift.ends_at = starts_at, ends_at
    set_places(shift, places)
    if moved:
        announce(ShiftMoved(shift.id))
        shift.version += 1
        closes_at = booking_closes(starts_at=starts_at, closes_min=queries.limits(shift.comune_id).closes_min)
        for booking in queries.people_in([shift])[shift.id]:
            booking.reminded_at = None
            if booking.offered_until:
                booking.offered_until = min(booking.offered_until, closes_at)
        db.session.flush()
        with force_locale("it"):
            letters.shift_moved(shift, moment(was))
    db.session.flush()
    offer_places(shift)


def move_following(shift: Shift, *, day: date, start: time, end: time, places: int, start_fold: int | None = None,
                   end_fold: int | None = None) -> int:
    """Move this shift of a series to `day` and to these wall times, and all that follow it by as many days; says how many.

    The rows stay the same ones, so nothing is booked twice. All of them move, or none. Refuses what `move_shift` refuses, and two shifts
    on one day, which would be twins.
    """
    zone = _zone(shift.task)
    rules.check_moving(state=shift.state, starts_at=shift.starts_at, taken=0, places=places, now=now())
    this, _ = recurring.wall(shift.starts_at, zone)
    following = queries.following(shift)
    where = {row.id: recurring.moved_day(recurring.wall(row.starts_at, zone)[0], this=this, to=day) for row in following}
    recurring.check_apart(where.values())
    spans = recurring.spans(where.values(), start, end, zone, start_fold=start_fold, end_fold=end_fold)
    for row in following:
        starts_at, ends_at = spans[where[row.id]]
        move_shift(row, starts_at=starts_at, ends_at=ends_at, places=places)
    shift.series.start, shift.series.end = start, end
    db.session.flush()
    return len(following)


def cancel_shift(shift: Shift, *, reason: str, by: Person) -> None:
    """Call a shift off: it is nobody's absence. Everybody in it gets a letter with the reason. Refuses it once the shift has begun."""
    lock(shift)
    rules.check_calling_off(starts_at=shift.starts_at, now=now(), reason=reason)
    passages.move(shift, SHIFT, "cancel", by=by, reason=reason)
    announce(ShiftCalledOff(shift.id, reason))
    letters.shift_cancelled(shift, reason)


def cancel_following(shift: Shift, *, reason: str, by: Person) -> int:
    """Call off this shift of a series and all that follow; says how many."""
    following = queries.following(shift)
    for row in following:
        cancel_shift(row, reason=reason, by=by)
    return len(following)


def lock_task(task: Task) -> None:
    """Hold the task's row until the commit, and read anew where it stands: no shift is added while it closes."""
    db.session.execute(select(Task.id).where(Task.id == task.id).with_for_update(key_share=True))
    db.session.refresh(task, ["state", "declared_by_id", "declared_at"])


def _check_alive(task: Task) -> None:
    lock_task(task)
    if task.state not in ALIVE:
        raise Refusal(N_("Questa attività è chiusa: non si possono aggiungere turni."))


def set_places(shift: Shift, places: int) -> None:
    """The reserved share goes with the places, within what is already taken in and outside of it."""
    share = recurring.reserved_places(places, shift.task.reserved_percent)
    shift.places, shift.reserved = places, max(shift.reserved_taken, min(share, places - (shift.taken - shift.reserved_taken)))


def _zone(task: Task) -> ZoneInfo:
    return ZoneInfo(task.comune.zone)
