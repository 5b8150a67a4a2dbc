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
    {"ended_at": NINE + 15 * HOUR, "now": NINE + 90 * 24 * HOUR},            # a tutor may be late
    {"shift_end": NINE + 24 * HOUR, "ended_at": NINE + 24 * HOUR, "now": NINE + 24 * HOUR},
])
def test_hours_can_be_claimed(facts):
    claim(**facts)


@pytest.mark.parametrize("facts, field", [
    ({"ended_at": NINE}, "end"),
    ({"now": NINE + 3 * HOUR - MINUTE}, "end"),
    ({"started_at": NINE - MINUTE}, "start"),
    ({"started_at": NINE + 3 * HOUR, "ended_at": NINE + 4 * HOUR, "now": NINE + 9 * HOUR}, "start"),
    ({"shift_end": NINE + 24 * HOUR, "ended_at": NINE + 24 * HOUR + MINUTE, "now": NINE + 30 * HOUR}, "end"),
    ({"ended_at": NINE + 15 * HOUR + MINUTE, "now": NINE + 30 * HOUR}, "end"),                # a slip: that is the next day
    ({"break_min": 180}, "break_min"),
    ({"break_min": -1}, "break_min"),
])
def test_hours_cannot_be_claimed(facts, field):
    with pytest.raises(Refusal) as refused:
        claim(**facts)
    assert refused.value.field == field


def test_hours_are_logged_within_a_year_of_a_shift_that_took_place():
    rules.check_logging(cancelled=False, shift_end=NINE, now=NINE + rules.LATEST)
    with pytest.raises(Refusal, match="più di 365 giorni"):
        rules.check_logging(cancelled=False, shift_end=NINE, now=NINE + rules.LATEST + MINUTE)
    with pytest.raises(Refusal, match="annullato"):
        rules.check_logging(cancelled=True, shift_end=NINE, now=NINE)


@pytest.mark.parametrize("days, minutes, late", [(7, 0, False), (7, 1, True), (0, 0, False), (0, 1, True), (30, -1, False)])
def test_hours_are_late_after_the_regulations_days(days, minutes, late):
    assert rules.is_late(NINE, NINE + timedelta(days=days, minutes=minutes), days) is late


@pytest.mark.parametrize("early, expected", [(60, NINE), (1, NINE), (0, NINE), (-5, NINE + 5 * MINUTE)])
def test_an_arrival_counts_from_the_shift_at_the_earliest(early, expected):
    now = NINE - early * MINUTE + timedelta(seconds=0 if early == 60 else 20)
    assert rules.check_arrival(cancelled=False, shift_start=NINE, shift_end=NINE + HOUR, now=now) == expected


@pytest.mark.parametrize("minutes, cancelled, words", [(-61, False, "È presto"), (60, False, "già finito"), (0, True, "annullato")])
def test_nobody_arrives_too_early_too_late_or_at_a_shift_that_is_off(minutes, cancelled, words):
    with pytest.raises(Refusal, match=words):
        rules.check_arrival(cancelled=cancelled, shift_start=NINE, shift_end=NINE + HOUR, now=NINE + minutes * MINUTE)


def test_an_end_is_never_invented():
    assert rules.leaving(started_at=NINE, now=NINE + 12 * HOUR, stated=None) == NINE + 12 * HOUR
    with pytest.raises(Refusal, match="Scrivi a che ora"):
        rules.leaving(started_at=NINE, now=NINE + 12 * HOUR + MINUTE, stated=None)
    assert rules.leaving(started_at=NINE, now=NINE + 48 * HOUR, stated=NINE + HOUR) == NINE + HOUR
    with pytest.raises(Refusal, match="Non è ancora passato"):
        rules.leaving(started_at=NINE, now=NINE + timedelta(seconds=59), stated=None)


SECRET = b"a secret of the tests"


def test_a_code_changes_every_minute_and_with_every_shift():
    codes = {rules.rotating_code(SECRET, shift, NINE + minute * MINUTE) for shift in range(20) for minute in range(20)}
    assert len(codes) == 400
    assert rules.rotating_code(SECRET, 1, NINE) == rules.rotating_code(SECRET, 1, NINE + timedelta(seconds=59))
    assert rules.rotating_code(SECRET, 1, NINE + 2 * MINUTE, age=2) == rules.rotating_code(SECRET, 1, NINE)
    assert rules.rotating_code(b"another", 1, NINE) != rules.rotating_code(SECRET, 1, NINE)
    assert rules.daily_code(SECRET, 1, NINE.date()) not in codes | {rules.daily_code(SECRET, 1, (NINE + 24 * HOUR).date())}


def test_a_code_has_no_letters_that_look_alike_and_is_read_however_it_is_typed():
    written = "".join(rules.rotating_code(SECRET, 1, NINE + minute * MINUTE) for minute in range(300))
    assert not set(written) & set("01OIQSZBGAEU")
    assert rules.plain(" 7kd-4 mw ") == "7KD4MW" and rules.grouped("7KD4MW") == "7KD-4MW"


@pytest.mark.parametrize("total, undisputed, expected", [(180, 120, 120), (121, 120, 179), (180, 1, 1)])
def test_a_supplement_holds_the_minutes_above_the_undisputed_ones(total, undisputed, expected):
    assert rules.supplementary_break(NINE, NINE + 3 * HOUR, total_min=total, undisputed_min=undisputed) == expected
    assert 180 - expected == total - undisputed


@pytest.mark.parametrize("total, undisputed", [(120, 120), (60, 120)])
def test_a_supplement_adds_something(total, undisputed):
    with pytest.raises(Refusal, match="non si aggiunge niente"):
        rules.supplementary_break(NINE, NINE + 3 * HOUR, total_min=total, undisputed_min=undisputed)


@pytest.mark.parametrize("days, claimed, validated, words", [(31, 180, 120, "30 giorni"), (1, 180, 180, "niente da contestare")])
def test_what_cannot_be_contested(days, claimed, validated, words):
    with pytest.raises(Refusal, match=words):
        rules.check_objection(since=NINE, now=NINE + timedelta(days=days), claimed_min=claimed, validated_min=validated)


def test_what_can_be_contested():
    for claimed, validated in ((180, 179), (180, None), (None, None)):
        rules.check_objection(since=NINE, now=NINE + rules.OBJECTION, claimed_min=claimed, validated_min=validated)


@pytest.mark.parametrize("start, end, clash", [(-2, 0, False), (3, 5, False), (-1, 1, True), (2, 4, True), (1, 2, True), (-1, 9, True)])
def test_time_counts_once(start, end, clash):
    others = [(NINE + start * HOUR, NINE + end * HOUR)]
    if clash:
        with pytest.raises(Refusal, match="altre attività registrate"):
            rules.check_overlap(NINE, NINE + 3 * HOUR, others)
    else:
        rules.check_overlap(NINE, NINE + 3 * HOUR, others)


def test_a_change_needs_a_reason_and_a_correction_a_change():
    rules.check_change(False, "")
    rules.check_change(True, "Arrivata tardi")
    rules.check_correction(True)
    with pytest.raises(Refusal) as refused:
        rules.check_change(True, "")
    assert refused.value.field == "reason"
    with pytest.raises(Refusal, match="uguali a prima"):
        rules.check_correction(False)
