"""Certificates, which lock validated hours; they stay as they were issued, also when they are replaced or annulled."""
import secrets
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import ComuneId, Row, db, one_of, short
from app.hours import states
from app.hours.models.attendance import Attendance
from app.hours.rules.codes import ALPHABET
from app.people.models import Person
from app.town.models import Comune


def new_code() -> str:
    """Sixteen letters, 72 bits: nobody guesses the address of a check page, and one can still type it from paper."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


class Certificate(Row):
    """Validated hours of one person, counted once and numbered by comune and year.

    With an agreement they may reduce a tax. Without one it is an attestation: the same paper, and no value.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("comune_id", "year", "number"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("(agreement_id IS NULL) = (creditable_minutes IS NULL)", name="value_needs_agreement"),
        CheckConstraint("creditable_minutes >= 0 AND pending_minutes >= 0", name="not_negative"),
    )
    comune_id: Mapped[ComuneId]
    year: Mapped[int]
    number: Mapped[int]
    code: Mapped[str] = short(16, unique=True, default=new_code)       # of the public page that confirms it
    state: Mapped[states.Certificate] = one_of(states.Certificate, default=states.CERTIFICATE.start)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    minutes: Mapped[int]
    creditable_minutes: Mapped[int | None]                   # what the regulation makes of them; None without an agreement
    excluded: Mapped[list] = mapped_column(JSON, default=list)         # why the others do not count: [{"minutes": 30, "text": "…"}]
    pending_minutes: Mapped[int] = mapped_column(default=0)  # logged in the same year and not decided yet when it was issued
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = short(64)                          # of the lines, so that a printed copy can be compared
    supplements_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    comune: Mapped[Comune] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    issued_by: Mapped[Person] = relationship(foreign_keys=issued_by_id)
    lines: Mapped[list["CertificateLine"]] = relationship(back_populates="certificate", order_by="CertificateLine.started_at")
    supplements: Mapped["Certificate | None"] = relationship(foreign_keys=supplements_id, remote_side="Certificate.id")
    supersedes: Mapped["Certificate | None"] = relationship(
        foreign_keys=supersedes_id, remote_side="Certificate.id", back_populates="superseded_by")
    superseded_by: Mapped["Certificate | None"] = relationship(foreign_keys=supersedes_id, back_populates="supersedes", uselist=False)

    @property
    def name(self) -> str:
        return f"{self.number}/{self.year}"

    @property
    def not_counted(self) -> list[tuple[int, str]]:
        """Minutes that do not count, and why in Italian words."""
        return [(each["minutes"], each["text"]) for each in self.excluded]

    @property
    def valid(self) -> bool:
        return self.state is states.Certificate.ISSUED


class CertificateLine(db.Model):
    """One attendance in one certificate, as it was then. It is live in at most one."""

    __tablename__ = "certificate_line"
    __table_args__ = (Index("uq_certificate_line_live", "attendance_id", unique=True,
                            sqlite_where=text("live"), postgresql_where=text("live")),)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id"), primary_key=True)
    live: Mapped[bool] = mapped_column(default=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    break_min: Mapped[int]
    minutes: Mapped[int]
    tutor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    certificate: Mapped[Certificate] = relationship(back_populates="lines")
    attendance: Mapped[Attendance] = relationship()
    tutor: Mapped[Person | None] = relationship()

    @classmethod
    def of(cls, attendance: Attendance) -> "CertificateLine":
        return cls(attendance=attendance, minutes=attendance.minutes, tutor_id=attendance.tutor_id,
                   **{name: getattr(attendance, name) for name in ("started_at", "ended_at", "break_min")})
