"""People, what they may do, and their sign-ins. What identifies a person is kept apart, so that a person can go and the books stay."""
import hashlib
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access import FOR_ORGANISATION, May, Reach, Role, reach
from app.base.clock import now, today
from app.base.db import ComuneId, Row, one_of, short
from app.town.models import Comune, Organisation


class Household(Row):
    """People of one family register sheet, for caps that count them together."""

    __tablename__ = "household"
    comune_id: Mapped[ComuneId]


class Person(Row):
    __tablename__ = "person"
    ref: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)   # what the ledger knows of a person
    given_name: Mapped[str] = short(80)
    family_name: Mapped[str] = short(80)
    birth_date: Mapped[date | None]
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    email: Mapped[str] = short(254, unique=True)
    password_hash: Mapped[str | None] = short(200)
    disabled_at: Mapped[datetime | None]
    roles: Mapped[list["RoleHeld"]] = relationship(back_populates="person", foreign_keys="RoleHeld.person_id", lazy="selectin")
    identity: Mapped["Identity | None"] = relationship(back_populates="person")

    is_authenticated = True
    is_anonymous = False
    sign_in = None                     # the SignIn row behind this request, set by the loader

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        """The token of the sign-in, not the person's number: ending the row ends the sign-in (see actions.sign_in)."""
        return self.sign_in.token

    @property
    def display_name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def short_name(self) -> str:
        """What hosts see of a resident: first name and initial."""
        return f"{self.given_name} {self.family_name[:1]}."

    def current_roles(self) -> list["RoleHeld"]:
        day = today()
        return [held for held in self.roles if held.since <= day and (held.until is None or day < held.until)]

    def reach(self, permission: May) -> Reach:
        return reach(self.current_roles(), permission)

    def may(self, permission: May) -> bool:
        return bool(self.reach(permission))

    @property
    def home(self) -> Comune | None:
        """The comune of residence."""
        return next((held.comune for held in self.current_roles() if held.role is Role.RESIDENT), None)


class Identity(Row):
    """The fiscal code: encrypted, and found by a keyed hash. Delete this row and nobody can say who the person was."""

    __tablename__ = "identity"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    cipher: Mapped[bytes] = mapped_column(LargeBinary)
    lookup: Mapped[str] = mapped_column(String(64), unique=True)
    person: Mapped[Person] = relationship(back_populates="identity")


class RoleHeld(Row):
    """A role for one comune or one organisation, never everywhere."""

    __tablename__ = "role_held"
    __table_args__ = (
        CheckConstraint("(comune_id IS NULL) <> (organisation_id IS NULL)", name="one_place"),
        CheckConstraint("(role IN ('tutor')) = (organisation_id IS NOT NULL)", name="place_fits_role"),
        *(Index(f"uq_role_held_{place}", "person_id", "role", place, unique=True,       # NULL is equal to nothing: one index for each place
                sqlite_where=text(f"{place} IS NOT NULL"), postgresql_where=text(f"{place} IS NOT NULL"))
          for place in ("comune_id", "organisation_id")),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = one_of(Role, "role")
    comune_id: Mapped[int | None] = mapped_column(ForeignKey("comune.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    since: Mapped[date] = mapped_column(default=today)
    until: Mapped[date | None]
    person: Mapped[Person] = relationship(back_populates="roles", foreign_keys=person_id)
    comune: Mapped[Comune | None] = relationship(lazy="joined")
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")

    @property
    def place(self) -> str:
        return self.organisation.name if self.role in FOR_ORGANISATION else self.comune.name


class SignIn(Row):
    """One browser signed in. The cookie holds a random token, the row only its hash."""

    __tablename__ = "sign_in"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    browser: Mapped[str] = short(200, default="")
    person: Mapped[Person] = relationship()

    token = ""                         # known only while the cookie is at hand

    @staticmethod
    def hash(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()
