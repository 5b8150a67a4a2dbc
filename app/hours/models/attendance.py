"""Attendance: the hours of one shift, as claimed and as validated, or the absence from it; and what bears it out."""
from datetime import datetime

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.append_only import append_only
from app.base.db import ComuneId, Row, one_of, short
from app.base.localtime import minutes_between
from app.base.words import Labelled, N_
from app.hours import states
from app.people.models import Person
from app.tasks.models import Booking
from app.town.models import Organisation

LIVE = text("state NOT IN ('rejected', 'voided') AND supplements_id IS NULL")
# No minute of one person counts twice, over all instruments. SQLite's writers take turns, and the person's lock and the rule suffice there.
NO_OVERLAP = (
    "ALTER TABLE attendance ADD CONSTRAINT ex_attendance_overlap EXCLUDE USING gist "
    "(int4range(person_id, person_id, '[]') WITH &&, tstzrange(started_at, ended_at) WITH &&) "
    "WHERE (state IN ('validated', 'locked') AND supplements_id IS NULL)")


class Method(Labelled):
    """How a time came to be known."""

    CODE = "code", N_("Codice sul telefono del tutor")
    DAILY = "daily", N_("Codice del giorno, stampato")
    TUTOR = "tutor", N_("Scritto dal tutor")
    LATER = "later", N_("Scritto dalla persona")
    OFFLINE = "offline", N_("Scritto dalla persona, senza rete")
    PAPER = "paper", N_("Foglio firmato")
    FILE = "file", N_("Importato da un file")
    OFFICE = "office", N_("Deciso dall'ufficio")


class Excuse(Labelled):
    """Why somebody was absent, as a kind and no more: health and family matters are not written down."""

    HEALTH = "health", N_("Salute")
    FAMILY = "family", N_("Famiglia")
    WORK = "work", N_("Lavoro o studio")
    TRAVEL = "travel", N_("Viaggio o mezzi pubblici")
    HOST = "host", N_("Problema dell'ente")
    OTHER = "other", N_("Altro")


class Attendance(Row):
    """What the person claimed stays as it was; a tutor's change stands beside it, and its reason in the log of passages.

    A row that `supplements` another holds only the minutes in dispute: its break is so long that the rest is what it claims above the
    other's minutes. So the part that nobody disputes goes on, and each part is certified by itself.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint("started_at < ended_at", name="ends_after_start"),
        CheckConstraint("break_min >= 0 AND claimed_break_min >= 0", name="breaks"),
        CheckConstraint("ended_at IS NOT NULL OR state IN ('planned', 'checked_in', 'left_open', 'missed', 'justified', 'unjustified', "
                        "'cancelled', 'voided', 'disputed')", name="times"),
        CheckConstraint("log_days >= 0", name="log_days"),
        Index("uq_attendance_booking", "booking_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_attendance_person_time", "person_id", "started_at"),
    )
    comune_id: Mapped[ComuneId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    supplements_id: Mapped[int | None] = mapped_column(ForeignKey("attendance.id"), index=True)
    log_days: Mapped[int | None]                             # that the agreement's regulation gives to log them; None: the comune's
    state: Mapped[states.Attendance] = one_of(states.Attendance, default=states.ATTENDANCE.start)
    claimed_start: Mapped[datetime | None]
    claimed_end: Mapped[datetime | None]
    claimed_break_min: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    break_min: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)          # how often a tutor has decided on the minutes
    note: Mapped[str] = short(500, default="")
    excuse: Mapped[Excuse | None] = one_of(Excuse, "excuse")
    validated_at: Mapped[datetime | None]
    tutor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    booking: Mapped[Booking] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    tutor: Mapped[Person | None] = relationship(foreign_keys=tutor_id)
    organisation: Mapped[Organisation] = relationship()
    supplements: Mapped["Attendance | None"] = relationship(remote_side="Attendance.id")
    pauses: Mapped[list["Pause"]] = relationship(order_by="Pause.id")

    @property
    def minutes(self) -> int:
        """Net minutes: the difference of two instants, less the break; 0 while the end is not known."""
        return minutes_between(self.started_at, self.ended_at) - self.break_min if self.ended_at else 0

    @property
    def presence_id(self) -> int:
        """The number of the row that this presence began with: its own, or that of the row it supplements."""
        return self.supplements_id or self.id

    @property
    def claimed_minutes(self) -> int:
        return minutes_between(self.claimed_start, self.claimed_end) - self.claimed_break_min if self.claimed_end else 0


event.listen(Attendance.__table__, "after_create", DDL(NO_OVERLAP.replace("%", "%%")).execute_if(dialect="postgresql"))


class Pause(Row):
    """A break taken between check-in and check-out."""

    __tablename__ = "pause"
    __table_args__ = (CheckConstraint("started_at <= ended_at", name="ends_after_start"),)
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Evidence(Row):
    """Times as somebody stated them, by which means, and when (created_at). Written once: a correction stands beside what it corrects."""

    __tablename__ = "evidence"
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id"), index=True)
    method: Mapped[Method] = one_of(Method, "method")
    operator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]                       # None: an arrival
    break_min: Mapped[int] = mapped_column(default=0)
    operator: Mapped[Person] = relationship()


append_only(Evidence.__table__)


class Dispute(Row):
    """What both sides say about hours or an absence, and what the officer decided. Minutes and times are those of its attendance."""

    __tablename__ = "dispute"
    __table_args__ = (UniqueConstraint("attendance_id"),)
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id"))
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    persons_words: Mapped[str] = short(1000, default="")
    tutors_words: Mapped[str] = short(1000, default="")
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str] = short(1000, default="")
    attendance: Mapped[Attendance] = relationship(backref="disputes")
    opened_by: Mapped[Person] = relationship(foreign_keys=opened_by_id)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)


class LoggingRules(Row):
    """A comune's rules for logging, where no regulation says otherwise. The newest row counts; the older ones say what counted before."""

    __tablename__ = "logging_rules"
    __table_args__ = (CheckConstraint("log_days BETWEEN 0 AND 365", name="log_days"),)
    comune_id: Mapped[ComuneId]
    log_days: Mapped[int]                                    # days after a shift in which its hours need no leave of the office
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
