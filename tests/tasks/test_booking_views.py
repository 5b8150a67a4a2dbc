"""A place is booked, waited for and given up, as residents meet it."""
from datetime import timedelta

from app.base import clock
from app.base.db import db
from app.tasks import actions, queries
from app.tasks.models import Booking, CountsFor, Kind, Shift, Task
from tests.tasks.builders import DAY, HOUR, NOW, a_draft, a_qualification, a_shift, a_task, change

MINUTE = timedelta(minutes=1)
CONFIRM, WAIT, GIVE_UP, CANNOT_COME = "Conferma la prenotazione", "Mettimi in lista d'attesa", "Disdici la prenotazione", "Non posso venire"


def test_who_is_not_signed_in_is_asked_to(client, board):
    page = client.visit(f"/attivita/{board.task}")
    assert page.link("Accedi per prenotare") == f"/accedi?next=/attivita/{board.task}"
    assert client.get("/attivita/999").status_code == 404


def test_the_task_page_shows_what_can_be_booked(client, app, board, book, town):
    book(board.last_place, town.bruno)
    with change(app):
        actions.cancel_shift(a_shift(db.session.get(Task, board.task), NOW + 7 * DAY), reason="Sciopero", by=town.tino.row)
    page = client.sign_in(town.anna).visit(f"/attivita/{board.task}")
    assert "Completo Lista d'attesa" in page.words and "Annullato Sciopero" in page.words
    assert [link["href"] for link in page.soup.select("td a")] == [
        f"/turni/{board.shift}/prenota", f"/turni/{board.last_place}/prenota"]
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


def test_a_shift_that_is_not_on_the_board_yet_is_nobodys_to_see(client, app, board, town):
    with change(app):
        shift = a_shift(a_draft(town.alessandria)).id
    client.sign_in(town.anna)
    assert client.get(f"/turni/{shift}/prenota").status_code == 404
    assert client.get(f"/turni/{board.foreign_shift}/prenota").status_code == 404


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


def test_after_the_cut_off_one_says_that_one_does_not_come(client, board, book, town):
    booking = book(board.shift, town.anna)
    with clock.set_to(NOW + 4 * DAY - MINUTE):
        early = client.sign_in(town.anna).visit(f"/prenotazioni/{booking}")
        assert "Disdici entro il 5 giu 2026, 10:00" in early.words
    with clock.set_to(NOW + 4 * DAY):
        page = client.submit(early, button=GIVE_UP)
        assert (page.status, len(page.errors)) == (422, 1) and "cerchiamo chi ti sostituisce" in page.errors[0]
        page = client.submit(page, button=CANNOT_COME)
    assert page.heading == "Hai avvisato che non vieni" and "L'ente lo sa" in page.words


def test_a_booking_is_not_given_up_once_the_shift_began(client, board, book, town):
    booking = book(board.shift, town.anna)
    with clock.set_to(NOW + 5 * DAY - MINUTE):
        page = client.sign_in(town.anna).visit(f"/prenotazioni/{booking}")
    with clock.set_to(NOW + 5 * DAY):
        page = client.submit(page, button=CANNOT_COME)
        assert (page.status, page.errors) == (422, ["Il turno è già iniziato: ora parla con l'ente."])
        assert page.link("Registra le ore") == f"/ore/{booking}"


def test_the_page_says_every_reason_and_asks_nothing(client, app, board, book, town):
    with change(app):
        course = a_qualification(town.alessandria)
        shift = a_shift(a_task(town.alessandria, "Corso", needs=[course], min_age=60), NOW + 5 * DAY + HOUR).id
    book(board.shift, town.anna)
    page = client.sign_in(town.anna).visit(f"/turni/{shift}/prenota")
    reasons = [item.get_text() for item in page.soup.select(".alert li")]
    assert [words in reason for words, reason in zip(
        ("In quelle ore", "almeno 60 anni", "Sicurezza 4 ore"), reasons, strict=True)] == [True] * 3
    assert not page.soup.main.select("form")
    assert "Sicurezza 4 ore" in client.visit(f"/attivita/{board.task + 2}").words


def test_what_changed_meanwhile_is_said_with_every_reason(client, app, board, book, town):
    page = client.sign_in(town.anna).visit(f"/turni/{board.last_place}/prenota")
    book(board.last_place, town.bruno)
    with change(app):
        actions.set_rules(town.alessandria.row, queries.limits(town.alessandria.id).__class__(daily_min=60), by=town.ada.row)
    page = client.submit(page, button=CONFIRM)
    assert page.status == 422 and ["al giorno" in page.errors[0], "completo" in page.errors[1]] == [True, True]


