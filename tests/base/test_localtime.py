"""Wall times and instants, above all on the two nights when Italian clocks change."""
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from app.base.errors import Refusal
from app.base.localtime import day_begins, instant, minutes_between, minutes_by_day

ROME = ZoneInfo("Europe/Rome")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize("day, at, fold, utc", [
    (date(2026, 6, 6), time(8), None, datetime(2026, 6, 6, 6, tzinfo=UTC)),
    (date(2026, 12, 6), time(8), None, datetime(2026, 12, 6, 7, tzinfo=UTC)),
    (date(2028, 2, 29), time(8), None, datetime(2028, 2, 29, 7, tzinfo=UTC)),
    (date(2026, 6, 6), time(8), 1, datetime(2026, 6, 6, 6, tzinfo=UTC)),         # a fold where it changes nothing
    (SPRING, time(1, 59), None, datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
    (SPRING, time(3), None, datetime(2026, 3, 29, 1, tzinfo=UTC)),
    (AUTUMN, time(1, 59), None, datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
    (AUTUMN, time(2, 30), 0, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    (AUTUMN, time(2, 30), 1, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    (AUTUMN, time(3), None, datetime(2026, 10, 25, 2, tzinfo=UTC)),
])
def test_a_wall_time_is_an_instant(day, at, fold, utc):
    assert instant(day, at, ROME, fold) == utc
    assert instant(day, at, ROME, fold).tzinfo is UTC


@pytest.mark.parametrize("day, at, fold, words", [
    (SPRING, time(2), None, "Il 2026-03-29 le 02:00 non ci sono"),
    (SPRING, time(2, 30), 0, "non ci sono"),
    (SPRING, time(2, 59), 1, "non ci sono"),
    (AUTUMN, time(2), None, "Il 2026-10-25 le 02:00 ci sono due volte"),
    (AUTUMN, time(2, 59), None, "ci sono due volte"),
    (AUTUMN, time(2, 30, fold=1), None, "ci sono due volte"),                    # only the explicit fold chooses
])
def test_a_wall_time_that_is_no_single_instant_is_refused(day, at, fold, words):
    with pytest.raises(Refusal, match=words) as refused:
        instant(day, at, ROME, fold, field="start")
    assert refused.value.field == "start"
    assert refused.value.values["day"] == day


@pytest.mark.parametrize("start, end, minutes", [
    (datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 6), 540),
    (datetime(2026, 3, 28, 22), datetime(2026, 3, 29, 6), 420),
    (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 4), 150),
    (datetime(2026, 10, 25, 2, 30, fold=1), datetime(2026, 10, 25, 4), 90),
])
def test_minutes_are_those_that_passed_not_those_on_the_clock(start, end, minutes):
    assert minutes_between(start.replace(tzinfo=ROME), end.replace(tzinfo=ROME)) == minutes


def test_a_part_of_a_minute_is_dropped():
    start = datetime(2026, 6, 6, 8, tzinfo=UTC)
    assert minutes_between(start, start + timedelta(seconds=119)) == 1


@pytest.mark.parametrize(
    "start, end, days",
    [
        (
            datetime(2026, 10, 24, 20, tzinfo=UTC),
            datetime(2026, 10, 25, 5, tzinfo=UTC),
            {date(2026, 10, 24): 120, AUTUMN: 420},
        ),
        (
            datetime(2026, 3, 28, 21, tzinfo=UTC),
            datetime(2026, 3, 29, 4, tzinfo=UTC),
            {date(2026, 3, 28): 120, SPRING: 300},
        ),
        (datetime(2026, 6, 6, 6, tzinfo=UTC), datetime(2026, 6, 6, 6, tzinfo=UTC), {}),
        (datetime(2026, 10, 25, 2, 30, tzinfo=ROME), datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ROME), {AUTUMN: 60}),
        (
            datetime(2026, 6, 6, 21, 59, 30, tzinfo=UTC),
            datetime(2026, 6, 6, 22, 0, 30, tzinfo=UTC),
            {date(2026, 6, 6): 0, date(2026, 6, 7): 1},
        ),
    ],
)
def test_minutes_belong_to_the_local_day_in_which_they_fall(start, end, days):
    assert minutes_by_day(start, end, ROME) == days


@pytest.mark.parametrize(
    "zone, day, hours",
    [
        (ROME, SPRING, 23),
        (ROME, AUTUMN, 25),
        (ROME, date(2026, 6, 6), 24),
        (
            ZoneInfo("America/St_Johns"),
            date(2010, 11, 6),
            25,
        ),  # at 00:01 of the 7th clocks went back to 23:01 of the 6th
        (ZoneInfo("Asia/Beirut"), date(2026, 3, 29), 23),  # there is no midnight at the beginning of this day
        (ZoneInfo("Pacific/Apia"), date(2011, 12, 30), 0),  # a whole day that was left out
    ],
)
def test_the_length_of_a_day(zone, day, hours):
    begins, ends = day_begins(day, zone), day_begins(day + timedelta(days=1), zone)
    assert ends - begins == timedelta(hours=hours)
    assert sum(minutes_by_day(begins, ends, zone).values()) == hours * 60


@given(st.datetimes(datetime(1985, 1, 1), datetime(2035, 1, 1)), st.integers(0, 3 * 86400),
       st.sampled_from(["Europe/Rome", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]))
def test_the_days_of_an_interval_sum_to_its_minutes(start, seconds, zone):
    start = start.replace(tzinfo=UTC)
    end = start + timedelta(seconds=seconds)
    days = minutes_by_day(start, end, ZoneInfo(zone))
    assert sum(days.values()) == minutes_between(start, end)
    assert list(days) == sorted(days)
    assert all(minutes >= 0 for minutes in days.values())
