"""The board: tasks of host organisations, their shifts, and who booked a place."""
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import ComuneId, Row, one_of, short
from app.base.words import Labelled, N_
from app.people.models import Person
from app.tasks import states
from app.town.models import Comune, Organisation


class Category(Labelled):
    GREEN = "green", N_("Ambiente e verde")
    DECORUM = "decorum", N_("Decoro e piccole cure")
    SOCIAL = "social", N_("Sociale e vicinato")
    SCHOOL = "school", N_("Scuole")
    CULTURE = "culture", N_("Cultura e biblioteche")
    ACCESS = "access", N_("Accessibilità")


class Task(Row):
    __tablename__ = "task"
    comune_id: Mapped[ComuneId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[states.Task] = one_of(states.Task, default=states.TASK.start)
    title: Mapped[str] = short(120)
    summary: Mapped[str] = short(300)
    description: Mapped[str] = short(4000, default="")
    tools: Mapped[str] = short(300, default="")                  # what the host provides
    category: Mapped[Category] = one_of(Category, "category")
    area: Mapped[str] = short(80)                                # quarter or hamlet
    address: Mapped[str] = short(200)
    words: Mapped[str] = short(6000)                             # folded text that the search looks into
    organisation: Mapped[Organisation] = relationship()
    comune: Mapped[Comune] = relationship()


class Shift(Row):
    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        CheckConstraint("places > 0 AND taken BETWEEN 0 AND places", name="places"),
        Index("ix_shift_starts_at", "starts_at"),
    )
    comune_id: Mapped[ComuneId]
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    state: Mapped[states.Shift] = one_of(states.Shift, default=states.SHIFT.start)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    task: Mapped[Task] = relationship()

    @property
    def free(self) -> int:
        return self.places - self.taken


class Booking(Row):
    __tablename__ = "booking"
    __table_args__ = (
        Index("uq_booking_live", "shift_id", "person_id", unique=True,
              sqlite_where=text("state = 'booked'"), postgresql_where=text("state = 'booked'")),
    )
    comune_id: Mapped[ComuneId]
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[states.Booking] = one_of(states.Booking, default=states.BOOKING.start)
    shift: Mapped[Shift] = relationship()
    person: Mapped[Person] = relationship()
