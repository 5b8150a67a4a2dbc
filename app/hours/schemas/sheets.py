"""The CSV in which a month of sheets comes at once, one line for each row of a sheet:

    foglio;giorno;inizio;fine;pausa;totale;tutor
    KXM4-PTR;3;9:00;12:30;15;20:30;tino.robutti@example.org

`pausa`, `totale` (the hours written below the sheet) and `tutor` (the e-mail address of who signed it) may be empty; `totale` and `tutor`
stand in one line of their sheet or in all. UTF-8, semicolons or commas, the columns in any order.
"""
import csv
import hashlib
import io
from dataclasses import dataclass, field

from app.base import amounts
from app.base.errors import Refusal
from app.base.words import N_
from app.hours.rules.sheets import read_code

COLUMNS = ("foglio", "giorno", "inizio", "fine", "pausa", "totale", "tutor")
NEEDED = COLUMNS[:4]
MOST_LINES = 5000


@dataclass(frozen=True)
class Line:
    """One line: where it stands in the file, and the cells of a row."""

    number: int
    day: str
    start: str
    end: str
    pause: str


@dataclass
class SentSheet:
    """All lines of one sheet."""

    code: str
    lines: list[Line] = field(default_factory=list)
    stated_minutes: int | None = None
    tutor: str = ""


@dataclass
class SentSheets:
    sha256: str
    sheets: dict[str, SentSheet]
    faults: list[tuple[int, Refusal]]  # number of the line, and what is wrong with it


def read_sheets(content: bytes) -> SentSheets:
    """The sheets of a file, and the lines that cannot be read. Refuses a file that is no such CSV."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(N_("Il file non è scritto in UTF-8. Salvalo di nuovo come «CSV UTF-8»."), field="file") from None
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in head else ",", strict=True)
    reader.fieldnames = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if missing := [name for name in NEEDED if name not in reader.fieldnames]:
        raise Refusal(N_("Nel file mancano queste colonne: %(columns)s. La prima riga deve avere i nomi: %(all)s."), field="file",
                      columns=", ".join(missing), all=", ".join(COLUMNS))
    sent = SentSheets(hashlib.sha256(content).hexdigest(), {}, [])
    try:
        for cells in reader:
            if reader.line_num > MOST_LINES + 1:
                raise Refusal(N_("Il file ha troppe righe: al massimo %(most)s."), field="file", most=MOST_LINES)
            if any((value or "").strip() for value in cells.values() if not isinstance(value, list)):
                _read(sent, reader.line_num, {name: (cells.get(name) or "").strip() for name in COLUMNS})
    except csv.Error:
        raise Refusal(N_("La riga %(line)s del file non si legge: forse mancano delle virgolette."), field="file",
                      line=reader.line_num) from None
    if not sent.sheets and not sent.faults:
        raise Refusal(N_("Nel file non c'è nessuna riga."), field="file")
    return sent


def _read(sent: SentSheets, number: int, cells: dict[str, str]) -> None:
    try:
        code = read_code(cells["foglio"])
        sheet = sent.sheets.setdefault(code, SentSheet(code))
        if cells["totale"]:
            _agree(sheet, "stated_minutes", amounts.minutes(cells["totale"]))
        if cells["tutor"]:
            _agree(sheet, "tutor", cells["tutor"].lower())
        sheet.lines.append(Line(number, cells["giorno"], cells["inizio"], cells["fine"], cells["pausa"]))
    except Refusal as no:
        sent.faults.append((number, no))


def _agree(sheet: SentSheet, name: str, value) -> None:
    """The lines of one sheet say the same total and the same tutor."""
    if getattr(sheet, name) not in (None, "", value):
        raise Refusal(N_("Il totale e il tutor devono essere uguali in tutte le righe dello stesso foglio."))
    setattr(sheet, name, value)
