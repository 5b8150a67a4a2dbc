"""The demonstration's people: residents from people.csv, and one officer for each role. All invented."""
import csv
from datetime import date
from pathlib import Path

from sqlalchemy import select

from app.access import Role
from app.base.db import db
from app.base.i18n import gettext as _
from app.people import actions as people
from app.people.models import Person, RoleHeld
from app.town.models import Comune, Organisation

TOWN = Path(__file__).parent / "town"
PASSWORD = "prova-ore-in-comune"

# Who signs in to try the site: the address before the @, the name, the role.
OFFICERS = {
    "Alessandria": (("certifica", "Piera", "Malvicini", Role.CERTIFIER), ("patti", "Ennio", "Bolzoni", Role.OFFICER),
                    ("tributi", "Sonia", "Ricagno", Role.TAX_CLERK), ("dirigente", "Livia", "Torriglia", Role.TAX_MANAGER),
                    ("revisore", "Oreste", "Magnani", Role.AUDITOR), ("admin", "Ines", "Cavalli", Role.ADMIN)),
    "Valenza": (("certifica", "Renzo", "Pastore", Role.CERTIFIER), ("patti", "Alma", "Gatti", Role.OFFICER),
                ("tributi", "Mirko", "Sacchi", Role.TAX_CLERK), ("dirigente", "Delia", "Robbiano", Role.TAX_MANAGER),
                ("revisore", "Nora", "Vescovo", Role.AUDITOR), ("admin", "Silvio", "Demichelis", Role.ADMIN)),
}
TUTORS = ("Franca Oddone", "Beppe Guasco", "Mirella Sassi", "Walter Pesce", "Ornella Repetto", "Dino Ferraris", "Graziella Moro",
          "Sandro Buzzi", "Nives Zucca", "Tullio Cermelli", "Pina Raviolo", "Aurelio Canepa")


def settle_residents(comune: Comune) -> list[Person]:
    """The comune's residents, with households and fiscal codes. The first two can sign in: cittadino1, cittadino2."""
    households, found, hashed = {}, [], people.HASHER.hash(PASSWORD)
    with open(TOWN / "people.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["comune"] == comune.name]
    for number, row in enumerate(rows, 1):
        household = households.setdefault(row["household"], None) or people.open_household(comune)
        households[row["household"]] = household
        name = f"cittadino{number}"
        person = people.register(row["given_name"], row["family_name"], address(name, comune), fiscal_code=row["fiscal_code"],
                                 birth_date=date.fromisoformat(row["birth_date"]), household=household)
        person.password_hash = hashed if number <= 2 else None
        people.grant(person, Role.RESIDENT, comune=comune)
        found.append(person)
    return found


def appoint_officers(comune: Comune, organisations: dict[str, Organisation]) -> dict[str, Person]:
    """One person for each role of the comune, and a tutor for each organisation: by the address before the @."""
    staff, hashed = {}, people.HASHER.hash(PASSWORD)
    for name, given, family, role in OFFICERS[comune.name]:
        staff[name] = people.register(given, family, address(name, comune))
        people.grant(staff[name], role, comune=comune)
    skip = 0 if comune.name == "Alessandria" else 8
    for (key, organisation), full_name in zip(organisations.items(), TUTORS[skip:]):
        given, family = full_name.split()
        name = f"tutor.{key}"
        staff[name] = people.register(given, family, address(name, comune))
        people.grant(staff[name], Role.TUTOR, organisation=organisation)
    for person in staff.values():
        person.password_hash = hashed
    return staff


def address(name: str, comune: Comune) -> str:
    return f"{name}@{comune.name.lower()}.example"


def sign_ins() -> list[tuple[str, str, str]]:
    """Every demonstration sign-in: address, name, and role with its place."""
    found = db.session.scalars(select(Person).where(Person.password_hash.is_not(None)).order_by(Person.id)).unique()
    order = list(Role)
    held = [(person, person.roles[0]) for person in found if person.roles]
    held.sort(key=lambda pair: (place_of(pair[1]), order.index(pair[1].role)))
    return [(person.email, person.display_name, f"{_(role.role.label)}, {role.place}") for person, role in held]


def place_of(held: RoleHeld) -> str:
    return (held.comune or held.organisation.comune).name
