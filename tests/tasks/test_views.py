"""The board, the booking of a place, and the pages of the hosts, as people meet them."""
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from app.base import clock
from app.base.db import db
from app.tasks import actions
from app.tasks.models import Booking, Category, Shift, Task
from tests.pages import Page
from tests.tasks.builders import NOW, a_booking, a_shift, a_task, change

DAY = timedelta(days=1)
CONFIRM = "Conferma la prenotazione"
NO_CHOICE = "Questa scelta non c'è: scegline una dall'elenco."


@pytest.fixture
def board(app, town):
    """The ids of two tasks and their shifts: one of Alessandria, one of Valenza."""
    with change(app):
        task, there = a_task(town.alessandria), a_task(town.valenza, "Panchine a nuovo", category=Category.DECORUM)
        return SimpleNamespace(task=task.id, there=there.id, shift=a_shift(task).id, foreign_shift=a_shift(there).id,
                               last_place=a_shift(task, NOW + 6 * DAY, places=1).id)


@pytest.fixture
def book(app):
    def book(shift_id, neighbour) -> int:
        with change(app):
            return a_booking(db.session.get(Shift, shift_id), neighbour.row).id
    return book


@pytest.fixture
def count(app):
    def count(model) -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(model))
    return count


def test_everybody_reads_the_board(client, board):
    page = client.visit("/attivita")
    assert "2 attività" in page.words and "Riordino della biblioteca" in page.words
    assert "sab 6 giu, 10:00–13:00" in page.words and "3 posti liberi in 2 turni" in page.words


def test_filters_make_an_address_that_can_be_shared(client, board):
    page = client.submit("/attivita", {"Che cosa cerchi": "panchine", "Comune": "Valenza"}, button="Applica i filtri")
    assert "1 attività" in page.words and "Panchine a nuovo" in page.words
    assert "parole=panchine" in page.response.request.url
    assert "2 attività" in client.visit(page.link("Togli i filtri")).words


@pytest.mark.parametrize("address, words", [
    ("?giorno=32/1/2026", "Il giorno 32/1/2026 non esiste nel calendario."),
    ("?giorno=31/12/9999", "Controlla l'anno: deve essere tra 2020 e 2099."),
    ("?tipo=gardening", NO_CHOICE),
    ("?comune=x", NO_CHOICE),
    ("?zona=Atlantide", NO_CHOICE),
])
def test_a_wrong_filter_is_explained_and_the_board_still_shows(client, board, address, words):
    page = client.visit(f"/attivita{address}")
    assert (page.status, page.errors) == (422, [words])
    assert "2 attività" in page.words


@pytest.mark.parametrize("address", ["?pagina=0", "?pagina=x", "?pagina=99999999999999999999", "?parole=%00%25_'"])
def test_odd_addresses_are_pages_too(client, board, address):
    assert client.visit(f"/attivita{address}").status == 200


def test_no_result_says_what_to_do(client, board):
    page = client.visit("/attivita?parole=sottomarino")
    assert "Nessuna attività con questi filtri" in page.words and "Togli un filtro" in page.words


def test_pages_keep_the_filters(client, app, board, town):
    with change(app):
        for number in range(15):
            a_shift(a_task(town.alessandria, f"Merenda {number}", category=Category.SOCIAL))
    page = client.visit("/attivita?tipo=social&parole=merenda")
    second = client.visit(page.link("Pagina 2"))
    assert "15 attività" in second.words
    assert len(second.soup.select(".cards > li")) == 3


def test_who_is_not_signed_in_is_asked_to(client, board):
    page = client.visit(f"/attivita/{board.task}")
    assert page.link("Accedi per prenotare") == f"/accedi?next=/attivita/{board.task}"
    assert client.get("/attivita/999").status_code == 404


def test_the_task_page_shows_what_can_be_booked(client, app, board, book, town):
    book(board.last_place, town.bruno)
    with change(app):
        actions.cancel_shift(a_shift(db.session.get(Task, board.task), NOW + 7 * DAY), reason="Sciopero", by=town.tino.row)
    page = client.sign_in(town.anna).visit(f"/attivita/{board.task}")
    assert "Completo" in page.words and "Annullato Sciopero" in page.words
    assert [link["href"] for link in page.soup.select("td a")] == [f"/turni/{board.shift}/prenota"]
    assert "Hai un posto" in client.sign_in(town.bruno).visit(f"/attivita/{board.task}").words


