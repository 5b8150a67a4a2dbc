"""What the office confirms of people, what tasks ask for, and a comune's own rules for bookings."""
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.people import actions as people
from app.tasks import actions, jobs, queries
from app.tasks.models import BookingRules, CountsFor, Instrument, Kind, QualificationHeld
from app.tasks.rules.booking import Limits
from tests.tasks.builders import DAY, HOUR, NOW, a_qualification, a_rule, a_shift, a_task, letters

pytestmark = pytest.mark.usefixtures("context")


def test_a_course_is_confirmed_until_its_last_day(town):
    course, anna, olga = a_qualification(town.alessandria), town.anna.row, town.olga.row
    shift = a_shift(a_task(town.alessandria, needs=[course]))
    with pytest.raises(Refusal, match="Ti manca un requisito"):
        actions.book(shift, anna)
    held = actions.confirm(anna, course, last_day=date(2026, 6, 5), by=olga)
    with pytest.raises(Refusal, match="scade prima"):
        actions.book(shift, anna)
    renewed = actions.confirm(anna, course, last_day=date(2026, 6, 6), by=olga)
    assert held.withdrawn_at == NOW and queries.held_by(anna, seen_by=anna) == [renewed]
    assert actions.book(shift, anna).id


def test_a_confirmation_that_was_withdrawn_counts_no_more_and_stays_on_record(town):
    skill, anna = a_qualification(town.alessandria, "Decespugliatore", Kind.SKILL), town.anna.row
    held = actions.confirm(anna, skill, by=town.olga.row)
    actions.withdraw_qualification(held)
    assert queries.held_by(anna, seen_by=anna) == [] and db.session.scalars(select(QualificationHeld)).all() == [held]
    with pytest.raises(Refusal, match="Ti manca"):
        actions.book(a_shift(a_task(town.alessandria, needs=[skill])), anna)


@pytest.mark.parametrize("kind, last_day, who, words", [
    (Kind.COURSE, None, "anna", "ha una scadenza"),
    (Kind.COURSE, date(2026, 5, 31), "anna", "già passato"),
    (Kind.SKILL, None, "olga", "Non puoi confermare i tuoi"),
])
def test_what_cannot_be_confirmed(town, kind, last_day, who, words):
    qualification = a_qualification(town.alessandria, kind=kind)
    actions.confirm(town.bruno.row, qualification, last_day=date(2026, 6, 1), by=town.olga.row)
    with pytest.raises(Refusal, match=words):
        actions.confirm(getattr(town, who).row, qualification, last_day=last_day, by=town.olga.row)


def test_a_name_stands_once_in_a_comune(town):
    a_qualification(town.alessandria), a_qualification(town.valenza), a_qualification(town.alessandria, kind=Kind.SKILL)
    with pytest.raises(Refusal, match="c'è già"):
        a_qualification(town.alessandria)


def test_another_comune_neither_sees_nor_withdraws(town):
    held = actions.confirm(town.anna.row, a_qualification(town.alessandria), last_day=date(2027, 1, 1), by=town.olga.row)
    assert queries.held_row(held.id, seen_by=town.olga.row) is held
    assert queries.resident_to_qualify(town.anna.id, seen_by=town.olga.row) is town.anna.row
    for forbidden in (lambda: queries.held_row(held.id, seen_by=town.oreste.row),
                      lambda: queries.resident_to_qualify(town.anna.id, seen_by=town.oreste.row)):
        with pytest.raises(NotFound):
            forbidden()


def test_what_another_comune_confirmed_is_not_this_ones_business(town):
    """Who moved has a fitness from before: he sees it, the new comune's office does not."""
    fitness = a_qualification(town.valenza, "Sforzi leggeri", Kind.FITNESS)
    held = actions.confirm(town.anna.row, fitness, last_day=date(2026, 6, 10), by=town.oreste.row)
    assert queries.held_by(town.anna.row, seen_by=town.anna.row) == queries.held_by(town.anna.row, seen_by=town.oreste.row) == [held]
    assert queries.held_by(town.anna.row, seen_by=town.olga.row) == queries.expiring(seen_by=town.olga.row) == []


def test_one_hears_once_that_a_course_expires(town):
    with transaction():
        course = a_qualification(town.alessandria)
        last_day = date(2026, 9, 30)
        actions.confirm(town.anna.row, course, last_day=last_day, by=town.olga.row)
        gone = actions.confirm(town.bruno.row, course, last_day=last_day, by=town.olga.row)
        actions.confirm(town.carla.row, a_qualification(town.alessandria, "Guida", Kind.SKILL), by=town.olga.row)

    def tick(day) -> list[str]:
        with clock.set_to(datetime(2026, *day, 8, tzinfo=UTC)):
            jobs.run_due()
        return [letter.recipient for letter in letters("expires")]

    assert tick((8, 18)) == []
    with transaction():
        actions.withdraw_qualification(db.session.merge(gone))
    assert tick((8, 19)) == tick((9, 30)) == [town.anna.email]
    [letter] = letters("expires")
    assert "«Sicurezza 4 ore» vale fino al 30 set 2026" in letter.body and "Sicurezza" not in letter.subject


