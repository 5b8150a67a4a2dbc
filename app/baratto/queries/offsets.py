"""Offsets, and the certificates that they redeem."""
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.access import May
from app.baratto.models import Agreement, Offset, OffsetCertificate, OffsetLine
from app.baratto.queries.agreements import named
from app.baratto.states import GRANTED_OFFSETS, Agreement as AgreementState, Offset as OffsetState
from app.base.db import db
from app.hours.models import Attendance, Certificate, CertificateLine
from app.hours.queries import WITH_SHIFT
from app.hours.states import Certificate as CertificateState
from app.people.models import Person
from app.taxes.models import ExportRow

WITH_PEOPLE = (contains_eager(Offset.agreement).contains_eager(Agreement.person),
               contains_eager(Offset.agreement).joinedload(Agreement.call),
               joinedload(Offset.proposed_by), joinedload(Offset.decided_by))


def certificates_of(agreement: Agreement) -> list[Certificate]:
    return list(db.session.scalars(select(Certificate).where(Certificate.agreement_id == agreement.id).order_by(Certificate.id)))


def free_certificates(agreement: Agreement) -> list[Certificate]:
    """The agreement's valid certificates that no live offset redeems, oldest first."""
    live = select(OffsetCertificate.certificate_id).where(OffsetCertificate.live)
    return list(db.session.scalars(select(Certificate).where(
        Certificate.agreement_id == agreement.id, Certificate.state == CertificateState.ISSUED, Certificate.id.not_in(live))
        .order_by(Certificate.id)))


def granted_certificates(agreement: Agreement) -> list[Certificate]:
    """The agreement's certificates that granted offsets redeem."""
    return list(db.session.scalars(select(Certificate).join(OffsetCertificate).join(Offset).where(
        Offset.agreement_id == agreement.id, Offset.state.in_(GRANTED_OFFSETS), OffsetCertificate.live).order_by(Certificate.id)))


def redeemed(certificate_ids: Sequence[int]) -> list[int]:
    """Those of the certificates that a live offset redeems."""
    return list(db.session.scalars(select(OffsetCertificate.certificate_id).where(
        OffsetCertificate.live, OffsetCertificate.certificate_id.in_(certificate_ids))))


def live_offset(certificate_id: int) -> Offset | None:
    """The live offset that redeems a certificate, as it is now."""
    return db.session.scalar(select(Offset).join(OffsetCertificate).where(
        OffsetCertificate.live, OffsetCertificate.certificate_id == certificate_id).execution_options(populate_existing=True))


def withdrawn(certificate_ids: Sequence[int]) -> list[str]:
    """The names of those of the certificates that are no longer valid."""
    return [each.name for each in db.session.scalars(select(Certificate).where(
        Certificate.id.in_(certificate_ids), Certificate.state != CertificateState.ISSUED).order_by(Certificate.id))]


def certified_hours(certificate_ids: Sequence[int]) -> dict[int, list[CertificateLine]]:
    """The lines of certificates with their hours and shifts, by certificate, oldest first."""
    rows = db.session.scalars(select(CertificateLine).join(CertificateLine.attendance).where(
        CertificateLine.certificate_id.in_(certificate_ids)).order_by(Attendance.started_at).options(
        contains_eager(CertificateLine.attendance).options(*WITH_SHIFT)))
    found: dict[int, list[CertificateLine]] = {number: [] for number in certificate_ids}
    for row in rows:
        found[row.certificate_id].append(row)
    return found


class Waiting(NamedTuple):
    """An agreement whose certificates wait for a proposal; `since` is when the oldest of them was issued."""

    agreement: Agreement
    count: int
    minutes: int
    since: datetime


def to_propose(*, seen_by: Person, words: str = "", limit: int = 200) -> list[Waiting]:
    """Agreements with certificates that wait for a proposal, those that wait longest first.

    A closed agreement waits no more, but for the certificates of an offset that was reversed.
    """
    live = select(OffsetCertificate.certificate_id).where(OffsetCertificate.live)
    reversed_ = select(OffsetCertificate.certificate_id).join(OffsetCertificate.offset).where(Offset.state == OffsetState.REVERSED)
    since = func.min(Certificate.id).label("since")
    query = (select(Agreement, func.count(Certificate.id), func.sum(Certificate.minutes), func.min(Certificate.created_at))
             .join(Certificate, Certificate.agreement_id == Agreement.id).join(Agreement.person)
             .where(Agreement.comune_id.in_(seen_by.reach(May.OFFSET_PROPOSE).comuni), Certificate.id.not_in(live),
                    Certificate.state == CertificateState.ISSUED,
                    or_(Agreement.state == AgreementState.ACTIVE, Certificate.id.in_(reversed_)))
             .group_by(Agreement.id).order_by(since, Agreement.id).limit(limit))
    return [Waiting(*row) for row in db.session.execute(named(query, words).options(
        selectinload(Agreement.person), selectinload(Agreement.call)))]


