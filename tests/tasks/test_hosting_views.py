"""The pages of the hosts."""
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.base.db import db
from app.tasks import actions
from app.tasks.models import Kind, Shift, Task
from tests.pages import Page
from tests.tasks.builders import a_proposal, a_qualification, a_task, change, letters

NO_CHOICE = "Questa scelta non c'è: scegline una dall'elenco."
ORTO = {"Titolo": "Orto a scuola", "In una frase": "Seminiamo con i bambini", "Tipo di attività": "Scuole", "Zona o quartiere": "Pista",
        "Dove ci si trova": "Via Galilei 16"}


def test_a_task_goes_from_the_draft_to_the_board(client, board, town):
    page = client.sign_in(town.tino).submit("/ente/attivita/nuova", ORTO | {
        "Per che cosa contano le ore": "Banca del tempo", "Come ci si arriva": "Autobus 4", "Punto sulla mappa": "44.91305, 8.61502",
        "Si entra senza gradini?": "Sì, senza gradini", "Età minima": "16"}, button="Salva la bozza")
    assert page.heading == "Turni: Orto a scuola" and "È una bozza" in page.words
    task = f"/attivita/{board.there + 1}"
    assert client.get(task).status_code == 404 and "Orto" not in client.visit("/attivita").words
    page = client.submit(page, {"Giorno": "10/6/2026", "Dalle ore": "9", "Alle ore": "12.30", "Posti": "5"}, button="Aggiungi il turno")
    assert "mercoledì 10 giugno 2026, 09:00–12:30" in page.words and "0 su 5" in page.words
    ask = client.visit(page.link("Proponi al Comune"))
    assert "Autobus 4" in ask.words and "Senza gradini" in ask.words and "16 anni" in ask.words
    refused = client.submit(ask, button="Proponi al Comune")
    assert (refused.status, refused.errors) == (422, ["Senza questa dichiarazione il Comune non può accettare l'attività."])
    page = client.submit(refused, {"declared": True}, button="Proponi al Comune")
    assert "Proposta al Comune" in page.words and client.get(task).status_code == 404
    queue = client.sign_in(town.olga).visit("/ufficio/attivita")
    assert "Orto a scuola Biblioteca civica 1 giu 2026, 10:00 Tino Robutti" in queue.words
    assert "Attività proposte da decidere" in client.visit("/area-personale").words
    client.submit(queue.link("Leggi e decidi"), button="Accetta")
    page = client.sign_in(town.tino).submit(f"/ente{task}/turni", button="Apri le prenotazioni")
    assert "da ora si può prenotare" in page.words
    shown = client.visit(task)
    assert "Le ore contano per Banca del tempo" in shown.words and "Autobus 4" in shown.words


def test_a_draft_is_returned_with_a_reason_and_written_anew(client, app, board, town):
    with change(app):
        number = a_proposal(town.alessandria, town.tino.row).id
    decide = client.sign_in(town.olga).visit(f"/ufficio/attivita/{number}")
    assert "Tino Robutti ha dichiarato il 1 giu 2026, 10:00" in decide.words
    page = client.submit(decide, button="Restituisci all'ente")
    assert (page.status, page.errors) == (422, ["Questo campo va compilato."])
    client.submit(decide, {"Motivo": "Manca l'indirizzo"}, button="Restituisci all'ente")
    page = client.sign_in(town.tino).visit(f"/ente/attivita/{number}/turni")
    assert "Il Comune ha restituito l'attività Manca l'indirizzo" in page.words
    page = client.submit(page.link("Modifica la descrizione"), {"Dove ci si trova": "Via Galilei 16"}, button="Salva")
    assert "Le modifiche sono salvate" in page.words


def test_a_decision_on_what_the_host_took_back_meanwhile_says_so(client, app, board, town):
    with change(app):
        number = a_proposal(town.alessandria, town.tino.row).id
    decide = client.sign_in(town.olga).visit(f"/ufficio/attivita/{number}")
    with change(app):
        actions.revise(db.session.get(Task, number), by=town.tino.row)
    late = client.submit(decide, button="Accetta")
    assert late.status == 422 and "lo stato ora è «Bozza»" in late.errors[0]


def test_of_an_open_task_only_the_practical_part_can_be_changed(client, board, town):
    page = client.sign_in(town.tino).visit(f"/ente/attivita/{board.task}/modifica")
    assert "indicazioni pratiche" in page.words and not page.soup.select("[name=title]")
    client.submit(page, {"Come ci si arriva": "Dal cortile"}, button="Salva")
    assert "Dal cortile" in client.visit(f"/attivita/{board.task}").words


