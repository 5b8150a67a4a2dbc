"""The nights: one run per comune and business date, what they found, and the corrections proposed for it."""
from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import ComuneId, Row, one_of, short
from app.people.models import Person
from app.reconciliation import states
from app.town.models import Comune


def one_while(name: str, condition: str, *columns: str) -> Index:
    """At most one row with these columns while `condition` holds."""
    return Index(name, *columns, unique=True, sqlite_where=text(condition), postgresql_where=text(condition))


class Night(Row):
    """The run for one business date. Whoever holds the lease works; `fence` rises with each taker, and a late one is shut out by it."""

    __tablename__ = "night"
    __table_args__ = (UniqueConstraint("comune_id", "business_date"),)
    comune_id: Mapped[ComuneId]
    business_date: Mapped[date]
    scope: Mapped[states.Scope] = one_of(states.Scope, "scope", default=states.Scope.INCREMENTAL)
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

    @property
    def wrong(self) -> int:
        """Differences found so far, over all checks."""
        return sum(figures["wrong"] for figures in self.figures.values())


class Finding(Row):
    """Two figures that should be equal and are not, from the first night that saw it to the last. A person handles it.

    While nights go on finding it, it is the same finding. `gone_at`: a night did not find it any more; should it come back, that is a new
    one.
    """

    __tablename__ = "finding"
    __table_args__ = (one_while("uq_finding_standing", "gone_at IS NULL", "comune_id", "kind", "subject"),
                      Index("ix_finding_state", "comune_id", "state"))
    comune_id: Mapped[ComuneId]
    night_id: Mapped[int] = mapped_column(ForeignKey("night.id"), index=True)            # that found it first
    last_night_id: Mapped[int] = mapped_column(ForeignKey("night.id"), index=True)
    kind: Mapped[str] = short(60)                             # the check's name
    subject: Mapped[str] = short(120)                         # table and id of the row it is about
    expected: Mapped[int | None] = mapped_column(BigInteger)
    found: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[dict] = mapped_column(JSON, default=dict)  # no personal data
    state: Mapped[states.Finding] = one_of(states.Finding, default=states.FINDING.start)
    gone_at: Mapped[datetime | None]
    night: Mapped[Night] = relationship(foreign_keys=night_id)
    last_night: Mapped[Night] = relationship(foreign_keys=last_night_id)
    corrections: Mapped[list["Correction"]] = relationship(back_populates="finding", order_by="Correction.id")

    @property
    def subject_id(self) -> int | None:
        """The row's number, where the subject is one row of a table."""
        _table, _colon, number = self.subject.partition(":")
        return int(number) if number.isdecimal() else None


class Correction(Row):
    """A remedy that somebody proposes for a finding and somebody else approves. Approved, it is carried out at once."""

    __tablename__ = "correction"
    __table_args__ = (one_while("uq_correction_proposed", "state = 'proposed'", "finding_id"),)
    comune_id: Mapped[ComuneId]
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    remedy: Mapped[states.Remedy] = one_of(states.Remedy, "remedy")
    state: Mapped[states.Correction] = one_of(states.Correction, default=states.CORRECTION.start)
    reason: Mapped[str] = short(1000)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    finding: Mapped[Finding] = relationship(back_populates="corrections")
    proposed_by: Mapped[Person] = relationship()
