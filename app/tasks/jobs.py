"""What the clock does for the board: offers whose time is over pass to the next, and reminders are written."""
import logging
from collections.abc import Callable

from app.base.db import db
from app.base.transactions import reading, transaction
from app.tasks import actions, queries
from app.tasks.models import Booking, QualificationHeld
from app.town import queries as town

log = logging.getLogger(__name__)


def run_due(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Everything that is due, each row in a transaction of its own; says how many rows were touched."""
    with reading():
        overdue, expiring = queries.overdue(), queries.to_remind_of_expiry()
        waiting = [booking_id for comune in town.comuni() for booking_id in queries.to_remind(comune.id)]
    return (_each(Booking, overdue, actions.lapse, stopping) + _each(Booking, waiting, actions.remind, stopping)
            + _each(QualificationHeld, expiring, actions.remind_of_expiry, stopping))


def _each(model, ids: list[int], action: Callable[..., bool], stopping: Callable[[], bool]) -> int:
    """The action on each row. One that fails is logged and tried again at the next tick; the others do not wait for it."""
    done = 0
    for number in ids:
        if stopping():
            break
        try:
            with transaction():
                done += action(db.session.get_one(model, number))
        except Exception:
            log.exception("%s %s", model.__tablename__, number)
    return done
