"""What was posted under a key, and how a hold ended."""
from sqlalchemy import select

from app.base.clock import now
from app.base.db import db
from app.ledger.models import Hold, HoldResolution, Posting


def posting_id(key: str) -> int | None:
    return db.session.scalar(select(Posting.id).where(Posting.key == key))


def resolution(hold_id: int) -> HoldResolution | None:
    """How a hold ended; None while it stands."""
    return db.session.get(HoldResolution, hold_id)


def overdue_holds(limit: int = 500) -> list[int]:
    """The ids of holds whose time is over and that nobody has ended, oldest first."""
    ended = select(HoldResolution.hold_id).where(HoldResolution.hold_id == Hold.id).exists()
    return list(db.session.scalars(select(Hold.id).where(Hold.expires_at <= now(), ~ended).order_by(Hold.expires_at).limit(limit)))