def test_a_point_that_is_none_is_refused_beside_its_field(client, board, town):
    page = client.sign_in(town.tino).submit("/ente/attivita/nuova", ORTO | {"Punto sulla mappa": "in piazza"}, button="Salva la bozza")
    assert (page.status, page.errors) == (422, ["Scrivi il punto come lo dà una mappa: 44.91305, 8.61502."])


def test_a_task_asks_for_what_its_comune_can_confirm(client, app, board, town):
    with change(app):
        a_qualification(town.alessandria)
        a_qualification(town.alessandria, "Nuovi arrivati", Kind.GROUP)
        foreign = a_qualification(town.valenza, "Altrove").id
    page = client.sign_in(town.tino).visit("/ente/attivita/nuova")
    assert "Altrove" not in page.words
    answers = ORTO | {"Requisiti di chi partecipa": "Sicurezza 4 ore", "Posti riservati a un gruppo": "Nuovi arrivati"}
    refused = client.submit(page, answers, button="Salva la bozza")
    assert refused.errors == ["Per i posti riservati servono sia il gruppo sia la quota."]
    client.submit(page, answers | {"Quota dei posti riservati, in percento": "50"}, button="Salva la bozza")
    with app.app_context():
        task = db.session.scalar(select(Task).where(Task.title == "Orto a scuola"))
        assert [need.name for need in task.needs] == ["Sicurezza 4 ore"] and task.reserved_for.name == "Nuovi arrivati"
    again = client.visit("/ente/attivita/nuova")
    fields = {field["name"]: field.get("value", "") for field in again.form("Salva la bozza")[0].select("input[type=hidden]")}
    answer = Page(client.post("/ente/attivita/nuova", data=fields | {
        "organisation": town.alessandria.organisation_id, "title": "T", "summary": "S", "category": "green", "counts_for": "baratto",
        "area": "A", "address": "V", "needs": foreign, "reserved_for": "0"}))
    assert (answer.status, answer.errors) == (422, [NO_CHOICE])


def test_a_task_needs_its_words(client, board, count, town):
    page = client.sign_in(town.tino).submit("/ente/attivita/nuova", {"Titolo": "Orto"}, button="Salva la bozza")
    assert (page.status, page.errors) == (422, ["Questo campo va compilato."] * 3)
    assert count(Task) == 2


EVERY_TUESDAY = {"Giorni della settimana": ["martedì"], "Dal giorno": "2/6/2026", "Fino al giorno": "30/6/2026", "Dalle ore": "10",
                 "Tranne questi giorni": "9/6/2026, 16/6/2026", "Alle ore": "12", "Posti": "4"}


def test_a_host_adds_shifts_that_repeat_and_moves_those_that_follow(client, board, book, count, town):
    page = client.sign_in(town.tino).visit(f"/ente/attivita/{board.task}/turni")
    page = client.submit(page.link("Si ripete ogni settimana? Aggiungi tutti i turni insieme"), EVERY_TUESDAY)
    assert "3 turni sono in programma" in page.words and "martedì 23 giugno 2026, 10:00–12:00" in page.words and count(Shift) == 6
    page = client.visit("/ente/turni/5/sposta")
    assert "In tutto sono 2 turni" in page.words
    page = client.submit(page, {"Giorno": "24/6/2026", "Che cosa vuoi cambiare?": "Questo e tutti quelli che seguono"})
    assert "mercoledì 24 giugno 2026, 10:00–12:00" in page.words and "mercoledì 1 luglio 2026, 10:00–12:00" in page.words
    page = client.submit("/ente/turni/5/annulla", {"Motivo": "Ferie", "Che cosa vuoi annullare?": "Questo e tutti quelli che seguono"})
    assert page.words.count("Annullato Ferie") == 2 and count(Shift) == 6


@pytest.mark.parametrize("answers, errors", [
    ({"Giorni della settimana": []}, ["Scegli almeno un giorno della settimana."]),
    ({"Tranne questi giorni": "9/6/2026, boh"}, ["Scrivi il giorno così: 6/6/2026."]),
    ({"Dal giorno": "26/5/2026"}, ["Questo turno sarebbe già iniziato: scegli un giorno o un'ora che deve ancora venire."]),
    ({"Giorni della settimana": ["domenica"], "Dal giorno": "25/10/2026", "Fino al giorno": "25/10/2026", "Dalle ore": "1",
      "Alle ore": "2:30"},
     ["Scegli se intendi la prima o la seconda volta."]),
    ({"Giorni della settimana": ["domenica"], "Dal giorno": "21/3/2027", "Fino al giorno": "4/4/2027", "Dalle ore": "2:30"},
     ["Nella notte del 28 mar 2027 l'orologio cambia, e quell'orario non c'è o c'è due volte. Scegli un altro orario, o metti quel giorno "
      "tra le eccezioni."]),
])
def test_a_rule_that_cannot_be_is_refused_beside_its_field(client, board, count, town, answers, errors):
    page = client.sign_in(town.tino).submit(f"/ente/attivita/{board.task}/ripeti", EVERY_TUESDAY | answers)
    assert (page.status, page.errors) == (422, errors) and count(Shift) == 3


