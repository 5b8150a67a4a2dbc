"""Whose calendar reads along, and the shifts that it shows."""
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.base.clock import now
from app.base.db import db
from app.people.models import Person
from app.tasks.models import Booking, CalendarFeed, Shift, Task
from app.tasks.queries.tasks import UNSEEN
from app.tasks.states import Booking as BookingState

KEPT = timedelta(days=60)              # how long a shift that is over stays in calendars


def feed_of(person: Person) -> CalendarFeed | None:
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.person_id == person.id))


def feed_for(token_hash: str) -> CalendarFeed:
    """The feed with this secret address, or 404: revoked, never made, or of somebody who can no longer sign in."""
    return db.one_or_404(select(CalendarFeed).join(CalendarFeed.person).where(
        CalendarFeed.token_hash == token_hash, Person.disabled_at.is_(None)).options(joinedload(CalendarFeed.person)))


def bookings(person: Person) -> list[Booking]:
    """A person's booked shifts of the last weeks and to come, called off ones too, so that calendars strike them out."""
    return list(db.session.scalars(select(Booking).join(Booking.shift).where(
        Booking.person_id == person.id, Booking.state == BookingState.BOOKED, Shift.ends_at > now() - KEPT)
        .order_by(Shift.starts_at, Booking.id)
        .options(joinedload(Booking.shift).joinedload(Shift.task).options(joinedload(Task.organisation), joinedload(Task.comune)))))


def shift(shift_id: int) -> Shift:
    """A shift of a task that everybody can see, or 404."""
    return db.one_or_404(select(Shift).join(Shift.task).where(Shift.id == shift_id, Task.state.not_in(UNSEEN))
                         .options(joinedload(Shift.task).options(joinedload(Task.organisation), joinedload(Task.comune))))
