"""Marks for words that are translated later, where they are shown."""
from enum import StrEnum


def N_(text: str) -> str:
    """Mark `text` for the translators and return it unchanged; whoever shows it calls gettext."""
    return text


class Said(str):
    """Italian words for a machine's reader, that a page can still translate: the sentence, and the values that stand in it."""

    text: str
    values: dict

    def __new__(cls, text: str, **values):
        said = super().__new__(cls, text % values if values else text)
        said.text, said.values = text, values
        return said


class Labelled(StrEnum):
    """A StrEnum whose members also carry the words a person reads: `NAME = "value", N_("Parola")`."""

    label: str

    def __new__(cls, value: str, label: str):
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
