"""Reads of attendance and certificates. Tutors see their organisation's hours, residents their own, certifiers their comune's."""
from collections import Counter
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import abort
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import May
from app.base.clock import now
from app.base.db import db
from app.base.localtime import minutes_between
from app.base.passages import Passage
from app.hours.models import Attendance, Certificate, CertificateLine
from app.hours.rules import LATE, OVERDUE
from app.hours.states import Attendance as State
from app.people.models import Person
from app.tasks.models import Booking, Shift, Task
from app.tasks.states import Booking as BookingState, Shift as ShiftState

WITH_SHIFT = (joinedload(Attendance.booking).joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.organisation),
              joinedload(Attendance.person))


def attendance(attendance_id: int, *, seen_by: Person) -> Attendance:
    """Hours that wait for this tutor's organisation, or the person's own; anything else is a 404."""
    return db.one_or_404(select(Attendance).where(Attendance.id == attendance_id, or_(
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations),
        Attendance.person_id == seen_by.id)).options(*WITH_SHIFT))


def logged(attendance_id: int, *, seen_by: Person) -> Attendance:
    """One's own hours, those that one's organisation hosted, or those of a comune whose certificates or offsets one handles; else 404."""
    comuni = seen_by.reach(May.CERTIFICATE_ISSUE).comuni | seen_by.reach(May.OFFSET_SEE).comuni
    return db.one_or_404(select(Attendance).where(Attendance.id == attendance_id, or_(
        Attendance.person_id == seen_by.id, Attendance.comune_id.in_(comuni),
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations))).options(*WITH_SHIFT))


def to_validate(*, seen_by: Person) -> list[Attendance]:
    """The tutor's queue, oldest first."""
    return _of_organisations(seen_by, Attendance.state == State.SUBMITTED, order=Attendance.started_at)


def decided(*, seen_by: Person, limit: int = 30) -> list[Attendance]:
    """What tutors of these organisations decided lately, newest first."""
    return _of_organisations(seen_by, Attendance.state != State.SUBMITTED, order=Attendance.started_at.desc(), limit=limit)


def own(person: Person, *, limit: int = 100) -> list[Attendance]:
    """A person's own hours, newest first."""
    return list(db.session.scalars(select(Attendance).where(Attendance.person_id == person.id)
                                   .order_by(Attendance.started_at.desc()).limit(limit).options(*WITH_SHIFT)))


def to_log(person: Person) -> list[Booking]:
    """Booked shifts that have begun, were not called off, and whose hours can still be logged, oldest first."""
    logged = select(Attendance.id).where(Attendance.booking_id == Booking.id, Attendance.state != State.REJECTED)
    return list(db.session.scalars(select(Booking).join(Shift).where(
        Booking.person_id == person.id, Booking.state == BookingState.BOOKED, Shift.state == ShiftState.PLANNED,
        Shift.starts_at <= now(), Shift.ends_at >= now() - LATE, ~logged.exists()).order_by(Shift.starts_at)
        .options(joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.organisation))))


def booking_to_log(booking_id: int, *, seen_by: Person) -> Booking:
    """One's own booking, or 404."""
    return db.one_or_404(select(Booking).where(
        Booking.id == booking_id, Booking.person_id == seen_by.id, Booking.state == BookingState.BOOKED)
        .options(joinedload(Booking.shift).joinedload(Shift.task).joinedload(Task.organisation)))


def attendance_of(booking_id: int) -> Attendance | None:
    """The live attendance of a booking; a rejected one does not stand in the way of a new one."""
    return db.session.scalar(select(Attendance).where(Attendance.booking_id == booking_id, Attendance.state != State.REJECTED))


def times(person_id: int, *, but: int | None = None) -> list[tuple[datetime, datetime]]:
    """All time that a person has logged and that was not rejected."""
    return [tuple(row) for row in db.session.execute(select(Attendance.started_at, Attendance.ended_at).where(
        Attendance.person_id == person_id, Attendance.state != State.REJECTED, Attendance.id != (but or 0)))]


def certifiable(agreement_id: int, *, lock: bool = False) -> list[Attendance]:
    """The validated hours of an agreement that no certificate holds, oldest first."""
    query = select(Attendance).where(Attendance.agreement_id == agreement_id, Attendance.state == State.VALIDATED).order_by(
        Attendance.started_at, Attendance.id)
    if lock:                           # read anew: a tutor may have corrected a row since the page was drawn
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    else:
        query = query.options(*WITH_SHIFT)
    return list(db.session.scalars(query))


