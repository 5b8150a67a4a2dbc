"""What shifts there can be, above all on the two nights when clocks change."""
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.base.errors import Refusal
from app.base.localtime import minutes_between
from app.tasks import rules
from app.tasks.states import Shift

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2026, 6, 6, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUNE, SPRING, AUTUMN = date(2026, 6, 6), date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize("now, reason, field", [(NOON - HOUR, "", "reason"), (NOON, "Piove", None)])
def test_a_shift_is_called_off_with_a_reason_and_before_it_begins(now, reason, field):
    rules.check_calling_off(starts_at=NOON, now=NOON - HOUR, reason="Piove")
    with pytest.raises(Refusal) as refused:
        rules.check_calling_off(starts_at=NOON, now=now, reason=reason)
    assert refused.value.field == field


@pytest.mark.parametrize("facts, field", [
    ({"now": NOON}, "day"),
    ({"ends_at": NOON}, "end"),
    ({"ends_at": NOON + 24 * HOUR + timedelta(seconds=1)}, "end"),
    ({"places": 0}, "places"),
    ({"places": 501}, "places"),
])
def test_a_shift_has_a_time_and_places(facts, field):
    good = {"starts_at": NOON, "ends_at": NOON + 24 * HOUR, "places": 500, "now": NOON - DAY}
    rules.check_shift(**good)
    with pytest.raises(Refusal) as refused:
        rules.check_shift(**good | facts)
    assert refused.value.field == field


@pytest.mark.parametrize("facts, field", [
    ({"state": Shift.CANCELLED}, None),
    ({"now": NOON}, None),
    ({"places": 1}, "places"),
])
def test_a_shift_is_moved_before_it_begins_and_keeps_the_places_taken(facts, field):
    good = {"state": Shift.PLANNED, "starts_at": NOON, "taken": 2, "places": 2, "now": NOON - HOUR}
    rules.check_moving(**good)
    with pytest.raises(Refusal) as refused:
        rules.check_moving(**good | facts)
    assert refused.value.field == field


@pytest.mark.parametrize("day, start, end, folds, minutes", [
    (JUNE, time(9), time(12, 30), (None, None), 210),
    (JUNE, time(22), time(2), (None, None), 240),
    (date(2028, 2, 28), time(22), time(2), (None, None), 240),                # into the leap day
    (date(2026, 12, 31), time(23), time(1), (None, None), 120),
    (SPRING - DAY, time(22), time(6), (None, None), 420),
    (SPRING, time(1, 30), time(3, 30), (None, None), 60),
    (SPRING, time(1, 59), time(3), (None, None), 1),
    (AUTUMN - DAY, time(22), time(6), (None, None), 540),
    (AUTUMN, time(1, 30), time(3, 30), (None, None), 180),
    (AUTUMN, time(1), time(2, 30), (None, 0), 90),
    (AUTUMN, time(1), time(2, 30), (None, 1), 150),
    (AUTUMN, time(2, 30), time(4), (0, None), 150),
    (AUTUMN, time(2, 30), time(4), (1, None), 90),
    (AUTUMN, time(2, 10), time(2, 50), (0, 0), 40),
    (AUTUMN, time(2, 10), time(2, 50), (0, 1), 100),
    (AUTUMN, time(2, 10), time(2, 50), (1, 1), 40),
    (AUTUMN, time(2, 50), time(2, 10), (0, None), 20),                        # from the first 2:50 to the second 2:10
    (AUTUMN, time(2, 30), time(2, 30), (0, None), 60),
    (AUTUMN, time(2, 50), time(1), (0, None), 23 * 60 + 10),                  # the next day, after an hour that came twice
    (AUTUMN - DAY, time(23), time(2, 30), (None, 0), 210),
    (AUTUMN - DAY, time(23), time(2, 30), (None, 1), 270),
    (AUTUMN, time(2, 30), time(4), (0, 1), 150),                              # a fold where it changes nothing
])
def test_minutes_of_a_stretch_to_the_minute(day, start, end, folds, minutes):
    begins, ends = rules.span(day, start, end, ROME, start_fold=folds[0], end_fold=folds[1])
    assert minutes_between(begins, ends) == minutes


@pytest.mark.parametrize("day, start, end, field, words", [
    (SPRING, time(2), time(6), "start", "non ci sono"),
    (SPRING - DAY, time(22), time(2, 59), "end", "non ci sono"),
    (AUTUMN, time(2), time(6), "start", "due volte"),
    (AUTUMN - DAY, time(22), time(2, 59), "end", "due volte"),
    (JUNE, time(9), time(9), "end", "uguale"),
])
def test_times_that_are_no_stretch_are_refused(day, start, end, field, words):
    with pytest.raises(Refusal, match=words) as refused:
        rules.span(day, start, end, ROME)
    assert refused.value.field == field


@pytest.mark.parametrize("day, start, end, asked", [
    (AUTUMN, time(2), time(3), (True, False)),
    (AUTUMN, time(1), time(2, 59), (False, True)),
    (AUTUMN, time(2), time(2, 30), (True, True)),
    (AUTUMN - DAY, time(22), time(2, 30), (False, True)),
    (AUTUMN, time(22), time(2, 30), (False, False)),                          # that is the next morning
    (SPRING, time(2), time(2, 30), (False, False)),                           # skipped, not twice
])
def test_only_times_that_come_twice_are_asked_about(day, start, end, asked):
    assert rules.asked_twice(day, start, end, ROME) == asked
