"""Reads of findings and corrections."""
from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.access import May
from app.base.db import db
from app.base.passages import Passage
from app.people.models import Person
from app.reconciliation.models import Correction, Finding, Night
from app.reconciliation.states import Correction as CorrectionState, Finding as State


def of_night(night: Night) -> list[Finding]:
    """What stood on the day of a night: found by then, and still found on that day or later."""
    first, last = aliased(Night), aliased(Night)
    return list(db.session.scalars(
        select(Finding).join(first, first.id == Finding.night_id).join(last, last.id == Finding.last_night_id)
        .where(Finding.comune_id == night.comune_id, first.business_date <= night.business_date, night.business_date <= last.business_date)
        .order_by(Finding.id).options(selectinload(Finding.corrections))))


def finding(finding_id: int, *, seen_by: Person, permission: May = May.NIGHT_SEE) -> Finding:
    """A finding of a comune that `permission` reaches; else 404."""
    return db.one_or_404(select(Finding).where(Finding.id == finding_id, Finding.comune_id.in_(seen_by.reach(permission).comuni)).options(
        joinedload(Finding.night), joinedload(Finding.last_night), selectinload(Finding.corrections).joinedload(Correction.proposed_by)))


def correction(correction_id: int, *, seen_by: Person, permission: May) -> Correction:
    """A correction of a comune that `permission` reaches; else 404."""
    return db.one_or_404(select(Correction).where(
        Correction.id == correction_id, Correction.comune_id.in_(seen_by.reach(permission).comuni)).options(
        joinedload(Correction.finding), joinedload(Correction.proposed_by)))


def explanations(findings: Iterable[Finding]) -> dict[int, Passage]:
    """The last word of a person on each finding, by the finding's id."""
    said = select(Passage).where(Passage.subject == Finding.__tablename__, Passage.move == "explain", Passage.subject_id.in_(
        [each.id for each in findings])).order_by(Passage.id).options(joinedload(Passage.actor))
    return {each.subject_id: each for each in db.session.scalars(said)}


def new_in(night: Night) -> list[int]:
    """The ids of the open findings that this night was the first to see."""
    return list(db.session.scalars(select(Finding.id).where(Finding.night_id == night.id, Finding.state == State.OPEN)))


def waiting(comune_id: int) -> int:
    """How many findings wait for a person."""
    return db.session.scalar(select(func.count()).select_from(Finding).where(Finding.comune_id == comune_id, Finding.state == State.OPEN))


def still_open(comune_ids: Iterable[int], since: date) -> dict[int, int]:
    """Of the findings that nobody has handled, how many stood on the day of each night, by night. Only nights from `since` on."""
    first, last = aliased(Night), aliased(Night)
    query = (select(Night.id, func.count()).join(Finding, Finding.comune_id == Night.comune_id)
             .join(first, first.id == Finding.night_id).join(last, last.id == Finding.last_night_id)
             .where(Night.comune_id.in_(list(comune_ids)), Night.business_date >= since, Finding.state == State.OPEN,
                    first.business_date <= Night.business_date, Night.business_date <= last.business_date).group_by(Night.id))
    return dict(db.session.execute(query).all())


def to_decide(*, seen_by: Person) -> list[Correction]:
    """Corrections that wait for this person's approval, oldest first. His own are not his to decide."""
    return list(db.session.scalars(select(Correction).where(
        Correction.comune_id.in_(seen_by.reach(May.CORRECTION_APPROVE).comuni), Correction.state == CorrectionState.PROPOSED,
        Correction.proposed_by_id != seen_by.id).order_by(Correction.id).options(joinedload(Correction.finding))))
