"""The only file that reads the clock. Tests and the demo town set it; nobody patches `datetime`."""
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """This instant, in UTC."""
    return _set_to.get() or datetime.now(UTC)


def today(zone: ZoneInfo = ROME) -> date:
    """The calendar day it is now for people in `zone`."""
    return now().astimezone(zone).date()


@contextmanager
def set_to(instant: datetime):
    """Inside the block it is `instant` (aware) and stays so."""
    if instant.tzinfo is None:
        raise ValueError("the clock is set with an aware datetime")
    token = _set_to.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)
