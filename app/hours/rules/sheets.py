"""Sheets on paper: the code that finds one again, and whether the rows add up to what somebody wrote below them."""
import hashlib
import secrets
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.base import amounts
from app.base.errors import Refusal
from app.base.localtime import minutes_between
from app.base.words import N_
from app.hours.rules.breaks import break_minutes
from app.hours.rules.codes import ALPHABET, check_letter, holds, plain
from app.tasks.rules.shifts import span

LENGTH = 6                             # letters of a sheet's code, without the check letter


def new_code() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return body + check_letter(body)


def read_code(typed: str) -> str:
    """The code of a sheet however it was typed. Refuses one with a letter too few, too many or wrong."""
    code = plain(typed)
    if len(code) != LENGTH + 1 or not holds(code):
        raise Refusal(N_("Questo codice non torna: sono sette tra lettere e cifre. Controllale sul foglio."), field="code")
    return code


def written(code: str, size: int = 4) -> str:
    """A code as people read it, in groups: "KXM4-PTR"."""
    return "-".join(code[start:start + size] for start in range(0, len(code), size))


def check_total(minutes: int, stated_minutes: int | None, *, rows_count: bool) -> None:
    """Refuses rows that make other minutes than the sheet states, unless somebody looked again and says that the `rows_count`."""
    if stated_minutes is not None and stated_minutes != minutes and not rows_count:
        raise Refusal(N_("Le righe fanno %(rows_min)s, sul foglio c'è scritto %(stated_min)s. Controlla le righe. "
                         "Se è sbagliato il totale del foglio, dillo qui sotto."),
                      field="stated", rows_min=minutes, stated_min=stated_minutes)


@dataclass(frozen=True)
class Entry:
    """What one row of a sheet says: two instants, and a break in minutes."""

    started_at: datetime
    ended_at: datetime
    break_min: int

    @property
    def minutes(self) -> int:
        return minutes_between(self.started_at, self.ended_at) - self.break_min


def read_entry(month: date, zone: ZoneInfo, *, day: str, start: str, end: str, pause: str = "", start_fold: int | None = None,
               end_fold: int | None = None) -> Entry | None:
    """A row as it was typed; None when it is empty. An end that clocks show before the start belongs to the next day.

    Refuses a row that is only half filled in, a day outside the sheet's month, and what `span` refuses of the times.
    """
    if not (start or end or pause):
        return None
    if not (start and end):
        raise Refusal(N_("Mancano l'ora di inizio o l'ora di fine."), field="start" if end else "end")
    started_at, ended_at = span(read_day(day, month), _read("start", amounts.time_of_day, start), _read("end", amounts.time_of_day, end),
                                zone, start_fold=start_fold, end_fold=end_fold)
    return Entry(started_at, ended_at, _read("pause", break_minutes, pause) if pause else 0)


def read_day(typed: str, month: date) -> date:
    """A day of the sheet's month, from "12", or from the whole date."""
    if not typed.strip():
        raise Refusal(N_("Manca il giorno."), field="day")
    try:
        day = month.replace(day=int(typed)) if typed.strip().isdecimal() else _read("day", amounts.day, typed)
    except ValueError:
        day = date.max
    if (day.year, day.month) != (month.year, month.month):
        raise Refusal(N_("Questo giorno non è nel mese del foglio."), field="day")
    return day


def days_of_month(month: date) -> list[date]:
    """All days of the month that begins with `month`."""
    return [month.replace(day=number + 1) for number in range(monthrange(month.year, month.month)[1])]


def digest(entries: Iterable[Entry]) -> str:
    """What tells the rows of one sheet from others: SHA-256 over them, in the order of time."""
    said = "\n".join(f"{each.started_at.isoformat()} {each.ended_at.isoformat()} {each.break_min}"
                     for each in sorted(entries, key=lambda each: each.started_at))
    return hashlib.sha256(said.encode()).hexdigest()


def _read(field: str, reader, text: str):
    try:
        return reader(text)
    except Refusal as no:
        raise Refusal(no.message, field, **no.values) from no
