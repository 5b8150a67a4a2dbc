"""The pages of the office: what it confirms, of whom, and the rules of a comune."""
from datetime import date

import pytest

from app.base import clock
from app.base.db import db
from app.tasks import actions, queries
from app.tasks.models import QualificationHeld, Task
from tests.tasks.builders import HOUR, NOW, a_proposal, a_qualification, change


def test_the_office_adds_a_requirement_and_confirms_it(client, board, count, town):
    page = client.sign_in(town.olga).visit("/ufficio/requisiti")
    page = client.submit(page, {"Che cos'è": "Corso", "Nome": "Sicurezza 4 ore"}, button="Aggiungi il requisito")
    assert "Sicurezza 4 ore Corso" in page.words
    assert client.submit(page, {"Che cos'è": "Corso", "Nome": "Sicurezza 4 ore"}, button="Aggiungi il requisito").errors == [
        "Questo requisito c'è già."]
    found = client.submit("/ufficio/requisiti", {"Nome o cognome": "ferraris"}, button="Cerca")
    assert "Cavanna" not in found.words
    page = client.visit(found.link("Apri Anna Ferraris"))
    assert "12 mar 1986" in page.words
    refused = client.submit(page, {"Che cosa confermi": "Corso: Sicurezza 4 ore"}, button="Conferma")
    assert refused.errors == ["Un corso ha una scadenza: scrivi fino a quando vale."]
    page = client.submit(refused, {"Che cosa confermi": "Corso: Sicurezza 4 ore", "Vale fino al": "31/12/2026"}, button="Conferma")
    assert "Sicurezza 4 ore Corso 31 dic 2026 Olga Prigione" in page.words
    page = client.submit(page, button="Ritira")
    assert "Il requisito non vale più." in page.words and count(QualificationHeld) == 1 and not page.soup.select("table")


def test_nobody_is_found_and_nothing_is_there_yet(client, board, town):
    assert "Nessuno con questo nome" in client.sign_in(town.olga).visit("/ufficio/requisiti?parole=zzz").words
    assert "non ha ancora requisiti" in client.visit(f"/ufficio/requisiti/{town.anna.id}").words


def test_another_comunes_people_and_confirmations_are_not_there(client, app, board, town):
    with change(app):
        held = actions.confirm(town.anna.row, a_qualification(town.alessandria, kind="skill"), by=town.olga.row).id
    assert client.sign_in(town.oreste).get(f"/ufficio/requisiti/{town.anna.id}").status_code == 404
    page = client.sign_in(town.olga).visit(f"/ufficio/requisiti/{town.anna.id}")
    client.sign_in(town.oreste)
    assert client.send(page, button="Ritira").status_code in (400, 404)
    with app.app_context():
        assert queries.held_by(town.anna.row, seen_by=town.anna.row)[0].id == held


def test_a_proposal_of_another_comune_is_a_404(client, app, board, town):
    with change(app):
        number = a_proposal(town.alessandria, town.tino.row).id
    assert client.sign_in(town.oreste).get(f"/ufficio/attivita/{number}").status_code == 404
    assert "Non c'è niente da decidere" in client.visit("/ufficio/attivita").words
    assert client.sign_in(town.anna).get("/ufficio/attivita").status_code == 403


def test_the_office_sees_what_expires(client, app, board, town):
    with change(app):
        course = a_qualification(town.alessandria)
        actions.confirm(town.anna.row, course, last_day=date(2026, 6, 20), by=town.olga.row)
        actions.confirm(town.bruno.row, course, last_day=date(2026, 9, 1), by=town.olga.row)
    page = client.sign_in(town.olga).visit("/ufficio/requisiti")
    assert "In scadenza" in page.words and "Ferraris Anna Sicurezza 4 ore 20 giu 2026" in page.words and "1 set 2026" not in page.words
    assert client.visit(page.link("Ferraris Anna")).heading == "Requisiti di Anna Ferraris"
    assert "In scadenza" not in client.sign_in(town.oreste).visit("/ufficio/requisiti").words


def test_a_decision_on_words_that_changed_meanwhile_is_asked_again(client, app, board, town):
    with change(app):
        task = a_proposal(town.alessandria, town.tino.row)
        number = task.id
    page = client.sign_in(town.olga).visit(f"/ufficio/attivita/{number}")
    with clock.set_to(NOW + HOUR), change(app):
        task = db.session.get(Task, number)
        actions.revise(task, by=town.tino.row)
        actions.edit(task, summary="Un altro lavoro")
        actions.propose(task, declared=True, by=town.tino.row)
    again = client.submit(page, button="Accetta")
    assert again.status == 422 and "rileggila" in again.errors[0] and "Un altro lavoro" in again.words
    assert "è accettata" in client.submit(again, button="Accetta").words


def test_the_comune_sets_its_rules(client, app, board, town):
    page = client.sign_in(town.ada).visit("/bacheca/regole")
    page = client.submit(page, {"Ore al giorno, al massimo": "2", "Si disdice fino a quanto prima dell'inizio": "48"},
                         button="Salva le regole")
    assert "Le regole valgono da ora" in page.words
    with app.app_context():
        limits = queries.limits(town.alessandria.id)
        assert (limits.daily_min, limits.cutoff_min, limits.yearly_min) == (120, 2880, 24_000)
    page = client.sign_in(town.anna).visit(f"/turni/{board.shift}/prenota")
    assert "Il 6 giu 2026 supereresti il limite di 2 h al giorno" in page.words


@pytest.mark.parametrize("answers, errors", [
    ({"Ore al giorno, al massimo": "0"}, 1), ({"Si prenota da quanti giorni prima": "0"}, 1),
    ({"Si prenota da quanti giorni prima": "99999999999"}, 1), ({"Si disdice fino a quanto prima dell'inizio": "9999"}, 1),
    ({"Ore all'anno, al massimo": "", "Quanto vale l'offerta di un posto liberato": "boh"}, 2),
])
def test_a_rule_without_sense_is_refused(client, board, town, answers, errors):
    page = client.sign_in(town.ada).submit("/bacheca/regole", answers, button="Salva le regole")
    assert page.status == 422 and len(page.errors) == errors
