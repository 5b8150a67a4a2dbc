"""Reads of certificates, and of the hours that wait for one."""
from datetime import datetime
from typing import NamedTuple

from flask import abort
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import May
from app.base.db import db
from app.hours.models import Attendance, Certificate, CertificateLine
from app.hours.queries.attendance import WITH_SHIFT, zone_of
from app.hours.rules.codes import plain
from app.hours.states import Attendance as State, Certificate as CertificateState
from app.people.models import Person
from app.tasks.models import Booking
from app.tasks.rules.instruments import Instrument

UNDECIDED = (State.LATE, State.SUBMITTED, State.DISPUTED)
# Hours of the time bank are worth hours there: an attestation would count them a second time.
WITHOUT_VALUE = (Attendance.agreement_id.is_(None),
                 Attendance.booking.has(Booking.instrument != Instrument.TIMEBANK))


def certifiable(agreement_id: int, *, lock: bool = False) -> list[Attendance]:
    """The validated hours of an agreement that no certificate holds, oldest first."""
    return _validated(Attendance.agreement_id == agreement_id, lock=lock)


def attestable(person_id: int, comune_id: int, *, lock: bool = False) -> list[Attendance]:
    """The same for a person's hours in a comune that count for no agreement."""
    return _validated(*WITHOUT_VALUE, Attendance.person_id == person_id, Attendance.comune_id == comune_id, lock=lock)


def of_oldest_year(rows: list[Attendance]) -> list[Attendance]:
    """Those of these hours, given oldest first, that began in the first one's calendar year: what one certificate takes."""
    return of_same_year(rows[0], rows) if rows else []


def of_same_year(first: Attendance, rows: list[Attendance]) -> list[Attendance]:
    """Those of these hours that began in the same calendar year as `first`."""
    year = first.started_at.astimezone(zone_of(first)).year
    return [row for row in rows if row.started_at.astimezone(zone_of(row)).year == year]


def undecided(first: Attendance) -> list[Attendance]:
    """Hours of the same agreement, or of the same person without one, that nobody has decided on yet."""
    return list(db.session.scalars(select(Attendance).where(
        *_alike(Attendance, first), Attendance.state.in_(UNDECIDED), Attendance.ended_at.is_not(None)).order_by(Attendance.started_at)))


def supplemented(first: Attendance) -> Certificate | None:
    """The valid certificate that hours from `first` on come after, because they were decided later than hours done after them."""
    return db.session.scalar(select(Certificate).join(Certificate.lines).where(
        *_alike(Certificate, first), Certificate.state == CertificateState.ISSUED, CertificateLine.started_at >= first.started_at)
        .order_by(Certificate.id.desc()).limit(1))


class Certifiable(NamedTuple):
    """Validated hours that wait for one certificate: of an agreement, or of a person without one."""

    agreement_id: int | None
    comune_id: int
    person: Person
    count: int
    minutes: int
    oldest: datetime


def to_certify(*, seen_by: Person) -> list[Certifiable]:
    """Agreements with validated hours that wait for a certificate, the oldest hours first."""
    return _groups(seen_by, Attendance.agreement_id.is_not(None))


def to_attest(*, seen_by: Person) -> list[Certifiable]:
    """People whose validated hours count for no agreement, the oldest hours first."""
    return _groups(seen_by, *WITHOUT_VALUE)


def to_certify_of(agreement_id: int, *, seen_by: Person) -> list[Attendance]:
    """The validated hours of this agreement, or 404 when they are another comune's, or there are none."""
    return _reached(certifiable(agreement_id), seen_by)


def to_attest_of(person_id: int, comune_id: int, *, seen_by: Person) -> list[Attendance]:
    """A person's validated hours without an agreement, or 404 as above."""
    return _reached(attestable(person_id, comune_id), seen_by)


