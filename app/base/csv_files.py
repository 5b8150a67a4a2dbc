"""CSV files that come in: what they say, what is wrong with them and where, before anybody believes a cell."""
import csv
from typing import NamedTuple

from marshmallow import ValidationError, fields

from app.base.errors import Refusal
from app.base.tables import NOT_TEXT
from app.base.words import N_

MOST_FAULTS = 200                      # then the reading of a file stops
LONGEST_LINE = 2000


class WrongFile(Refusal):
    """A file that cannot be read at all."""


class Fault(NamedTuple):
    """What is wrong, or just unusual, in one line; `column` is empty when it is the whole line."""

    line: int
    column: str
    message: str
    values: dict = {}


class Cell(fields.Field):
    """The text of a cell, made a value by `read`. An empty cell is `empty`; without one it is refused."""

    def __init__(self, column: str, read, empty=None):
        super().__init__(data_key=column)
        self.read, self.empty = read, empty

    def _deserialize(self, value, attr, data, **kwargs):
        if value:
            return self.read(value)
        if self.empty is None:
            raise ValidationError(N_("Questa cella non può essere vuota."))
        return self.empty


def faults(line: int, wrong: ValidationError) -> list[Fault]:
    """What a schema found wrong in a line, column by column."""
    return [Fault(line, column.removeprefix("_schema"), words[0]) for column, words in wrong.normalized_messages().items()]


def decoded(data: bytes, *, largest: int) -> str:
    """The text of a file in UTF-8. Refuses more than `largest` bytes, a spreadsheet, another encoding, and an empty file."""
    _check_size(data, largest)
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"PK")) or b"\0" in data.split(b"\n", 1)[0]:
        raise WrongFile(N_("Non è un CSV in UTF-8: sembra UTF-16 o un foglio di calcolo. Salvalo come «CSV UTF-8»."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise WrongFile(N_("La riga %(line)s non è scritta in UTF-8. Salva il file come «CSV UTF-8»."),
                        line=data.count(b"\n", 0, wrong.start) + 1) from None
    return _not_empty(text)


def decoded_somehow(data: bytes, *, largest: int) -> str:
    """The text of a file that an old spreadsheet may have written: UTF-8, UTF-16 that says so, or else Windows-1252."""
    _check_size(data, largest)
    if data.startswith(b"PK"):
        raise WrongFile(N_("È un foglio di calcolo. Salvalo come CSV."))
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return _not_empty(text)
    raise WrongFile(N_("Non si capisce come è scritto questo file. Salvalo come «CSV UTF-8»."))


def delimiter(header: str) -> str:
    """Semicolon, tab or comma: what the first line has most of."""
    return max(";\t,", key=header.count)


def cells(text: str, width: int | None = None, *, delimiter: str = ";") -> list[str]:
    """The cells of one line, without the blanks around them. A line break ends the row, also inside quotes."""
    text = text.rstrip("\r\n")
    if len(text) > LONGEST_LINE:
        raise ValidationError(N_("La riga è troppo lunga."))
    if NOT_TEXT.search(text.replace(delimiter, "")):
        raise ValidationError(N_("La riga contiene segni che non sono testo."))
    try:
        found = [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter, strict=True))]
    except csv.Error:
        raise ValidationError(N_("Le virgolette non sono chiuse bene.")) from None
    if width and len(found) != width:
        raise ValidationError(N_("Il numero delle colonne non è quello della prima riga."))
    return found


def _check_size(data: bytes, largest: int) -> None:
    if len(data) > largest:
        raise WrongFile(N_("Il file è troppo grande: al massimo %(max)s MB. Dividilo in più file."), max=largest // 2 ** 20)


def _not_empty(text: str) -> str:
    if not text.strip():
        raise WrongFile(N_("Il file è vuoto."))
    return text
