"""What people may write for a break: in that field a bare number is minutes."""
import pytest

from app.base.errors import Refusal
from app.hours.forms import break_minutes


@pytest.mark.parametrize("text, minutes", [
    ("30", 30), ("0", 0), ("0:30", 30), ("1:15", 75), ("45 min", 45), ("1 h", 60), ("1h30", 90), ("90", 90),
    ("15 + 30", 45), ("0:30+1 h", 90)])
def test_a_break_is_read_in_minutes(text, minutes):
    assert break_minutes(text) == minutes


@pytest.mark.parametrize("text", ["0,30", "0.5", "1,5", "mezz'ora", "-5", "1:75", "15 +", "15 + 0,5"])
def test_a_break_with_two_readings_or_none_is_refused(text):
    with pytest.raises(Refusal):
        break_minutes(text)
