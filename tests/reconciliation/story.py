"""A comune in which everything that a night compares is there, and agrees."""
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, update

from app.baratto.actions import agreements, offsets, regulations
from app.baratto.models import Agreement, Regulation
from app.base import clock, outbox
from app.base.db import db
from app.base.transactions import transaction
from app.hours import actions as hours
from app.hours.models import Attendance, Certificate, Method
from app.ledger import jobs as sealer
from app.ledger.actions import accounts, holds, postings
from app.ledger.models import Unit
from app.ledger.rules import Line
from app.people import actions as people
from app.taxes.models import Component, Position, Tax
from app.tasks.models import Booking, Category, Shift, Task
from app.town.models import Comune

BEGUN = datetime(2026, 6, 1, 6, tzinfo=UTC)
NOW = datetime(2026, 7, 10, 6, tzinfo=UTC)
TERMS = {"rate_cents_per_hour": 750, "cap_person_year_min": 3000, "cap_person_year_cents": 40000, "cap_household_year_cents": 60000}
OFFSET = 1500                          # cents: two hours


def tell(town) -> int:
    """Five shifts of two hours: one offset sent to the tax office and applied there, one approved, one proposed; then two hours validated,
    and two that wait for the tutor. Beside them two hours of which an officer recognised the half, two in dispute, and somebody at work.
    Returns the comune's id."""
    place = town.alessandria
    with clock.set_to(BEGUN), transaction():
        founded(place.id, BEGUN)
        _agree(town)
    for day in (datetime(2026, 6, 2), datetime(2026, 6, 24), datetime(2026, 7, 6), datetime(2026, 7, 7), datetime(2026, 7, 8)):
        with clock.set_to(day.replace(hour=18, tzinfo=UTC)), transaction():
            _work(town, day.replace(hour=7, tzinfo=UTC), validated=day.day != 8)
            if day.day != 7 and day.day != 8:
                _reduce(town, approved=day.month == 6, sent=day.day == 2)
    _quarrel(town)
    with clock.set_to(NOW), transaction():
        db.session.execute(update(outbox.Letter).values(sent_at=NOW))
        outbox.write("benvenuto", town.anna.email, "Benvenuta", "Il patto è attivo.")
        bill = db.session.scalar(select(Position).where(Position.component == Component.MUNICIPAL))
        bill.offset_cents, bill.extracted_at = OFFSET, NOW - timedelta(days=1)
        _exchange(place.id)
    with clock.set_to(NOW):
        sealer.seal_new()
    db.session.rollback()              # else the test would go on in the sealer's reading transaction
    return place.id


def founded(comune_id: int, when: datetime) -> None:
    """The comune came here at `when`: its nights begin on that day."""
    db.session.execute(update(Comune).where(Comune.id == comune_id).values(created_at=when))
    db.session.expire_all()


def _exchange(comune_id: int) -> None:
    """In the time bank one member gives another an hour; half an hour is set aside for the next time."""
    giver, taker = (accounts.open_account(comune_id, Unit.TIME, "member", owner, floor=-300) for owner in ("giver", "taker"))
    postings.post("exchange:1", "exchange", [Line(taker, giver, 60)])
    holds.hold("exchange:2", "exchange", Line(taker, giver, 30))


def _agree(town) -> None:
    place, anna = town.alessandria, town.anna.row
    anna.household_id = people.open_household(place.row).id
    for component in (Component.MUNICIPAL, Component.TEFA):
        db.session.add(Position(comune_id=place.id, lookup=people.lookup_of(town.anna.fiscal_code), person_id=anna.id, tax=Tax.TARI,
                                year=2026, account_ref="C1", instalment=1, due_date=date(2026, 7, 31),
                                component=component, amount_cents=20000,
                                paid_cents=0, offset_cents=0, bonus_cents=0, extracted_at=BEGUN))
    regulation = Regulation(comune_id=place.id, version=1, title="Regolamento", digest="0" * 64, document={
        "terms": {key: {"value": value, "source": "art. 1"} for key, value in TERMS.items()}})
    db.session.add_all([regulation, Task(
        comune_id=place.id, organisation_id=place.organisation_id, title="Siepi", summary="", category=Category.GREEN, area="Centro",
        address="Via Roma", words="siepi")])
    db.session.flush()
    call = regulations.open_call(regulation, year=2026, title="Bando", act="DGC 1", budget_cents=100_000, by=town.ada.row)
    agreements.make(call, anna, tax=Tax.TARI, starts_on=date(2026, 6, 1), ends_on=date(2026, 12, 31), insurance="INAIL 1", by=town.olga.row)


def _work(town, starts: datetime, *, validated: bool) -> Attendance:
    ends = starts + timedelta(hours=2)
    shift = Shift(comune_id=town.alessandria.id, task=db.session.scalar(select(Task)), starts_at=starts, ends_at=ends, places=3)
    booking = Booking(comune_id=town.alessandria.id, shift=shift, person_id=town.anna.id)
    db.session.add_all([shift, booking])
    db.session.flush()
    attendance = hours.submit(booking, started_at=starts, ended_at=ends)
    if validated:
        hours.validate(attendance, started_at=starts, ended_at=ends, break_min=0, by=town.tino.row)
    return attendance


def _quarrel(town) -> None:
    """One hour of two validated and the other one recognised; two hours that wait for an officer; and a session that runs."""
    recognised, disputed = datetime(2026, 7, 3, 7, tzinfo=UTC), NOW - timedelta(days=1)
    with clock.set_to(recognised + timedelta(hours=9)), transaction():
        attendance = _work(town, recognised, validated=False)
        hours.validate(attendance, started_at=recognised, ended_at=recognised + timedelta(hours=1), break_min=0, reason="Via prima",
                       by=town.tino.row)
        hours.uphold(hours.dispute(attendance, "Ero lì", by=town.anna.row), started_at=recognised, ended_at=recognised + timedelta(hours=2),
                     break_min=0, words="C'era", by=town.olga.row)
    with clock.set_to(NOW), transaction():
        hours.contest(_work(town, disputed, validated=False), "Non so", by=town.tino.row)
        shift = Shift(comune_id=town.alessandria.id, task=db.session.scalar(select(Task)), starts_at=NOW, ends_at=NOW + timedelta(hours=2),
                      places=3)
        booking = Booking(comune_id=town.alessandria.id, shift=shift, person_id=town.anna.id)
        db.session.add_all([shift, booking])
        db.session.flush()
        hours.check_in(booking, method=Method.TUTOR, by=town.tino.row)


def _reduce(town, *, approved: bool, sent: bool) -> None:
    agreement = db.session.scalar(select(Agreement))
    certificate: Certificate = hours.certify(agreement.id, by=town.carla.row)
    offset = offsets.propose(agreement, [certificate], by=town.teo.row)
    if approved:
        offsets.approve(offset, act="Det. 1", by=town.mara.row)
    if sent:
        offsets.export(town.alessandria.id, by=town.mara.row)
