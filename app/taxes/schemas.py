"""The two files that travel between us and the tax software, docs/tax-files.md: positions come in, reductions go out.

No message repeats what stands in a cell: with a column out of place that would be a fiscal code.
"""
import hashlib
import io
import re
from datetime import date, datetime
from functools import partial

from marshmallow import Schema, ValidationError

from app.base import amounts
from app.base.clock import ROME
from app.base.csv_files import LONGEST_LINE, MOST_FAULTS, Cell, Fault, WrongFile, cells, decoded, faults
from app.base.errors import Refusal
from app.base.localtime import instant as instant_of
from app.base.words import N_
from app.taxes import rules
from app.taxes.models import Component, Tax
from app.taxes.rules import Feed, key_of

LARGEST_BYTES = 64 * 1024 * 1024

_REFERENCE = re.compile(r"\w[\w ./:#()-]{0,39}")  # never the beginning of a formula
_INSTANT = re.compile(r"(19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_YES_NO = {**dict.fromkeys(("1", "S", "SI", "SÌ", "TRUE"), True), **dict.fromkeys(("0", "N", "NO", "FALSE"), False)}


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
    lines = io.StringIO(decoded(data, largest=LARGEST_BYTES), newline="\n")
    header = _header(next(lines))
    schema, feed, seen = _schema(header), Feed(hashlib.sha256(data).hexdigest()), {}
    for line, text in enumerate(lines, 2):
        if not text.strip():
            continue
        try:
            row = schema.load(dict(zip(header, cells(text, len(header)))))
            if wrong := rules.contradiction(row):
                raise ValidationError(wrong[1], field_name=wrong[0])
        except ValidationError as wrong:
            feed.faults += faults(line, wrong)
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


def _header(text: str) -> list[str]:
    """The columns' names. A cell in euros names itself."""
    if len(text) <= LONGEST_LINE and ";" not in text and ("," in text or "\t" in text):
        raise WrongFile(N_("Le colonne vanno separate con il punto e virgola (;)."))
    try:
        header = [cell.lower() for cell in cells(text)]
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
    known = PositionSchema().fields
    told = {COLUMNS[IN_EUROS[column]]: column for column in header if column in IN_EUROS}
    return PositionSchema.from_dict({name: Cell(column, euros, known[name].empty) for name, column in told.items()})()
