"""Sessions, bills and settlements in few words, for tables of cases."""
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.baratto.rules import Position, Session, Terms, Used, settle

ROME = ZoneInfo("Europe/Rome")
CENTS_A_MINUTE = {
    "value_model": "HOURLY",
    "rate_cents_per_hour": 60,
}  # one minute is one cent: the tables below read by themselves


def days(*minutes, person="A", first=date(2026, 5, 4)):
    """One session a day, of so many minutes."""
    return [
        Session(person=person, day=first + timedelta(days=place), minutes=each) for place, each in enumerate(minutes)
    ]


def shift(hour, length, *, person="A", day=date(2026, 5, 4), rest=0):
    """A session that begins at `hour` UTC, two hours later in Italy."""
    start = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return Session(person=person, start=start, end=start + timedelta(minutes=length), break_min=rest)


def bill(amount, **facts):
    return Position(**{"tax": "TARI", "year": 2026, "due": date(2026, 6, 30), "amount_cents": amount} | facts)


def settled(terms=None, sessions=(), positions=(bill(1_000_000),), *, used=Used(), budget_left=None):
    return settle(
        Terms.from_mapping(CENTS_A_MINUTE | (terms or {})),
        year=2026,
        sessions=sessions,
        positions=positions,
        used=used,
        budget_left=budget_left,
        zone=ROME,
    )
