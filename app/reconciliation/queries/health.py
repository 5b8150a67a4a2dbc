"""How the nights and the post stand, for operators and monitoring: the same figures for `flask jobs status` and /metrics."""
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.base import clock
from app.base.db import db
from app.base.outbox import Letter
from app.ledger.queries import seals
from app.reconciliation import rules
from app.reconciliation.models import Night
from app.reconciliation.queries import findings, nights
from app.reconciliation.rules import Outcome
from app.reconciliation.states import Night as State
from app.town.models import Comune


class Standing(NamedTuple):
    """How the nights of one comune stand."""

    comune: str
    last_done: date | None
    last_success: datetime | None
    duration: int | None               # seconds, of the last night that was finished
    due: date
    waiting: int
    failed: int
    late: bool
    running: bool
    open_findings: int
    outcome: Outcome


class Installation(NamedTuple):
    """What belongs to no comune: transfers without a seal, and the outbox (age in seconds)."""

    unsealed: int
    letters: int
    letter_age: int


def standings() -> list[Standing]:
    """One for each comune. FAILED: a night failed, or more than the last one is missing. FINDINGS: some of it wait for a person."""
    return [_standing(comune) for comune in nights.towns()]


def installation() -> Installation:
    letters, oldest = db.session.execute(select(func.count(), func.min(Letter.created_at)).where(Letter.sent_at.is_(None))).one()
    return Installation(seals.unsealed(), letters, int((clock.now() - oldest).total_seconds()) if oldest else 0)


def _standing(comune: Comune) -> Standing:
    states = dict(db.session.execute(select(Night.state, func.count()).where(Night.comune_id == comune.id).group_by(Night.state)).all())
    done = select(Night).where(Night.comune_id == comune.id, Night.state == State.DONE)
    last = db.session.scalar(done.order_by(Night.business_date.desc()).limit(1))
    latest = db.session.scalar(done.order_by(Night.finished_at.desc()).limit(1))
    waiting, failed = findings.waiting(comune.id), states.get(State.FAILED, 0)
    due = rules.last_due(clock.now(), ZoneInfo(comune.zone))
    late = due > (last.business_date if last else nights.since(comune)) + timedelta(days=1)
    return Standing(
        comune.name, last and last.business_date, latest and latest.finished_at,
        int((latest.finished_at - latest.started_at).total_seconds()) if latest else None, due, states.get(State.QUEUED, 0), failed, late,
        bool(states.get(State.RUNNING)), waiting, Outcome.FAILED if failed or late else Outcome.FINDINGS if waiting else Outcome.CLEAN)
