"""The secret address from which a person's calendar reads his shifts: made, made anew, revoked."""
import hashlib
import secrets

from sqlalchemy import delete

from app.base.db import db
from app.people import actions as people
from app.people.models import Person
from app.tasks.models import CalendarFeed


def open_feed(person: Person) -> str:
    """Make a new secret address and give back its token, which is kept nowhere; the one before leads nowhere from now on."""
    people.lock(person)
    close_feed(person)
    token = secrets.token_urlsafe(32)
    db.session.add(CalendarFeed(person_id=person.id, token_hash=token_hash(token)))
    db.session.flush()
    return token


def close_feed(person: Person) -> None:
    """Revoke the address. Without one nothing happens."""
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person.id))


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
