from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.base.errors import Refusal
from app.reconciliation import rules
from app.reconciliation.rules import Outcome

ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize("local, last", [
    ("2026-06-10 04:09:59", date(2026, 6, 8)),
    ("2026-06-10 04:10:00", date(2026, 6, 9)),
    ("2026-06-10 23:59:59", date(2026, 6, 9)),
    ("2026-03-29 04:10:00", date(2026, 3, 28)),       # the clocks went from 2:00 to 3:00
    ("2026-03-29 01:59:59", date(2026, 3, 27)),
    ("2026-10-25 02:30:00", date(2026, 10, 23)),      # shown twice
    ("2026-10-25 04:10:00", date(2026, 10, 24)),
    ("2026-01-01 04:10:00", date(2025, 12, 31)),
])
def test_a_date_is_due_from_ten_past_four_of_the_next_day(local, last):
    now = datetime.fromisoformat(local).replace(tzinfo=ROME)
    assert rules.last_due(now.astimezone(UTC), ROME) == last


@pytest.mark.parametrize("fold", [0, 1])
def test_neither_of_two_equal_times_is_after_four(fold):
    assert rules.last_due(datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=ROME), ROME) == date(2026, 10, 23)


@pytest.mark.parametrize("known, last, days", [
    (None, date(2026, 6, 3), [1, 2, 3]),
    (date(2026, 6, 1), date(2026, 6, 3), [2, 3]),
    (date(2026, 6, 3), date(2026, 6, 3), []),
    (date(2026, 6, 9), date(2026, 6, 3), []),         # the clock was set back
    (None, date(2026, 5, 31), []),                    # the comune came today
])
def test_missing_dates_oldest_first(known, last, days):
    assert rules.missing(date(2026, 6, 1), known, last) == [date(2026, 6, day) for day in days]


@pytest.mark.parametrize("day", [date(2026, 6, 10), date(2027, 6, 9), date(2026, 5, 31)])
def test_a_day_that_is_not_over_or_before_the_beginning_is_refused(day):
    with pytest.raises(Refusal):
        rules.check_date(day, since=date(2026, 6, 1), today=date(2026, 6, 10))


def test_a_failed_night_rests_longer_each_time_and_then_waits_for_a_person():
    at = datetime(2026, 6, 10, tzinfo=UTC)
    pauses = [rules.retry_at(at, attempts) for attempts in range(1, rules.ATTEMPTS + 1)]
    assert pauses == [at + timedelta(minutes=minutes) for minutes in (10, 20, 40, 80)] + [None]


@pytest.mark.parametrize("outcomes, code", [
    ([], 0), ([Outcome.CLEAN, Outcome.CLEAN], 0), ([Outcome.CLEAN, Outcome.FINDINGS], 1), ([Outcome.FINDINGS, Outcome.HELD], 75),
    ([Outcome.HELD, Outcome.FAILED, Outcome.FINDINGS], 2),
])
def test_exit_codes(outcomes, code):
    assert rules.overall(outcomes) == code