def test_a_renewed_course_is_told_of_anew_and_an_expired_one_no_more(town):
    with transaction():
        course = a_qualification(town.alessandria)
        old = actions.confirm(town.anna.row, course, last_day=date(2026, 6, 1), by=town.olga.row)
        assert actions.remind_of_expiry(old) and not actions.remind_of_expiry(old)
        renewed = actions.confirm(town.anna.row, course, last_day=date(2026, 6, 20), by=town.olga.row)
        assert not actions.remind_of_expiry(old) and queries.to_remind_of_expiry() == [renewed.id]
        with clock.set_to(NOW + 20 * DAY):
            assert queries.to_remind_of_expiry() == [] and queries.expiring(seen_by=town.olga.row) == [renewed]
        actions.withdraw_qualification(renewed)
        assert not actions.remind_of_expiry(renewed)


def test_the_age_comes_from_the_register_or_from_the_fiscal_code(town):
    task = a_task(town.alessandria, min_age=40)
    shift, anna = a_shift(task), town.anna.row
    assert people.birth_date_of(anna) == date(1986, 3, 12)
    anna.birth_date = None
    assert people.birth_date_of(anna) == date(1986, 3, 12)
    assert actions.book(shift, anna).id
    lino = people.register("Lia", "Senza Codice", "lia@example.org")
    assert people.birth_date_of(lino) is None
    assert ["data di nascita" in str(no) for no in queries.reasons(shift, lino)] == [True]
    town.bruno.row.birth_date = date(1986, 6, 7)              # forty on the day after the shift
    with pytest.raises(Refusal, match="almeno"):
        actions.book(shift, town.bruno.row)


def test_hours_count_for_what_the_task_offers_and_the_person_chooses(town):
    both = a_shift(a_task(town.alessandria, counts_for=CountsFor.BOTH))
    assert actions.book(both, town.anna.row).instrument is Instrument.BARATTO
    assert actions.book(both, town.bruno.row, instrument=Instrument.TIMEBANK).instrument is Instrument.TIMEBANK
    bank = a_shift(a_task(town.alessandria, counts_for=CountsFor.TIMEBANK), NOW + 9 * DAY)
    with pytest.raises(Refusal, match="non contano per questo"):
        actions.book(bank, town.anna.row, instrument=Instrument.BARATTO)
    assert actions.book(bank, town.anna.row).instrument is Instrument.TIMEBANK


def test_a_comunes_own_rules_count_from_now_on_and_the_old_ones_stay(town):
    assert queries.limits(town.alessandria.id) == Limits()
    a_rule(town.alessandria, town.ada.row, daily_min=300)
    a_rule(town.alessandria, town.ada.row, daily_min=180)
    assert queries.limits(town.alessandria.id) == Limits(daily_min=180) and queries.limits(town.valenza.id) == Limits()
    assert [(row.daily_min, row.set_by_id) for row in db.session.scalars(select(BookingRules).order_by(BookingRules.id))] == [
        (300, town.ada.id), (180, town.ada.id)]


def test_caps_look_at_everything_that_is_booked(town):
    a_rule(town.alessandria, town.ada.row, daily_min=5 * 60, yearly_min=8 * 60)
    task, anna = a_task(town.alessandria), town.anna.row
    actions.book(a_shift(task), anna)                         # three hours
    same_day = a_shift(task, NOW + 5 * DAY + 4 * HOUR)
    with pytest.raises(Refusal, match="al giorno"):
        actions.book(same_day, anna)
    actions.book(a_shift(task, NOW + 6 * DAY), anna)
    with clock.set_to(NOW + 30 * DAY), pytest.raises(Refusal, match="all'anno"):           # the past counts too
        actions.book(a_shift(task, NOW + 40 * DAY), anna)
    cancelled = a_shift(task, NOW + 7 * DAY, hours=2)
    actions.book(cancelled, anna)
    actions.cancel_shift(cancelled, reason="Piove", by=town.tino.row)
    assert queries.reasons(a_shift(task, NOW + 8 * DAY, hours=2), anna) == []


def test_too_early_and_too_late_are_the_comunes_words(town):
    a_rule(town.alessandria, town.ada.row, opens_days=3, closes_min=120)
    shift = a_shift(a_task(town.alessandria))
    with pytest.raises(Refusal, match="troppo presto"):
        actions.book(shift, town.anna.row)
    with clock.set_to(shift.starts_at - 2 * HOUR), pytest.raises(Refusal, match="troppo tardi"):
        actions.book(shift, town.anna.row)
    with clock.set_to(shift.starts_at - 3 * HOUR):
        assert actions.book(shift, town.anna.row).id
