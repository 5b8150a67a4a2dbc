"""Codes that prove that somebody is on the spot: one that changes every minute, and one for a printed sheet that holds for a day.

A code is a keyed hash of the shift and of the time, so nothing is stored. There are more than a hundred million of them, and one opens only
the signed-in person's own booking of that very shift.
"""
import hashlib
import hmac
from datetime import date, datetime, timedelta

from app.hours.rules.codes import ALPHABET

LENGTH = 6
STEP = timedelta(minutes=1)
ACCEPTED = 3                           # the running minute and the two before it: time enough to read, type and press


def rotating_code(secret: bytes, shift_id: int, at: datetime, *, age: int = 0) -> str:
    """The shift's code in the minute of `at`, or `age` minutes before it."""
    return _code(secret, f"shift:{shift_id}:minute:{int(at.timestamp() // STEP.total_seconds()) - age}")


def daily_code(secret: bytes, shift_id: int, day: date) -> str:
    """The shift's code on a printed sheet; `day` is the local calendar day."""
    return _code(secret, f"shift:{shift_id}:day:{day.isoformat()}")


def grouped(code: str) -> str:
    """As it is shown: "7KD-4MW"."""
    return f"{code[:3]}-{code[3:]}"


def matches(code: str, wanted: str) -> bool:
    """Compared in a time that tells nothing about where they differ."""
    return hmac.compare_digest(code.encode(), wanted.encode())


def _code(secret: bytes, what: str) -> str:
    number = int.from_bytes(hmac.digest(secret, f"check-in {what}".encode(), hashlib.sha256))
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)
