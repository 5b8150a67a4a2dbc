"""The board: tasks of host organisations, their shifts, who booked a place, and what people are qualified for."""
from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import ComuneId, Row, db, one_of, short
from app.base.search import Terms, searchable
from app.base.words import Labelled, N_
from app.people.models import Person
from app.tasks import states
from app.tasks.rules.instruments import CountsFor, Instrument
from app.town.models import Comune, Organisation


class Category(Labelled):
    GREEN = "green", N_("Ambiente e verde")
    DECORUM = "decorum", N_("Decoro e piccole cure")
    SOCIAL = "social", N_("Sociale e vicinato")
    SCHOOL = "school", N_("Scuole")
    CULTURE = "culture", N_("Cultura e biblioteche")
    ACCESS = "access", N_("Accessibilità")
    BARRIERS = "barriers", N_("Rilievo delle barriere")
    UNUSED = "unused", N_("Censimento degli edifici vuoti")
    YOUTH = "youth", N_("Giovani accompagnati")


class Kind(Labelled):
    """Of a qualification. The last one is no skill: a call reserves places for it."""

    SKILL = "skill", N_("Competenza")
    COURSE = "course", N_("Corso")
    FITNESS = "fitness", N_("Idoneità")
    GROUP = "group", N_("Gruppo con posti riservati")


class Qualification(Row):
    """Something that the office of one comune can confirm of a person, and that a task there can ask for."""

    __tablename__ = "qualification"
    __table_args__ = (UniqueConstraint("comune_id", "kind", "name"),)
    comune_id: Mapped[ComuneId]
    kind: Mapped[Kind] = one_of(Kind, "kind")
    name: Mapped[str] = short(120)


class QualificationHeld(Row):
    """Confirmed of a person by the office, until a day or for good. A renewal is a new row; a withdrawn one stays."""

    __tablename__ = "qualification_held"
    __table_args__ = (Index("uq_qualification_held_live", "person_id", "qualification_id", unique=True,
                            sqlite_where=text("withdrawn_at IS NULL"), postgresql_where=text("withdrawn_at IS NULL")),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"), index=True)
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    last_day: Mapped[date | None]                                # valid until the end of this day; None: for good
    withdrawn_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]                         # that it expires
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    qualification: Mapped[Qualification] = relationship(lazy="joined")
    confirmed_by: Mapped[Person] = relationship(foreign_keys=confirmed_by_id)


class BookingRules(Row):
    """What a comune set of `rules.booking.Limits`. The newest row counts; the older ones say what counted before, and who changed it."""

    __tablename__ = "booking_rules"
    __table_args__ = (CheckConstraint("daily_min > 0 AND yearly_min > 0 AND consecutive_min > 0 AND opens_days > 0 AND offer_min > 0 "
                                      "AND closes_min >= 0 AND cutoff_min >= 0 AND reminder_min >= 0", name="positive"),)
    comune_id: Mapped[ComuneId]
    daily_min: Mapped[int]
    yearly_min: Mapped[int]
    consecutive_min: Mapped[int]
    opens_days: Mapped[int]
    closes_min: Mapped[int]
    cutoff_min: Mapped[int]
    offer_min: Mapped[int]
    reminder_min: Mapped[int]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


needed = Table(
    "task_needs", db.metadata,
    Column("task_id", ForeignKey("task.id"), primary_key=True),
    Column("qualification_id", ForeignKey("qualification.id"), primary_key=True),
)


class Task(Row):
    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("(lat_micro IS NULL) = (lon_micro IS NULL) AND lat_micro BETWEEN -90000000 AND 90000000 "
                        "AND lon_micro BETWEEN -180000000 AND 180000000", name="map_point"),
        CheckConstraint("(declared_by_id IS NULL) = (declared_at IS NULL)", name="declared"),
        CheckConstraint("state NOT IN ('proposed', 'accepted') OR declared_at IS NOT NULL", name="declared_first"),
        CheckConstraint("reserved_percent BETWEEN 0 AND 100 AND (reserved_percent = 0) = (reserved_for_id IS NULL)", name="reserved"),
        CheckConstraint("min_age BETWEEN 14 AND 99", name="min_age"),
        CheckConstraint("category <> 'youth' OR counts_for IN ('timebank', 'certificate')", name="no_barter_under_age"),
        Index("ix_task_comune_id_state_area", "comune_id", "state", "area"),
    )
    comune_id: Mapped[ComuneId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[states.Task] = one_of(states.Task, default=states.TASK.start)
    title: Mapped[str] = short(120)
    summary: Mapped[str] = short(300)
    description: Mapped[str] = short(4000, default="")
    audience: Mapped[str] = short(300, default="")               # for whom it is
    tools: Mapped[str] = short(300, default="")                  # what the host provides
    category: Mapped[Category] = one_of(Category, "category")
    counts_for: Mapped[CountsFor] = one_of(CountsFor, "counts_for", default=CountsFor.BARATTO)
    area: Mapped[str] = short(80)                                # quarter or hamlet
    address: Mapped[str] = short(200)
    directions: Mapped[str] = short(500, default="")             # how to get there
    step_free: Mapped[bool | None]                               # None: nobody has looked
    lat_micro: Mapped[int | None]                                # micro-degrees north and east, WGS 84
    lon_micro: Mapped[int | None]
    min_age: Mapped[int | None]                                  # years on the day of the shift
    reserved_for_id: Mapped[int | None] = mapped_column(ForeignKey("qualification.id"))
    reserved_percent: Mapped[int] = mapped_column(default=0)     # of the places of each shift, rounded up
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))        # that no staff or contract is replaced
    declared_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(Terms(6000), deferred=True)           # what the search looks into: see base/stems.py
    organisation: Mapped[Organisation] = relationship()
    comune: Mapped[Comune] = relationship()
    declared_by: Mapped[Person | None] = relationship()
    reserved_for: Mapped[Qualification | None] = relationship()
    needs: Mapped[list[Qualification]] = relationship(secondary=needed, order_by=lambda: (Qualification.kind, Qualification.name))


