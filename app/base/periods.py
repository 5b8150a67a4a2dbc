"""Stretches of civil days, as people name them: a month, a year, from one day to another."""
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.base.localtime import day_begins

_DAY = timedelta(days=1)


class Period(NamedTuple):
    """The days from `first` to `last`, both included. None: without that end."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def month_of(cls, day: date) -> "Period":
        first = day.replace(day=1)
        return cls(first, (first + 31 * _DAY).replace(day=1) - _DAY)

    @classmethod
    def year_of(cls, day: date) -> "Period":
        return cls(date(day.year, 1, 1), date(day.year, 12, 31))

    @property
    def is_month(self) -> bool:
        return self.first is not None and self == Period.month_of(self.first)

    @property
    def month_before(self) -> "Period":
        return Period.month_of(self.first - _DAY)

    @property
    def month_after(self) -> "Period":
        return Period.month_of(self.last + _DAY)

    def instants(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """The instant from which clocks in `zone` show the first day, and the one from which they show the day after the last."""
        return self.first and day_begins(self.first, zone), self.last and day_begins(self.last + _DAY, zone)
