"""When a shift really is, what shift there can be, and when it may still be changed."""
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.base.errors import Refusal
from app.base.localtime import instant
from app.base.words import N_
from app.tasks.states import Shift

MOST_PLACES = 500


def check_calling_off(*, starts_at: datetime, now: datetime, reason: str) -> None:
    """Refuses to call off a shift without a reason, or once it has begun: the hours done until then are somebody's."""
    if not reason:
        raise Refusal(N_("Scrivi il motivo: lo leggerà chi ha prenotato."), field="reason")
    if now >= starts_at:
        raise Refusal(N_("Il turno è già iniziato: non si può più annullare."))


def check_moving(*, state: Shift, starts_at: datetime, taken: int, places: int, now: datetime) -> None:
    """Refuses to change a shift that was called off or has begun, and fewer places than are taken."""
    if state is not Shift.PLANNED:
        raise Refusal(N_("Questo turno è annullato."))
    if now >= starts_at:
        raise Refusal(N_("Il turno è già iniziato: non si può più spostare."))
    if places < taken:
        raise Refusal(N_("I posti presi sono già %(taken)s: i posti non possono essere di meno."), field="places", taken=taken)


def check_shift(*, starts_at: datetime, ends_at: datetime, places: int, now: datetime, field: str = "day") -> None:
    """Refuses a shift that has begun (said at `field`), ends before it starts, lasts more than a day, or has no place."""
    if starts_at <= now:
        raise Refusal(N_("Questo turno sarebbe già iniziato: scegli un giorno o un'ora che deve ancora venire."), field=field)
    if ends_at <= starts_at:
        raise Refusal(N_("L'ora di fine deve venire dopo l'ora di inizio."), field="end")
    if (ends_at - starts_at).total_seconds() > 24 * 3600:
        raise Refusal(N_("Un turno dura al massimo 24 ore."), field="end")
    if not 1 <= places <= MOST_PLACES:
        raise Refusal(N_("I posti devono essere tra 1 e %(most)s."), field="places", most=MOST_PLACES)


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


def _twice(day: date, at: time, zone: ZoneInfo) -> bool:
    try:
        return instant(day, at, zone, 0) != instant(day, at, zone, 1)
    except Refusal:                    # skipped, which is another story
        return False
