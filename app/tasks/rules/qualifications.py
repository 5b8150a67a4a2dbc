"""What can be confirmed of a person, and when one says that it expires."""
from datetime import date, timedelta

from app.base.errors import Refusal
from app.base.words import N_

NOTICE = timedelta(weeks=6)            # before the last day: time enough to find a course


def check_confirming(*, person: int, by: int, course: bool, last_day: date | None, today: date) -> None:
    """Refuses to confirm something of oneself, a course without its last day, and a day that is over."""
    if person == by:
        raise Refusal(N_("Non puoi confermare i tuoi requisiti: chiedi a un'altra persona dell'ufficio."))
    if course and last_day is None:
        raise Refusal(N_("Un corso ha una scadenza: scrivi fino a quando vale."), field="last_day")
    if last_day is not None and last_day < today:
        raise Refusal(N_("Questo giorno è già passato."), field="last_day")
