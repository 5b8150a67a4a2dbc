"""Being there: check-in, breaks and check-out, by a code on the spot or by the tutor."""
from datetime import date, datetime

from flask import current_app

from app.base import passages
from app.base.clock import now, today
from app.base.db import db
from app.base.errors import Refusal
from app.base.localtime import minutes_between
from app.base.words import N_
from app.hours import queries, rules
from app.hours.actions.attendance import check_free, opened, state_times
from app.hours.models import Attendance, Method, Pause
from app.hours.states import ATTENDANCE, Attendance as State
from app.people import actions as people
from app.people.models import Person
from app.people.rules import check_interest
from app.tasks import actions as tasks
from app.tasks.events import PlaceGivenUp, ShiftCalledOff, ShiftMoved
from app.tasks.models import Booking, Shift
from app.tasks.states import Shift as ShiftState


def read_code(typed: str, *, by: Person) -> tuple[Booking, Method]:
    """The person's own booking that this code opens now, and which kind of code it is. Refuses any other code."""
    code = rules.plain(typed)
    for booking in queries.bookings_now(by):
        if any(rules.matches(code, wanted) for wanted in codes_now(booking.shift)):
            return booking, Method.CODE
        if rules.matches(code, code_of_day(booking.shift)):
            return booking, Method.DAILY
    raise Refusal(N_("Questo codice non vale per i tuoi turni di adesso. Controlla le lettere, o chiedi al tutor il codice nuovo."),
                  field="code")


def codes_now(shift: Shift) -> list[str]:
    """The codes that are good at this moment, the one to show first."""
    return [rules.rotating_code(_secret(), shift.id, now(), age=age) for age in range(rules.ACCEPTED)]


def code_of_day(shift: Shift, day: date | None = None) -> str:
    """The code on the sheet that was printed for a day, today's if none is given."""
    return rules.daily_code(_secret(), shift.id, day or today(queries.zone_of_shift(shift)))


def check_in(booking: Booking, *, method: Method, by: Person) -> Attendance:
    """Somebody has arrived: from now, or from the shift's begin if he is early.

    Refuses what `rules.check_arrival` refuses, a place that was given up meanwhile, a second arrival, and one while another session of
    his is open or logged.
    """
    people.lock(booking.person)
    shift, name = tasks.lock(booking.shift), _name(booking.person, method, by, own="check_in", tutors="receive")
    db.session.refresh(booking, ["state"])
    if booking.state not in queries.EXPECTED:
        raise Refusal(N_("Questo posto non c'è più: la prenotazione è stata tolta."))
    check_free(booking)
    started_at = rules.check_arrival(cancelled=shift.state is ShiftState.CANCELLED, shift_start=shift.starts_at,
                                     shift_end=shift.ends_at, now=now())
    rules.check_overlap(started_at, max(now(), started_at), queries.times(booking.person_id))
    attendance = opened(booking)
    state_times(attendance, started_at, None, 0, method=method, by=by)
    passages.move(attendance, ATTENDANCE, name, by=by)
    return attendance


def pause(attendance: Attendance, *, by: Person) -> None:
    """A break begins. Refuses outside a running session, and a break within a break."""
    _own_running(attendance, by)
    if open_pause(attendance):
        raise Refusal(N_("La pausa è già iniziata."))
    db.session.add(Pause(attendance_id=attendance.id, started_at=max(attendance.started_at, rules.to_the_minute(now()))))
    db.session.flush()


def resume(attendance: Attendance, *, by: Person) -> None:
    """The break is over."""
    _own_running(attendance, by)
    if not (running := open_pause(attendance)):
        raise Refusal(N_("Non c'è una pausa da chiudere."))
    running.ended_at = max(running.started_at, rules.to_the_minute(now()))
    db.session.flush()


def check_out(attendance: Attendance, *, method: Method, by: Person, ended_at: datetime | None = None,
              break_min: int | None = None) -> None:
    """Somebody has left: now, or at `ended_at` as the person or the tutor states it. The break is what was paused, unless stated.

    Refuses what `rules.leaving` and `rules.check_claim` refuse, and hours over other hours of the person.
    """
    people.lock(attendance.person)
    db.session.refresh(attendance)
    name = _name(attendance.person, method, by, own="check_out", tutors="see_out")
    if attendance.state not in ATTENDANCE.moves[name].sources:
        passages.move(attendance, ATTENDANCE, name, by=by)          # says who was faster, or why not
    ended_at = rules.leaving(started_at=attendance.started_at, now=now(), stated=ended_at)
    if break_min is None:
        break_min = paused_min(attendance, ended_at)
    shift = attendance.booking.shift
    rules.check_claim(started_at=attendance.started_at, ended_at=ended_at, break_min=break_min, shift_start=shift.starts_at,
                      shift_end=shift.ends_at, now=now())
    rules.check_overlap(attendance.started_at, ended_at, queries.times(attendance.person_id, but=attendance.presence_id))
    if running := open_pause(attendance):
        running.ended_at = max(running.started_at, ended_at)
    state_times(attendance, attendance.started_at, ended_at, break_min, method=method, by=by)
    passages.move(attendance, ATTENDANCE, name, by=by)


def paused_min(attendance: Attendance, until: datetime) -> int:
    """Minutes of all breaks up to `until`; a running one counts as far as that."""
    return sum(minutes_between(each.started_at, min(each.ended_at or until, until)) for each in attendance.pauses
               if each.started_at < until)


def open_pause(attendance: Attendance) -> Pause | None:
    db.session.refresh(attendance, ["pauses"])
    return next((each for each in attendance.pauses if each.ended_at is None), None)


def leave_open(attendance: Attendance) -> bool:
    """Flag a session that has been open too long, and say whether it was. Its end stays unknown until somebody says it."""
    people.lock(attendance.person)
    db.session.refresh(attendance)
    if attendance.state is not State.CHECKED_IN or now() - attendance.started_at <= rules.OPEN_LONG:
        return False
    passages.move(attendance, ATTENDANCE, "leave_open")
    return True


def refuse_given_up(event: PlaceGivenUp) -> None:
    """Whoever has arrived does not give up the place any more: he leaves, and that is written down."""
    if queries.attendance_of(event.booking_id):
        raise Refusal(N_("L'entrata è già registrata: ora si registra l'uscita."))


def refuse_moved(event: ShiftMoved) -> None:
    """A shift stays where it is once somebody has come for it: what he was there would not fit."""
    if queries.arrived(event.shift_id):
        raise Refusal(N_("Qualcuno ha già registrato l'entrata: il turno non si può più spostare."))


def send_home(event: ShiftCalledOff) -> None:
    """Whoever had come early to a shift that is called off has neither hours nor an absence."""
    for attendance in queries.arrived(event.shift_id):
        passages.move(attendance, ATTENDANCE, "call_off", reason=event.reason)


def _own_running(attendance: Attendance, by: Person) -> None:
    people.lock(attendance.person)
    db.session.refresh(attendance)
    if attendance.state is not State.CHECKED_IN:
        raise Refusal(N_("Questa attività non è in corso."))


def _name(person: Person, method: Method, by: Person, *, own: str, tutors: str) -> str:
    """The move's name, as the person or the tutor makes it; a tutor never for himself or his household."""
    if method is not Method.TUTOR:
        return own
    check_interest(by, person)
    return tutors


def _secret() -> bytes:
    return current_app.config["SECRET_KEY"].encode()
