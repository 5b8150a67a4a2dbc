"""The outbox: letters that should have left."""
from datetime import timedelta

from sqlalchemy import func, select

from app.base import clock
from app.base.db import db
from app.base.outbox import Letter
from app.reconciliation.queries.comparing import Compared, Difference, found

UNSENT_FOR = timedelta(hours=24)


def unsent(comune_id: int) -> Compared:
    """Letters a day old that no server took. They belong to the installation, so each comune's night tells of them, in one finding."""
    waiting, late = db.session.execute(select(func.count(), func.count().filter(Letter.created_at < clock.now() - UNSENT_FOR))
                                       .select_from(Letter).where(Letter.sent_at.is_(None))).one()
    return found(waiting, [Difference("letter:late", 0, late, {"unit": "count"})] if late else [])
