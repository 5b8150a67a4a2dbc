"""Findings: kept from night to night, explained by a person, gone when the figures agree again. Nothing here commits."""
from sqlalchemy import select

from app.base import clock, passages
from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.ledger.actions import accounts, checkpoints
from app.people.models import Person
from app.reconciliation.models import Finding, Night
from app.reconciliation.queries.comparing import MOST, Compared, Difference
from app.reconciliation.states import FINDING, Finding as State
from app.town import actions as town

FREEZING = ("balances", "holds")       # checks after which nothing leaves the account that they name


def keep(night: Night, check: str, compared: Compared) -> None:
    """Write down what a check found: new differences, those that are still there, and those that are gone.

    An account whose figures disagree is frozen, and let go when they agree. Where the whole ledger agrees its checkpoints move forward.
    """
    town.lock(night.comune_id)         # two nights of one comune may run at once: they see each other's findings
    standing = _standing(night.comune_id, check)
    for row in compared.differences[:MOST]:
        if finding := standing.pop(row.subject, None):
            _seen_again(finding, night, row)
        else:
            db.session.add(Finding(comune_id=night.comune_id, night=night, last_night=night, kind=check, **row._asdict()))
    if compared.wrong <= MOST:         # else nobody knows which of them are gone
        for finding in standing.values():
            _gone(finding)
    db.session.flush()
    if check in FREEZING:
        accounts.freeze(_account_id(row.subject) for row in compared.differences[:MOST])     # what has a finding is let go by it
    if compared.proven and not compared.wrong and not _standing(night.comune_id, "seals"):
        checkpoints.advance(night.comune_id, compared.proven.to, anew=compared.proven.anew)


def explain(finding: Finding, *, reason: str, by: Person) -> None:
    """A person says why two figures differ, or what was done about it. Refuses no reason, and a finding that is handled already."""
    if not reason:
        raise Refusal(N_("Scrivi la spiegazione: chi controlla deve capire."), field="reason")
    passages.move(finding, FINDING, "explain", by=by, reason=reason)


def _standing(comune_id: int, check: str) -> dict[str, Finding]:
    """A check's findings that no night has missed yet, by subject."""
    return {each.subject: each for each in db.session.scalars(select(Finding).where(
        Finding.comune_id == comune_id, Finding.kind == check, Finding.gone_at.is_(None)))}


def _seen_again(finding: Finding, night: Night, row: Difference) -> None:
    """The same finding goes on. An explanation holds for the figures that it was given for; a correction that left it there has failed."""
    changed = (finding.expected, finding.found) != (row.expected, row.found)
    finding.expected, finding.found, finding.detail = row.expected, row.found, row.detail
    if night.business_date > finding.last_night.business_date:
        finding.last_night = night
    if night.business_date < finding.night.business_date:      # an older night was run once more
        finding.night = night
    if finding.state is State.CORRECTED or changed and finding.state is State.EXPLAINED:
        passages.move(finding, FINDING, "reopen")


def _gone(finding: Finding) -> None:
    finding.gone_at = clock.now()
    if finding.state is State.OPEN:
        passages.move(finding, FINDING, "clear")
    if finding.kind in FREEZING and not _still_frozen_by(finding):
        accounts.thaw(_account_id(finding.subject))


def _still_frozen_by(finding: Finding) -> bool:
    return db.session.scalar(select(Finding.id).where(
        Finding.comune_id == finding.comune_id, Finding.kind.in_(FREEZING), Finding.subject == finding.subject, Finding.id != finding.id,
        Finding.gone_at.is_(None))) is not None


def _account_id(subject: str) -> int:
    return int(subject.removeprefix("account:"))
