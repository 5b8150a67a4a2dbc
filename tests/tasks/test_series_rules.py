"""The days and the instants of shifts that repeat, across midnight and the two nights when clocks change; and points on the map."""
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.base.errors import Refusal
from app.base.localtime import minutes_between
from app.tasks.rules import places, series

ROME = ZoneInfo("Europe/Rome")
TUESDAY, SATURDAY, SUNDAY = 1 << 1, 1 << 5, 1 << 6
GOOD = {"weekdays": TUESDAY, "every_weeks": 1, "first_day": date(2026, 6, 1), "last_day": date(2026, 6, 30)}


def test_every_tuesday_until_a_day_except_some():
    assert series.days(TUESDAY, 1, date(2026, 6, 1), date(2026, 6, 30), {date(2026, 6, 16)}) == [
        date(2026, 6, day) for day in (2, 9, 23, 30)]
    assert series.days(TUESDAY | SATURDAY, 2, date(2026, 6, 2), date(2026, 6, 30)) == [
        date(2026, 6, day) for day in (2, 6, 16, 20, 30)]
    assert series.days(SATURDAY, 1, date(2028, 2, 26), date(2028, 3, 4)) == [date(2028, 2, 26), date(2028, 3, 4)]


def test_a_mask_holds_days_of_the_week():
    assert series.weekday_mask([0, 6, 0]) == 65 and series.weekdays_in(65) == [0, 6]


@pytest.mark.parametrize("facts, field", [
    ({"weekdays": 0}, "weekdays"),
    ({"every_weeks": 0}, "every_weeks"),
    ({"every_weeks": 53}, "every_weeks"),
    ({"last_day": date(2026, 5, 31)}, "last_day"),
    ({"last_day": date(2028, 6, 30)}, "last_day"),
    ({"last_day": date(2026, 6, 1)}, "last_day"),                             # a Monday: no Tuesday at all
    ({"weekdays": 127, "last_day": date(2027, 6, 1)}, "last_day"),            # 366 shifts
])
def test_a_rule_without_sense_is_refused_beside_its_field(facts, field):
    assert len(series.check_series(**GOOD)) == 5
    with pytest.raises(Refusal) as refused:
        series.check_series(**GOOD | facts)
    assert refused.value.field == field


def test_the_wall_time_stays_and_the_minutes_are_those_that_pass():
    nights = series.days(SATURDAY, 1, date(2026, 3, 21), date(2026, 4, 4))
    spans = series.spans(nights, time(22), time(6), ROME)
    assert [minutes_between(*span) for span in spans.values()] == [480, 420, 480]
    assert [span[0].astimezone(ROME).time() for span in spans.values()] == [time(22)] * 3
    autumn = series.spans([date(2026, 10, 17), date(2026, 10, 24), date(2026, 12, 31)], time(22), time(6), ROME)
    assert [minutes_between(*span) for span in autumn.values()] == [480, 540, 480]


def test_a_night_on_which_the_time_is_missing_or_double_is_named():
    sundays = [date(2026, 3, 22), date(2026, 3, 29)]
    with pytest.raises(Refusal, match="tra le eccezioni") as refused:
        series.spans(sundays, time(2, 30), time(5), ROME)
    assert (refused.value.field, refused.value.values) == ("start", {"day": date(2026, 3, 29)})
    with pytest.raises(Refusal, match="tra le eccezioni") as refused:
        series.spans([date(2026, 10, 25)], time(1), time(2, 30), ROME)
    assert refused.value.field == "end"
    with pytest.raises(Refusal, match="uguale"):
        series.spans(sundays, time(9), time(9), ROME)


def test_a_double_time_is_asked_about_once_for_the_whole_series():
    sundays = [date(2026, 10, 18), date(2026, 10, 25)]
    assert series.any_twice(sundays, time(1), time(2, 30), ROME) == (False, True)
    assert series.any_twice(sundays[:1], time(1), time(2, 30), ROME) == (False, False)
    for fold, minutes in ((0, 90), (1, 150)):
        spans = series.spans(sundays, time(1), time(2, 30), ROME, end_fold=fold)
        assert [minutes_between(*span) for span in spans.values()] == [90, minutes]


def test_days_follow_and_walls_are_read_back():
    assert series.moved_day(date(2026, 6, 9), this=date(2026, 6, 2), to=date(2026, 6, 4)) == date(2026, 6, 11)
    assert series.wall(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), ROME) == (date(2026, 10, 25), time(2, 30))


@pytest.mark.parametrize("places_, percent, reserved", [(10, 20, 2), (3, 20, 1), (1, 0, 0), (4, 100, 4), (5, 1, 1)])
def test_a_share_of_the_places_is_rounded_up(places_, percent, reserved):
    assert series.reserved_places(places_, percent) == reserved


@pytest.mark.parametrize("text, point", [
    ("44.91305, 8.61502", (44_913_050, 8_615_020)), ("44.9130,8.6150", (44_913_000, 8_615_000)),
    (" -33.5 ; -70.25", (-33_500_000, -70_250_000)), ("44,91305 8,61502", (44_913_050, 8_615_020)),
    ("0.0000019 0.5", (1, 500_000)),
])
def test_a_point_is_read_without_floats(text, point):
    assert places.map_point(text) == point
    assert places.map_point(places.written_point(point)) == point


@pytest.mark.parametrize("text", ["", "44.9", "Piazza", "91.0, 8.0", "44.0, 181.0", "44,9,8,6", "44 8"])
def test_what_is_no_point_is_refused(text):
    with pytest.raises(Refusal, match="come lo dà una mappa"):
        places.map_point(text)


def test_two_years_are_the_most():
    assert series.check_series(**GOOD | {"every_weeks": 4, "last_day": GOOD["first_day"] + timedelta(days=732)})