searchable(Task.__table__, "words", only="state = 'open'")


class Series(Row):
    """Shifts from a rule: on these days of the week, every so many weeks, at a wall time of the comune, between two days."""

    __tablename__ = "series"
    __table_args__ = (CheckConstraint("weekdays BETWEEN 1 AND 127 AND every_weeks BETWEEN 1 AND 52 AND first_day <= last_day",
                                      name="rule"),)
    comune_id: Mapped[ComuneId]
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    weekdays: Mapped[int]                                        # bit 0 is Monday
    every_weeks: Mapped[int] = mapped_column(default=1)
    first_day: Mapped[date]
    last_day: Mapped[date]
    excepted: Mapped[list] = mapped_column(JSON, default=list)   # days without a shift, as ISO dates
    start: Mapped[time]
    end: Mapped[time]                                            # not after `start`: it is on the next day
    task: Mapped[Task] = relationship()


class Shift(Row):
    """`reserved` of the places are for the task's group, and `reserved_taken` of the taken ones are among these. A place that is offered to
    somebody counts as taken."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        CheckConstraint("places > 0 AND taken BETWEEN 0 AND places", name="places"),
        CheckConstraint("reserved_taken BETWEEN 0 AND reserved AND taken - reserved_taken BETWEEN 0 AND places - reserved",
                        name="reserved"),
        CheckConstraint("(series_id IS NULL) = (series_day IS NULL)", name="series"),
        UniqueConstraint("series_id", "series_day"),
        Index("ix_shift_starts_at_id", "starts_at", "id"),                           # the order of the board, everywhere
        Index("ix_shift_comune_id_starts_at_id", "comune_id", "starts_at", "id"),    # and in one comune
        Index("ix_shift_task_id_starts_at", "task_id", "starts_at"),
    )
    comune_id: Mapped[ComuneId]
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    series_day: Mapped[date | None]                              # where the rule put it; it stays when the shift is moved
    state: Mapped[states.Shift] = one_of(states.Shift, default=states.SHIFT.start)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    reserved_taken: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)              # how often it was moved
    task: Mapped[Task] = relationship()
    series: Mapped[Series | None] = relationship()

    @property
    def free(self) -> int:
        return self.places - self.taken

    @property
    def reserved_free(self) -> int:
        return self.reserved - self.reserved_taken

    @property
    def open_free(self) -> int:
        """Free places that are not reserved."""
        return self.free - self.reserved_free


class Booking(Row):
    """A person in a shift: with a place, with an offer, or in the queue, whose order is the order of the ids."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("state <> 'offered' OR offered_until IS NOT NULL", name="offered_until"),
        Index("uq_booking_live", "shift_id", "person_id", unique=True,
              sqlite_where=text("state IN ('waiting', 'offered', 'booked')"),
              postgresql_where=text("state IN ('waiting', 'offered', 'booked')")),
        Index("ix_booking_offered_until", "offered_until"),
    )
    comune_id: Mapped[ComuneId]
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[states.Booking] = one_of(states.Booking, default=states.Booking.BOOKED)
    instrument: Mapped[Instrument] = one_of(Instrument, "instrument", default=Instrument.BARATTO)
    reserved: Mapped[bool] = mapped_column(default=False)        # it takes one of the reserved places
    version: Mapped[int] = mapped_column(default=0)              # of the shift, when the person said yes
    offered_until: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    shift: Mapped[Shift] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def moved(self) -> bool:
        """The shift was moved after the person said yes."""
        return self.version != self.shift.version


class CalendarFeed(Row):
    """The secret address from which a person's calendar reads his shifts. Only its hash is kept; without the row it leads nowhere."""

    __tablename__ = "calendar_feed"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person: Mapped[Person] = relationship()
