"""What people type about sheets on paper: which to print, and the grid in which one is entered."""
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import request
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.base.clock import today
from app.base.errors import Refusal
from app.base.forms import Form, HoursField, Words
from app.base.i18n import gettext as _, lazy_gettext as _l, refused
from app.hours.models import Sheet
from app.hours.rules.sheets import days_of_month, Entry, read_entry

MORE = 3                               # rows for a second shift on a day
CELLS = ("start", "end", "pause")


class FindSheet(Form):
    code = Words(_l("Codice del foglio"), longest=20, name="codice")


class PrintSheets(Form):
    people = SelectMultipleField(_l("Per chi"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


class ImportSheets(Form):
    """`checked` is the SHA-256 of the file that was shown: only that file is imported, any other is shown first."""

    file = FileField(_l("File dei fogli (CSV)"), [FileRequired(_l("Scegli il file."))])
    checked = HiddenField()


class AttachScan(Form):
    file = FileField(_l("Scansione o foto del foglio"), [FileRequired(_l("Scegli il file."))])


@dataclass
class Row:
    """One row of the grid: its key in the form, the day if it is printed there, and what was typed."""

    key: str
    day: date | None
    typed: dict[str, str] = field(default_factory=dict)
    twice: dict[str, bool] = field(default_factory=dict)      # which of start and end clocks show twice that night
    error: str = ""
    entry: Entry | None = None

    @property
    def empty(self) -> bool:
        return not any(self.typed[cell] for cell in CELLS)

    @property
    def label(self) -> str:
        return _("giorno %(day)s", day=self.day.day) if self.day else _("riga in più %(number)s", number=int(self.key) - 31)


class EnterSheet(Form):
    """A row for each day of the month, and some more. What stands in the rows is read by `entries`."""

    stated = HoursField(_l("Ore in tutto, come scritto sul foglio"))
    rows_count = BooleanField(_l("Il totale sul foglio è sbagliato: valgono le righe"))
    signed_by = SelectField(_l("Chi ha firmato come tutor"))

    def __init__(self, sheet: Sheet, tutors, **options):
        super().__init__(**options)
        self.sheet, self.places = sheet, {}                   # of what is wrong: the id of the cell where it is
        self.signed_by.choices = [("", _("Scegli")), *((str(each.id), each.display_name) for each in tutors),
                                  ("0", _("Nessuno: la firma non c'è"))]
        self.rows = [_row(f"{number:02}", day) for number, day in enumerate(days_of_month(sheet.month), 1)]
        self.rows += [_row(str(31 + number), None) for number in range(1, MORE + 1)]

    def validate(self, **options) -> bool:
        valid = super().validate(**options)
        if self.signed_by.data == "":
            self.signed_by.errors = [_("Scegli chi ha firmato.")]
            valid = False
        zone, faults = ZoneInfo(self.sheet.task.comune.zone), []
        for row in self.rows:
            try:
                row.entry = _entry(row, self.sheet.month, zone)
            except Refusal as no:
                faults.append((row, no))
        self.blame(faults)
        return valid and not faults

    def blame(self, faults: list[tuple[Row, Refusal]]) -> None:
        """Say what is wrong by the rows where it is. A time that clocks show twice that night is asked about there."""
        for row, no in faults:
            row.error = refused(no)
            line, cell = f"{row.label}: {row.error}", {"break_min": "pause"}.get(no.field, no.field)
            self.form_errors.append(line)
            self.places[line] = f"r-{row.key}-{cell if cell in row.typed else 'start'}"

    @property
    def filled(self) -> list[Row]:
        return [row for row in self.rows if row.entry]

    @property
    def minutes(self) -> int:
        return sum(row.entry.minutes for row in self.filled)

    def answers(self) -> dict[str, str]:
        """What was typed, for the hidden fields of the check page."""
        cells = {name: value for name, value in request.form.items() if name.startswith("r-") and value}
        given = {each.name: each.raw_data[0] for each in (self.stated, self.rows_count, self.signed_by) if each.raw_data}
        return given | cells


def months() -> list[date]:
    """The months one prints sheets for: the next one, this one and the three before."""
    found = [(today().replace(day=1) + timedelta(days=32)).replace(day=1)]
    for _again in range(4):
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def _row(key: str, day: date | None) -> Row:
    cells = (*CELLS, "start-fold", "end-fold", *(() if day else ("day",)))
    return Row(key, day, {cell: request.form.get(f"r-{key}-{cell}", "").strip()[:20] for cell in cells})


def _entry(row: Row, month: date, zone: ZoneInfo) -> Entry | None:
    day = str(row.day.day) if row.day else row.typed["day"]
    folds = {f"{end}_fold": {"0": 0, "1": 1}.get(row.typed[f"{end}-fold"]) for end in ("start", "end")}
    words = {cell: row.typed[cell] for cell in CELLS}
    try:
        return read_entry(month, zone, day=day, **words, **folds)
    except Refusal as no:
        if no.field in CELLS and _doubled(month, zone, day, words, no.field):
            row.twice[no.field] = True
        raise


def _doubled(month: date, zone: ZoneInfo, day: str, words: dict, end: str) -> bool:
    """Whether the row could be read if somebody said which of two equal times is meant."""
    try:
        read_entry(month, zone, day=day, **words, start_fold=0, end_fold=0)
    except Refusal:
        return False
    return end in ("start", "end")