def test_other_towns_and_other_roles_read_why_they_cannot_book(client, board, town):
    there = client.sign_in(town.anna).visit(f"/attivita/{board.there}")
    assert "chi abita a Valenza" in there.words and not there.soup.select("td a")
    assert "Con il tuo ruolo" in client.sign_in(town.tino).visit(f"/attivita/{board.task}").words


def test_a_resident_books_and_keeps_the_receipt(client, board, count, town):
    page = client.sign_in(town.anna).visit(f"/turni/{board.shift}/prenota")
    assert "sabato 6 giugno 2026, 10:00–13:00" in page.words and "2 su 2" in page.words
    receipt = client.submit(page, button=CONFIRM)
    assert (receipt.status, receipt.heading) == (200, "Turno prenotato")
    assert "Piazza Vittorio Veneto 1" in receipt.words and "registra le ore" in receipt.words
    assert client.visit(receipt.path).heading == "Turno prenotato"
    assert client.send(page, button=CONFIRM).headers["Location"] == receipt.path
    assert count(Booking) == 1


def test_the_last_place_is_taken_meanwhile(client, board, book, count, town):
    page = client.sign_in(town.anna).visit(f"/turni/{board.last_place}/prenota")
    book(board.last_place, town.bruno)
    page = client.submit(page, button=CONFIRM)
    assert (page.status, page.errors) == (422, ["Questo turno è completo: l'ultimo posto è stato preso."])
    assert count(Booking) == 1


def test_a_clash_and_a_second_booking_are_refused(client, app, board, town):
    client.sign_in(town.anna)
    with change(app):
        clash = a_shift(db.session.get(Task, board.task), NOW + 5 * DAY + timedelta(hours=1)).id
    first, second, third = (client.visit(f"/turni/{shift}/prenota") for shift in (board.shift, clash, board.shift))
    client.submit(first, button=CONFIRM)
    assert client.submit(second, button=CONFIRM).errors == ["In quelle ore hai già un turno prenotato: 6 giu 2026, 10:00."]
    assert client.submit(third, button=CONFIRM).errors == ["Hai già un posto in questo turno."]


def test_booking_is_for_residents_of_the_town(client, board, town):
    assert client.get(f"/turni/{board.shift}/prenota").headers["Location"].startswith("/accedi?next=/turni/")
    assert client.sign_in(town.tino).get(f"/turni/{board.shift}/prenota").status_code == 403
    assert client.sign_in(town.anna).get(f"/turni/{board.foreign_shift}/prenota").status_code == 404


def test_a_booking_is_given_up(client, board, book, town):
    booking = book(board.shift, town.anna)
    page = client.sign_in(town.anna).submit(f"/prenotazioni/{booking}", button="Disdici la prenotazione")
    assert page.heading == "Prenotazione disdetta"
    assert client.sign_in(town.bruno).get(f"/prenotazioni/{booking}").status_code == 404


def test_a_booking_is_not_given_up_once_the_shift_began(client, board, book, town):
    booking = book(board.shift, town.anna)
    with clock.set_to(NOW + 5 * DAY - timedelta(minutes=1)):
        page = client.sign_in(town.anna).visit(f"/prenotazioni/{booking}")
    with clock.set_to(NOW + 5 * DAY):
        page = client.submit(page, button="Disdici la prenotazione")
        assert (page.status, page.errors) == (422, ["Il turno è già iniziato: non si può più disdire."])
        assert page.link("Registra le ore") == f"/ore/{booking}"


def test_a_host_publishes_a_task_and_its_first_shift(client, board, town):
    page = client.sign_in(town.tino).submit("/ente/attivita/nuova", {
        "Titolo": "Orto a scuola", "In una frase": "Seminiamo con i bambini", "Tipo di attività": "Scuole", "Zona o quartiere": "Pista",
        "Dove ci si trova": "Via Galilei 16"}, button="Pubblica e aggiungi i turni")
    assert page.heading == "Turni: Orto a scuola"
    page = client.submit(page, {"Giorno": "10/6/2026", "Dalle ore": "9", "Alle ore": "12.30", "Posti": "5"}, button="Aggiungi il turno")
    assert "mercoledì 10 giugno 2026, 09:00–12:30" in page.words and "0 su 5" in page.words
    assert "Orto a scuola" in client.visit("/ente/attivita").words
    assert "Orto a scuola" in client.visit("/attivita?parole=orto&giorno=10/6/2026").words


def test_a_task_needs_its_words(client, board, count, town):
    page = client.sign_in(town.tino).submit("/ente/attivita/nuova", {"Titolo": "Orto"}, button="Pubblica")
    assert (page.status, page.errors) == (422, ["Questo campo va compilato."] * 3)
    assert count(Task) == 2


