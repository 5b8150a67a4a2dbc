"""Places are taken, given up, waited for and offered.

Locks go from the person to the shift, never back. Whoever changes what is taken of a shift holds its row, so the queue moves one at a time.
"""
from sqlalchemy import select

from app.base import passages
from app.base.announce import announce
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.people import actions as people
from app.people.models import Person
from app.tasks import queries
from app.tasks.actions import letters
from app.tasks.events import PlaceGivenUp
from app.tasks.models import Booking, Shift
from app.tasks.rules import booking as rules
from app.tasks.rules.instruments import Instrument
from app.tasks.states import BOOKING, Booking as State, Shift as ShiftState


def lock(shift: Shift) -> Shift:
    """Hold the shift's row until the commit, and read it anew."""
    db.session.execute(select(Shift.id).where(Shift.id == shift.id).with_for_update(key_share=True))
    db.session.refresh(shift)
    return shift


def book(shift: Shift, person: Person, *, instrument: Instrument | None = None) -> Booking:
    """Book a place; its hours will count for `instrument` (None: what the task counts for).

    Refuses with every reason of `queries.reasons`.
    """
    people.lock(person)
    lock(shift)
    if reasons := queries.reasons(shift, person, instrument):
        raise rules.CannotBook(reasons)
    booking = _enter(shift, person, instrument, State.BOOKED)
    _take(shift, booking, reserved=queries.pool(shift, person))
    _say_yes(booking)
    return booking


def wait(shift: Shift, person: Person, *, instrument: Instrument | None = None) -> Booking:
    """Join the queue of a full shift, as the last one. Refuses a shift with a free place, and who could not take one anyway."""
    people.lock(person)
    lock(shift)
    if reasons := queries.obstacles(shift, person, instrument):
        raise rules.CannotBook(reasons)
    if queries.pool(shift, person) is not None:
        raise Refusal(N_("C'è un posto libero: prenotalo."))
    return _enter(shift, person, instrument, State.WAITING)


def accept(booking: Booking, *, by: Person) -> None:
    """Take the place that was offered. Refuses when the offer's time is over, and what stands in the way meanwhile."""
    people.lock(booking.person)
    shift = _lock(booking)
    rules.check_accepting(offered_until=booking.offered_until if booking.state is State.OFFERED else None, now=now())
    if reasons := queries.obstacles(shift, booking.person, booking.instrument, offered=True):
        raise rules.CannotBook(reasons)
    passages.move(booking, BOOKING, "accept", by=by)
    _say_yes(booking)


def leave(booking: Booking, *, by: Person) -> None:
    """Leave the queue, or decline an offer: the place goes to the next."""
    shift, had_a_place = _lock(booking), booking.state is State.OFFERED
    passages.move(booking, BOOKING, "leave", by=by)
    if had_a_place:
        _free(shift, booking)


def give_up(booking: Booking, *, by: Person) -> None:
    """Cancel a booking; the place goes to the next. Refuses after the cut-off, unless the shift was moved, and once it has begun."""
    shift = _lock(booking)
    rules.check_cancelling(starts_at=shift.starts_at, now=now(), cutoff_min=queries.limits(shift.comune_id).cutoff_min, moved=booking.moved)
    passages.move(booking, BOOKING, "cancel", by=by)
    announce(PlaceGivenUp(booking.id))
    _free(shift, booking)


def withdraw(booking: Booking, *, by: Person) -> None:
    """Say, after the cut-off, that one does not come: the place is offered, and the host is told. Who then comes replaces this person."""
    shift = _lock(booking)
    rules.check_withdrawing(state=shift.state, starts_at=shift.starts_at, now=now())
    passages.move(booking, BOOKING, "withdraw", by=by)
    announce(PlaceGivenUp(booking.id))
    letters.stand_in_sought(booking)
    _free(shift, booking)


def lapse(booking: Booking) -> bool:
    """End an offer whose time is over, and a turn in the queue of a shift that has begun; says whether it was so.

    Somebody may have answered since the clock's list was read.
    """
    shift = _lock(booking)
    begun, offered = shift.starts_at <= now(), booking.state is State.OFFERED
    if not (offered and (begun or booking.offered_until <= now()) or begun and booking.state is State.WAITING):
        return False
    passages.move(booking, BOOKING, "lapse")
    if offered:
        if shift.state is ShiftState.PLANNED:
            letters.offer_lapsed(booking)
        _free(shift, booking)
    return True


def remind(booking: Booking) -> bool:
    """Write the reminder of a booking, once; says whether there was still something to remind of."""
    shift = _lock(booking)
    if booking.state is not State.BOOKED or shift.state is not ShiftState.PLANNED or shift.starts_at <= now() or booking.reminded_at:
        return False
    booking.reminded_at = now()
    letters.reminder(booking)
    return True


def offer_places(shift: Shift) -> None:
    """Offer every free place to who waits, in order; a reserved one only to who belongs to the group. The caller holds the shift."""
    limits = queries.limits(shift.comune_id)
    closes_at = rules.booking_closes(starts_at=shift.starts_at, closes_min=limits.closes_min)
    if shift.state is not ShiftState.PLANNED or closes_at <= now():
        return
    for booking in queries.queue(shift):
        if not shift.free:
            break
        reserved = rules.pool(open_free=shift.open_free, reserved_free=shift.reserved_free,
                              member=queries.in_group(shift, booking.person_id))
        if reserved is None:
            continue
        booking.offered_until = rules.offered_until(closes_at=closes_at, now=now(), offer_min=limits.offer_min)
        _take(shift, booking, reserved=reserved)
        passages.move(booking, BOOKING, "offer")
        letters.place_offered(booking)


def _lock(booking: Booking) -> Shift:
    shift = lock(booking.shift)
    db.session.refresh(booking)
    return shift


def _enter(shift: Shift, person: Person, instrument: Instrument | None, state: State) -> Booking:
    booking = Booking(comune_id=shift.comune_id, shift=shift, person_id=person.id, state=state, version=shift.version,
                      instrument=instrument or shift.task.counts_for.instruments[0])
    db.session.add(booking)
    db.session.flush()
    return booking


def _take(shift: Shift, booking: Booking, *, reserved: bool) -> None:
    booking.reserved = reserved
    shift.taken += 1
    shift.reserved_taken += reserved
    db.session.flush()


def _free(shift: Shift, booking: Booking) -> None:
    shift.taken -= 1
    shift.reserved_taken -= booking.reserved
    booking.reserved = False
    db.session.flush()
    offer_places(shift)


def _say_yes(booking: Booking) -> None:
    """The person knows this time, and stands in for the first who withdrew, or comes after all if it was himself."""
    shift = booking.shift
    booking.version = shift.version
    if (shift.starts_at - now()).total_seconds() <= queries.limits(shift.comune_id).reminder_min * 60:
        booking.reminded_at = now()                          # just now: a reminder would only pester
    db.session.flush()
    withdrawn = queries.people_in([shift], State.WITHDRAWN)[shift.id]
    if before := next((each for each in withdrawn if each.person_id == booking.person_id), next(iter(withdrawn), None)):
        passages.move(before, BOOKING, "replace")
        if before.person_id != booking.person_id:
            letters.replaced(before)
