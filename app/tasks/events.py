"""What has happened to a place or a shift before its begin. Somebody may have arrived early: hours have a say in it."""
from dataclasses import dataclass


@dataclass(frozen=True)
class PlaceGivenUp:
    booking_id: int


@dataclass(frozen=True)
class ShiftMoved:
    shift_id: int


@dataclass(frozen=True)
class ShiftCalledOff:
    shift_id: int
    reason: str
