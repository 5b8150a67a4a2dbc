"""Shifts from a rule: every Tuesday from ten to twelve, until a day, except some days."""
from collections import Counter
from collections.abc import Collection
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule

from app.base.errors import Refusal
from app.base.words import N_
from app.tasks.rules.shifts import asked_twice, span

MOST_SHIFTS = 200
MONDAY_TO_SUNDAY = range(7)


def weekdays_in(mask: int) -> list[int]:
    """The days of the week in a mask whose bit 0 is Monday."""
    return [day for day in MONDAY_TO_SUNDAY if mask >> day & 1]


def weekday_mask(days: Collection[int]) -> int:
    return sum(1 << day for day in set(days))


def days(weekdays: int, every_weeks: int, first_day: date, last_day: date, excepted: Collection[date] = ()) -> list[date]:
    """The days of a rule. It works on dates alone, so no change of clocks moves them."""
    rule = rrule(WEEKLY, interval=every_weeks, byweekday=weekdays_in(weekdays), dtstart=datetime.combine(first_day, time.min),
                 until=datetime.combine(last_day, time.min), wkst=0)
    return [when.date() for when in rule if when.date() not in excepted]


def check_series(*, weekdays: int, every_weeks: int, first_day: date, last_day: date, excepted: Collection[date] = ()) -> list[date]:
    """The days of the rule; refuses one without a day, backwards, or with more shifts than anybody plans at once."""
    if not weekdays:
        raise Refusal(N_("Scegli almeno un giorno della settimana."), field="weekdays")
    if not 1 <= every_weeks <= 52:
        raise Refusal(N_("Scrivi un numero di settimane tra 1 e 52."), field="every_weeks")
    if last_day < first_day:
        raise Refusal(N_("L'ultimo giorno viene prima del primo."), field="last_day")
    if (last_day - first_day).days > 2 * 366:
        raise Refusal(N_("Si programma per due anni al massimo."), field="last_day")
    found = days(weekdays, every_weeks, first_day, last_day, excepted)
    if not found:
        raise Refusal(N_("Con questi giorni non c'è nessun turno: controlla le date e le eccezioni."), field="last_day")
    if len(found) > MOST_SHIFTS:
        raise Refusal(N_("Sarebbero %(count)s turni: si programma al massimo %(most)s per volta."), field="last_day",
                      count=len(found), most=MOST_SHIFTS)
    return found


def spans(on: Collection[date], start: time, end: time, zone: ZoneInfo, *, start_fold: int | None = None,
          end_fold: int | None = None) -> dict[date, tuple[datetime, datetime]]:
    """The instants of the same wall times on many days: clocks change, the wall time stays.

    Refuses a day on which clocks skip one of the times; for those that come twice it needs the folds (see `any_twice`).
    """
    found = {}
    for day in on:
        try:
            found[day] = span(day, start, end, zone, start_fold=start_fold, end_fold=end_fold)
        except Refusal as no:
            if no.field == "end" and start == end:
                raise
            raise Refusal(N_("Nella notte del %(day)s l'orologio cambia, e quell'orario non c'è o c'è due volte. "
                             "Scegli un altro orario, o metti quel giorno tra le eccezioni."), field=no.field, day=day) from no
    return found


def any_twice(on: Collection[date], start: time, end: time, zone: ZoneInfo) -> tuple[bool, bool]:
    """Whether clocks show the start, or the end, twice on any of these days."""
    asked = [asked_twice(day, start, end, zone) for day in on]
    return any(first for first, _ in asked), any(last for _, last in asked)


def moved_day(day: date, *, this: date, to: date) -> date:
    """Where a shift of the series goes from its `day` when `this` one goes to the day `to`, and the others follow."""
    return day + (to - this)


def check_apart(on: Collection[date]) -> None:
    """Refuses to give two shifts of a series the same day: with the same times they would be twins."""
    twice = [day for day, count in Counter(on).items() if count > 1]
    if twice:
        raise Refusal(N_("Due turni finirebbero il %(day)s alla stessa ora: cambiali uno per uno."), field="scope", day=min(twice))


def wall(at: datetime, zone: ZoneInfo) -> tuple[date, time]:
    """The day and the time on the wall."""
    local = at.astimezone(UTC).astimezone(zone)
    return local.date(), local.time().replace(fold=0)


def reserved_places(places: int, percent: int) -> int:
    """How many of the places a group keeps: its share, rounded up."""
    return -(-places * percent // 100)
