"""Marks for words that are translated later, where they are shown."""
from enum import StrEnum


def N_(text: str) -> str:
    """Mark `text` for the translators and return it unchanged; whoever shows it calls gettext."""
    return text


class Labelled(StrEnum):
    """A StrEnum whose members also carry the words a person reads: `NAME = "value", N_("Parola")`."""

    label: str

    def __new__(cls, value: str, label: str):
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
