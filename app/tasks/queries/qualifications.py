"""What a comune can confirm, and what is confirmed of whom."""
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access import May
from app.base.clock import today
from app.base.db import db
from app.people import actions as accounts, queries as people
from app.people.models import Person
from app.tasks.models import Qualification, QualificationHeld
from app.tasks.rules.qualifications import NOTICE


def qualifications(comune_ids) -> list[Qualification]:
    """What these comuni can confirm, by kind and name."""
    return list(db.session.scalars(select(Qualification).where(Qualification.comune_id.in_(comune_ids))
                                   .order_by(Qualification.kind, Qualification.name)))


def held_by(person: Person, *, seen_by: Person) -> list[QualificationHeld]:
    """What is confirmed of a person now, expired or not, and by whom: all of it for himself, for an office what is of its comune."""
    found = select(QualificationHeld).join(Qualification).where(
        QualificationHeld.person_id == person.id, QualificationHeld.withdrawn_at.is_(None))
    if seen_by.id != person.id:
        found = found.where(Qualification.comune_id.in_(seen_by.reach(May.QUALIFICATION_CONFIRM).comuni))
    return list(db.session.scalars(found.order_by(Qualification.kind, Qualification.name)
                                   .options(joinedload(QualificationHeld.confirmed_by))))


def expiring(*, seen_by: Person, limit: int = 100) -> list[QualificationHeld]:
    """What an office confirmed and expires soon, or did not long ago, the first one first."""
    return list(db.session.scalars(select(QualificationHeld).join(Qualification).where(
        Qualification.comune_id.in_(seen_by.reach(May.QUALIFICATION_CONFIRM).comuni), QualificationHeld.withdrawn_at.is_(None),
        QualificationHeld.last_day.between(today() - NOTICE, today() + NOTICE))
        .order_by(QualificationHeld.last_day, QualificationHeld.id).limit(limit).options(joinedload(QualificationHeld.person))))


def to_remind_of_expiry(*, limit: int = 500) -> list[int]:
    """The ids of what expires soon, of which nobody was told."""
    return list(db.session.scalars(select(QualificationHeld.id).where(
        QualificationHeld.withdrawn_at.is_(None), QualificationHeld.reminded_at.is_(None),
        QualificationHeld.last_day.between(today(), today() + NOTICE)).order_by(QualificationHeld.id).limit(limit)))


def held_row(held_id: int, *, seen_by: Person) -> QualificationHeld:
    """Something confirmed in a comune where one confirms, or 404."""
    return db.one_or_404(select(QualificationHeld).join(Qualification).where(
        QualificationHeld.id == held_id, Qualification.comune_id.in_(seen_by.reach(May.QUALIFICATION_CONFIRM).comuni)))


def resident_to_qualify(person_id: int, *, seen_by: Person) -> Person:
    """A resident of a comune where one confirms, or 404."""
    return people.resident(person_id, seen_by=seen_by, permission=May.QUALIFICATION_CONFIRM)


def expired(held: QualificationHeld) -> bool:
    """Its last day is over."""
    return held.last_day is not None and held.last_day < today()


def born_on(person: Person) -> date | None:
    """From the register, or from the fiscal code."""
    return accounts.birth_date_of(person)
