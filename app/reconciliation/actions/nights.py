"""A night is queued, taken, written to and ended. Nothing here commits.

Every write of a runner first proves, under the row's lock, that the night is still in its hands.
"""
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.base import clock, passages
from app.base.db import db, insert_once
from app.base.errors import Refusal
from app.base.words import N_
from app.people.models import Person
from app.reconciliation import rules
from app.reconciliation.actions import findings, letters
from app.reconciliation.models import Night
from app.reconciliation.queries import nights
from app.reconciliation.queries.comparing import Compared
from app.reconciliation.states import NIGHT, Night as State, Scope
from app.town.models import Comune


class FencedOut(Exception):
    """Another runner took this night over: what this one still wants to write must not be."""


class Held(NamedTuple):
    """A night in the hands of one runner. `fence` is the proof."""

    night_id: int
    comune_id: int
    fence: int
    full: bool                         # it goes over the whole ledger
    done: frozenset[str]               # checks that an earlier attempt has finished


def plan(comune: Comune, until: date | None = None) -> None:
    """Queue a night for every business date that has none, up to `until` or to the last one that is due."""
    last = until or rules.last_due(clock.now(), ZoneInfo(comune.zone))
    for day in rules.missing(nights.since(comune), nights.last_known(comune.id), last):
        insert_once(Night, dict(comune_id=comune.id, business_date=day, scope=rules.scope_of(day), state=State.QUEUED,
                                created_at=clock.now(), owner="", fence=0, cursor=0, total=0, attempts=0, figures={}, error=""),
                    unique=("comune_id", "business_date"))


def run_again(comune: Comune, day: date, *, reason: str, scope: Scope = Scope.FULL, by: Person | None = None) -> Night:
    """Queue the night of `day` from its beginning; the jobs process runs it. Refuses a day that is not over, no reason, a running night."""
    if not reason:
        raise Refusal(N_("Scrivi il motivo: resta nel registro."), field="reason")
    rules.check_date(day, since=nights.since(comune), today=clock.today(ZoneInfo(comune.zone)))
    plan(comune, until=day)
    night = nights.of_date(comune.id, day)
    passages.move(night, NIGHT, "run_again", by=by, reason=reason)
    night.cursor, night.attempts, night.figures, night.error, night.scope = 0, 0, {}, "", scope
    night.started_at = night.finished_at = None
    db.session.flush()
    return night


def take(comune: Comune, owner: str, total: int) -> Held | None:
    """Take the oldest night that waits, for `rules.LEASE`; None when there is none."""
    night = nights.to_take(comune)
    if night is None:
        return None
    passages.move(night, NIGHT, "start", reason=owner)
    night.owner, night.fence, night.total, night.error = owner, night.fence + 1, total, ""
    night.lease_until = nights.database_now() + rules.LEASE
    night.attempts += 1
    night.started_at, night.finished_at = clock.now(), None
    db.session.flush()
    return Held(night.id, comune.id, night.fence, night.scope is Scope.FULL, frozenset(night.figures))


def record(held: Held, check: str, compared: Compared) -> None:
    """Write what one check found and what follows from it, move the cursor and renew the lease, all or nothing."""
    night = _locked(held)
    findings.keep(night, check, compared)
    night.figures = {**night.figures, check: {"seen": compared.seen, "wrong": compared.wrong}}
    night.cursor = len(night.figures)
    night.lease_until = nights.database_now() + rules.LEASE
    db.session.flush()


def finish(held: Held) -> rules.Outcome:
    """The night is over. The auditors hear of what is new, and once a week how things stand."""
    night = _locked(held)
    _end(night, "finish")
    letters.night_done(night)
    return rules.Outcome.FINDINGS if night.wrong else rules.Outcome.CLEAN


def fail(held: Held, error: str) -> None:
    """The night stops where it is and is tried again later. `error` is for operators and holds no data of people."""
    night = _locked(held)
    night.error = error[:500]
    _end(night, "fail")
    letters.night_failed(night)


def release(held: Held) -> None:
    """Give the night back unfinished: it counts as no attempt, and whoever comes next goes on from here."""
    night = _locked(held)
    night.attempts -= 1
    _end(night, "release")


def _locked(held: Held) -> Night:
    night = db.session.scalar(select(Night).where(
        Night.id == held.night_id, Night.fence == held.fence, Night.state == State.RUNNING).with_for_update())
    if night is None:
        raise FencedOut(f"night {held.night_id}, fence {held.fence}")
    return night


def _end(night: Night, move: str) -> None:
    passages.move(night, NIGHT, move, reason=night.error)
    night.owner, night.lease_until, night.finished_at = "", None, clock.now()
    db.session.flush()
