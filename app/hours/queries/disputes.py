"""Reads of disputes and of hours that wait for an officer: the person's, the host's tutors', the comune's officers'."""
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.access import May
from app.base.db import db
from app.base.passages import Passage
from app.hours.models import Attendance, Dispute
from app.hours.queries.attendance import WITH_SHIFT
from app.hours.states import Attendance as State
from app.people.models import Person
from app.tasks.models import Booking, Shift, Task

WITH_ATTENDANCE = (
    joinedload(Dispute.attendance).joinedload(Attendance.booking).joinedload(Booking.shift).joinedload(Shift.task)
    .joinedload(Task.organisation), joinedload(Dispute.attendance).joinedload(Attendance.person))


def dispute(dispute_id: int, *, seen_by: Person) -> Dispute:
    """A dispute about one's own hours, those that one's organisation hosts, or those of a comune where one decides; else 404."""
    return db.one_or_404(select(Dispute).join(Attendance).where(Dispute.id == dispute_id, or_(
        Attendance.person_id == seen_by.id,
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations),
        Attendance.comune_id.in_(seen_by.reach(May.HOURS_SETTLE).comuni))).options(*WITH_ATTENDANCE))


def dispute_to_answer(dispute_id: int, *, seen_by: Person) -> Dispute:
    """A dispute to which one is a side: the person's own, or the host's tutors'; else 404, for the officer too."""
    return db.one_or_404(select(Dispute).join(Attendance).where(Dispute.id == dispute_id, or_(
        Attendance.person_id == seen_by.id,
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations))).options(*WITH_ATTENDANCE))


def to_settle(*, seen_by: Person) -> list[Dispute]:
    """Open disputes of the officer's comune, the one that is due first on top."""
    return list(db.session.scalars(select(Dispute).join(Attendance).where(
        Dispute.decided_at.is_(None), Attendance.comune_id.in_(seen_by.reach(May.HOURS_SETTLE).comuni))
        .order_by(Dispute.due_at, Dispute.id).options(*WITH_ATTENDANCE)))


def to_admit(*, seen_by: Person) -> list[Attendance]:
    """Hours logged after the regulation's days, oldest first."""
    return list(db.session.scalars(select(Attendance).where(
        Attendance.state == State.LATE, Attendance.comune_id.in_(seen_by.reach(May.HOURS_SETTLE).comuni))
        .order_by(Attendance.created_at, Attendance.id).options(*WITH_SHIFT)))


def late(attendance_id: int, *, seen_by: Person) -> Attendance:
    """Hours of the officer's comune, or 404."""
    return db.one_or_404(select(Attendance).where(
        Attendance.id == attendance_id, Attendance.comune_id.in_(seen_by.reach(May.HOURS_SETTLE).comuni)).options(*WITH_SHIFT))


def for_officer(*, seen_by: Person) -> int:
    """How much waits for this officer."""
    comuni = seen_by.reach(May.HOURS_SETTLE).comuni
    return db.session.scalar(select(func.count(Attendance.id)).where(
        Attendance.comune_id.in_(comuni), Attendance.state.in_((State.LATE, State.DISPUTED))))


def to_answer(*, seen_by: Person) -> list[Dispute]:
    """Open disputes in which the tutor's side has not spoken yet, oldest first."""
    return list(db.session.scalars(select(Dispute).join(Attendance).where(
        Dispute.decided_at.is_(None), Dispute.tutors_words == "",
        Attendance.organisation_id.in_(seen_by.reach(May.HOURS_VALIDATE).organisations)).order_by(Dispute.id).options(*WITH_ATTENDANCE)))


def dispute_of(attendance_id: int) -> Dispute | None:
    return db.session.scalar(select(Dispute).where(Dispute.attendance_id == attendance_id))


def supplement_of(attendance_id: int) -> Attendance | None:
    """The row in which what was cut from these hours is disputed or was recognised."""
    return db.session.scalar(select(Attendance).where(Attendance.supplements_id == attendance_id).order_by(Attendance.id.desc()).limit(1))


def decided_at(attendance: Attendance) -> datetime:
    """When the state was reached that somebody may object to."""
    return attendance.validated_at or db.session.scalar(select(func.max(Passage.at)).where(
        Passage.subject == Attendance.__tablename__, Passage.subject_id == attendance.id))
