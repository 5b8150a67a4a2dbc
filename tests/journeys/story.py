"""What stands in Alessandria before a journey begins: a call, a bill, an agreement, two tasks with their shifts."""
from datetime import UTC, date, datetime, time
from pathlib import Path

import app
from app.baratto.actions import agreements, regulations
from app.baratto.schemas.regulations import read_regulation
from app.base import clock
from app.base.db import db
from app.base.localtime import instant
from app.base.transactions import transaction
from app.people import actions as people
from app.taxes.models import Component, Position, Tax
from app.tasks import actions as tasks
from app.tasks.models import Category
from app.town.models import Comune

OPENS = datetime(2026, 6, 1, 7, tzinfo=UTC)        # a Monday, 9:00 in Rome
REGULATION = Path(app.__file__).parent / "baratto" / "presets" / "alessandria-demo.yaml"     # 7,50 € an hour, bills of 80 € and more
INSTALMENTS = {1: (date(2026, 6, 30), 2912), 2: (date(2026, 9, 30), 2913), 3: (date(2026, 12, 2), 2913)}
TEFA = 146                             # cents on each instalment: the province's part, which no offset touches


def at(day: int, hour: int, minute: int = 0, *, month: int = 6) -> datetime:
    """That time on the walls of Alessandria in 2026."""
    return instant(date(2026, month, day), time(hour, minute), clock.ROME, 0)


def open_town(town) -> None:
    """Anna has an agreement for her TARI; the library needs help on Wednesday, Thursday and Friday."""
    with clock.set_to(OPENS), transaction():
        db.session.execute(db.update(Comune).values(created_at=OPENS))
        db.session.expire_all()
        place, anna = town.alessandria, town.anna.row
        anna.household_id = people.open_household(place.row).id
        bill(town.anna, place)
        regulation, _new = regulations.import_regulation(place.row, read_regulation(REGULATION.read_bytes()))
        call = regulations.open_call(regulation, year=2026, title="Bando 2026", act="DGC 12", budget_cents=15_000, by=town.ada.row)
        agreements.make(call, anna, tax=Tax.TARI, starts_on=date(2026, 6, 1), ends_on=date(2026, 12, 31), insurance="INAIL 7",
                        by=town.olga.row)
        shelves = tasks.publish(place.organisation, title="Riordino degli scaffali", summary="Mettiamo i libri al loro posto.",
                                category=Category.CULTURE, area="Centro", address="Piazza Vittorio Veneto 1")
        garden = tasks.publish(place.organisation, title="Il giardino della biblioteca", summary="Erba, foglie e vasi.",
                               category=Category.GREEN, area="Pista", address="Via Parma 1", tools="Guanti")
        for day in (3, 4):
            tasks.plan_shift(shelves, starts_at=at(day, 9), ends_at=at(day, 12, 30), places=1)
        for day, hour in ((3, 11), (3, 14), (5, 11)):
            tasks.plan_shift(garden, starts_at=at(day, hour), ends_at=at(day, hour + 2), places=5)


def bill(neighbour, place) -> None:
    """A TARI of 2026 in three instalments, each of a municipal line and a provincial one."""
    for number, (due, cents) in INSTALMENTS.items():
        for component, amount in ((Component.MUNICIPAL, cents), (Component.TEFA, TEFA)):
            db.session.add(Position(
                comune_id=place.id, lookup=people.lookup_of(neighbour.fiscal_code), person_id=neighbour.id, tax=Tax.TARI, year=2026,
                account_ref=f"C-{neighbour.id}", notice_no=f"N-{neighbour.id}", instalment=number, due_date=due, component=component,
                amount_cents=amount, paid_cents=0, offset_cents=0, bonus_cents=0, extracted_at=OPENS))
