"""Who holds a role in a comune today: for letters."""
from collections.abc import Iterable

from sqlalchemy import or_, select

from app.access import GRANTS, May, Role
from app.base import clock
from app.base.db import db
from app.people.models import Person, RoleHeld


def who_holds(roles: Iterable[Role], comune_id: int) -> list[Person]:
    """Those who hold one of these roles for the comune and can still sign in."""
    day = clock.today()
    return list(db.session.scalars(select(Person).where(Person.disabled_at.is_(None), Person.id.in_(select(RoleHeld.person_id).where(
        RoleHeld.role.in_(list(roles)), RoleHeld.comune_id == comune_id, RoleHeld.since <= day,
        or_(RoleHeld.until.is_(None), day < RoleHeld.until)))).order_by(Person.id)))


def who_may(permission: May, comune_id: int) -> list[Person]:
    return who_holds([role for role, verbs in GRANTS.items() if permission in verbs], comune_id)