@pytest.mark.parametrize("answers, errors", [
    (("", "25", "", "tanti"), ["Questo campo va compilato.", "Scrivi l'ora così: 9:30.", "Questo campo va compilato.",
                               "Scrivi un numero intero, per esempio 5."]),
    (("31/5/2026", "9", "12", "2"), ["Questo turno sarebbe già iniziato: scegli un giorno o un'ora che deve ancora venire."]),
    (("31/12/9999", "22", "2", "2"), ["Controlla l'anno: deve essere tra 2020 e 2099."]),
    (("28/3/2027", "2:30", "6", "2"), ["Il 28 mar 2027 le 02:30 non ci sono: l'orologio va avanti e le salta. Scrivi un altro orario."]),
])
def test_a_shift_that_cannot_be_is_refused_beside_its_field(client, board, town, answers, errors):
    page = client.sign_in(town.tino).submit(f"/ente/attivita/{board.task}/turni", dict(
        zip(("Giorno", "Dalle ore", "Alle ore", "Posti"), answers, strict=True)), button="Aggiungi il turno")
    assert (page.status, page.errors) == (422, errors)


@pytest.mark.parametrize("choice, hour", [("La prima volta, con l'ora legale", 0), ("La seconda volta, con l'ora solare", 1)])
def test_a_time_that_comes_twice_is_asked_about(client, app, board, town, choice, hour):
    night = {"Giorno": "24/10/2026", "Dalle ore": "22", "Alle ore": "2.30", "Posti": "2"}
    page = client.sign_in(town.tino).submit(f"/ente/attivita/{board.task}/turni", night, button="Aggiungi il turno")
    assert page.errors == ["Scegli se intendi la prima o la seconda volta."]
    page = client.submit(page, {"Quella notte l'ora di fine c'è due volte. Quale?": choice}, button="Aggiungi il turno")
    assert page.status == 200
    with app.app_context():
        shift = db.session.scalar(select(Shift).order_by(Shift.id.desc()).limit(1))
        assert shift.ends_at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


def test_a_host_sees_who_comes_and_calls_a_shift_off(client, board, book, town):
    booking = book(board.shift, town.anna)
    page = client.sign_in(town.tino).visit(f"/ente/attivita/{board.task}/turni")
    assert "Anna F." in page.words and "Ferraris" not in page.words
    page = client.submit(f"/ente/turni/{board.shift}/annulla", button="Annulla il turno")
    assert (page.status, page.errors) == (422, ["Questo campo va compilato."])
    page = client.submit(page, {"Motivo": "Piove forte"}, button="Annulla il turno")
    assert "Annullato Piove forte" in page.words
    receipt = client.sign_in(town.anna).visit(f"/prenotazioni/{booking}")
    assert receipt.heading == "Turno annullato" and "Piove forte Non conta come assenza." in receipt.words


@pytest.mark.parametrize("page", ["/ente/attivita/{there}/turni", "/ente/turni/{foreign_shift}/annulla"])
def test_the_pages_of_another_host_are_not_there(client, board, town, page):
    address = page.format(**vars(board))
    assert client.sign_in(town.tino).get(address).status_code == 404
    assert client.sign_in(town.ugo).get(address).status_code == 200
    assert client.sign_in(town.anna).get(address).status_code == 403


def test_a_host_cannot_publish_for_another_one(client, board, count, town):
    page = client.sign_in(town.tino).visit("/ente/attivita/nuova")
    fields = {field["name"]: field.get("value", "") for field in page.form("Pubblica")[0].select("input")}
    answer = Page(client.post("/ente/attivita/nuova", data=fields | {
        "organisation": town.valenza.organisation_id, "title": "T", "summary": "S", "category": "green", "area": "A", "address": "V"}))
    assert (answer.status, answer.errors) == (422, [NO_CHOICE])
    assert count(Task) == 2


def test_a_host_closes_a_task_without_shifts(client, board, town, app):
    with change(app):
        task = a_task(town.alessandria, "Fiori in piazza").id
    page = client.sign_in(town.tino).submit(f"/ente/attivita/{task}/turni", button="Chiudi l'attività")
    assert "«Fiori in piazza» non è più in bacheca." in page.words
    assert client.get(f"/ente/attivita/{task}/turni").status_code == 200


@pytest.mark.parametrize("address", ["/attivita/99999999999999999999", "/attivita/9999999999", "/attivita?pagina=99999999999999999999"])
def test_a_number_that_no_row_can_have_is_not_an_error(client, board, address):
    assert client.get(address).status_code in (200, 404)
