"""Which hours can be claimed, validated and certified. Minutes are differences of instants, never of clock readings."""
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.base.errors import Refusal
from app.base.localtime import minutes_between
from app.base.words import N_

LATE = timedelta(days=30)              # how long after the shift hours can still be logged
OVERDUE = timedelta(days=7)            # how long hours should wait for a tutor
LONGEST = timedelta(hours=24)


def check_claim(*, started_at: datetime, ended_at: datetime, break_min: int, shift_start: datetime, shift_end: datetime,
                now: datetime) -> None:
    """Refuses hours that end before they begin, lie in the future, do not begin during the shift, are all break, or are too long."""
    if ended_at <= started_at:
        raise Refusal(N_("L'ora di fine deve venire dopo l'ora di inizio."), field="end")
    if ended_at > now:
        raise Refusal(N_("Queste ore non sono ancora passate: si registrano dopo il turno."), field="end")
    if started_at < shift_start:
        raise Refusal(N_("Il turno è iniziato il %(when)s: le ore di prima non contano."), field="start", when=shift_start)
    if started_at >= shift_end:
        raise Refusal(N_("Il turno è finito il %(when)s: le ore devono iniziare prima."), field="start", when=shift_end)
    if ended_at - started_at > LONGEST:
        raise Refusal(N_("Un turno dura al massimo 24 ore."), field="end")
    if not 0 <= break_min < minutes_between(started_at, ended_at):
        raise Refusal(N_("La pausa deve essere più corta delle ore svolte."), field="break_min")


def check_logging(*, cancelled: bool, shift_end: datetime, now: datetime) -> None:
    """Refuses the hours of a shift that was called off, or that has been over for too long."""
    if cancelled:
        raise Refusal(N_("Questo turno è stato annullato dall'ente: non ci sono ore da registrare."))
    if now - shift_end > LATE:
        raise Refusal(N_("Sono passati più di %(days)s giorni: per queste ore rivolgiti al tuo tutor o all'ufficio."), days=LATE.days)


def check_overlap(started_at: datetime, ended_at: datetime, others: Iterable[tuple[datetime, datetime]]) -> None:
    """Refuses time that `others` of the same person cover too, over all instruments. Back to back is no overlap."""
    for other_start, other_end in others:
        if started_at < other_end and other_start < ended_at:
            raise Refusal(N_("In quelle ore ci sono già altre attività registrate: da %(start)s a %(end)s."), field="start",
                          start=other_start, end=other_end)


def check_tutor(tutor_id: int, person_id: int, household: set[int]) -> None:
    """Nobody validates or certifies his own hours or those of his household."""
    if tutor_id == person_id or tutor_id in household:
        raise Refusal(N_("Sono ore tue o della tua famiglia: deve occuparsene un collega."))


def check_correction(changed: bool) -> None:
    """Refuses a correction that corrects nothing."""
    if not changed:
        raise Refusal(N_("Le ore sono uguali a prima: non c'è niente da correggere."))


def check_change(changed: bool, reason: str) -> None:
    """A tutor who changes hours says why."""
    if changed and not reason:
        raise Refusal(N_("Hai cambiato le ore: scrivi il motivo, lo leggerà anche la persona."), field="reason")
