"""The office says what it can confirm, and of whom; and a comune sets its rules for bookings."""
from dataclasses import asdict
from datetime import date

from sqlalchemy import select

from app.base.clock import now, today
from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.people import actions as people
from app.people.models import Person
from app.tasks import queries
from app.tasks.actions import letters
from app.tasks.actions.bookings import lock, offer_places
from app.tasks.models import BookingRules, Kind, Qualification, QualificationHeld
from app.tasks.rules.booking import Limits, check_limits
from app.tasks.rules.qualifications import check_confirming
from app.town.models import Comune


def name_qualification(comune: Comune, kind: Kind, name: str) -> Qualification:
    """Add something that tasks of this comune can ask for. Refuses a second one of the same name."""
    if db.session.scalar(select(Qualification.id).where(
            Qualification.comune_id == comune.id, Qualification.kind == kind, Qualification.name == name)):
        raise Refusal(N_("Questo requisito c'è già."), field="name")
    qualification = Qualification(comune_id=comune.id, kind=kind, name=name)
    db.session.add(qualification)
    db.session.flush()
    return qualification


def confirm(person: Person, qualification: Qualification, *, last_day: date | None = None, by: Person) -> QualificationHeld:
    """Confirm it of a person, until the end of `last_day` or for good. An earlier confirmation is withdrawn and stays on record.

    Refuses what `check_confirming` refuses.
    """
    check_confirming(person=person.id, by=by.id, course=qualification.kind is Kind.COURSE, last_day=last_day, today=today())
    people.lock(person)
    _end(QualificationHeld.person_id == person.id, QualificationHeld.qualification_id == qualification.id)
    held = QualificationHeld(person=person, qualification=qualification, confirmed_by_id=by.id, last_day=last_day)
    db.session.add(held)
    db.session.flush()
    if qualification.kind is Kind.GROUP:                     # a place that is kept for the group may be free, and the person waits
        for shift in sorted({booking.shift for booking in queries.waiting_for(person)}, key=lambda shift: shift.id):
            offer_places(lock(shift))
    return held


def withdraw_qualification(held: QualificationHeld) -> None:
    """It counts no more; the row stays."""
    _end(QualificationHeld.id == held.id)


def remind_of_expiry(held: QualificationHeld) -> bool:
    """Write to the person that it expires, once; says whether it still counted."""
    people.lock(held.person)
    db.session.refresh(held)
    if held.withdrawn_at or held.reminded_at:
        return False
    held.reminded_at = now()
    letters.expires_soon(held)
    return True


def set_rules(comune: Comune, limits: Limits, *, by: Person) -> BookingRules:
    """Set a comune's rules for bookings. The former ones stay on record. Refuses what `check_limits` refuses."""
    check_limits(limits)
    row = BookingRules(comune_id=comune.id, set_by_id=by.id, **asdict(limits))
    db.session.add(row)
    db.session.flush()
    return row


def _end(*which) -> None:
    """Live ones only; written at once, so that a new one may take the place of the old."""
    for held in db.session.scalars(select(QualificationHeld).where(*which, QualificationHeld.withdrawn_at.is_(None))):
        held.withdrawn_at = now()
    db.session.flush()
