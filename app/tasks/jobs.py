"""What the clock does for the board: offers whose time is over pass to the next, and reminders are written."""
import logging
from collections.abc import Callable

from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import reading, transaction
from app.tasks import actions, queries
from app.tasks.models import Booking
from app.town import queries as town

log = logging.getLogger(__name__)


def run_due(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Everything that is due, each booking in a transaction of its own; says how many bookings were touched."""
    with reading():
        overdue = queries.overdue()
        comuni = [comune.id for comune in town.comuni()]
    done = _each(overdue, actions.lapse, stopping)
    for comune_id in comuni:
        with reading():
            waiting = queries.to_remind(comune_id)
        done += _each(waiting, actions.remind, stopping)
    return done


def _each(booking_ids: list[int], action: Callable[[Booking], object], stopping: Callable[[], bool]) -> int:
    done = 0
    for booking_id in booking_ids:
        if stopping():
            break
        try:
            with transaction():
                done += action(db.session.get_one(Booking, booking_id)) is not False
        except Refusal as no:          # somebody answered while we looked
            log.info("booking %s: %s", booking_id, no)
    return done
