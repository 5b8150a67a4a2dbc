"""The file by which a time bank or a paper register comes in: docs/ledger-import.md. Row by row, with what is wrong in each.

No message repeats what stands in a cell: that may be a name.
"""
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO
from uuid import UUID

from marshmallow import Schema, ValidationError

from app.base import amounts
from app.base.clock import today
from app.base.csv_files import MOST_FAULTS, Cell, Fault, WrongFile, cells, decoded_somehow, delimiter, faults
from app.base.errors import Refusal
from app.base.tables import Column, Kind, write_csv
from app.base.words import N_
from app.ledger.actions.imports import Holder
from app.ledger.models import Unit
from app.ledger.rules.imports import ImportRow

LARGEST_BYTES = 16 * 1024 * 1024
OPENING = {"apertura", "opening"}      # in place of a name: where opening balances come from

_UNITS = {"time": Unit.TIME, "tempo": Unit.TIME, "service": Unit.SERVICE, "servizio": Unit.SERVICE}
_ROW_ID = re.compile(r"\w[\w./-]{0,29}")
_NAME = re.compile(r"\w.{0,79}")                     # never the beginning of a formula
_REASON = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")


@dataclass
class Feed:
    rows: list[ImportRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def row_id(text: str) -> str:
    if not _ROW_ID.fullmatch(text):
        raise ValidationError(N_("Servono al massimo 30 lettere, cifre o segni _ . / -, senza spazi."))
    return text


def day(text: str) -> date:
    try:
        found = amounts.day(text)
    except Refusal:
        found = date.min
    if not 1980 <= found.year <= 2100:
        raise ValidationError(N_("Serve un giorno che esiste, per esempio 31/5/2026."))
    if found > today():
        raise ValidationError(N_("Questo giorno deve ancora venire."))
    return found


def name(text: str) -> str | None:
    if text.casefold() in OPENING:
        return None
    if not _NAME.fullmatch(text):
        raise ValidationError(N_("Servono al massimo 80 caratteri. Il primo è una lettera o una cifra."))
    return " ".join(text.split())


def minutes(text: str) -> int:
    """Minutes from "1:30", "1,5" or "90m"."""
    try:
        found = amounts.minutes(text)
    except Refusal as no:
        raise ValidationError(no.message) from no
    if found == 0:
        raise ValidationError(N_("Il tempo deve essere più di zero. Chi dà le ore sta in «da», chi le riceve in «a»."))
    return found


def unit(text: str) -> Unit:
    if text.casefold() in {"eur", "euro", "€"}:
        raise ValidationError(N_("Gli euro non si importano: nascono solo dai bandi e dai patti."))
    if text.casefold() not in _UNITS:
        raise ValidationError(N_("Scrivi TIME per le ore della banca del tempo, SERVICE per le ore di servizio."))
    return _UNITS[text.casefold()]


def reason(text: str) -> str:
    if not _REASON.fullmatch(text.lower()):
        raise ValidationError(N_("Serve una parola sola, al massimo 30 lettere senza accenti, cifre o segni _ -. Mai un nome di persona."))
    return text.lower()


class RowSchema(Schema):
    row_id = Cell("riga", row_id)
    day = Cell("data", day)
    debit = Cell("da", name)
    credit = Cell("a", name)
    minutes = Cell("ore", minutes)
    unit = Cell("unita", unit, empty=Unit.TIME)
    reason = Cell("causale", reason, empty="")


COLUMNS = [cell.data_key for cell in RowSchema().fields.values()]
OPTIONAL = {"unita", "causale"}
ALIASES = {"row": "riga", "id": "riga", "date": "data", "from": "da", "to": "a", "amount": "ore", "unità": "unita", "unit": "unita",
           "reference": "causale"}


def read_rows(data: bytes) -> Feed:
    """Every row, and all that is wrong, up to MOST_FAULTS. Refuses what is no such file."""
    lines = io.StringIO(decoded_somehow(data, largest=LARGEST_BYTES), newline=None)
    first = next(lines)
    separator = delimiter(first)
    header, schema, feed, seen = _header(first, separator), RowSchema(), Feed(), {}
    for line, text in enumerate(lines, 2):
        if not text.strip(f" \r\n{separator}"):
            continue
        try:
            found = cells(text, len(header), delimiter=separator)
            row = ImportRow(line, **schema.load(dict.fromkeys(OPTIONAL, "") | dict(zip(header, found, strict=True))))
            if len(set(row.sides)) == 1:
                raise ValidationError(N_("«da» e «a» devono essere diversi."))
        except ValidationError as wrong:
            feed.faults += faults(line, wrong)
        else:
            if (before := seen.setdefault(row.row_id, line)) != line:
                feed.faults.append(Fault(line, "riga", N_("Questo numero di riga c'è già alla riga %(first)s del file."),
                                         {"first": before}))
            feed.rows.append(row)
        if len(feed.faults) >= MOST_FAULTS:
            break
    if not feed.rows and not feed.faults:
        raise WrongFile(N_("Dopo la prima riga non c'è niente."))
    return feed


def _header(text: str, separator: str) -> list[str]:
    """The columns' names, in Italian."""
    try:
        header = [ALIASES.get(cell.casefold(), cell.casefold()) for cell in cells(text, delimiter=separator)]
    except ValidationError as wrong:
        raise WrongFile(N_("La prima riga deve avere i nomi delle colonne.")) from wrong
    if missing := [column for column in COLUMNS if column not in header and column not in OPTIONAL]:
        raise WrongFile(N_("Nella prima riga manca: %(columns)s."), columns=", ".join(missing))
    extra = [str(place) for place, column in enumerate(header, 1) if column not in COLUMNS or column in header[:place - 1]]
    if extra:
        raise WrongFile(N_("Nella prima riga ci sono colonne in più o ripetute, in posizione %(places)s."), places=", ".join(extra))
    return header


REPORT = [Column("nome"), Column("unita"), Column("riferimento"), Column("saldo", Kind.MINUTES), Column("saldo_minuti", Kind.NUMBER)]


def write_report(file: BinaryIO, holders: Iterable[Holder]) -> None:
    """Whose each account is: the only place where it is written."""
    write_csv(file, REPORT, ((each.name, each.unit, each.reference, each.balance, each.balance) for each in holders))


def read_report(data: bytes) -> list[Holder]:
    """The names and references of an earlier report. Refuses a file that is none."""
    found = []
    for line, text in enumerate(io.StringIO(decoded_somehow(data, largest=LARGEST_BYTES), newline=None), 1):
        try:
            named, of_unit, reference, *_figures = cells(text, len(REPORT))
            if line > 1:
                found.append(Holder(unit(of_unit), name(named), str(UUID(reference))))
        except (ValidationError, ValueError):
            raise WrongFile(N_("Il file dei riferimenti non si legge: la riga %(line)s non è come l'abbiamo scritta."),
                            line=line) from None
    return found
