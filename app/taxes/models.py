"""Tax positions as the tax software tells them, the files they came in, and the files that go back."""
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import ComuneId, Row, db, one_of, short
from app.base.words import Labelled, N_
from app.people.models import Person


class Tax(Labelled):
    TARI = "TARI", N_("TARI (rifiuti)")
    IMU = "IMU", N_("IMU (immobili)")
    TASI = "TASI", N_("TASI (servizi)")
    CUP = "CUP", N_("Canone unico")
    OTHER = "OTHER", N_("Altro")


class Component(Labelled):
    MUNICIPAL = "MUNICIPAL", N_("Quota del Comune")
    TEFA = "TEFA", N_("Quota della Provincia (TEFA)")
    UR1 = "UR1", N_("Quota nazionale UR1")
    UR2 = "UR2", N_("Quota nazionale UR2")
    UR3 = "UR3", N_("Quota nazionale UR3")
    STATE = "STATE", N_("Quota dello Stato")
    SANCTION = "SANCTION", N_("Sanzioni")
    INTEREST = "INTEREST", N_("Interessi")


class Position(Row):
    """One line of a tax bill: an instalment's component. Amounts are cents."""

    __tablename__ = "tax_position"
    __table_args__ = (
        UniqueConstraint("comune_id", "tax", "year", "account_ref", "notice_no", "instalment", "component"),
        CheckConstraint("amount_cents >= 0 AND paid_cents >= 0 AND offset_cents >= 0 AND bonus_cents >= 0", name="not_negative"),
        Index("ix_tax_position_lookup", "comune_id", "lookup"),
    )
    comune_id: Mapped[ComuneId]
    lookup: Mapped[str] = mapped_column(String(64))             # keyed hash of the holder's fiscal code
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    tax: Mapped[Tax] = one_of(Tax, "tax")
    year: Mapped[int]
    account_ref: Mapped[str] = short(40)                        # the holder's account in the tax software
    notice_no: Mapped[str] = short(40, default="")
    iuv: Mapped[str] = short(40, default="")
    instalment: Mapped[int]
    due_date: Mapped[date]
    component: Mapped[Component] = one_of(Component, "component")
    amount_cents: Mapped[int]
    paid_cents: Mapped[int] = mapped_column(default=0)
    offset_cents: Mapped[int] = mapped_column(default=0)        # reductions that the tax software has already applied
    bonus_cents: Mapped[int] = mapped_column(default=0)         # national waste bonus
    status: Mapped[str] = short(20, default="")
    collection_stage: Mapped[str] = short(40, default="")       # not empty: with the collection agent
    litigation: Mapped[bool] = mapped_column(default=False)
    extracted_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship()


class Import(Row):
    """A file of positions that was read. The same bytes again change nothing."""

    __tablename__ = "tax_import"
    __table_args__ = (UniqueConstraint("comune_id", "sha256"),)
    comune_id: Mapped[ComuneId]
    sha256: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = short(200)
    rows: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Export(Row):
    """A file of offsets for the tax software, numbered by comune and year. Its text is kept as it was sent."""

    __tablename__ = "tax_export"
    __table_args__ = (UniqueConstraint("comune_id", "year", "number"),)
    comune_id: Mapped[ComuneId]
    year: Mapped[int]
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[str]
    total_cents: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rows: Mapped[list["ExportRow"]] = relationship(back_populates="export", order_by="ExportRow.id")

    @property
    def name(self) -> str:
        return f"{self.number}/{self.year}"


class ExportRow(db.Model):
    """One line of an export; `row_ref` names the fact it tells (an offset's line) and leaves the house once."""

    __tablename__ = "tax_export_row"
    id: Mapped[int] = mapped_column(primary_key=True)
    export_id: Mapped[int] = mapped_column(ForeignKey("tax_export.id"), index=True)
    row_ref: Mapped[str] = short(60, unique=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("tax_position.id"), index=True)
    amount_cents: Mapped[int]
    checksum: Mapped[str] = short(64)
    export: Mapped[Export] = relationship(back_populates="rows")
    position: Mapped[Position] = relationship()
