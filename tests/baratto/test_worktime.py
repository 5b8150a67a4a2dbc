"""Which minutes count: caps of the day and of the year, rounding of time, nights when clocks change."""
from datetime import UTC, date, datetime

import pytest

from app.base.errors import Refusal
from app.baratto.rules import Session, Used
from tests.baratto.builders import ROME, days, settled, shift


@pytest.mark.parametrize("how, expected", [
    ("DOWN", {1: 127, 15: 120, 30: 120, 60: 120}),
    ("NEAREST", {1: 127, 15: 120, 30: 120, 60: 120}),
    ("UP", {1: 127, 15: 135, 30: 150, 60: 180}),
])
def test_granularity(how, expected):
    for step, minutes in expected.items():
        assert settled({"time_granularity_min": step, "time_round": how}, days(127)).creditable_minutes == minutes


@pytest.mark.parametrize(
    "minutes, step, nearest", [(67, 15, 60), (68, 15, 75), (74, 30, 60), (75, 30, 90), (90, 60, 120), (89, 60, 60)]
)
def test_half_goes_up(minutes, step, nearest):
    assert settled({"time_granularity_min": step, "time_round": "NEAREST"}, days(minutes)).creditable_minutes == nearest


@pytest.mark.parametrize("scope, minutes", [("TOTAL", 30), ("SESSION", 0)])
def test_scope(scope, minutes):
    assert (
        settled({"time_granularity_min": 15, "time_round_scope": scope}, days(10, 10, 10)).creditable_minutes == minutes
    )


@pytest.mark.parametrize("cap, minutes", [(180, 180), (170, 120), (130, 120), (127, 120), (121, 120), (119, 60)])
def test_a_rounding_up_of_the_sum_that_would_pass_the_year_goes_down(cap, minutes):
    terms = {"time_granularity_min": 60, "time_round": "UP", "cap_person_year_min": cap}
    assert settled(terms, days(127)).creditable_minutes == minutes


def test_the_year_cap_counts_what_was_used():
    terms = {"cap_person_year_min": 3000}
    assert settled(terms, days(480), used=Used(person_minutes=2800)).creditable_minutes == 200
    assert settled(terms, days(480), used=Used(person_minutes=3200)).creditable_minutes == 0


def test_sessions_are_rounded_before_the_year_is_cut():
    terms = {"time_granularity_min": 60, "time_round": "UP", "time_round_scope": "SESSION", "cap_person_year_min": 100}
    assert settled(terms, days(70)).creditable_minutes == 100


def test_a_whole_session_at_the_cap_is_not_rounded_again():
    terms = {"time_granularity_min": 60, "time_round_scope": "SESSION", "cap_person_year_min": 100}
    assert settled(terms, days(60, 60)).creditable_minutes == 100


def test_worked_minutes_know_no_cap():
    result = settled({"cap_day_min": 60, "cap_person_year_min": 90}, days(100, 100))
    assert (result.worked_minutes, result.creditable_minutes) == (200, 90)


@pytest.mark.parametrize(
    "cap, sessions, minutes",
    [
        (240, [shift(6, 120), shift(9, 200)], 240),  # two sessions share a day
        (240, [shift(20, 480)], 360),  # 120 before midnight, 360 after
        (240, [shift(20, 480, rest=200)], 280),  # the break comes off the end: 120 and 160
        (240, [shift(6, 300, rest=70)], 230),  # the break comes off before the cap
        (
            240,
            [shift(20, 150), *days(230, first=date(2026, 5, 5))],
            360,
        ),  # 120, then 30 after midnight and 230 share a day
        (0, [shift(6, 120)], 0),
        (240, [shift(6, 300), shift(6, 300, person="B")], 480),  # a day cap is each person's own
    ],
)
def test_day_cap(cap, sessions, minutes):
    assert settled({"cap_day_min": cap}, sessions).creditable_minutes == minutes


