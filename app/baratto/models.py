"""Regulations, calls, agreements and offsets. Euro amounts are cents, time is minutes."""
import uuid
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.baratto import states
from app.baratto.rules.terms import Terms
from app.base.db import ComuneId, Row, db, one_of, short
from app.hours.models import Certificate
from app.people.models import Household, Person
from app.taxes.models import Position, Tax
from app.town.models import Comune


class Regulation(Row):
    """The council's regulation, one row a version. Written once: an agreement keeps the version under which it was made."""

    __tablename__ = "regulation"
    __table_args__ = (UniqueConstraint("comune_id", "version"), UniqueConstraint("comune_id", "digest"))
    comune_id: Mapped[ComuneId]
    version: Mapped[int]
    title: Mapped[str] = short(200)
    act: Mapped[str] = short(200, default="")                 # number and date of the council's act, as one writes them
    document: Mapped[dict] = mapped_column(JSON)              # the whole file: each key with its value and source
    digest: Mapped[str] = short(64)
    comune: Mapped[Comune] = relationship()

    @property
    def terms(self) -> Terms:
        return Terms.from_mapping({key: stated["value"] for key, stated in self.document["terms"].items()})

    @property
    def self_log_limit_days(self) -> int | None:
        """Days after a shift in which a person logs its hours without leave; None where the act does not say."""
        return self.document.get("procedure", {}).get("self_log_limit_days", {}).get("value")


class Call(Row):
    """A call (bando) for one year, under one version of the regulation, with a budget that the ledger keeps."""

    __tablename__ = "call"
    __table_args__ = (CheckConstraint("budget_cents > 0", name="budget"),)
    comune_id: Mapped[ComuneId]
    regulation_id: Mapped[int] = mapped_column(ForeignKey("regulation.id"))
    year: Mapped[int]
    title: Mapped[str] = short(200)
    act: Mapped[str] = short(200, default="")
    budget_cents: Mapped[int]
    state: Mapped[states.Call] = one_of(states.Call, default=states.CALL.start)
    regulation: Mapped[Regulation] = relationship()
    comune: Mapped[Comune] = relationship()


class Agreement(Row):
    """A pact (patto) with one resident: at most `planned_minutes` of service for at most `max_cents` off one tax."""

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("planned_minutes > 0 AND max_cents > 0", name="planned"),
        CheckConstraint("starts_on <= ends_on", name="period"),
        Index("uq_agreement_live", "call_id", "person_id", unique=True,
              sqlite_where=text("state = 'active'"), postgresql_where=text("state = 'active'")),
    )
    comune_id: Mapped[ComuneId]
    ref: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)     # what the ledger knows of it
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))      # as it was when the pact was made
    state: Mapped[states.Agreement] = one_of(states.Agreement, default=states.AGREEMENT.start)
    tax: Mapped[Tax] = one_of(Tax, "tax")
    planned_minutes: Mapped[int]
    max_cents: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    insurance: Mapped[str] = short(120)                       # policy number; needed before the first shift
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    call: Mapped[Call] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    made_by: Mapped[Person] = relationship(foreign_keys=made_by_id)
    household: Mapped[Household | None] = relationship()


class Offset(Row):
    """A reduction of tax for certified hours: proposed by one person, approved by another.

    `figures` is the whole computation as it was proposed, so that the page explains the act and not what the rules say today.
    """

    __tablename__ = "tax_offset"
    __table_args__ = (
        CheckConstraint("amount_cents >= 0 AND minutes_used >= 0 AND minutes_unused >= 0", name="not_negative"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name="four_eyes"),
    )
    comune_id: Mapped[ComuneId]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    state: Mapped[states.Offset] = one_of(states.Offset, default=states.OFFSET.start)
    amount_cents: Mapped[int]
    minutes_used: Mapped[int]                                 # of the certified minutes: what the amount took
    minutes_unused: Mapped[int]                               # and what no longer counts; never paid in cash
    figures: Mapped[dict] = mapped_column(JSON)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    act: Mapped[str] = short(80, default="")                  # the number of the determina that approves it
    act_date: Mapped[date | None]
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    agreement: Mapped[Agreement] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=proposed_by_id)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)
    certificates: Mapped[list["OffsetCertificate"]] = relationship(back_populates="offset")
    lines: Mapped[list["OffsetLine"]] = relationship(
        back_populates="offset", order_by="OffsetLine.id", cascade="all, delete-orphan")


class OffsetCertificate(db.Model):
    """A certificate that an offset redeems. Live in at most one offset."""

    __tablename__ = "offset_certificate"
    __table_args__ = (
        Index("uq_offset_certificate_live", "certificate_id", unique=True,
              sqlite_where=text("live"), postgresql_where=text("live")),
    )
    offset_id: Mapped[int] = mapped_column(ForeignKey("tax_offset.id"), primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    live: Mapped[bool] = mapped_column(default=True)
    offset: Mapped[Offset] = relationship(back_populates="certificates")
    certificate: Mapped[Certificate] = relationship()


class OffsetLine(db.Model):
    """The part of an offset that reduces one line of the tax bill."""

    __tablename__ = "offset_line"
    __table_args__ = (UniqueConstraint("offset_id", "position_id"), CheckConstraint("amount_cents > 0", name="positive"))
    id: Mapped[int] = mapped_column(primary_key=True)
    offset_id: Mapped[int] = mapped_column(ForeignKey("tax_offset.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("tax_position.id"), index=True)
    amount_cents: Mapped[int]
    offset: Mapped[Offset] = relationship(back_populates="lines")
    position: Mapped[Position] = relationship()
