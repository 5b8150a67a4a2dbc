"""Codes of sheets, their rows as people write them, and their totals."""
from datetime import UTC, date, datetime
from itertools import product

import pytest

from app.base.clock import ROME
from app.base.errors import Refusal
from app.hours.rules.codes import ALPHABET
from app.hours.rules.sheets import check_total, digest, new_code, read_code, read_day, read_entry, written
from tests.hours.paper import MAY, entry


def test_a_code_is_read_however_it_is_typed():
    code = new_code()
    assert len(code) == 7 and set(code) <= set(ALPHABET)
    assert {read_code(typed) for typed in (code, written(code), code.lower(), f" {code[:3]} {code[3:]} ")} == {code}
    assert written("KXM4PTR") == "KXM4-PTR"


def test_a_wrong_letter_or_two_exchanged_are_noticed():
    for code in (new_code() for _ in range(40)):
        slips = {code[:at] + letter + code[at + 1:] for at, letter in product(range(7), ALPHABET)} - {code}
        slips |= {code[:at] + code[at + 1] + code[at] + code[at + 2:] for at in range(5)} - {code}
        for slip in slips:
            with pytest.raises(Refusal):
                read_code(slip)


@pytest.mark.parametrize("typed", ["", "KXM", "KXM4PTRKXM4", "0000000", "AEIOU12", "<script"])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(Refusal) as refused:
        read_code(typed)
    assert refused.value.field == "code"


@pytest.mark.parametrize("start, end, pause, minutes", [
    ("9", "12", "", 180), ("9.30", "12.15", "15", 150), ("0930", "1215", "0:15", 150), ("9:00", "12:00", "1 h", 120),
    ("22", "1:30", "", 210), ("9h30", "12", "30 min", 120)])
def test_a_row_is_read_as_people_write_it(start, end, pause, minutes):
    assert entry(3, start, end, pause).minutes == minutes


@pytest.mark.parametrize("start, end, pause, field", [
    ("9", "", "", "end"), ("", "12", "", "start"), ("", "", "15", "end"), ("25", "26", "", "start"), ("9", "12:75", "", "end"),
    ("9", "9", "", "end"), ("9", "12", "0,30", "pause"), ("nove", "12", "", "start")])
def test_half_a_row_or_a_wrong_one_is_refused_where_it_is(start, end, pause, field):
    with pytest.raises(Refusal) as refused:
        entry(3, start, end, pause)
    assert refused.value.field == field


def test_an_empty_row_is_no_row():
    assert read_entry(MAY, ROME, day="", start="", end="", pause="") is None


@pytest.mark.parametrize("typed", ["3", "3/5/2026", "03.05.2026", "2026-05-03"])
def test_a_day_is_a_number_or_a_date_of_the_month(typed):
    assert read_day(typed, MAY) == date(2026, 5, 3)


@pytest.mark.parametrize("typed", ["", "0", "32", "3/6/2026", "31/4/2026", "tre"])
def test_a_day_of_another_month_is_refused(typed):
    with pytest.raises(Refusal) as refused:
        read_day(typed, MAY)
    assert refused.value.field == "day"


def test_the_nights_when_clocks_change():
    spring = read_entry(date(2026, 3, 1), ROME, day="28", start="22", end="6")
    autumn = read_entry(date(2026, 10, 1), ROME, day="24", start="22", end="6")
    assert (spring.minutes, autumn.minutes) == (420, 540)
    with pytest.raises(Refusal, match="non ci sono"):
        read_entry(date(2026, 3, 1), ROME, day="29", start="2:30", end="6")
    with pytest.raises(Refusal, match="due volte"):
        read_entry(date(2026, 10, 1), ROME, day="25", start="2:30", end="6")
    first, second = (read_entry(date(2026, 10, 1), ROME, day="25", start="2:30", end="6", start_fold=fold) for fold in (0, 1))
    assert (first.started_at, first.minutes, second.minutes) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 270, 210)


def test_new_years_eve_and_leap_day():
    assert read_entry(date(2026, 12, 1), ROME, day="31", start="22", end="2").minutes == 240
    assert read_entry(date(2028, 2, 1), ROME, day="29", start="8", end="12").minutes == 240
    with pytest.raises(Refusal):
        read_entry(date(2026, 2, 1), ROME, day="29", start="8", end="12")


@pytest.mark.parametrize("minutes, stated, rows_count", [(180, None, False), (180, 180, False), (180, 200, True)])
def test_a_total_that_agrees_or_was_looked_at_again_passes(minutes, stated, rows_count):
    check_total(minutes, stated, rows_count=rows_count)


@pytest.mark.parametrize("minutes, stated", [(180, 181), (180, 179), (180, 0)])
def test_a_total_that_differs_is_refused(minutes, stated):
    with pytest.raises(Refusal) as refused:
        check_total(minutes, stated, rows_count=False)
    assert refused.value.field == "stated" and refused.value.values == {"rows_min": minutes, "stated_min": stated}


def test_the_same_rows_have_the_same_digest_in_any_order():
    assert digest([entry(3), entry(4)]) == digest([entry(4), entry(3)]) != digest([entry(3), entry(4, pause="5")])
