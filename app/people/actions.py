"""People come, sign in and sign out."""
import hashlib
import hmac
import os
import secrets
from datetime import date

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from codicefiscale import codicefiscale
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import select, update

from app.access import Role
from app.base import clock
from app.base.announce import announce
from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.people import queries
from app.people.events import PersonIdentified
from app.people.models import Household, Identity, Person, RoleHeld, SignIn

HASHER = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)     # argon2id, the OWASP minimum
NOBODY = HASHER.hash(secrets.token_urlsafe())      # compared when there is no such person, so that the answer takes as long


def register(given_name: str, family_name: str, email: str, *, fiscal_code: str | None = None, password: str | None = None,
             birth_date: date | None = None, household: Household | None = None) -> Person:
    """A new person. Refuses a fiscal code that is wrong or already known, and an address that is taken."""
    person = Person(given_name=given_name, family_name=family_name, email=email.strip().lower(), birth_date=birth_date,
                    household_id=household.id if household else None,
                    password_hash=HASHER.hash(password) if password else None)
    if queries.by_email(email):
        raise Refusal(N_("Questo indirizzo e-mail è già in uso."), field="email")
    db.session.add(person)
    db.session.flush()
    if fiscal_code:
        identify(person, fiscal_code)
    return person


def grant(person: Person, role: Role, *, comune=None, organisation=None, since: date | None = None) -> RoleHeld:
    """Give a role for one comune or one organisation. Refuses a role that the person holds there already."""
    if any(held.role is role and held.comune is comune and held.organisation is organisation for held in person.roles):
        raise Refusal(N_("Questa persona ha già questo ruolo."))
    held = RoleHeld(person=person, role=role, comune=comune, organisation=organisation, since=since or clock.today())
    db.session.add(held)
    db.session.flush()
    return held


def open_household(comune) -> Household:
    household = Household(comune_id=comune.id)
    db.session.add(household)
    db.session.flush()
    return household


def lock(person: Person) -> None:
    """Hold the person's row until the commit: what must be true of one person's bookings or hours is decided one at a time."""
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))


def identify(person: Person, fiscal_code: str) -> None:
    """Tie a fiscal code to a person, encrypted. Refuses a wrong one, and one that belongs to somebody else."""
    code = clean_fiscal_code(fiscal_code)
    if queries.by_identity(lookup_of(code)):
        raise Refusal(N_("Esiste già una persona con questo codice fiscale."), field="fiscal_code")
    nonce = os.urandom(12)
    cipher = nonce + AESGCM(current_app.config["IDENTITY_KEY"]).encrypt(nonce, code.encode(), person.ref.bytes)
    person.identity = Identity(person_id=person.id, cipher=cipher, lookup=lookup_of(code))
    db.session.flush()
    announce(PersonIdentified(person.id))


def fiscal_code_of(person: Person) -> str | None:
    """In clear, for the acts that need it (the export to the tax office)."""
    if person.identity is None:
        return None
    cipher = person.identity.cipher
    return AESGCM(current_app.config["IDENTITY_KEY"]).decrypt(cipher[:12], cipher[12:], person.ref.bytes).decode()


def birth_date_of(person: Person) -> date | None:
    """As registered; else as the fiscal code says, whose two digits of the year mean the last hundred years."""
    code = None if person.birth_date else fiscal_code_of(person)
    return codicefiscale.decode(code)["birthdate"].date() if code else person.birth_date


def clean_fiscal_code(text: str) -> str:
    """Upper case, without blanks. Refuses a code whose shape or check character is wrong."""
    code = "".join(text.split()).upper()
    if not codicefiscale.is_valid(code):
        raise Refusal(N_("Il codice fiscale «%(text)s» non è corretto."), field="fiscal_code", text=text.strip()[:20])
    return code


def lookup_of(fiscal_code: str) -> str:
    """A keyed hash: finds the person, and cannot be guessed by trying all codes without the key."""
    return hmac.new(current_app.config["IDENTITY_KEY"], b"fiscal code " + fiscal_code.encode(), hashlib.sha256).hexdigest()


def sign_in(email: str, password: str, *, browser: str = "") -> Person:
    """Check a password and open a sign-in; the cookie gets its token. One answer for every kind of no."""
    person = queries.by_email(email)
    try:
        HASHER.verify(person.password_hash if person and person.password_hash else NOBODY, password)
    except Argon2Error:
        person = None
    if person is None or not person.is_active or not person.password_hash:
        raise Refusal(N_("L'indirizzo o la password non sono giusti."))
    if HASHER.check_needs_rehash(person.password_hash):
        person.password_hash = HASHER.hash(password)
    token = secrets.token_urlsafe(32)
    row = SignIn(person=person, token_hash=SignIn.hash(token), browser=browser[:200])
    row.token = token
    db.session.add(row)
    db.session.flush()
    person.sign_in = row
    return person


def sign_out(sign_in: SignIn) -> None:
    """End a sign-in: its cookie opens nothing any more."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in.id, SignIn.ended_at.is_(None)).values(ended_at=clock.now()))


def end_other_sign_ins(person: Person) -> None:
    """Sign the person out everywhere but here."""
    db.session.execute(update(SignIn).where(SignIn.person_id == person.id, SignIn.id != person.sign_in.id, SignIn.ended_at.is_(None))
                       .values(ended_at=clock.now()))


def seen(sign_in: SignIn) -> None:
    """The person is still there: the idle time begins anew."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=clock.now()))
