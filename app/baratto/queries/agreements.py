"""Regulations, calls and agreements."""
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.access import May
from app.baratto.models import Agreement, Call, Offset, Regulation
from app.baratto.states import Agreement as AgreementState, Call as CallState, Offset as OffsetState
from app.base.db import db
from app.hours.models import Attendance
from app.hours.queries import WITH_SHIFT
from app.hours.states import ON_THEIR_WAY
from app.people.models import Person
from app.town.models import Comune


def regulations(*, seen_by: Person) -> list[Regulation]:
    """The regulations of the comuni that one works for, newest version first."""
    return list(db.session.scalars(select(Regulation).where(Regulation.comune_id.in_(seen_by.reach(May.REGULATION_SEE).comuni))
                                   .order_by(Regulation.comune_id, Regulation.version.desc())))


def regulation(regulation_id: int, *, seen_by: Person) -> Regulation:
    return db.one_or_404(select(Regulation).where(
        Regulation.id == regulation_id, Regulation.comune_id.in_(seen_by.reach(May.REGULATION_SEE).comuni)))


def calls(*, seen_by: Person, permission: May) -> list[Call]:
    """Running calls of the comuni that `permission` reaches, newest first."""
    return list(db.session.scalars(select(Call).where(Call.comune_id.in_(seen_by.reach(permission).comuni),
                                                      Call.state == CallState.RUNNING).order_by(Call.year.desc(), Call.id)))


def calls_of(comune: Comune) -> list[Call]:
    """All calls of a comune, newest first."""
    return list(db.session.scalars(select(Call).where(Call.comune_id == comune.id).order_by(Call.year.desc(), Call.id.desc())))


def call(call_id: int, *, seen_by: Person, permission: May) -> Call:
    return db.one_or_404(select(Call).where(Call.id == call_id, Call.comune_id.in_(seen_by.reach(permission).comuni)))


def agreements_in(call: Call) -> int:
    """How many agreements are active in a call."""
    return db.session.scalar(select(func.count(Agreement.id)).where(
        Agreement.call_id == call.id, Agreement.state == AgreementState.ACTIVE))


def live_agreement(person_id: int, *, call_id: int | None = None, on: datetime | None = None,
                   comune_id: int | None = None) -> Agreement | None:
    """A person's active agreement: in a call, or the one whose period holds the instant `on` in a comune."""
    query = select(Agreement).where(Agreement.person_id == person_id, Agreement.state == AgreementState.ACTIVE)
    if call_id is not None:
        query = query.where(Agreement.call_id == call_id)
    if comune_id is not None:
        query = query.where(Agreement.comune_id == comune_id)
    found = db.session.scalars(query.order_by(Agreement.id)).all()
    return next((each for each in found if on is None or each.starts_on <= on.astimezone(zone_of(each)).date() <= each.ends_on), None)


def agreement(agreement_id: int, *, seen_by: Person, permission: May = May.STATEMENT_SEE) -> Agreement:
    """An agreement of a comune that `permission` reaches, or one's own where that is for residents too; else 404."""
    reach = seen_by.reach(permission)
    return db.one_or_404(select(Agreement).where(Agreement.id == agreement_id, or_(
        Agreement.comune_id.in_(reach.comuni), and_(reach.oneself, Agreement.person_id == seen_by.id))).options(
        joinedload(Agreement.person), joinedload(Agreement.call)))


def agreements(*, seen_by: Person, words: str = "", before: int | None = None, limit: int = 50) -> list[Agreement]:
    """The agreements of the comuni where one may see statements, newest first, from below the number `before`.

    Each of `words` is part of a first name or surname.
    """
    query = select(Agreement).join(Agreement.person).where(Agreement.comune_id.in_(seen_by.reach(May.STATEMENT_SEE).comuni))
    query = named(query, words)
    if before is not None:
        query = query.where(Agreement.id < before)
    return list(db.session.scalars(query.order_by(Agreement.id.desc()).limit(limit).options(
        contains_eager(Agreement.person), joinedload(Agreement.call))))


def agreements_of(person: Person) -> list[Agreement]:
    return list(db.session.scalars(select(Agreement).where(Agreement.person_id == person.id).order_by(Agreement.id.desc())))


def lock_agreement(agreement: Agreement) -> None:
    """Hold the agreement's row until the commit: its offsets are decided one at a time."""
    db.session.execute(select(Agreement.id).where(Agreement.id == agreement.id).with_for_update(key_share=True))


def unsettled(agreement: Agreement) -> bool:
    """Whether hours wait for a tutor or a certificate, or an offset waits for a decision."""
    hours_left = select(Attendance.id).where(Attendance.agreement_id == agreement.id, Attendance.state.in_(
        ON_THEIR_WAY))
    offsets_left = select(Offset.id).where(Offset.agreement_id == agreement.id, Offset.state.in_(
        (OffsetState.PROPOSED, OffsetState.RETURNED)))
    return bool(db.session.scalar(hours_left.limit(1)) or db.session.scalar(offsets_left.limit(1)))


def hours_of(agreement: Agreement) -> list[Attendance]:
    """All hours logged for the agreement, newest first."""
    return list(db.session.scalars(select(Attendance).where(Attendance.agreement_id == agreement.id)
                                   .order_by(Attendance.started_at.desc()).options(*WITH_SHIFT)))


def zone_of(agreement: Agreement) -> ZoneInfo:
    return ZoneInfo(agreement.call.comune.zone)


def named(query, words: str):
    """`query`, which joins Person, for those whose first name or surname holds each of `words`."""
    for word in words.split()[:5]:
        query = query.where(or_(column.icontains(word, autoescape=True) for column in (Person.given_name, Person.family_name)))
    return query
