"""When a place can be booked, when a shift really is, and how words are searched."""
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.base.errors import Refusal
from app.base.localtime import instant
from app.base.words import N_
from app.tasks.states import Shift


def check_booking(*, state: Shift, starts_at: datetime, ends_at: datetime, now: datetime,
                  others: Iterable[tuple[datetime, datetime]]) -> None:
    """Refuses a cancelled shift, one that has begun, and one that clashes with `others`. Back to back is no clash."""
    if state is not Shift.PLANNED:
        raise Refusal(N_("Questo turno è stato annullato dall'ente."))
    if now >= starts_at:
        raise Refusal(N_("Questo turno è già iniziato: non si può più prenotare."))
    for other_start, other_end in others:
        if starts_at < other_end and other_start < ends_at:
            raise Refusal(N_("In quelle ore hai già un turno prenotato: %(when)s."), when=other_start)


def check_cancelling(*, starts_at: datetime, now: datetime) -> None:
    """Refuses to cancel a booking once the shift has begun."""
    if now >= starts_at:
        raise Refusal(N_("Il turno è già iniziato: non si può più disdire."))


def check_calling_off(*, starts_at: datetime, now: datetime, reason: str) -> None:
    """Refuses to call off a shift without a reason, or once it has begun: the hours done until then are somebody's."""
    if not reason:
        raise Refusal(N_("Scrivi il motivo: lo leggerà chi ha prenotato."), field="reason")
    if now >= starts_at:
        raise Refusal(N_("Il turno è già iniziato: non si può più annullare."))


def check_shift(*, starts_at: datetime, ends_at: datetime, places: int, now: datetime) -> None:
    """Refuses a shift that has begun, ends before it starts, lasts more than a day, or has no place."""
    if starts_at <= now:
        raise Refusal(N_("Questo turno sarebbe già iniziato: scegli un giorno o un'ora che deve ancora venire."), field="day")
    if ends_at <= starts_at:
        raise Refusal(N_("L'ora di fine deve venire dopo l'ora di inizio."), field="end")
    if (ends_at - starts_at).total_seconds() > 24 * 3600:
        raise Refusal(N_("Un turno dura al massimo 24 ore."), field="end")
    if not 1 <= places <= 500:
        raise Refusal(N_("I posti devono essere tra 1 e 500."), field="places")


def span(day: date, start: time, end: time, zone: ZoneInfo, *, start_fold: int | None = None,
         end_fold: int | None = None) -> tuple[datetime, datetime]:
    """The instants of a stretch that begins on `day`; an `end` that clocks show before `start` belongs to the next day.

    Refuses times that clocks skip, and those that they show twice unless a fold says which (see `asked_twice`).
    """
    begins = instant(day, start, zone, start_fold, field="start")
    if end > start:
        return begins, instant(day, end, zone, end_fold, field="end")
    # From the first 2:50 to the second 2:10 it is twenty minutes, not a day.
    if begins < instant(day, start, zone, 1) and begins < (again := instant(day, end, zone, 1)):
        return begins, again
    if end == start:
        raise Refusal(N_("L'ora di fine è uguale all'ora di inizio."), field="end")
    return begins, instant(day + timedelta(days=1), end, zone, end_fold, field="end")


def asked_twice(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[bool, bool]:
    """Whether clocks show the start, and the end, twice: then one must say which is meant."""
    return _twice(day, start, zone), _twice(day if end > start else day + timedelta(days=1), end, zone)


def fold(text: str) -> str:
    """Lower case without accents: what is searched and what is looked for meet there."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c)).split())


def _twice(day: date, at: time, zone: ZoneInfo) -> bool:
    try:
        return instant(day, at, zone, 0) != instant(day, at, zone, 1)
    except Refusal:                    # skipped, which is another story
        return False
