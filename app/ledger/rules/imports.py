"""A register that comes in from a file: its rows, and whose accounts they name. Plain values."""
from datetime import date
from typing import NamedTuple


class ImportRow(NamedTuple):
    """A row of a register: `minutes` of `unit` from one name to another on a day. None is where opening balances come from."""

    line: int
    row_id: str
    day: date
    debit: str | None
    credit: str | None
    minutes: int
    unit: str
    reason: str

    @property
    def sides(self) -> tuple["Side", "Side"]:
        return Side(self.unit, same_name(self.debit)), Side(self.unit, same_name(self.credit))


class Side(NamedTuple):
    """One account of a register, as its rows name it."""

    unit: str
    name: str | None


def same_name(name: str | None) -> str | None:
    """What the ways of writing one name have in common."""
    return name and " ".join(name.split()).casefold()
