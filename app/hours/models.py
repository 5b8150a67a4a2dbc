"""Attendance: the hours of one shift, as claimed and as validated; and the certificates that lock them."""
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import ComuneId, Row, db, one_of, short
from app.base.localtime import minutes_between
from app.hours import states
from app.people.models import Person
from app.tasks.models import Booking
from app.town.models import Organisation


class Attendance(Row):
    """What the person claimed stays as it was; a tutor's change stands beside it, and its reason in the log of passages."""

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint("started_at < ended_at", name="ends_after_start"),
        CheckConstraint("break_min >= 0 AND claimed_break_min >= 0", name="breaks"),
        Index("uq_attendance_booking", "booking_id", unique=True,
              sqlite_where=text("state <> 'rejected'"), postgresql_where=text("state <> 'rejected'")),
        Index("ix_attendance_person_time", "person_id", "started_at"),
    )
    comune_id: Mapped[ComuneId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    state: Mapped[states.Attendance] = one_of(states.Attendance, default=states.ATTENDANCE.start)
    claimed_start: Mapped[datetime]
    claimed_end: Mapped[datetime]
    claimed_break_min: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    break_min: Mapped[int]
    version: Mapped[int] = mapped_column(default=0)          # how often a tutor has decided on the minutes
    note: Mapped[str] = short(500, default="")
    validated_at: Mapped[datetime | None]
    tutor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    booking: Mapped[Booking] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    tutor: Mapped[Person | None] = relationship(foreign_keys=tutor_id)
    organisation: Mapped[Organisation] = relationship()

    @property
    def minutes(self) -> int:
        """Net minutes: the difference of two instants, less the break."""
        return minutes_between(self.started_at, self.ended_at) - self.break_min

    @property
    def claimed_minutes(self) -> int:
        return minutes_between(self.claimed_start, self.claimed_end) - self.claimed_break_min


class Certificate(Row):
    """An agreement's validated hours, counted once and numbered by comune and year."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("comune_id", "year", "number"), CheckConstraint("minutes > 0", name="minutes"))
    comune_id: Mapped[ComuneId]
    year: Mapped[int]
    number: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    minutes: Mapped[int]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = short(64)                          # of the lines, so that a printed copy can be compared
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    issued_by: Mapped[Person] = relationship(foreign_keys=issued_by_id)
    lines: Mapped[list["CertificateLine"]] = relationship(back_populates="certificate", order_by="CertificateLine.attendance_id")

    @property
    def name(self) -> str:
        return f"{self.number}/{self.year}"


class CertificateLine(db.Model):
    """One attendance in one certificate, and never in another."""

    __tablename__ = "certificate_line"
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id"), primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    minutes: Mapped[int]
    certificate: Mapped[Certificate] = relationship(back_populates="lines")
    attendance: Mapped[Attendance] = relationship()
