"""Which hours can be logged, validated and changed. Minutes are differences of instants, never of clock readings."""
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.base.errors import Refusal
from app.base.localtime import minutes_between
from app.base.words import N_

LOG_DAYS = 7                           # days after the shift in which hours need no leave of the office, unless the comune says otherwise
LATEST = timedelta(days=365)           # after that not even with leave
OVERDUE = timedelta(days=10)           # how long hours should wait for a tutor: the page and the night say so
LINGER = timedelta(hours=12)           # how long after its shift an attendance may end: a slip of the pen ends on the next day
LONGEST = timedelta(hours=24)
EARLY = timedelta(hours=1)             # how long before the shift one can check in
OPEN_LONG = timedelta(hours=12)        # a session without an end is then flagged, and never closed with invented minutes


def check_claim(*, started_at: datetime, ended_at: datetime, break_min: int, shift_start: datetime, shift_end: datetime,
                now: datetime) -> None:
    """Refuses hours that end before they begin, lie in the future, begin outside the shift, end long after it, or are all break."""
    if ended_at <= started_at:
        raise Refusal(N_("L'ora di fine deve venire dopo l'ora di inizio."), field="end")
    if ended_at > now:
        raise Refusal(N_("Queste ore non sono ancora passate: si registrano dopo il turno."), field="end")
    if started_at < shift_start:
        raise Refusal(N_("Il turno è iniziato il %(when)s: le ore di prima non contano."), field="start", when=shift_start)
    if started_at >= shift_end:
        raise Refusal(N_("Il turno è finito il %(when)s: le ore devono iniziare prima."), field="start", when=shift_end)
    if ended_at - shift_end > LINGER:
        raise Refusal(N_("Il turno è finito il %(when)s: la fine che hai scritto è troppo tardi. Controlla l'ora."), field="end",
                      when=shift_end)
    if ended_at - started_at > LONGEST:
        raise Refusal(N_("Un turno dura al massimo 24 ore."), field="end")
    if not 0 <= break_min < minutes_between(started_at, ended_at):
        raise Refusal(N_("La pausa deve essere più corta delle ore svolte."), field="break_min")


def check_logging(*, cancelled: bool, shift_end: datetime, now: datetime) -> None:
    """Refuses the hours of a shift that was called off, or that has been over for longer than the office can allow."""
    if cancelled:
        raise Refusal(N_("Questo turno è stato annullato dall'ente: non ci sono ore da registrare."))
    if now - shift_end > LATEST:
        raise Refusal(N_("Sono passati più di %(days)s giorni: queste ore non si possono più registrare."), days=LATEST.days)


def is_late(shift_end: datetime, now: datetime, log_days: int) -> bool:
    """The regulation's days for logging are over: what is logged now needs the officer's leave."""
    return now - shift_end > timedelta(days=log_days)


def check_overlap(started_at: datetime, ended_at: datetime, others: Iterable[tuple[datetime, datetime]]) -> None:
    """Refuses time that `others` of the same person cover too, over all instruments. Back to back is no overlap."""
    for other_start, other_end in others:
        if started_at < other_end and other_start < ended_at:
            raise Refusal(N_("In quelle ore ci sono già altre attività registrate: da %(start)s a %(end)s."), field="start",
                          start=other_start, end=other_end)


def check_arrival(*, cancelled: bool, shift_start: datetime, shift_end: datetime, now: datetime) -> datetime:
    """The instant from which an arrival counts, to the minute: not before the shift, though one may come early.

    Refuses a shift that was called off, one that begins in more than an hour, and one that is over.
    """
    if cancelled:
        raise Refusal(N_("Questo turno è stato annullato dall'ente: non ci sono ore da registrare."))
    if now < shift_start - EARLY:
        raise Refusal(N_("È presto: puoi registrare l'entrata da un'ora prima del turno, che inizia il %(when)s."), when=shift_start)
    if now >= shift_end:
        raise Refusal(N_("Il turno è già finito. Registra le ore che hai fatto: le conferma il tutor."))
    return max(shift_start, to_the_minute(now))


def leaving(*, started_at: datetime, now: datetime, stated: datetime | None) -> datetime:
    """The instant of leaving: now, or as somebody states it.

    Refuses to take "now" for a session that has been open too long: the hours between would be invented. Refuses less than a minute.
    """
    if stated is None and now - started_at > OPEN_LONG:
        raise Refusal(N_("L'entrata è di più di %(hours)s ore fa. Scrivi a che ora è finita l'attività."), field="end",
                      hours=OPEN_LONG // timedelta(hours=1))
    if stated is None and to_the_minute(now) <= started_at:
        raise Refusal(N_("Non è ancora passato un minuto dall'inizio del turno: non ci sono ore da contare."))
    return stated or to_the_minute(now)


def to_the_minute(instant: datetime) -> datetime:
    """What a clock without seconds shows."""
    return instant.replace(second=0, microsecond=0)


def check_correction(changed: bool) -> None:
    """Refuses a correction that corrects nothing."""
    if not changed:
        raise Refusal(N_("Le ore sono uguali a prima: non c'è niente da correggere."))


def check_change(changed: bool, reason: str) -> None:
    """A tutor who changes hours says why."""
    if changed and not reason:
        raise Refusal(N_("Hai cambiato le ore: scrivi il motivo, lo leggerà anche la persona."), field="reason")