def test_a_full_shift_has_a_queue_and_an_offer_is_accepted(client, app, board, book, town):
    taken = book(board.last_place, town.bruno)
    page = client.sign_in(town.anna).visit(f"/turni/{board.last_place}/prenota")
    assert "Questo turno è completo" in page.words and "Saresti la prima persona" in page.words
    page = client.submit(page, button=WAIT)
    assert page.heading == "Sei in lista d'attesa" and "Sei la prima persona in lista" in page.words
    assert "In lista, posto 1" in client.visit("/prenotazioni").words
    assert "Sei in lista d'attesa" in client.visit(f"/attivita/{board.task}").words
    client.sign_in(town.bruno).submit(f"/prenotazioni/{taken}", button=GIVE_UP)
    mine = client.sign_in(town.anna).visit("/prenotazioni")
    assert "Rispondi entro il 2 giu 2026, 10:00" in mine.words and "Posti che ti abbiamo offerto" in client.visit("/area-personale").words
    page = client.visit(mine.link("Riordino della biblioteca"))
    assert page.heading == "C'è un posto per te"
    assert client.submit(page, button="Accetta il posto").heading == "Turno prenotato"


def test_who_comes_later_hears_how_many_are_before_and_leaves_again(client, app, board, book, town):
    book(board.last_place, town.bruno)
    with change(app):
        actions.wait(db.session.get(Shift, board.last_place), town.anna.row)
    page = client.sign_in(town.anna).visit(f"/turni/{board.last_place}/prenota")
    assert "Sei già in lista d'attesa" in page.words
    page = client.submit(page.link("Vedi la prenotazione"), button="Esci dalla lista d'attesa")
    assert page.heading == "Non sei più in lista" and "Scegli un altro turno" in page.words


def test_an_offer_that_is_over_is_explained(client, app, board, book, town):
    taken = book(board.last_place, town.bruno)
    with change(app):
        waiting = actions.wait(db.session.get(Shift, board.last_place), town.anna.row).id
        actions.give_up(db.session.get(Booking, taken), by=town.bruno.row)
    with clock.set_to(NOW + DAY - MINUTE):
        page = client.sign_in(town.anna).visit(f"/prenotazioni/{waiting}")
    with clock.set_to(NOW + DAY):
        page = client.submit(page, button="Accetta il posto")
    assert (page.status, page.errors) == (422, ["Questa offerta non vale più. Puoi rimetterti in lista d'attesa."])


def test_one_chooses_what_the_hours_count_for(client, app, board, town):
    with change(app):
        shift = a_shift(a_task(town.alessandria, counts_for=CountsFor.BOTH)).id
    page = client.sign_in(town.anna).visit(f"/turni/{shift}/prenota")
    receipt = client.submit(page, {"Per che cosa vuoi che contino le ore?": "Banca del tempo"}, button=CONFIRM)
    assert "Le ore contano per Banca del tempo" in receipt.words
    assert "Per che cosa vuoi" not in client.visit(f"/turni/{board.shift}/prenota").words


def test_a_choice_that_the_task_no_longer_offers_is_a_reason(client, app, board, town):
    with change(app):
        task = a_task(town.alessandria, counts_for=CountsFor.BOTH)
        shift, number = a_shift(task).id, task.id
    page = client.sign_in(town.anna).visit(f"/turni/{shift}/prenota")
    with change(app):
        db.session.get(Task, number).counts_for = CountsFor.BARATTO
    page = client.submit(page, {"Per che cosa vuoi che contino le ore?": "Banca del tempo"}, button=CONFIRM)
    assert page.errors == ["Le ore di questa attività non contano per questo: Banca del tempo."]


def test_a_moved_shift_is_said_on_every_page(client, app, board, book, town):
    booking = book(board.shift, town.anna)
    with change(app):
        shift = db.session.get(Shift, board.shift)
        actions.move_shift(shift, starts_at=shift.starts_at + HOUR, ends_at=shift.ends_at + HOUR, places=2)
    assert "Spostato" in client.sign_in(town.anna).visit("/prenotazioni").words
    with clock.set_to(NOW + 5 * DAY):
        page = client.sign_in(town.anna).visit(f"/prenotazioni/{booking}")
        assert "L'ente ha spostato questo turno" in page.words and "sabato 6 giugno 2026, 11:00–14:00" in page.words
        assert client.submit(page, button=GIVE_UP).heading == "Prenotazione disdetta"


def test_one_sees_what_is_confirmed_of_oneself(client, app, board, town):
    assert "Non c'è ancora niente" in client.sign_in(town.anna).visit("/requisiti").words
    with change(app):
        actions.confirm(town.anna.row, a_qualification(town.alessandria, "Primo soccorso", Kind.SKILL), by=town.olga.row)
    page = client.visit("/requisiti")
    assert "Primo soccorso Competenza Sempre Olga Prigione" in page.words
    assert "Primo soccorso" not in client.sign_in(town.bruno).visit("/requisiti").words


def test_the_list_of_bookings_is_ones_own_and_says_what_became_of_them(client, app, board, book, town):
    booking = book(board.shift, town.anna)
    client.sign_in(town.anna).submit(f"/prenotazioni/{booking}", button=GIVE_UP)
    page = client.visit("/prenotazioni")
    assert "Nessun turno prenotato" in page.words and "Disdetto" in page.words
    assert "Disdetto" not in client.sign_in(town.bruno).visit("/prenotazioni").words
