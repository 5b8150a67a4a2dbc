"""The last place: two press at once, one has it, and the other waits until it is offered."""
import threading
from datetime import date

import pytest
from sqlalchemy import select

from app.access import Role
from app.base.db import db
from app.base.outbox import Letter
from app.jobs.actions import send_letters
from app.people import actions as people
from app.tasks import jobs
from app.tasks.models import Shift
from tests.journeys.story import at
from tests.journeys.visitor import DESK, PHONE

BOTH = pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
SHIFT = "3 giugno"


@pytest.fixture
def place(doing, town):
    """The only place at the shelves on 3 June. Lino lives here too."""
    with doing():
        people.grant(town.lino.row, Role.RESIDENT, since=date(2026, 1, 1), comune=town.alessandria.row)
        return f"/turni/{db.session.scalar(select(Shift.id).where(Shift.starts_at == at(3, 9)))}/prenota"


@pytest.fixture
def neighbours(visit, town, place):
    """Anna and Lino on their phones, Bruno at a desk."""
    return [visit(width=width).sign_in(each.email) for each, width in ((town.anna, PHONE), (town.bruno, DESK), (town.lino, PHONE))]


@pytest.fixture
def letters(live, doing):
    """What has gone out by now: to whom, and about what."""
    def read():
        with live.app.app_context(), live.at_its_time():
            send_letters()
        with doing():
            return [tuple(row) for row in db.session.execute(
                select(Letter.recipient, Letter.subject).where(Letter.sent_at.is_not(None)).order_by(Letter.id))]
    return read


def press_at_once(live, monkeypatch, first, second):
    """Both presses are at the door of the site before it answers either."""
    whole, both = live.app.wsgi_app, threading.Barrier(2)

    def wait_for_the_other(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            both.wait(20)
        return whole(environ, start_response)

    with monkeypatch.context() as patch:
        patch.setattr(live.app, "wsgi_app", wait_for_the_other)
        with first.page.expect_navigation(), second.page.expect_navigation():
            for each in (first, second):
                each.page.get_by_role("button", name="Conferma la prenotazione").click(no_wait_after=True)


@BOTH
def test_the_second_waits_and_then_is_in(live, neighbours, place, letters, monkeypatch):
    anna, bruno, lino = neighbours
    for each in (anna, bruno):
        assert each.goto(place).facts()["Posti liberi"] == "1 su 1"
    press_at_once(live, monkeypatch, anna, bruno)
    won, lost = (anna, bruno) if anna.heading == "Turno prenotato" else (bruno, anna)
    assert won.heading == "Turno prenotato"
    assert lost.heading == "Prenota un turno" and lost.errors() == ["Questo turno è completo: l'ultimo posto è stato preso."]
    assert lost.facts()["Posti liberi"] == "0 su 1" and "Saresti la prima persona in lista" in lost.text

    lost.press("Mettimi in lista d'attesa")
    assert lost.heading == "Sei in lista d'attesa" and "Sei la prima persona in lista" in lost.text
    assert "Prima di te c'è una persona." in lino.goto(place).text
    lino.press("Mettimi in lista d'attesa")
    assert "Sei al posto 2 della lista" in lino.text

    won.press("Disdici la prenotazione")
    assert won.heading == "Prenotazione disdetta"
    assert letters()[-1] == (lost.email, "Si è liberato un posto: Riordino degli scaffali, mercoledì 3 giugno 2026")
    assert "Sei la prima persona in lista" in lino.goto("/prenotazioni").follow("Riordino degli scaffali").text
    assert "1 su 1" not in won.goto(place).text, "an offered place is nobody else's"

    lost.goto("/prenotazioni")
    assert [row[2] for row in lost.rows("Lista d'attesa")[1:]] == ["Rispondi entro il 2 giu 2026, 09:00"]
    lost.follow("Riordino degli scaffali").press("Accetta il posto")
    assert lost.heading == "Turno prenotato" and lost.goto(place).text.count("Hai già un posto in questo turno.") == 1
    assert len(letters()) == 2, "nobody else was written to since"


@BOTH
def test_an_offer_that_lapses_goes_to_the_third(live, neighbours, place, letters):
    anna, bruno, lino = neighbours
    anna.goto(place).press("Conferma la prenotazione")
    for each in (bruno, lino):
        each.goto(place).press("Mettimi in lista d'attesa")
    anna.press("Disdici la prenotazione")

    live.now = at(2, 8, 59)
    bruno.sign_in(bruno.email).goto("/prenotazioni").follow("Riordino degli scaffali")
    assert bruno.heading == "C'è un posto per te"
    live.now = at(2, 9, 1)                                               # a minute after the offer's end, and the clock has not struck yet
    bruno.press("Accetta il posto")
    assert bruno.heading == "C'è un posto per te" and bruno.status == 422 and bruno.errors() != []
    with live.app.app_context(), live.at_its_time():
        jobs.run_due()
        jobs.run_due()
    assert [to for to, subject in letters() if subject.startswith(("Si è liberato", "Offerta scaduta"))] == [
        bruno.email, bruno.email, lino.email]
    bruno.goto("/prenotazioni").follow("Riordino degli scaffali")
    assert bruno.heading == "L'offerta è scaduta"
    lino.sign_in(lino.email).goto("/prenotazioni").follow("Riordino degli scaffali").press("Accetta il posto")
    assert lino.heading == "Turno prenotato"
    bruno.follow("Scegli un altro turno").follow("Lista d'attesa", within=SHIFT).press("Mettimi in lista d'attesa")
    assert "Sei la prima persona in lista" in bruno.text


def test_a_place_that_is_declined_goes_to_the_next(live, neighbours, place):
    anna, bruno, lino = neighbours
    anna.goto(place).press("Conferma la prenotazione")
    for each in (bruno, lino):
        each.goto(place).press("Mettimi in lista d'attesa")
    anna.press("Disdici la prenotazione")
    bruno.goto("/prenotazioni").follow("Riordino degli scaffali").press("Rinuncia al posto")
    assert bruno.heading == "Non sei più in lista"
    assert lino.goto("/prenotazioni").follow("Riordino degli scaffali").heading == "C'è un posto per te"
