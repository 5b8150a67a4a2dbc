from datetime import date, time

import pytest
from hypothesis import given, strategies as st

from app.base import amounts
from app.base.errors import Refusal


@pytest.mark.parametrize("text, minutes", [
    ("1:30", 90), ("1,5", 90), ("1.5", 90), ("1h30", 90), ("1 h 30 min", 90), ("90 min", 90), ("90 minuti", 90), ("90m", 90),
    ("2 ore", 120), ("1 ora", 60), ("1 ora e 15 minuti", 75), ("2", 120), ("0", 0), ("0:05", 5), (" 1:05 ", 65), ("0,25", 15),
    ("2 hours", 120),
    ("1,75", 105), ("12H", 720),
])
def test_hours(text, minutes):
    assert amounts.minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "un'ora", "1:60", "1:5:3", "-1", "1,333", "1,33", "1e3", "½", "1:30 pm", "99999999"])
def test_no_hours(text):
    with pytest.raises(Refusal):
        amounts.minutes(text)


@pytest.mark.parametrize("text, cents", [
    ("412,37", 41237), ("1.250,00", 125000), ("€ 80", 8000), ("80 €", 8000), ("80.50", 8050), ("80,5", 8050), ("0,01", 1), ("-5,00", -500),
    ("1.234.567,89", 123456789), ("80 euro", 8000), ("8500", 850000), ("€\u00a012,00", 1200),
])
def test_euros(text, cents):
    assert amounts.cents(text) == cents


@pytest.mark.parametrize("text", ["", "8.500", "-8.500", "1,234,567", "1.23,00", "12,345", "12.345,678", "mille", "1e3", "5,", ",5",
                                  "1 000,00"])
def test_no_euros(text):
    with pytest.raises(Refusal):
        amounts.cents(text)


@given(st.integers(min_value=-10**11, max_value=10**11))
def test_what_italians_write_is_read_back(cents):
    whole, rest = divmod(abs(cents), 100)
    written = f"{'-' if cents < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02}"
    assert amounts.cents(written) == cents


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for read in (amounts.minutes, amounts.cents, amounts.day, amounts.time_of_day):
        try:
            read(text)
        except Refusal:
            pass


@pytest.mark.parametrize("text", ["6/6/2026", "06.06.2026", "6-6-2026", "6 6 2026", " 2026-06-06 "])
def test_days(text):
    assert amounts.day(text) == date(2026, 6, 6)


SUNDAY = date(2026, 6, 7)


@pytest.mark.parametrize("text, expected", [
    ("6/6", date(2026, 6, 6)), ("6.6", date(2026, 6, 6)), ("6 giugno", date(2026, 6, 6)), ("6 giu.", date(2026, 6, 6)),
    ("6 Giugno 2025", date(2025, 6, 6)), ("1° maggio", date(2026, 5, 1)), ("6 June", date(2026, 6, 6)), ("ieri", date(2026, 6, 6)),
    ("Oggi", SUNDAY), ("l’altro ieri", date(2026, 6, 5)), ("domani", date(2026, 6, 8)),
    ("8/12", date(2025, 12, 8)), ("6/12", date(2026, 12, 6)), ("31/12", date(2025, 12, 31)), ("29/2", date(2028, 2, 29)),
])
def test_days_as_people_say_them(text, expected):
    """Without a year it is the nearest one."""
    assert amounts.day(text, SUNDAY) == expected


@pytest.mark.parametrize("text, toward, expected", [
    ("8/6", -1, date(2025, 6, 8)), ("8/6", 1, date(2026, 6, 8)), ("6/6", 1, date(2027, 6, 6)), ("7/6", -1, SUNDAY), ("7/6", 1, SUNDAY),
    ("29/2", -1, date(2024, 2, 29)),
])
def test_a_day_without_a_year_lies_on_the_side_that_is_asked_for(text, toward, expected):
    assert amounts.day(text, SUNDAY, toward=toward) == expected


@pytest.mark.parametrize("text", ["31/6", "30 febbraio", "6 m", "6 ma", "6 brumaio", "6/6/26", "mercoledì"])
def test_no_days_even_today(text):
    with pytest.raises(Refusal):
        amounts.day(text, SUNDAY)


@pytest.mark.parametrize("text", ["", "31/6/2026", "29/2/2027", "6/13/2026", "6/6/26", "domani", "2026-13-01", "0/0/0000"])
def test_no_days(text):
    with pytest.raises(Refusal):
        amounts.day(text)


@pytest.mark.parametrize("text, expected", [("9", time(9)), ("9:30", time(9, 30)), ("9.30", time(9, 30)), ("0930", time(9, 30)),
                                            ("9h30", time(9, 30)), ("0:00", time(0)), ("23:59", time(23, 59)), ("9 h", time(9)),
                                            ("21", time(21)), ("ore 21", time(21)), ("Ore 9.30", time(9, 30))])
def test_times(text, expected):
    assert amounts.time_of_day(text) == expected


@pytest.mark.parametrize("text", ["", "24:00", "9:60", "9:5", "25", "mezzogiorno", "-1:00"])
def test_no_times(text):
    with pytest.raises(Refusal):
        amounts.time_of_day(text)
