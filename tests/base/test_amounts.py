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


@pytest.mark.parametrize("text", ["", "31/6/2026", "29/2/2027", "6/13/2026", "6/6/26", "domani", "2026-13-01", "0/0/0000"])
def test_no_days(text):
    with pytest.raises(Refusal):
        amounts.day(text)


@pytest.mark.parametrize("text, expected", [("9", time(9)), ("9:30", time(9, 30)), ("9.30", time(9, 30)), ("0930", time(9, 30)),
                                            ("9h30", time(9, 30)), ("0:00", time(0)), ("23:59", time(23, 59)), ("9 h", time(9))])
def test_times(text, expected):
    assert amounts.time_of_day(text) == expected


@pytest.mark.parametrize("text", ["", "24:00", "9:60", "9:5", "25", "mezzogiorno", "-1:00"])
def test_no_times(text):
    with pytest.raises(Refusal):
        amounts.time_of_day(text)
