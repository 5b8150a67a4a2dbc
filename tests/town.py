"""Two comuni and the people in them. All names are invented; fiscal codes are well formed and belong to nobody we know of."""
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID

from codicefiscale import codicefiscale

from app.access import FOR_ORGANISATION, Role
from app.baratto.actions import agreements, regulations
from app.baratto.schemas.regulations import read_regulation
from app.base import clock
from app.base.db import db
from app.base.transactions import transaction
from app.hours import actions as hours
from app.hours.models import Attendance
from app.people import actions as people
from app.people.models import Person
from app.taxes import actions as taxes
from app.taxes.models import Tax
from app.taxes.schemas import read_positions
from app.tasks import actions as tasks
from app.tasks.models import Booking, Category, Shift
from app.town.models import Comune, Organisation
from tests.architecture import APP
from tests.taxes.builders import file, row

PASSWORD = "una frase lunga di prova"
BORN = date(1986, 3, 12)
SPRING = datetime(2026, 5, 4, 8, tzinfo=UTC)               # when the pact is made
SATURDAY = datetime(2026, 6, 6, 7, tzinfo=UTC)             # when the first shift begins: 9 in the morning

# attribute: given name, family name, gender, role. The first table is Alessandria's, the second Valenza's.
ALESSANDRIA = {
    "anna": ("Anna", "Ferraris", "F", Role.RESIDENT),
    "bruno": ("Bruno", "Cavanna", "M", Role.RESIDENT),
    "tino": ("Tino", "Robutti", "M", Role.TUTOR),
    "carla": ("Carla", "Mussa", "F", Role.CERTIFIER),
    "olga": ("Olga", "Prigione", "F", Role.OFFICER),
    "teo": ("Teo", "Guasco", "M", Role.TAX_CLERK),
    "mara": ("Mara", "Ghilini", "F", Role.TAX_MANAGER),
    "aldo": ("Aldo", "Trotti", "M", Role.AUDITOR),
    "ada": ("Ada", "Inviziati", "F", Role.ADMIN),
}
VALENZA = {
    "vera": ("Vera", "Annaratone", "F", Role.RESIDENT),
    "ugo": ("Ugo", "Bonafede", "M", Role.TUTOR),
    "clio": ("Clio", "Dealessi", "F", Role.CERTIFIER),
    "oreste": ("Oreste", "Marchese", "M", Role.OFFICER),
    "tullia": ("Tullia", "Stanchi", "F", Role.TAX_CLERK),
    "marzio": ("Marzio", "Pastore", "M", Role.TAX_MANAGER),
    "alba": ("Alba", "Camasio", "F", Role.AUDITOR),
    "amos": ("Amos", "Lenti", "M", Role.ADMIN),
}


@dataclass(frozen=True)
class Neighbour:
    """Somebody of the town, usable without a database; `row` needs an application context."""

    id: int
    ref: UUID
    name: str
    email: str
    fiscal_code: str | None

    @property
    def row(self) -> Person:
        return db.session.get(Person, self.id)


@dataclass(frozen=True)
class Place:
    """A comune and the organisation there that hosts tasks."""

    id: int
    name: str
    organisation_id: int

    @property
    def row(self) -> Comune:
        return db.session.get(Comune, self.id)

    @property
    def organisation(self) -> Organisation:
        return db.session.get(Organisation, self.organisation_id)


