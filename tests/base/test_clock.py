from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.base import clock

NIGHT = datetime(2026, 6, 5, 22, 30, tzinfo=UTC)            # already the sixth in Rome


def test_now_is_aware_and_moves():
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC and timedelta(0) <= second - first < timedelta(minutes=1)


def test_it_can_be_set_and_goes_back():
    with clock.set_to(NIGHT):
        assert clock.now() == NIGHT
        with clock.set_to(NIGHT + timedelta(days=1)):
            assert clock.now() == NIGHT + timedelta(days=1)
        assert clock.now() == NIGHT
    assert clock.now() > NIGHT + timedelta(days=1)


def test_it_goes_back_after_a_mistake():
    with pytest.raises(ZeroDivisionError), clock.set_to(NIGHT):
        1 / 0
    assert clock.now() != NIGHT


def test_it_is_utc_whoever_sets_it():
    with clock.set_to(datetime(2026, 6, 6, 0, 30, tzinfo=clock.ROME)):
        assert clock.now() == NIGHT and clock.now().tzinfo is UTC


def test_a_naive_time_is_no_instant():
    with pytest.raises(ValueError, match="aware"), clock.set_to(datetime(2026, 6, 6)):
        pass


def test_today_is_a_day_of_people():
    with clock.set_to(NIGHT):
        assert clock.today() == date(2026, 6, 6) and clock.today(ZoneInfo("UTC")) == date(2026, 6, 5)
