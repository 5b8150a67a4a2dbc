"""Who people are. A person of another town is a 404."""
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.access import GRANTS, May, Role
from app.base import clock
from app.base.db import db
from app.people.models import Identity, Person, RoleHeld, SignIn

# Minutes without a click, and hours in all, after which one signs in again. Officers see other people's data.
IDLE = {True: timedelta(minutes=15), False: timedelta(minutes=30)}
WHOLE = {True: timedelta(hours=8), False: timedelta(hours=12)}


def signed_in(token: str) -> Person | None:
    """The person behind a session cookie; None when the sign-in has ended, lapsed, or the person was disabled."""
    row = db.session.scalar(select(SignIn).where(SignIn.token_hash == SignIn.hash(token)).options(joinedload(SignIn.person)))
    if row is None or row.ended_at is not None or row.person.disabled_at is not None or clock.now() >= lapses_at(row):
        return None
    row.token = token
    row.person.sign_in = row
    return row.person


def lapses_at(sign_in: SignIn) -> datetime:
    officer = any(held.role is not Role.RESIDENT for held in sign_in.person.current_roles())
    return min(sign_in.seen_at + IDLE[officer], sign_in.created_at + WHOLE[officer])


def sign_ins(person: Person) -> list[SignIn]:
    """The person's live sign-ins, the newest first."""
    return list(db.session.scalars(select(SignIn).where(
        SignIn.person_id == person.id, SignIn.ended_at.is_(None)).order_by(SignIn.id.desc())))


def by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def by_identity(lookup: str) -> Person | None:
    """The person with this fiscal code, by its keyed hash (see actions.lookup_of)."""
    return db.session.scalar(select(Person).join(Identity).where(Identity.lookup == lookup))


def resident(person_id: int, *, seen_by: Person, permission: May) -> Person:
    """A resident of a comune that `permission` reaches, or 404."""
    return db.one_or_404(_residents(seen_by, permission).where(Person.id == person_id))


def residents(*, seen_by: Person, permission: May, words: str = "", limit: int = 50) -> list[Person]:
    """Residents by surname; `words` are parts of first name or surname."""
    query = _residents(seen_by, permission)
    for word in words.split():
        query = query.where(or_(Person.given_name.icontains(word, autoescape=True), Person.family_name.icontains(word, autoescape=True)))
    return list(db.session.scalars(query.order_by(Person.family_name, Person.given_name, Person.id).limit(limit)))


def _residents(seen_by: Person, permission: May):
    """Who lives there today: a role that has ended, or has not begun, is none."""
    return select(Person).where(Person.id.in_(_holding(
        RoleHeld.role == Role.RESIDENT, RoleHeld.comune_id.in_(seen_by.reach(permission).comuni))))


def who_holds(roles: Iterable[Role], comune_id: int) -> list[Person]:
    """Those who hold one of these roles for the comune today and can sign in: whom a letter reaches."""
    return list(db.session.scalars(select(Person).where(Person.disabled_at.is_(None), Person.id.in_(_holding(
        RoleHeld.role.in_(list(roles)), RoleHeld.comune_id == comune_id))).order_by(Person.id)))


def tutors(organisation_id: int) -> list[Person]:
    """Who is a tutor of a host organisation today, by surname."""
    return list(db.session.scalars(select(Person).where(Person.disabled_at.is_(None), Person.id.in_(_holding(
        RoleHeld.role == Role.TUTOR, RoleHeld.organisation_id == organisation_id)))
        .order_by(Person.family_name, Person.given_name, Person.id)))


def who_may(permission: May, comune_id: int) -> list[Person]:
    """The same, by what their roles let them do."""
    return who_holds([role for role, verbs in GRANTS.items() if permission in verbs], comune_id)


def _holding(*conditions):
    """The ids of those whose role is in force today."""
    day = clock.today()
    return select(RoleHeld.person_id).where(*conditions, RoleHeld.since <= day, or_(RoleHeld.until.is_(None), day < RoleHeld.until))