class Town:
    """Made once for each worker and backend; each test works on a copy. `town.anna`, `town.tino`… are the people.

    `town.lino` has an account and no role.
    """

    def __init__(self):
        self.alessandria = self._open("Alessandria", "006003", "Biblioteca civica", ALESSANDRIA)
        self.valenza = self._open("Valenza", "006177", "Gruppo del verde", VALENZA)
        self.lino = self._settle("Lino", "Testa", "M")

    def __iter__(self):
        return (value for value in vars(self).values() if isinstance(value, Neighbour))

    def _open(self, name: str, istat_code: str, host: str, residents: dict) -> Place:
        comune = Comune(name=name, istat_code=istat_code, province="AL")
        db.session.add(comune)
        db.session.flush()
        organisation = Organisation(comune_id=comune.id, name=host)
        db.session.add(organisation)
        db.session.flush()
        for key, (given_name, family_name, gender, role) in residents.items():
            neighbour = self._settle(given_name, family_name, gender)
            place = {"organisation": organisation} if role in FOR_ORGANISATION else {"comune": comune}
            people.grant(neighbour.row, role, since=date(2026, 1, 1), **place)
            setattr(self, key, neighbour)
        return Place(comune.id, name, organisation.id)

    def _settle(self, given_name: str, family_name: str, gender: str) -> Neighbour:
        code = codicefiscale.encode(lastname=family_name, firstname=given_name, gender=gender,
                                    birthdate=BORN.strftime("%d/%m/%Y"), birthplace="Alessandria")
        email = f"{given_name}.{family_name}@example.org".lower()
        person = people.register(given_name, family_name, email, fiscal_code=code, birth_date=BORN)
        person.password_hash = password_hash()
        db.session.flush()
        return Neighbour(person.id, person.ref, person.display_name, email, code)

    # What happens in Alessandria. Each step is a transaction of its own and gives back an id; an application context must be open.

    def agree(self, neighbour: Neighbour, *, budget_cents: int = 500_000, due_cents: int = 28_600) -> int:
        """A tax bill, the comune's regulation, a call for 2026, and a pact with a resident until the end of the year."""
        with clock.set_to(SPRING), transaction():
            comune, bill = self.alessandria.row, file(row(codice_fiscale=neighbour.fiscal_code, amount_cents=due_cents))
            taxes.import_positions(comune, read_positions(bill), "tari.csv", by=self.teo.row)
            text = (APP / "baratto/presets/alessandria-demo.yaml").read_bytes()
            regulation, _ = regulations.import_regulation(comune, read_regulation(text))
            call = regulations.open_call(regulation, year=2026, title="Bando 2026", act="DGC 1/2026", budget_cents=budget_cents,
                                         by=self.ada.row)
            return agreements.make(call, neighbour.row, tax=Tax.TARI, starts_on=date(2026, 5, 4), ends_on=date(2026, 12, 31),
                                   insurance="RCT 101", by=self.olga.row).id

    def shift(self, starts_at: datetime = SATURDAY, *, hours: int = 2, places: int = 3) -> int:
        """A task of the library with one shift."""
        with clock.set_to(SPRING), transaction():
            task = tasks.publish(self.alessandria.organisation, title="Riordino degli scaffali", summary="Un sabato tra i libri.",
                                 category=Category.CULTURE, area="Centro", address="Piazza Vittorio Veneto 1")
            return tasks.plan_shift(task, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), places=places).id

    def book(self, shift_id: int, neighbour: Neighbour) -> int:
        with clock.set_to(SPRING), transaction():
            return tasks.book(db.session.get(Shift, shift_id), neighbour.row).id

    def log(self, booking_id: int) -> int:
        """The whole shift, a day after it."""
        shift = db.session.get(Booking, booking_id).shift
        starts_at, ends_at = shift.starts_at, shift.ends_at
        with clock.set_to(ends_at + timedelta(days=1)), transaction():
            return hours.submit(db.session.get(Booking, booking_id), started_at=starts_at, ended_at=ends_at).id

    def validate(self, attendance_id: int) -> None:
        """The tutor confirms what was claimed, a day later."""
        with clock.set_to(db.session.get(Attendance, attendance_id).claimed_end + timedelta(days=2)), transaction():
            row = db.session.get(Attendance, attendance_id)
            hours.validate(row, started_at=row.claimed_start, ended_at=row.claimed_end, break_min=0, by=self.tino.row)


@cache
def password_hash() -> str:
    """Hashed as in production, but once for all: it is slow on purpose."""
    return people.HASHER.hash(PASSWORD)
