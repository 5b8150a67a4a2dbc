"""Disputes: what can be contested, until when, and by when the officer decides."""
from datetime import datetime, timedelta

from app.base.errors import Refusal
from app.base.localtime import minutes_between
from app.base.words import N_

DECISION = timedelta(days=10)          # for the officer, from the first statement
OBJECTION = timedelta(days=30)         # for the person, from what he objects to


def check_objection(*, since: datetime, now: datetime, claimed_min: int | None, validated_min: int | None = None) -> None:
    """Refuses an objection that comes too late, or to hours validated just as they were claimed (minutes; None: an absence)."""
    if now - since > OBJECTION:
        raise Refusal(N_("Sono passati più di %(days)s giorni dalla decisione: non si può più contestare."), days=OBJECTION.days)
    if claimed_min is not None and validated_min is not None and claimed_min <= validated_min:
        raise Refusal(N_("Il tutor ha convalidato tutte le ore che hai dichiarato: non c'è niente da contestare."))


def supplementary_break(started_at: datetime, ended_at: datetime, *, total_min: int, undisputed_min: int) -> int:
    """The break of a row that adds to another: the minutes from start to end less those above the undisputed ones.

    Refuses a total that adds nothing, and one that the interval does not hold.
    """
    added, span = total_min - undisputed_min, minutes_between(started_at, ended_at)
    if added <= 0:
        raise Refusal(N_("Con questi orari non si aggiunge niente alle ore già convalidate. Se hai deciso così, scegli «Non riconoscere»."),
                      field="end")
    if added > span:
        raise Refusal(N_("In questi orari le ore da aggiungere non ci stanno."), field="end")
    return span - added
