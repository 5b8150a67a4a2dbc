"""A regulation as its file tells it: each value beside the source that says it."""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.baratto.rules.terms import Terms, missing


@dataclass(frozen=True)
class Stated:
    """One value and where it is published. `note` says how it was read: computed, from memory, or by our reading."""

    value: Any
    source: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class RegulationFile:
    """A regulation as its file tells it.

    `terms` is complete; `stated` holds the terms that the file itself names, with sources.
    """

    comune: str
    province: str
    year: int
    title: str
    demo: bool
    legal_basis: Stated | None
    act: Mapping[str, Any] | None
    terms: Terms
    stated: Mapping[str, Stated]
    access: Mapping[str, Stated]
    budget: Mapping[str, Stated]
    procedure: Mapping[str, Stated]
    notes: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The values that this regulation cannot work without and that its file does not say.

        The office has to add them.
        """
        return missing({key: each.value for key, each in self.stated.items()})
