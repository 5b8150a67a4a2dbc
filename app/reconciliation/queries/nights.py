"""Reads of nights; and the two clocks that a night goes by."""
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, type_coerce
from sqlalchemy.orm import joinedload

from app.access import May
from app.base import clock
from app.base.db import Instant, db
from app.base.passages import Passage, passages
from app.people.models import Person
from app.reconciliation import rules
from app.reconciliation.models import Night
from app.reconciliation.states import Night as State
from app.town.models import Comune

SHOWN = 30        # nights on the page


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
    """A night of a comune that one may see; else 404."""
    return db.one_or_404(select(Night).where(Night.id == night_id, Night.comune_id.in_(seen_by.reach(May.NIGHT_SEE).comuni))
                         .options(joinedload(Night.comune)))


def history(night: Night) -> list[Passage]:
    """Who asked for this night again and why, oldest first."""
    return [each for each in passages(night) if each.move == "run_again"]


def comuni(*, seen_by: Person, permission: May = May.NIGHT_SEE) -> list[Comune]:
    """The comuni whose nights one may see, by name."""
    return list(db.session.scalars(select(Comune).where(Comune.id.in_(seen_by.reach(permission).comuni)).order_by(Comune.name)))


def comune(comune_id: int, *, seen_by: Person) -> Comune:
    """A comune whose night one may order; else 404."""
    return db.one_or_404(select(Comune).where(Comune.id == comune_id, Comune.id.in_(seen_by.reach(May.NIGHT_RUN).comuni)))


def latest(comune_id: int, *, limit: int = SHOWN) -> list[Night]:
    """A comune's nights, newest first."""
    return list(db.session.scalars(select(Night).where(Night.comune_id == comune_id).order_by(Night.business_date.desc()).limit(limit)))
