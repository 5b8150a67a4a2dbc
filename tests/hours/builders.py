"""Worked shifts and their hours in few words. Each function needs an application context and flushes, no more."""
from datetime import date, datetime, timedelta

from app.baratto.models import Agreement, Call, Regulation
from app.base import clock
from app.base.db import db
from app.hours import actions
from app.hours.models import Attendance
from app.tasks.models import Booking
from app.taxes.models import Tax
from tests.tasks.builders import NOW, a_booking, a_shift, a_task

WORKED = NOW - timedelta(days=2)                     # a shift of last Saturday, 10:00 to 13:00 in Italy


def worked(place, neighbour, start: datetime = WORKED, *, hours=3) -> Booking:
    """A booking of a shift that has begun."""
    return a_booking(a_shift(a_task(place), start, hours=hours), neighbour.row)


def logged(booking: Booking, **facts) -> Attendance:
    """Hours logged as long as the shift, right after it."""
    shift = booking.shift
    with clock.set_to(max(clock.now(), shift.ends_at)):
        return actions.submit(booking, **{"started_at": shift.starts_at, "ended_at": shift.ends_at} | facts)


def validated(attendance: Attendance, tutor, **facts) -> Attendance:
    standing = {"started_at": attendance.started_at, "ended_at": attendance.ended_at, "break_min": attendance.break_min}
    with clock.set_to(max(clock.now(), attendance.ended_at)):
        actions.validate(attendance, **standing | facts, by=tutor.row)
    return attendance


def an_agreement(town, neighbour) -> Agreement:
    """A live agreement of all 2025 and 2026, as far as hours need one."""
    comune_id = town.alessandria.id
    regulation = Regulation(comune_id=comune_id, version=1, title="Regolamento", document={"terms": {}}, digest="0" * 64)
    call = Call(comune_id=comune_id, regulation=regulation, year=2026, title="Bando", budget_cents=100_000)
    agreement = Agreement(comune_id=comune_id, call=call, person_id=neighbour.id, tax=Tax.TARI, planned_minutes=6000, max_cents=50_000,
                          starts_on=date(2025, 1, 1), ends_on=date(2026, 12, 31), insurance="1", made_by_id=town.olga.id)
    db.session.add(agreement)
    db.session.flush()
    return agreement
