"""The nights: one run per comune and business date, and what it found."""
from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import ComuneId, Row, one_of, short
from app.reconciliation import states
from app.town.models import Comune


class Night(Row):
    """The run for one business date. Whoever holds the lease works; `fence` rises with each taker, and a late one is shut out by it."""

    __tablename__ = "night"
    __table_args__ = (UniqueConstraint("comune_id", "business_date"),)
    comune_id: Mapped[ComuneId]
    business_date: Mapped[date]
    state: Mapped[states.Night] = one_of(states.Night, default=states.NIGHT.start)
    owner: Mapped[str] = short(120, default="")
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]                      # by the database's clock, see queries.nights.database_now
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cursor: Mapped[int] = mapped_column(default=0)            # checks done
    total: Mapped[int] = mapped_column(default=0)             # checks there are
    attempts: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict] = mapped_column(JSON, default=dict)  # by check that is done: {"seen": rows compared, "wrong": differences}
    error: Mapped[str] = short(500, default="")
    comune: Mapped[Comune] = relationship()
    findings: Mapped[list["Finding"]] = relationship(back_populates="night", order_by="Finding.id")

    @property
    def wrong(self) -> int:
        """Differences found so far, over all checks."""
        return sum(figures["wrong"] for figures in self.figures.values())


class Finding(Row):
    """Two figures that should be equal and are not. A person handles it; the night repairs nothing."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("night_id", "kind", "subject"), Index("ix_finding_state", "comune_id", "state"))
    comune_id: Mapped[ComuneId]
    night_id: Mapped[int] = mapped_column(ForeignKey("night.id"), index=True)
    kind: Mapped[str] = short(60)                             # the check's name
    subject: Mapped[str] = short(120)                         # table and id of the row it is about
    expected: Mapped[int | None] = mapped_column(BigInteger)
    found: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[dict] = mapped_column(JSON, default=dict)  # no personal data
    state: Mapped[states.Finding] = one_of(states.Finding, default=states.FINDING.start)
    night: Mapped[Night] = relationship(back_populates="findings")
