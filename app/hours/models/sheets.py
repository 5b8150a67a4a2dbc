"""Attendance sheets on paper: printed for one person, one task and one month, signed by hand, and entered by an operator."""
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import ComuneId, Row, db, one_of, short
from app.hours import states
from app.hours.models.attendance import Attendance
from app.people.models import Person
from app.tasks.models import Task
from app.town.models import Organisation


class Sheet(Row):
    """`entered_by` typed what stands on it; `signed_by` is the tutor whose signature confirms it, if there is one."""

    __tablename__ = "sheet"
    __table_args__ = (
        CheckConstraint("state <> 'entered' OR entered_by_id IS NOT NULL AND entered_at IS NOT NULL", name="entered"),
        Index("uq_sheet_printed", "task_id", "person_id", "month", unique=True,
              sqlite_where=text("state = 'printed'"), postgresql_where=text("state = 'printed'")),
    )
    comune_id: Mapped[ComuneId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    month: Mapped[date]                                      # its first day
    code: Mapped[str] = short(7, unique=True)                # six letters and a check letter: see rules/sheets.py
    state: Mapped[states.Sheet] = one_of(states.Sheet, default=states.SHEET.start)
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stated_minutes: Mapped[int | None]                       # the total that somebody wrote on the sheet
    digest: Mapped[str | None] = short(64)                   # of the rows as they were entered: the same ones again change nothing
    task: Mapped[Task] = relationship()
    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    printed_by: Mapped[Person] = relationship(foreign_keys=printed_by_id)
    entered_by: Mapped[Person | None] = relationship(foreign_keys=entered_by_id)
    signed_by: Mapped[Person | None] = relationship(foreign_keys=signed_by_id)
    lines: Mapped[list["SheetLine"]] = relationship(back_populates="sheet", order_by="SheetLine.attendance_id")


class SheetLine(db.Model):
    """The hours that one row of a sheet became."""

    __tablename__ = "sheet_line"
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id"), primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"), index=True)
    sheet: Mapped[Sheet] = relationship(back_populates="lines")
    attendance: Mapped[Attendance] = relationship()
