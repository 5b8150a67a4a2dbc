"""Which hours can be claimed, and by whom they are decided."""
from datetime import UTC, datetime, timedelta

import pytest

from app.base.errors import Refusal
from app.hours import rules

NINE = datetime(2026, 6, 6, 7, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def claim(**facts):
    rules.check_claim(**{"started_at": NINE, "ended_at": NINE + 3 * HOUR, "break_min": 0, "shift_start": NINE, "shift_end": NINE + 3 * HOUR,
                         "now": NINE + 3 * HOUR} | facts)


@pytest.mark.parametrize("facts", [
    {},
    {"break_min": 179},
    {"ended_at": NINE + 4 * HOUR, "now": NINE + 4 * HOUR},                   # longer than planned: the tutor decides
    {"started_at": NINE + 3 * HOUR - MINUTE},
    {"ended_at": NINE + 24 * HOUR, "now": NINE + 90 * 24 * HOUR},            # a tutor may be late
])
def test_hours_can_be_claimed(facts):
    claim(**facts)


@pytest.mark.parametrize("facts, field", [
    ({"ended_at": NINE}, "end"),
    ({"now": NINE + 3 * HOUR - MINUTE}, "end"),
    ({"started_at": NINE - MINUTE}, "start"),
    ({"started_at": NINE + 3 * HOUR, "ended_at": NINE + 4 * HOUR, "now": NINE + 9 * HOUR}, "start"),
    ({"ended_at": NINE + 24 * HOUR + MINUTE, "now": NINE + 30 * HOUR}, "end"),
    ({"break_min": 180}, "break_min"),
    ({"break_min": -1}, "break_min"),
])
def test_hours_cannot_be_claimed(facts, field):
    with pytest.raises(Refusal) as refused:
        claim(**facts)
    assert refused.value.field == field


def test_hours_are_logged_within_a_month_of_a_shift_that_took_place():
    rules.check_logging(cancelled=False, shift_end=NINE, now=NINE + rules.LATE)
    with pytest.raises(Refusal, match="più di 30 giorni"):
        rules.check_logging(cancelled=False, shift_end=NINE, now=NINE + rules.LATE + MINUTE)
    with pytest.raises(Refusal, match="annullato"):
        rules.check_logging(cancelled=True, shift_end=NINE, now=NINE)


@pytest.mark.parametrize("start, end, clash", [(-2, 0, False), (3, 5, False), (-1, 1, True), (2, 4, True), (1, 2, True), (-1, 9, True)])
def test_time_counts_once(start, end, clash):
    others = [(NINE + start * HOUR, NINE + end * HOUR)]
    if clash:
        with pytest.raises(Refusal, match="altre attività registrate"):
            rules.check_overlap(NINE, NINE + 3 * HOUR, others)
    else:
        rules.check_overlap(NINE, NINE + 3 * HOUR, others)


@pytest.mark.parametrize("person, household", [(1, {1}), (2, {1, 2})])
def test_nobody_decides_on_his_own_or_his_familys_hours(person, household):
    rules.check_tutor(3, person, household)
    with pytest.raises(Refusal, match="tue o della tua famiglia"):
        rules.check_tutor(1, person, household)


def test_a_change_needs_a_reason_and_a_correction_a_change():
    rules.check_change(False, "")
    rules.check_change(True, "Arrivata tardi")
    rules.check_correction(True)
    with pytest.raises(Refusal) as refused:
        rules.check_change(True, "")
    assert refused.value.field == "reason"
    with pytest.raises(Refusal, match="uguali a prima"):
        rules.check_correction(False)
