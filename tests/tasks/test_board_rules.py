"""How the board is browsed: stretches of days, spots in the calendar, and the plan of the points."""
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.tasks.rules import plan
from app.tasks.rules.browsing import Days, Daytime, Spot, monday, nearest, stretch

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)            # a Monday, 10:00 in Italy


def at(day: int, hour: int, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ROME).astimezone(UTC)


@pytest.mark.parametrize("day, until, start, end", [
    (None, None, NOW, None),
    (date(2026, 6, 3), None, at(3, 0), at(4, 0)),
    (date(2026, 6, 1), None, NOW, at(2, 0)),                           # what is over today is over
    (date(2026, 6, 3), date(2026, 6, 5), at(3, 0), at(6, 0)),
    (None, date(2026, 6, 5), NOW, at(6, 0)),
    (date(2026, 10, 25), None, at(25, 0, 10), at(25, 0, 10) + timedelta(hours=25)),
    (date(2026, 5, 3), None, NOW, at(4, 0, 5)),                        # the past is empty
])
def test_days_are_those_of_the_wall(day, until, start, end):
    assert stretch(day, until, NOW, ROME) == (start, end)


@pytest.mark.parametrize("days, daytime, found", [
    (None, None, NOW),
    (Days.MONDAY, None, NOW),
    (Days.SATURDAY, None, at(6, 0)),
    (Days.WEEKEND, Daytime.EVENING, at(6, 18)),
    (Days.WORKDAYS, Daytime.MORNING, NOW),
    (None, Daytime.AFTERNOON, at(1, 13)),
    (Days.MONDAY, Daytime.AFTERNOON, at(1, 13)),
])
def test_the_next_day_and_hour_that_fit(days, daytime, found):
    assert nearest(NOW, days, daytime, ROME) == found


def test_a_part_of_the_day_that_is_over_comes_again():
    assert nearest(at(1, 14), Days.MONDAY, Daytime.MORNING, ROME) == at(8, 0)
    assert nearest(at(1, 23), None, Daytime.AFTERNOON, ROME) == at(2, 13)
    assert nearest(at(7, 23), Days.WEEKEND, Daytime.EVENING, ROME) == at(7, 23)


def test_a_week_begins_on_monday():
    assert monday(date(2026, 6, 7)) == monday(date(2026, 6, 1)) == date(2026, 6, 1)


def test_a_spot_is_written_and_read():
    spot = Spot(NOW + timedelta(microseconds=1), 77)
    assert Spot.read(str(spot)) == spot


@pytest.mark.parametrize("text", ["", "x", "1", "1-", "-", "1-2-3", "1-0", "-5-1", "9" * 40 + "-1", "1-9999999999"])
def test_an_odd_spot_is_none(text):
    assert Spot.read(text) is None


def test_a_plan_keeps_directions_and_distances():
    north_west, south_east = (1, 44_920_000, 8_600_000), (2, 44_900_000, 8_640_000)          # some 2.2 by 3.2 km
    drawn = plan.draw([north_west, south_east])
    first, second = drawn.dots
    assert first.x < second.x and first.y < second.y
    assert all(0 < dot.x < drawn.width and 0 < dot.y < drawn.height for dot in drawn.dots)
    metres = 2224                                                      # of 0.02 degrees of latitude
    assert abs((second.y - first.y) * drawn.metres / drawn.bar - metres) < 30
    assert drawn.metres in plan.LENGTHS and 0 < drawn.bar <= drawn.width / 4


def test_points_that_would_cover_each_other_are_one_dot():
    drawn = plan.draw([(1, 44_900_000, 8_600_000), (2, 44_900_001, 8_600_001), (5, 44_950_000, 8_650_000)])
    assert [dot.numbers for dot in drawn.dots] == [[1, 2], [5]]


def test_one_point_stands_in_the_middle_and_none_makes_no_plan():
    (dot,) = plan.draw([(3, 44_900_000, 8_600_000)]).dots
    assert (dot.x, dot.y, dot.numbers) == (plan.WIDTH // 2, plan.HEIGHT // 2, [3])
    assert plan.draw([]) is None
