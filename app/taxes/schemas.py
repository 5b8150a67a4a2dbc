"""The two files that travel between us and the tax software, docs/tax-files.md: positions come in, reductions go out.

No message repeats what stands in a cell: with a column out of place that would be a fiscal code.
"""
import csv
import hashlib
import io
import re
from datetime import date, datetime
from functools import partial

from marshmallow import Schema, ValidationError, fields

from app.base import amounts
from app.base.clock import ROME
from app.base.errors import Refusal
from app.base.localtime import instant as instant_of
from app.base.words import N_
from app.taxes import rules
from app.taxes.models import Component, Tax
from app.taxes.rules import MOST_FAULTS, Fault, Feed, key_of

LARGEST_BYTES = 64 * 1024 * 1024
LONGEST_LINE = 2000

_REFERENCE = re.compile(r"\w[\w ./:#()-]{0,39}")  # never the beginning of a formula
_INSTANT = re.compile(r"(19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_YES_NO = {**dict.fromkeys(("1", "S", "SI", "SÌ", "TRUE"), True), **dict.fromkeys(("0", "N", "NO", "FALSE"), False)}


class WrongFile(Refusal):
    """A file that cannot be read at all."""


def reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise ValidationError(N_(
            "Servono al massimo 40 lettere, cifre, spazi o segni _ . / : # ( ) -. Il primo è una lettera o una cifra."))
    return text


def label(text: str) -> str:
    if len(text) > 20:
        raise ValidationError(N_("È troppo lungo: al massimo 20 caratteri."))
    return reference(text)


def whole(text: str, low: int, high: int, words: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise ValidationError(words)
    return int(text)


def euros(text: str) -> int:
    """Cents from "286,00"."""
    try:
        cents = amounts.cents(text)
    except Refusal:
        cents = -1
    if not 0 <= cents < 10 ** 9:
        raise ValidationError(N_("Serve un importo in euro, senza segno, per esempio 1286,00."))
    return cents


def coded(text: str, enum: type) -> Tax | Component:
    if text.upper() not in set(enum):
        raise ValidationError(N_("Questo codice non esiste. Guarda i codici possibili nel formato del file."))
    return enum(text.upper())


def day(text: str) -> date:
    try:
        found = amounts.day(text)
    except Refusal:
        found = date.min
    if not 1990 <= found.year <= 2100:
        raise ValidationError(N_("Serve un giorno che esiste, per esempio 2026-05-31."))
    return found


def instant(text: str) -> datetime:
    """An instant from "2026-05-04T02:30:00+02:00"; without an offset it is Italian time."""
    try:
        found = datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(N_("Servono giorno e ora, per esempio 2026-05-04T02:30:00+02:00."))
    try:
        return found if found.tzinfo else instant_of(found.date(), found.time(), ROME)
    except Refusal:
        raise ValidationError(N_(
            "Quel giorno l'orologio cambia e quest'ora non è chiara. Aggiungi il fuso, per esempio +02:00.")) from None


def yes_no(text: str) -> bool:
    if text.upper() not in _YES_NO:
        raise ValidationError(N_("Scrivi S oppure N."))
    return _YES_NO[text.upper()]


def fiscal_code(text: str) -> str:
    code = "".join(text.split()).upper()
    if not rules.is_fiscal_code(code):
        raise ValidationError(N_("Il codice fiscale non è corretto."))
    return code


cents = partial(whole, low=0, high=10 ** 9 - 1, words=N_(
    "Servono centesimi interi, senza segno e senza virgola: 28600 vuol dire 286,00 euro. "
    "Se il file ha gli importi in euro, il nome della colonna finisce con _euro."))
tax_year = partial(whole, low=1990, high=2100, words=N_("Serve un anno, per esempio 2026."))
instalment_no = partial(whole, low=0, high=999, words=N_("Serve il numero della rata, da 0 a 999."))
istat_code = partial(whole, low=1, high=999_999, words=N_("Serve il codice ISTAT del Comune, sei cifre."))


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


class PositionSchema(Schema):
    """One row of the file of positions."""

    istat = Cell("comune_istat", istat_code)
    tax = Cell("tax_code", partial(coded, enum=Tax))
    year = Cell("tax_year", tax_year)
    account_ref = Cell("account_id", reference)
    fiscal_code = Cell("codice_fiscale", fiscal_code)
    notice_no = Cell("notice_no", reference, empty="")
    iuv = Cell("iuv", reference, empty="")
    instalment = Cell("instalment_no", instalment_no)
    due_date = Cell("due_date", day)
    component = Cell("component", partial(coded, enum=Component))
    amount_cents = Cell("amount_cents", cents)
    paid_cents = Cell("paid_cents", cents, empty=0)
    offset_cents = Cell("offset_cents", cents, empty=0)
    status = Cell("status", label, empty="")
    collection_stage = Cell("collection_stage", reference, empty="")
    litigation = Cell("litigation", yes_no, empty=False)
    bonus_cents = Cell("bonus_sociale_cents", cents, empty=0)
    extracted_at = Cell("extract_ts", instant)


COLUMNS = {cell.data_key: name for name, cell in PositionSchema().fields.items()}
IN_EUROS = {column.replace("_cents", "_euro"): column for column in COLUMNS if column.endswith("_cents")}


def read_positions(data: bytes) -> Feed:
    """Every row of a file of positions, and what is wrong with it, up to MOST_FAULTS. Refuses what is no such file."""
    lines = io.StringIO(_decoded(data), newline="\n")
    header = _header(next(lines))
    schema, feed, seen = _schema(header), Feed(hashlib.sha256(data).hexdigest()), {}
    for line, text in enumerate(lines, 2):
        if not text.strip():
            continue
        try:
            row = schema.load(dict(zip(header, _cells(text, len(header)))))
            if wrong := rules.contradiction(row):
                raise ValidationError(wrong[1], field_name=wrong[0])
        except ValidationError as wrong:
            feed.faults += [Fault(line, column.removeprefix("_schema"), words[0])
                            for column, words in wrong.normalized_messages().items()]
        else:
            if (first := seen.setdefault(key_of(row), line)) != line:
                feed.faults.append(Fault(line, "", N_("Questa voce c'è già alla riga %(first)s."), {"first": first}))
            if odd := rules.oddity(row):
                feed.remarks.append(Fault(line, *odd))
            feed.rows.append(row | {"line": line})
        if len(feed.faults) >= MOST_FAULTS:
            break
    if not feed.rows and not feed.faults:
        raise WrongFile(N_("Dopo la prima riga non c'è niente."))
    return feed


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST_BYTES:
        raise WrongFile(N_("Il file è troppo grande: al massimo %(max)s MB. Dividilo, per esempio per rata."),
                        max=LARGEST_BYTES // 2 ** 20)
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"PK")) or b"\0" in data.split(b"\n", 1)[0]:
        raise WrongFile(N_("Non è un CSV in UTF-8: sembra UTF-16 o un foglio di calcolo. Salvalo come «CSV UTF-8»."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise WrongFile(N_("La riga %(line)s non è scritta in UTF-8. Salva il file come «CSV UTF-8»."),
                        line=data.count(b"\n", 0, wrong.start) + 1) from None
    if not text.strip():
        raise WrongFile(N_("Il file è vuoto."))
    return text


def _header(text: str) -> list[str]:
    """The columns' names. A cell in euros names itself."""
    if len(text) <= LONGEST_LINE and ";" not in text and ("," in text or "\t" in text):
        raise WrongFile(N_("Le colonne vanno separate con il punto e virgola (;)."))
    try:
        header = [cell.lower() for cell in _cells(text)]
    except ValidationError as wrong:
        raise WrongFile(N_("La prima riga deve avere i nomi delle colonne.")) from wrong
    named = [IN_EUROS.get(cell, cell) for cell in header]
    if not set(named) & set(COLUMNS):
        raise WrongFile(N_("La prima riga deve avere i nomi delle colonne, separati con il punto e virgola (;)."))
    if missing := [column for column in COLUMNS if column not in named]:
        raise WrongFile(N_("Nella prima riga manca: %(columns)s."), columns=", ".join(missing))
    extra = [str(place) for place, column in enumerate(named, 1)
             if column not in COLUMNS or column in named[:place - 1]]
    if extra:
        raise WrongFile(N_("Nella prima riga ci sono colonne in più o ripetute, in posizione %(places)s."),
                        places=", ".join(extra))
    return header


def _schema(header: list[str]) -> Schema:
    """The schema for these columns; those that say euros are read as euros."""
    cells = PositionSchema().fields
    told = {COLUMNS[IN_EUROS[column]]: column for column in header if column in IN_EUROS}
    return PositionSchema.from_dict({name: Cell(column, euros, cells[name].empty) for name, column in told.items()})()


def _cells(text: str, width: int | None = None) -> list[str]:
    """The cells of one line, without the blanks around them. A line break ends the row, also inside quotes."""
    text = text.rstrip("\r\n")
    if len(text) > LONGEST_LINE:
        raise ValidationError(N_("La riga è troppo lunga."))
    if rules.NOT_TEXT.search(text):
        raise ValidationError(N_("La riga contiene segni che non sono testo."))
    try:
        cells = [cell.strip() for cell in next(csv.reader([text], delimiter=";", strict=True))]
    except csv.Error:
        raise ValidationError(N_("Le virgolette non sono chiuse bene.")) from None
    if width and len(cells) != width:
        raise ValidationError(N_(
            "Il numero delle colonne non è quello della prima riga. Il separatore è il punto e virgola (;)."))
    return cells