def to_void(attendance_id: int, *, seen_by: Person) -> Attendance:
    """Hours of a comune whose certificates one issues, or 404."""
    return db.one_or_404(select(Attendance).where(
        Attendance.id == attendance_id, Attendance.comune_id.in_(seen_by.reach(May.CERTIFICATE_ISSUE).comuni),
        Attendance.ended_at.is_not(None)).options(*WITH_SHIFT))


def certificates(*, seen_by: Person, before: int | None = None, limit: int = 50) -> list[Certificate]:
    """The comune's certificates, newest first, from below the row number `before`."""
    query = select(Certificate).where(Certificate.comune_id.in_(seen_by.reach(May.CERTIFICATE_ISSUE).comuni))
    if before is not None:
        query = query.where(Certificate.id < before)
    return list(db.session.scalars(query.order_by(Certificate.id.desc()).limit(limit).options(joinedload(Certificate.person))))


def own_certificates(person: Person) -> list[Certificate]:
    """The certificates of a person's hours, newest first."""
    return list(db.session.scalars(select(Certificate).where(Certificate.person_id == person.id).order_by(Certificate.id.desc())))


def certificate(certificate_id: int, *, seen_by: Person, permission: May | None = None) -> Certificate:
    """A certificate of one's own, or of a comune whose certificates or offsets one handles; else 404.

    With a `permission` only those of a comune that it reaches.
    """
    comuni = seen_by.reach(May.CERTIFICATE_ISSUE).comuni | seen_by.reach(May.OFFSET_SEE).comuni
    seen = (Certificate.comune_id.in_(seen_by.reach(permission).comuni) if permission
            else or_(Certificate.comune_id.in_(comuni), Certificate.person_id == seen_by.id))
    return db.one_or_404(select(Certificate).where(Certificate.id == certificate_id, seen).options(
        selectinload(Certificate.lines).options(
            joinedload(CertificateLine.attendance).options(*WITH_SHIFT), joinedload(CertificateLine.tutor))))


def by_code(code: str) -> Certificate:
    """The certificate behind the code of its check page, however it was typed, or 404. Whoever has the paper has the code: no `seen_by`."""
    return db.one_or_404(select(Certificate).where(Certificate.code == plain(code)).options(
        joinedload(Certificate.comune), joinedload(Certificate.superseded_by)))


def supplements(certificate: Certificate) -> list[Certificate]:
    """The supplementary certificates that follow this one, oldest first."""
    return list(db.session.scalars(select(Certificate).where(Certificate.supplements_id == certificate.id).order_by(Certificate.id)))


def _alike(table, first: Attendance):
    """Conditions on `table` (hours or certificates) that hold for what belongs together with `first`."""
    if first.agreement_id is not None:
        return (table.agreement_id == first.agreement_id,)
    return table.agreement_id.is_(None), table.person_id == first.person_id, table.comune_id == first.comune_id


def _validated(*where, lock: bool) -> list[Attendance]:
    query = select(Attendance).where(*where, Attendance.state == State.VALIDATED).order_by(Attendance.started_at, Attendance.id)
    if lock:                           # read anew: a tutor may have corrected a row since the page was drawn
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    else:
        query = query.options(*WITH_SHIFT)
    return list(db.session.scalars(query))


def _groups(seen_by: Person, *where) -> list[Certifiable]:
    rows = db.session.scalars(select(Attendance).where(
        Attendance.comune_id.in_(seen_by.reach(May.CERTIFICATE_ISSUE).comuni), Attendance.state == State.VALIDATED, *where)
        .order_by(Attendance.started_at).options(joinedload(Attendance.person)))
    groups: dict[tuple, list[Attendance]] = {}
    for row in rows:
        groups.setdefault((row.agreement_id or row.person_id, row.comune_id), []).append(row)
    return [Certifiable(found[0].agreement_id, found[0].comune_id, found[0].person, len(found), sum(row.minutes for row in found),
                        found[0].started_at) for found in groups.values()]


def _reached(rows: list[Attendance], seen_by: Person) -> list[Attendance]:
    return [row for row in rows if row.comune_id in seen_by.reach(May.CERTIFICATE_ISSUE).comuni] or abort(404)
