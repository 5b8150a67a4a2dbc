"""Reads of nights and findings; and the two clocks that a night goes by."""
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, type_coerce
from sqlalchemy.orm import joinedload, selectinload

from app.access import May
from app.base import clock
from app.base.db import Instant, db
from app.base.passages import Passage, passages
from app.people.models import Person
from app.reconciliation import rules
from app.reconciliation.models import Finding, Night
from app.reconciliation.rules import Outcome
from app.reconciliation.states import Finding as FindingState, Night as State
from app.town.models import Comune


def database_now() -> datetime:
    """The database's clock, for leases: runners may stand on several machines, and there is one database.

    Which business dates are due is another question, of the civil calendar, and goes by app.base.clock. So a test that runs through 400
    fake days holds real leases, and lets one lapse by ageing its row.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        here = func.strftime("%Y-%m-%d %H:%M:%f", "now").op("||")("000")
    else:
        here = func.clock_timestamp()
    return db.session.scalar(select(type_coerce(here, Instant)))


def town(comune_id: int) -> Comune:
    """A comune by its number, for the runner."""
    return db.session.get_one(Comune, comune_id)


def towns(called: str = "") -> list[Comune]:
    """The comuni with this name or ISTAT code, or all, by name; for operators."""
    query = select(Comune).order_by(Comune.name)
    return list(db.session.scalars(query.where((Comune.name == called) | (Comune.istat_code == called)) if called else query))


class Standing(NamedTuple):
    """How the nights of one comune stand, for monitoring."""

    comune: str
    last_done: date | None
    due: date
    waiting: int
    failed: int
    running: bool
    open_findings: int
    outcome: Outcome


def standings() -> list[Standing]:
    """One for each comune. FAILED: a night failed, or more than the last one is missing. FINDINGS: some of it wait for a person."""
    return [_standing(comune) for comune in towns()]


def _standing(comune: Comune) -> Standing:
    states = dict(db.session.execute(select(Night.state, func.count()).where(Night.comune_id == comune.id).group_by(Night.state)).all())
    last_done = db.session.scalar(select(func.max(Night.business_date)).where(Night.comune_id == comune.id, Night.state == State.DONE))
    findings = db.session.scalar(select(func.count()).select_from(Finding).join(Night).where(
        Night.comune_id == comune.id, Night.business_date == last_done, Finding.state == FindingState.OPEN))
    due, failed = rules.last_due(clock.now(), ZoneInfo(comune.zone)), states.get(State.FAILED, 0)
    late = due > (last_done or since(comune)) + timedelta(days=1)
    outcome = Outcome.FAILED if failed or late else Outcome.FINDINGS if findings else Outcome.CLEAN
    return Standing(comune.name, last_done, due, states.get(State.QUEUED, 0), failed, bool(states.get(State.RUNNING)), findings, outcome)


def since(comune: Comune) -> date:
    """The first business date: the day on which the comune came here. Its ledger cannot be older."""
    return comune.created_at.astimezone(ZoneInfo(comune.zone)).date()


def last_known(comune_id: int) -> date | None:
    return db.session.scalar(select(func.max(Night.business_date)).where(Night.comune_id == comune_id))


def to_take(comune: Comune) -> Night | None:
    """The oldest night that this process may work on, locked: waiting, failed and rested, or left by a holder whose lease has lapsed.

    A night of a day that is not over is never taken, also when a clock once ran ahead and queued it.
    """
    today = clock.today(ZoneInfo(comune.zone))
    waiting = select(Night).where(Night.comune_id == comune.id, Night.business_date < today, or_(
        Night.state == State.QUEUED, (Night.state == State.FAILED) & (Night.attempts < rules.ATTEMPTS),
        (Night.state == State.RUNNING) & (Night.lease_until < database_now())))
    for night in db.session.scalars(waiting.order_by(Night.business_date).with_for_update(skip_locked=True)):
        if night.state is not State.FAILED or rules.retry_at(night.finished_at, night.attempts) <= clock.now():
            return night
    return None


def is_held(comune_id: int) -> bool:
    """A process is working on a night of this comune now."""
    return db.session.scalar(select(Night.id).where(
        Night.comune_id == comune_id, Night.state == State.RUNNING, Night.lease_until >= database_now()).limit(1)) is not None


def of_date(comune_id: int, day: date) -> Night | None:
    return db.session.scalar(select(Night).where(Night.comune_id == comune_id, Night.business_date == day))


def night(night_id: int, *, seen_by: Person) -> Night:
    """A night of a comune that one may see, with its findings; else 404."""
    return db.one_or_404(select(Night).where(Night.id == night_id, Night.comune_id.in_(seen_by.reach(May.NIGHT_SEE).comuni))
                         .options(joinedload(Night.comune), selectinload(Night.findings)))


def finding(finding_id: int, *, seen_by: Person) -> Finding:
    """A finding that one may handle; else 404."""
    return db.one_or_404(select(Finding).where(
        Finding.id == finding_id, Finding.comune_id.in_(seen_by.reach(May.FINDING_HANDLE).comuni)).options(joinedload(Finding.night)))


def explanations(night: Night) -> dict[int, Passage]:
    """The last word of a person on each finding of a night, by the finding's id."""
    said = select(Passage).where(Passage.subject == Finding.__tablename__, Passage.move == "explain", Passage.subject_id.in_(
        [each.id for each in night.findings])).order_by(Passage.id).options(joinedload(Passage.actor))
    return {each.subject_id: each for each in db.session.scalars(said)}


def history(night: Night) -> list[Passage]:
    """Who asked for this night again and why, oldest first."""
    return [each for each in passages(night) if each.move == "run_again"]


def comuni(*, seen_by: Person, permission: May = May.NIGHT_SEE) -> list[Comune]:
    """The comuni whose nights one may see, by name."""
    return list(db.session.scalars(select(Comune).where(Comune.id.in_(seen_by.reach(permission).comuni)).order_by(Comune.name)))


def comune(comune_id: int, *, seen_by: Person) -> Comune:
    """A comune whose night one may order; else 404."""
    return db.one_or_404(select(Comune).where(Comune.id == comune_id, Comune.id.in_(seen_by.reach(May.NIGHT_RUN).comuni)))


def latest(comune_id: int, *, limit: int = 30) -> list[Night]:
    """A comune's nights, newest first."""
    return list(db.session.scalars(select(Night).where(Night.comune_id == comune_id).order_by(Night.business_date.desc()).limit(limit)))


def still_open(night_ids: Iterable[int]) -> dict[int, int]:
    """How many findings nobody has handled, by night."""
    return dict(db.session.execute(select(Finding.night_id, func.count()).where(
        Finding.night_id.in_(list(night_ids)), Finding.state == FindingState.OPEN).group_by(Finding.night_id)).all())
