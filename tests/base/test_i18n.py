from datetime import UTC, date, datetime

import pytest
from flask import session

from app.access import Role
from app.base import i18n
from app.base.errors import Refusal

SATURDAY = date(2026, 6, 6)
# The words need no database: one backend is enough.
pytestmark = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
INSTANT = datetime(2026, 6, 6, 7, 30, tzinfo=UTC)           # 9:30 in Rome


@pytest.fixture
def reader(app):
    """Opens a request of somebody who reads in a language."""
    contexts = []

    def read(language=None, **headers):
        if contexts:
            contexts.pop().pop()
        contexts.append(app.test_request_context(headers=headers))
        contexts[-1].push()
        if language:
            session["language"] = language
    yield read
    if contexts:
        contexts.pop().pop()


@pytest.mark.parametrize("minutes, words", [(0, "0 min"), (5, "5 min"), (60, "1 h"), (205, "3 h 25 min"), (-90, "-1 h 30 min")])
def test_hours(reader, minutes, words):
    reader()
    assert i18n.hours(minutes).replace("−", "-") == words


@pytest.mark.parametrize("cents, italian, english", [(41237, "412,37 €", "€412.37"), (125000, "1.250,00 €", "€1,250.00"),
                                                     (1234567890, "12.345.678,90 €", "€12,345,678.90"), (0, "0,00 €", "€0.00")])
def test_euros(reader, cents, italian, english):
    reader()
    assert i18n.euros(cents).replace("\u00a0", " ") == italian
    reader("en")
    assert i18n.euros(cents) == english


def test_days_and_times_are_local(reader):
    reader()
    assert i18n.day(SATURDAY) == "sabato 6 giugno 2026"
    assert i18n.short_day(SATURDAY) == "6 giu 2026"
    assert i18n.weekday(SATURDAY) == "sab 6 giu"
    assert i18n.clock_time(INSTANT) == "09:30"
    assert i18n.moment(INSTANT) == "6 giu 2026, 09:30"
    assert i18n.day(datetime(2026, 6, 5, 22, 30, tzinfo=UTC)) == "sabato 6 giugno 2026"
    reader("en")
    assert "Saturday" in i18n.day(SATURDAY)


@pytest.mark.parametrize("chosen, spoken", [(None, "it"), ("it", "it"), ("en", "en"), ("xx", "it")])
def test_the_language_is_what_the_person_chose(reader, chosen, spoken):
    reader(chosen, **{"Accept-Language": "en"})
    assert i18n.choose_locale() == spoken


def test_without_a_request_it_is_italian(app):
    with app.app_context():
        assert i18n.choose_locale() == "it" and i18n.day(SATURDAY) == "sabato 6 giugno 2026"


def test_a_refusal_is_written_for_people(reader):
    reader()
    no = Refusal("%(left_min)s, %(left_cents)s, %(on)s, %(when)s, %(role)s, %(name)s", left_min=90, left_cents=100, on=SATURDAY,
                 when=INSTANT, role=Role.RESIDENT, name="Anna")
    assert i18n.refused(no).replace("\u00a0", " ") == "1 h 30 min, 1,00 €, 6 giu 2026, 6 giu 2026, 09:30, Residente, Anna"


def test_a_refusal_without_values_may_hold_a_percent_sign(reader):
    reader()
    assert i18n.refused(Refusal("Al massimo il 100%.")) == "Al massimo il 100%."