def offset(offset_id: int, *, seen_by: Person, permission: May = May.OFFSET_SEE) -> Offset:
    """An offset of a comune that `permission` reaches, or one's own where that is for residents too; else 404."""
    reach = seen_by.reach(permission)
    return db.one_or_404(_offsets().where(Offset.id == offset_id, or_(
        Offset.comune_id.in_(reach.comuni), and_(reach.oneself, Agreement.person_id == seen_by.id))).options(
        selectinload(Offset.lines).joinedload(OffsetLine.position),
        selectinload(Offset.certificates).joinedload(OffsetCertificate.certificate)))


def offsets(*states: OffsetState, seen_by: Person, permission: May = May.OFFSET_SEE, words: str = "", newest_first: bool = False,
            beyond: int | None = None, limit: int = 50) -> list[Offset]:
    """Offsets in these states (all, without) of the comuni that `permission` reaches, in the order of proposal.

    `beyond` is the number of the last one seen: the list goes on after it.
    """
    query = named(_offsets(), words).where(Offset.comune_id.in_(seen_by.reach(permission).comuni))
    if states:
        query = query.where(Offset.state.in_(states))
    if beyond is not None:
        query = query.where(Offset.id < beyond if newest_first else Offset.id > beyond)
    return list(db.session.scalars(query.order_by(Offset.id.desc() if newest_first else Offset.id).limit(limit)))


def chosen_offsets(ids: Sequence[int], *states: OffsetState, seen_by: Person, permission: May) -> list[Offset]:
    """Those of the offsets `ids` that are in these states and that `permission` reaches, in order. Others are left out."""
    return list(db.session.scalars(_offsets().where(
        Offset.id.in_(ids), Offset.state.in_(states), Offset.comune_id.in_(seen_by.reach(permission).comuni)).order_by(Offset.id)))


def counts(*, seen_by: Person) -> dict[OffsetState, int]:
    """How many offsets of one's comuni are in each state."""
    found = db.session.execute(select(Offset.state, func.count()).where(
        Offset.comune_id.in_(seen_by.reach(May.OFFSET_SEE).comuni)).group_by(Offset.state))
    return {state: count for state, count in found}


def offsets_of(agreement: Agreement) -> list[Offset]:
    return list(db.session.scalars(select(Offset).where(Offset.agreement_id == agreement.id).order_by(Offset.id)))


def own_offsets(person: Person) -> list[Offset]:
    """A resident's own offsets, newest first."""
    return list(db.session.scalars(_offsets().where(Agreement.person_id == person.id).order_by(Offset.id.desc())))


def approved(comune_id: int) -> list[Offset]:
    """Approved offsets that no file has taken yet, in the order of approval, locked until the commit."""
    return list(db.session.scalars(select(Offset).where(Offset.comune_id == comune_id, Offset.state == OffsetState.APPROVED)
                                   .order_by(Offset.decided_at, Offset.id).with_for_update(key_share=True)))


def reversals_to_send(comune_id: int) -> list[Offset]:
    """Reversed offsets that a file has taken, while no file has taken them back yet."""
    def sent(letter):
        ref = literal(letter, String) + cast(OffsetLine.id, String)
        return select(ExportRow.id).where(ExportRow.row_ref == ref).exists()
    return list(db.session.scalars(select(Offset).where(
        Offset.comune_id == comune_id, Offset.state == OffsetState.REVERSED,
        select(OffsetLine.id).where(OffsetLine.offset_id == Offset.id, sent("R"), ~sent("S")).exists()).order_by(Offset.id)))


def _offsets():
    return select(Offset).join(Offset.agreement).join(Agreement.person).options(*WITH_PEOPLE)
