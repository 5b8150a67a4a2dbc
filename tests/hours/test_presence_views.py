"""The pages on the spot: the code, the person's press, the tutor's list of the day."""
from datetime import timedelta

import pytest

from app.base import clock
from app.base.db import db
from app.hours import actions
from app.hours.models import Attendance, Method
from app.tasks.models import Booking
from tests.hours.builders import worked
from tests.tasks.builders import NOW, change

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SHIFT = NOW + HOUR                                   # today at eleven in Italy, until two


@pytest.fixture
def booking_id(app, town) -> int:
    with change(app):
        return worked(town.alessandria, town.anna, SHIFT).id


@pytest.fixture
def shift_id(app, booking_id) -> int:
    with change(app):
        return db.session.get(Booking, booking_id).shift_id


def code_shown(client, town, shift_id) -> str:
    page = client.sign_in(town.tino).visit(f"/tutor/turni/{shift_id}/codice")
    assert page.soup.select_one(".check-in-qr svg")
    return page.soup.select_one(".check-in-letters").text


def test_in_and_out_by_code_with_a_look_before_each(client, town, booking_id, shift_id):
    with clock.set_to(SHIFT + 3 * MINUTE):
        code = code_shown(client, town, shift_id)
        page = client.sign_in(town.anna).submit("/ore/presenza", {"Codice": code.lower()}, button="Avanti")
        assert page.heading == "Registra l'entrata" and "1 giu 2026, 11:03" in page.words
        page = client.submit(page, button="Registra l'entrata")
        assert page.path == "/ore" and "In corso" in page.words
    with clock.set_to(SHIFT + 60 * MINUTE):
        page = client.sign_in(town.anna).submit("/ore", button="Pausa Riordino della biblioteca")
        assert "Pausa iniziata" in page.soup.text
    with clock.set_to(SHIFT + 70 * MINUTE):
        client.submit("/ore", button="Riprendi Riordino della biblioteca")
    with clock.set_to(SHIFT + 2 * HOUR):
        code = code_shown(client, town, shift_id)
        page = client.sign_in(town.anna).visit(f"/ore/presenza?codice={code}")          # what the QR says
        assert page.heading == "Registra l'uscita" and "1 h 47 min" in page.words
        page = client.submit(page, button="Registra l'uscita")
        assert page.heading == "Controlla e invia" and "10 min" in page.words
        page = client.submit(page, {"Nota per il tutor": "Scaffali"})
        assert "Da convalidare" in page.words and "Codice sul telefono del tutor" in page.words


def test_a_double_press_is_one_arrival(app, client, town, booking_id, shift_id):
    with clock.set_to(SHIFT):
        code = code_shown(client, town, shift_id)
        page = client.sign_in(town.anna).submit("/ore/presenza", {"Codice": code})
        answers = [client.send(page, button="Registra l'entrata") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    with change(app):
        assert db.session.query(Attendance).count() == 1


def test_a_wrong_code_says_so(client, town, booking_id):
    page = client.sign_in(town.anna).submit("/ore/presenza", {"Codice": "XXX-XXX"})
    assert page.status == 422 and "non vale" in page.errors[0]


@pytest.mark.parametrize("neighbour, status", [("tino", 200), ("ugo", 404), ("anna", 403)])
def test_who_sees_the_codes(client, town, shift_id, neighbour, status):
    client.unread |= {403, 404}
    client.sign_in(getattr(town, neighbour))
    for path in ("codice", "foglio-codice"):
        assert client.get(f"/tutor/turni/{shift_id}/{path}").status_code == status


def test_the_printed_sheet_opens_the_shift_on_its_day(client, town, booking_id, shift_id):
    with clock.set_to(SHIFT):
        sheet = client.sign_in(town.tino).visit(f"/tutor/turni/{shift_id}/foglio-codice")
        page = client.sign_in(town.anna).submit("/ore/presenza", {"Codice": sheet.soup.select_one(".check-in-letters").text})
        assert page.heading == "Registra l'entrata"


def test_the_tutors_day(app, client, town, booking_id):
    with clock.set_to(SHIFT + MINUTE):
        page = client.sign_in(town.tino).visit("/tutor/giorno")
        assert page.heading == "lunedì 1 giugno 2026" and "Atteso" in page.words
        page = client.submit(page, button="Entrata Anna F.")
        assert "In corso" in page.words
    with clock.set_to(SHIFT + HOUR):
        page = client.sign_in(town.tino).submit("/tutor/giorno", button="Uscita adesso Anna F.")
        assert "Da inviare" in page.words
        page = client.submit(page, button="Invia per la persona Anna F.")
        assert page.path == "/tutor/ore" and "59 min" in page.words
    assert "Nessun turno" in client.visit("/tutor/giorno?giorno=3/1").words
    assert client.visit("/tutor/giorno?giorno=boh").status == 422


def test_the_end_of_a_session_is_stated(app, client, town, booking_id):
    with change(app), clock.set_to(SHIFT):

        attendance_id = actions.check_in(db.session.get(Booking, booking_id), method=Method.TUTOR, by=town.tino.row).id
    with clock.set_to(SHIFT + 20 * HOUR):
        page = client.sign_in(town.anna).submit(f"/ore/registrate/{attendance_id}/uscita", {"Alle ore": "10", "Pausa": "15 + 5"})
        assert page.status == 422
        page = client.submit(f"/ore/registrate/{attendance_id}/uscita", {"Alle ore": "12.30", "Pausa": "15 + 5"})
        assert page.heading == "Controlla e invia" and "1 h 10 min" in page.words


@pytest.mark.parametrize("neighbour, status", [("tino", 200), ("ugo", 404), ("anna", 403), ("carla", 403)])
def test_only_the_hosts_tutors_mark_people(client, town, booking_id, neighbour, status):
    client.unread |= {403, 404}
    assert client.sign_in(getattr(town, neighbour)).get(f"/tutor/prenotazioni/{booking_id}/assenza").status_code == status


def test_an_absence_from_mark_to_undoing(client, town, booking_id):
    with clock.set_to(SHIFT + HOUR):
        page = client.sign_in(town.tino).submit(f"/tutor/prenotazioni/{booking_id}/assenza", button="Segna l'assenza")
        assert page.heading == "Assenza di Anna F."
        page = client.submit(page, {"Motivo": "Non ha avvisato"}, button="Non giustificare")
        assert "Assenza non giustificata" in page.words
        page = client.submit(page, {"Tipo di motivo": "family"}, button="Giustifica")
        assert "Assenza giustificata" in page.words and "Famiglia" in page.words
        page = client.submit(page.link("Togli, è un errore"), {"Motivo": "Era un altro"})
        assert "Atteso" in page.words


def test_a_shift_that_did_not_take_place(client, town, booking_id):
    with clock.set_to(SHIFT + HOUR):
        page = client.sign_in(town.tino).submit(f"/tutor/prenotazioni/{booking_id}/assenza", {"Motivo": "Grandine"},
                                                button="Annullato dall'ente")
        assert "Annullato dall'ente" in page.words and "Grandine" in page.words
        assert "Non è un'assenza" in client.sign_in(town.anna).visit("/ore/registrate/1").words
