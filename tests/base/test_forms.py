"""Forms: what people type is understood or kept in the box, and a refusal undoes what was begun."""
from datetime import date, time

import pytest
from sqlalchemy import func, select
from wtforms import BooleanField

from app.base import once
from app.base.db import db
from app.base.errors import Refusal
from app.base.forms import DayField, EuroField, Form, HoursField, TimeField, Words, form_keys, refusals
from app.base.outbox import Letter
from tests.base.conftest import add_letter


class Sheet(Form):
    name = Words("Nome", longest=5)
    note = Words("Nota", required=False)
    hours = HoursField("Ore")
    amount = EuroField("Importo")
    day = DayField("Giorno")
    start = TimeField("Inizio")
    sure = BooleanField("Sicuro")


GOOD = {"name": " Anna ", "hours": "1,5", "amount": "1.250,00", "day": "6/6/2026", "start": "9.30", "sure": "y"}


@pytest.fixture
def sent(probe):
    """Opens a request that sends fields, and gives the form that reads it."""
    contexts = []

    def send(method="POST", **fields):
        contexts.append(probe.test_request_context(method=method, data=fields))
        contexts[-1].push()
        return Sheet()
    yield send
    for context in reversed(contexts):
        context.pop()


def test_what_is_typed_is_understood(sent):
    form = sent(**GOOD)
    assert form.accepted() and form.status == 200
    assert form.facts() == {"name": "Anna", "note": "", "hours": 90, "amount": 125000, "day": date(2026, 6, 6),
                            "start": time(9, 30), "sure": True}


def test_a_page_that_is_only_opened_is_not_accepted(sent):
    form = sent("GET")
    assert not form.accepted() and form.status == 200 and not form.errors


@pytest.mark.parametrize("field, typed, why", [
    ("hours", "un po'", "Scrivi le ore"), ("amount", "8.500", "due modi"), ("day", "31/6/2026", "non esiste"),
    ("start", "25", "Scrivi l'ora"),
    ("name", "Annabella", "troppo lungo"), ("name", "   ", "va compilato"),
])
def test_what_is_not_understood_stays_in_the_box(sent, field, typed, why):
    form = sent(**{**GOOD, field: typed})
    assert not form.accepted() and form.status == 422
    assert list(form.errors) == [field] and why in str(form[field].errors[0])
    assert form[field]._value() == typed.strip() or form[field]._value() == typed


def test_a_value_is_shown_as_people_write_it(probe):
    with probe.test_request_context():
        form = Sheet(data={"amount": 125005, "day": date(2026, 6, 6), "start": time(9, 5), "hours": 90})
        assert [form[name]._value() for name in ("amount", "day", "start")] == ["1250,05", "6/6/2026", "9:05"]


def test_what_is_shown_is_understood_again(probe):
    with probe.test_request_context():
        form = Sheet(data={"amount": 7, "hours": 95})
        assert EuroField.read(form.amount._value()) == 7 and HoursField.read(form.hours._value()) == 95


def test_a_refusal_undoes_and_stands_by_its_field(sent):
    form = sent(**GOOD)
    with refusals(form):
        add_letter()
        db.session.flush()
        raise Refusal("Restano %(left_min)s.", field="hours", left_min=95)
    assert form.status == 422 and "1" in form.hours.errors[0] and "35" in form.hours.errors[0]
    assert db.session.scalar(select(func.count(Letter.id))) == 0
    db.session.rollback()


@pytest.mark.parametrize("field", [None, "somewhere_else"])
def test_a_refusal_without_a_field_stands_above_the_form(sent, field):
    form = sent(**GOOD)
    with refusals(form):
        raise Refusal("No.", field=field)
    assert form.form_errors == ["No."] and form.status == 422


def test_what_is_no_refusal_goes_on(sent):
    with pytest.raises(ZeroDivisionError), refusals(sent(**GOOD)):
        1 / 0


def test_the_keys_of_a_form(probe):
    with probe.test_request_context():
        assert form_keys().count("<input") == 2 and form_keys() != form_keys()
    key = once.new_key()
    with probe.test_request_context(method="POST", data={once.FIELD: key}):
        assert key in form_keys(), "a form that is put right keeps its key"
    with probe.test_request_context(method="POST", data={once.FIELD: '"><script>'}):
        assert "<script>" not in form_keys()


def test_a_post_without_its_token_changes_nothing(probe):
    probe.config["WTF_CSRF_ENABLED"] = True
    assert probe.send().status_code == 400 and probe.letters() == 0
