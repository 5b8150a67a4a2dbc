"""Wall time and instants: what a clock on the wall said, and when that was.

Pure; every instant is aware, and UTC when made here.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.base.errors import Refusal
from app.base.words import N_

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


def instant(day: date, at: time, zone: ZoneInfo, fold: int | None = None, *, field: str | None = None) -> datetime:
    """The UTC instant when clocks in `zone` show `at` on `day`.

    `fold` 0 or 1 picks the first or second of two equal times.

    Refuses a time that the clocks skip, and one that they show twice when no fold is given.
    """
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0), zone)
    first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    # In spring too the two readings differ, but neither leads back to the time on the wall.
    if first.astimezone(zone).replace(tzinfo=None, fold=0) != wall.replace(tzinfo=None):
        raise Refusal(
            N_("Il %(day)s le %(time)s non ci sono: l'orologio va avanti e le salta. Scrivi un altro orario."),
            field=field,
            day=day,
            time=f"{at:%H:%M}",
        )
    if fold is None:
        raise Refusal(
            N_(
                "Il %(day)s le %(time)s ci sono due volte, perché l'orologio torna indietro. "
                "Scegli la prima o la seconda."
            ),
            field=field,
            day=day,
            time=f"{at:%H:%M}",
        )
    return second if fold else first


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes that really passed; a part of a minute is dropped. Both are aware."""
    # Python subtracts wall times when both share a zone, and is then wrong by an hour on the nights when clocks change.
    return (end.astimezone(UTC) - start.astimezone(UTC)) // _MINUTE


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The instant from which clocks show `day` or a later one, also where they change at midnight."""
    midnight = datetime.combine(day, time.min, zone)
    return max(midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def minutes_by_day(start: datetime, end: datetime, zone: ZoneInfo) -> dict[date, int]:
    """The whole minutes of an interval by the local calendar day in which they fall, in order.

    They sum to `minutes_between`.
    """
    days: dict[date, int] = {}
    reached, end, counted = start.astimezone(UTC), end.astimezone(UTC), 0
    while reached < end:
        day = reached.astimezone(zone).date()
        reached = min(end, day_begins(day + _DAY, zone))
        days[day] = minutes_between(start, reached) - counted
        counted += days[day]
    return days
