"""How the board is browsed: days of the week, parts of the day, and the spot in the calendar where a page ends."""
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.base.localtime import day_begins, instant
from app.base.words import Labelled, N_

EPOCH, TICK, DAY = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1), timedelta(days=1)


class Days(Labelled):
    """On which days of the week a shift begins."""

    WORKDAYS = "1-5", N_("Dal lunedì al venerdì")
    WEEKEND = "6-7", N_("Sabato e domenica")
    MONDAY = "1", N_("Lunedì")
    TUESDAY = "2", N_("Martedì")
    WEDNESDAY = "3", N_("Mercoledì")
    THURSDAY = "4", N_("Giovedì")
    FRIDAY = "5", N_("Venerdì")
    SATURDAY = "6", N_("Sabato")
    SUNDAY = "7", N_("Domenica")

    @property
    def iso(self) -> range:
        """Days of the week, Monday is 1."""
        first, _, last = self.value.partition("-")
        return range(int(first), int(last or first) + 1)


class Daytime(Labelled):
    """When on its day a shift begins."""

    MORNING = "morning", N_("Mattina, prima delle 13")
    AFTERNOON = "afternoon", N_("Pomeriggio, dalle 13 alle 18")
    EVENING = "evening", N_("Sera, dopo le 18")

    @property
    def hours(self) -> tuple[int, int]:
        """From which hour until before which, as clocks show it."""
        return {Daytime.MORNING: (0, 13), Daytime.AFTERNOON: (13, 18), Daytime.EVENING: (18, 24)}[self]


@dataclass(frozen=True)
class Spot:
    """A place in the order of the shifts. A page that begins after a spot stays the same however many shifts are added before it."""

    at: datetime
    shift_id: int

    def __str__(self):
        return f"{(self.at - EPOCH) // TICK}-{self.shift_id}"

    @classmethod
    def read(cls, text: str) -> "Spot | None":
        """The spot that an address names, or None when it names none."""
        try:
            ticks, shift_id = map(int, text.split("-"))
            return cls(EPOCH + ticks * TICK, shift_id) if 0 < shift_id < 2 ** 31 else None
        except (ValueError, OverflowError):
            return None


def stretch(day: date | None, until: date | None, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    """The instants between which shifts begin: on `day`; with `until`, from `day` (or now) to the end of that day. Never before now."""
    last = until or day
    start = max(day_begins(day, zone), now) if day else now
    return start, day_begins(last + DAY, zone) if last else None


def monday(day: date) -> date:
    """The first day of the week of `day`."""
    return day - timedelta(days=day.weekday())


def nearest(at: datetime, days: Days | None, daytime: Daytime | None, zone: ZoneInfo) -> datetime:
    """`at`, or the next instant that lies on one of `days` and in that part of the day."""
    today = at.astimezone(zone).date()
    for day in (today + step * DAY for step in range(8)):
        if days is None or day.isoweekday() in days.iso:
            opens, closes = (_at(day, hour, zone) for hour in (daytime.hours if daytime else (0, 24)))
            if at < closes:
                return max(at, opens)
    raise AssertionError("a week has every day")


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """When clocks show that hour; those of `Daytime` they show once every day. Midnight is where a day begins or ends."""
    return instant(day, time(hour), zone) if 0 < hour < 24 else day_begins(day + hour // 24 * DAY, zone)