def of_oldest_year(rows: list[Attendance]) -> list[Attendance]:
    """Those of these hours, given oldest first, that began in the first one's calendar year: what one certificate takes."""
    years = [row.started_at.astimezone(zone_of(row)).year for row in rows]
    return [row for row, year in zip(rows, years, strict=True) if year == years[0]]


class Certifiable(NamedTuple):
    agreement_id: int
    person: Person
    count: int
    minutes: int
    oldest: datetime


def to_certify(*, seen_by: Person) -> list[Certifiable]:
    """Agreements with validated hours that wait for a certificate, the oldest hours first."""
    rows = db.session.scalars(select(Attendance).where(
        Attendance.comune_id.in_(seen_by.reach(May.CERTIFICATE_ISSUE).comuni), Attendance.state == State.VALIDATED,
        Attendance.agreement_id.is_not(None)).order_by(Attendance.started_at).options(joinedload(Attendance.person)))
    groups: dict[int, list[Attendance]] = {}
    for row in rows:
        groups.setdefault(row.agreement_id, []).append(row)
    return [Certifiable(number, found[0].person, len(found), sum(row.minutes for row in found), found[0].started_at)
            for number, found in groups.items()]


def to_certify_of(agreement_id: int, *, seen_by: Person) -> list[Attendance]:
    """The validated hours of this agreement, or 404 when they are another comune's, or there are none."""
    rows = [row for row in certifiable(agreement_id) if row.comune_id in seen_by.reach(May.CERTIFICATE_ISSUE).comuni]
    return rows or abort(404)


def certificates(*, seen_by: Person, permission: May = May.CERTIFICATE_ISSUE, limit: int = 50) -> list[Certificate]:
    """The comune's certificates, newest first."""
    return list(db.session.scalars(select(Certificate).where(Certificate.comune_id.in_(seen_by.reach(permission).comuni))
                                   .order_by(Certificate.id.desc()).limit(limit).options(joinedload(Certificate.person))))


def own_certificates(person: Person) -> list[Certificate]:
    """The certificates of a person's hours, newest first."""
    return list(db.session.scalars(select(Certificate).where(Certificate.person_id == person.id).order_by(Certificate.id.desc())))


def certificate(certificate_id: int, *, seen_by: Person) -> Certificate:
    """A certificate of one's own, or of a comune whose certificates or offsets one handles; else 404."""
    comuni = seen_by.reach(May.CERTIFICATE_ISSUE).comuni | seen_by.reach(May.OFFSET_SEE).comuni
    return db.one_or_404(select(Certificate).where(Certificate.id == certificate_id, or_(
        Certificate.comune_id.in_(comuni), Certificate.person_id == seen_by.id)).options(
        selectinload(Certificate.lines).joinedload(CertificateLine.attendance).options(*WITH_SHIFT)))


def minutes_by_state(person: Person) -> Counter[State]:
    """All minutes of a person, by what became of them."""
    minutes = Counter()
    for state, start, end, break_min in db.session.execute(select(
            Attendance.state, Attendance.started_at, Attendance.ended_at, Attendance.break_min).where(Attendance.person_id == person.id)):
        minutes[state] += minutes_between(start, end) - break_min
    return minutes


def reject_reasons(rows: list[Attendance]) -> dict[int, str]:
    """Why the rejected ones of these hours were turned down, by their id."""
    return dict(db.session.execute(select(Passage.subject_id, Passage.reason).where(
        Passage.subject == Attendance.__tablename__, Passage.move == "reject", Passage.subject_id.in_([row.id for row in rows]))).all())


def overdue(attendance: Attendance) -> bool:
    """These hours have waited for a tutor longer than they should."""
    return now() - attendance.created_at > OVERDUE


def waiting(*, seen_by: Person) -> int:
    """How many hours wait for this tutor."""
    return db.session.scalar(select(func.count(Attendance.id)).where(
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations), Attendance.state == State.SUBMITTED))


def changed(attendance_id: int) -> Attendance:
    """An attendance by its number, for the reactions that act on it in the transaction that changed it."""
    return db.session.get_one(Attendance, attendance_id)


def zone_of(attendance: Attendance) -> ZoneInfo:
    """The zone whose calendar counts: the comune's."""
    return ZoneInfo(attendance.organisation.comune.zone)


def _of_organisations(seen_by: Person, *where, order, limit: int = 200) -> list[Attendance]:
    return list(db.session.scalars(select(Attendance).where(
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations), *where)
        .order_by(order, Attendance.id).limit(limit).options(*WITH_SHIFT)))
