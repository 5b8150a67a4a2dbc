"""The board fills and empties: tasks, shifts, bookings."""
from datetime import datetime

from sqlalchemy import update

from app.base import outbox, passages
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal
from app.base.i18n import clock_time, day, force_locale, gettext as _
from app.base.words import N_
from app.people import actions as people
from app.people.models import Person
from app.tasks import queries, rules
from app.tasks.models import Booking, Category, Shift, Task
from app.tasks.states import BOOKING, SHIFT, TASK, Shift as ShiftState, Task as TaskState
from app.town.models import Organisation


def publish(organisation: Organisation, *, title: str, summary: str, category: Category, area: str, address: str,
            description: str = "", tools: str = "") -> Task:
    """Put a task of a host organisation on the board. Its shifts follow."""
    task = Task(comune_id=organisation.comune_id, organisation=organisation, title=title, summary=summary, category=category, area=area,
                address=address, description=description, tools=tools,
                words=rules.fold(" ".join((title, summary, description, area, organisation.name)))[:6000])
    db.session.add(task)
    db.session.flush()
    return task


def plan_shift(task: Task, *, starts_at: datetime, ends_at: datetime, places: int) -> Shift:
    """Add a shift. Refuses a closed task, and what `rules.check_shift` refuses."""
    if task.state is not TaskState.OPEN:
        raise Refusal(N_("Questa attività è chiusa: non si possono aggiungere turni."))
    rules.check_shift(starts_at=starts_at, ends_at=ends_at, places=places, now=now())
    shift = Shift(comune_id=task.comune_id, task=task, starts_at=starts_at, ends_at=ends_at, places=places)
    db.session.add(shift)
    db.session.flush()
    return shift


def close(task: Task, *, by: Person) -> None:
    """Take a task off the board for good. Refuses while shifts are still to come: whoever booked must hear it shift by shift."""
    if any(shift.state is ShiftState.PLANNED for shift in queries.hosted_shifts(task)):
        raise Refusal(N_("Ci sono ancora turni in programma: annullali prima, così chi ha prenotato lo sa."))
    passages.move(task, TASK, "close", by=by)


def book(shift: Shift, person: Person) -> Booking:
    """Book a place. Refuses what `rules.check_booking` refuses, a second booking of the same shift, and a full one."""
    people.lock(person)
    if queries.booking_of(shift, person):
        raise Refusal(N_("Hai già un posto in questo turno."))
    rules.check_booking(state=shift.state, starts_at=shift.starts_at, ends_at=shift.ends_at, now=now(), others=queries.booked_times(person))
    # Of two who press for the last place, one finds a row to change; so too when the host calls the shift off meanwhile.
    taken = db.session.execute(update(Shift).where(Shift.id == shift.id, Shift.taken < Shift.places, Shift.state == shift.state)
                               .values(taken=Shift.taken + 1), execution_options={"synchronize_session": False})
    if taken.rowcount != 1:
        raise Refusal(N_("Questo turno è completo: l'ultimo posto è stato preso."))
    booking = Booking(comune_id=shift.comune_id, shift=shift, person_id=person.id)
    db.session.add(booking)
    db.session.flush()
    db.session.refresh(shift, ["taken", "state"])
    return booking


def give_up(booking: Booking, *, by: Person) -> None:
    """Cancel a booking; the place is free again. Refuses once the shift has begun."""
    rules.check_cancelling(starts_at=booking.shift.starts_at, now=now())
    passages.move(booking, BOOKING, "cancel", by=by)
    db.session.execute(update(Shift).where(Shift.id == booking.shift_id).values(taken=Shift.taken - 1),
                       execution_options={"synchronize_session": False})
    db.session.refresh(booking.shift, ["taken"])


def cancel_shift(shift: Shift, *, reason: str, by: Person) -> None:
    """Call a shift off: it is nobody's absence. Those who booked get a letter with the reason. Refuses it once the shift has begun."""
    rules.check_calling_off(starts_at=shift.starts_at, now=now(), reason=reason)
    passages.move(shift, SHIFT, "cancel", by=by, reason=reason)
    with force_locale("it"):
        for person in queries.booked_people([shift])[shift.id]:
            outbox.write(f"shift {shift.id} cancelled {person.id}", person.email,
                         _("Turno annullato: %(task)s, %(day)s", task=shift.task.title, day=day(shift.starts_at)),
                         _("Ciao %(name)s,\nil turno di %(day)s alle %(time)s è stato annullato dall'ente.\nMotivo: %(reason)s\n"
                           "Non devi fare niente: non conta come assenza.", name=person.given_name, day=day(shift.starts_at),
                           time=clock_time(shift.starts_at), reason=reason))