def test_the_earliest_minutes_of_a_day_count_whatever_the_order_of_the_list():
    terms = {
        "value_model": "MODULE",
        "module_minutes": 60,
        "module_cents": 100,
        "time_round_scope": "SESSION",
        "cap_day_min": 110,
    }
    early, late = shift(6, 60), shift(12, 59)
    assert settled(terms, [early, late]).value_cents == settled(terms, [late, early]).value_cents == 100


@pytest.mark.parametrize("sessions, minutes", [
    ([shift(6, 100), shift(9, 130)], 240),              # 120 + 130 would pass 240, so 60; then 180 fits
    ([shift(6, 70), shift(9, 70), shift(12, 70)], 240),     # 60, 60, 120
    ([shift(20, 130)], 180),                            # the minutes gained lie on the second day
    ([shift(16, 400), shift(23, 10)], 360),             # the first day is full, the second has room for 300 and 60
])
def test_a_rounding_up_of_a_session_that_would_pass_the_day_goes_down(sessions, minutes):
    terms = {"time_granularity_min": 60, "time_round": "UP", "time_round_scope": "SESSION", "cap_day_min": 240}
    assert settled(terms, sessions).creditable_minutes == minutes


def test_a_rounding_up_of_the_sum_that_would_pass_every_day_goes_down():
    terms = {"time_granularity_min": 60, "time_round": "UP", "cap_day_min": 250}
    assert settled(terms, days(250)).creditable_minutes == 240
    assert settled(terms, days(250, 100)).creditable_minutes == 360


@pytest.mark.parametrize("start, end, rest, minutes", [
    (datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 6), 0, 540),
    (datetime(2026, 3, 28, 22), datetime(2026, 3, 29, 6), 0, 420),
    (datetime(2026, 3, 28, 22), datetime(2026, 3, 29, 6), 30, 390),
        (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 2, 30, fold=1), 0, 60),
        (datetime(2026, 10, 25, 2, 45), datetime(2026, 10, 25, 3, 15), 60, 30),
])
def test_clock_changes(start, end, rest, minutes):
    session = Session(person="A", start=start.replace(tzinfo=ROME), end=end.replace(tzinfo=ROME), break_min=rest)
    assert settled(sessions=[session]).worked_minutes == minutes


@pytest.mark.parametrize("second", [shift(7, 120), shift(6, 10), shift(5, 61)])
def test_overlapping_sessions_of_one_person_are_refused(second):
    with pytest.raises(Refusal) as refused:
        settled(sessions=[shift(6, 120), second])
    assert refused.value.field == "sessions"


def test_sessions_that_touch_or_belong_to_two_people_do_not_overlap():
    assert settled(sessions=[shift(6, 120), shift(8, 60), shift(6, 120, person="B")]).worked_minutes == 300


@pytest.mark.parametrize(
    "facts, field",
    [
        ({}, "start"),
        ({"start": datetime(2026, 5, 4, 8, tzinfo=UTC)}, "end"),
        ({"day": date(2026, 5, 4)}, "minutes"),
        ({"day": date(2026, 5, 4), "minutes": 5, "start": datetime(2026, 5, 4, 8, tzinfo=UTC)}, "date"),
        ({"day": date(2026, 5, 4), "minutes": -1}, "minutes"),
        ({"day": date(2026, 5, 4), "minutes": 60, "break_min": 5}, "break_min"),
        ({"start": datetime(2026, 5, 4, 8, tzinfo=UTC), "end": datetime(2026, 5, 4, 8, tzinfo=UTC)}, "end"),
        (
            {"start": datetime(2026, 5, 4, 8, tzinfo=UTC), "end": datetime(2026, 5, 4, 9, tzinfo=UTC), "break_min": 61},
            "break_min",
        ),
        (
            {"start": datetime(2026, 5, 4, 8, tzinfo=UTC), "end": datetime(2026, 5, 4, 9, tzinfo=UTC), "break_min": -1},
            "break_min",
        ),
    ],
)
def test_impossible_sessions_are_refused(facts, field):
    with pytest.raises(Refusal) as refused:
        Session(person="A", **facts)
    assert refused.value.field == field