def test_a_double_time_in_a_series_is_answered(client, app, board, town):
    night = EVERY_TUESDAY | {"Giorni della settimana": ["domenica"], "Dal giorno": "18/10/2026", "Fino al giorno": "25/10/2026",
                             "Dalle ore": "1", "Alle ore": "2:30"}
    page = client.sign_in(town.tino).submit(f"/ente/attivita/{board.task}/ripeti", night)
    page = client.submit(page, {"In una di quelle notti l'ora di fine c'è due volte. Quale?": "La seconda volta, con l'ora solare"})
    assert "2 turni sono in programma" in page.words
    with app.app_context():
        assert db.session.scalar(select(Shift.ends_at).order_by(Shift.id.desc()).limit(1)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_moved_shift_keeps_its_people_and_tells_them(client, app, board, book, town):
    book(board.shift, town.anna)
    page = client.sign_in(town.tino).visit(f"/ente/turni/{board.shift}/sposta")
    assert "Anna F." in page.words
    page = client.submit(page, {"Dalle ore": "15", "Alle ore": "17"})
    assert "sabato 6 giugno 2026, 15:00–17:00" in page.words and "Anna F." in page.words
    with app.app_context():
        assert len(letters("moved")) == 1
    assert client.submit(f"/ente/turni/{board.shift}/sposta", {"Posti": "0"}).errors == [
        "I posti presi sono già 1: i posti non possono essere di meno."]


def test_a_whole_task_is_called_off_with_its_shifts(client, board, book, town):
    book(board.shift, town.anna)
    page = client.sign_in(town.tino).visit(f"/ente/attivita/{board.task}/annulla")
    assert "Annulli l'attività e 2 turni in programma." in page.words
    assert client.submit(page).errors == ["Questo campo va compilato."]
    page = client.submit(page, {"Motivo": "La biblioteca chiude"})
    assert "L'attività è annullata" in page.words and "Annullata" in page.words


def test_a_task_without_shifts_is_not_opened(client, app, board, town):
    with change(app):
        task = a_proposal(town.alessandria, town.tino.row)
        actions.accept(task, by=town.olga.row)
        number = task.id
    page = client.sign_in(town.tino).submit(f"/ente/attivita/{number}/turni", button="Apri le prenotazioni")
    assert (page.status, page.errors) == (422, ["Aggiungi almeno un turno, poi apri le prenotazioni."])
    assert "È una bozza" in client.submit(f"/ente/attivita/{number}/turni", button="Riprendi la bozza").words


def test_a_host_sees_who_waits(client, app, board, book, town):
    book(board.last_place, town.bruno)
    with change(app):
        actions.wait(db.session.get(Shift, board.last_place), town.anna.row)
    assert "Bruno C. 1 persona in attesa" in client.sign_in(town.tino).visit(f"/ente/attivita/{board.task}/turni").words


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


@pytest.mark.parametrize("page", [
    "/ente/attivita/{there}/turni", "/ente/attivita/{there}/modifica", "/ente/attivita/{there}/proponi", "/ente/attivita/{there}/ripeti",
    "/ente/attivita/{there}/annulla", "/ente/turni/{foreign_shift}/annulla", "/ente/turni/{foreign_shift}/sposta"])
def test_the_pages_of_another_host_are_not_there(client, board, town, page):
    address = page.format(**vars(board))
    assert client.sign_in(town.tino).get(address).status_code == 404
    assert client.sign_in(town.ugo).get(address).status_code == 200
    assert client.sign_in(town.anna).get(address).status_code == 403


def test_a_host_cannot_publish_for_another_one(client, board, count, town):
    page = client.sign_in(town.tino).visit("/ente/attivita/nuova")
    fields = {field["name"]: field.get("value", "") for field in page.form("Salva la bozza")[0].select("input")}
    answer = Page(client.post("/ente/attivita/nuova", data=fields | {
        "organisation": town.valenza.organisation_id, "title": "T", "summary": "S", "category": "green", "counts_for": "baratto",
        "area": "A", "address": "V"}))
    assert (answer.status, answer.errors) == (422, [NO_CHOICE])
    assert count(Task) == 2


def test_a_host_closes_a_task_without_shifts(client, board, town, app):
    with change(app):
        task = a_task(town.alessandria, "Fiori in piazza").id
    page = client.sign_in(town.tino).submit(f"/ente/attivita/{task}/turni", button="Chiudi l'attività")
    assert "L'attività non è più in bacheca." in page.words
    assert client.get(f"/ente/attivita/{task}/turni").status_code == 200
