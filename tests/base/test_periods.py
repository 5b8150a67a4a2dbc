"""Periods are civil days of a place: also at the ends of months and when the clocks change."""
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.base.clock import ROME
from app.base.periods import Period


@pytest.mark.parametrize("day, first, last", [
    (date(2026, 2, 14), date(2026, 2, 1), date(2026, 2, 28)), (date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
    (date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)), (date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 31)),
])
def test_a_month_is_whole(day, first, last):
    month = Period.month_of(day)
    assert month == (first, last) and month.is_month
    assert month.month_before.month_after == month and month.month_after.first > last


@pytest.mark.parametrize("period", [Period(), Period(date(2026, 5, 1)), Period(None, date(2026, 5, 31)),
                                    Period(date(2026, 5, 1), date(2026, 5, 30)), Period(date(2026, 5, 1), date(2026, 6, 30))])
def test_other_days_are_no_month(period):
    assert not period.is_month


@pytest.mark.parametrize("period, since, until", [
    (Period.month_of(date(2026, 3, 1)), (2026, 2, 28, 23), (2026, 3, 31, 22)),       # in winter time, out in summer time
    (Period.month_of(date(2026, 10, 1)), (2026, 9, 30, 22), (2026, 10, 31, 23)),
    (Period(date(2026, 3, 29), date(2026, 3, 29)), (2026, 3, 28, 23), (2026, 3, 29, 22)),      # 23 hours
    (Period(date(2026, 10, 25), date(2026, 10, 25)), (2026, 10, 24, 22), (2026, 10, 25, 23)),  # 25 hours
    (Period.year_of(date(2026, 7, 1)), (2025, 12, 31, 23), (2026, 12, 31, 23)),
])
def test_days_become_instants_of_the_place(period, since, until):
    assert period.instants(ROME) == (datetime(*since, tzinfo=UTC), datetime(*until, tzinfo=UTC))


def test_an_open_end_stays_open_and_another_zone_has_other_days():
    assert Period().instants(ROME) == (None, None)
    assert Period(None, date(2026, 5, 31)).instants(ZoneInfo("UTC")) == (None, datetime(2026, 6, 1, tzinfo=UTC))
