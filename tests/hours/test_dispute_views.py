"""Pages of disputes, late hours and many decisions at once."""
from datetime import timedelta

import pytest

from app.base.db import db
from app.hours import actions
from app.hours.models import Attendance
from app.hours.states import Attendance as State
from tests.hours.builders import WORKED, logged, validated, worked
from tests.tasks.builders import NOW, change

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def cut_id(app, town) -> int:
    with change(app):
        return validated(logged(worked(town.alessandria, town.anna)), town.tino, ended_at=WORKED + 2 * HOUR, reason="Via prima").id


def test_a_dispute_from_objection_to_decision(client, town, cut_id):
    page = client.sign_in(town.anna).visit(f"/ore/registrate/{cut_id}")
    page = client.submit(page.link("Non sono d'accordo"), {"Come sono andate le cose": "Ero lì fino alle 13"})
    assert page.heading == "Contestazione: Anna F." and "Si discute di 1 h" in page.words
    address = page.path
    page = client.sign_in(town.tino).visit("/tutor/ore")
    page = client.submit(page.link("Anna F., Riordino della biblioteca"), {"Come sono andate le cose": "Alle 12 era via"})
    assert "Alle 12 era via" in page.words and "Ero lì fino alle 13" in page.words
    page = client.sign_in(town.olga).visit("/ufficio/ore")
    page = client.visit(page.link("Decidi"))
    assert page.path == address
    page = client.submit(page, {"Alle ore": "12:30", "Motivo della decisione": "Metà e metà"}, button="Riconosci queste ore")
    assert "Convalidate" in page.words and "Metà e metà" in page.words
    page = client.sign_in(town.anna).visit(f"/ore/registrate/{cut_id}")
    assert "Non sono d'accordo" not in page.words and "Una parte delle ore è contestata" in page.words


def test_an_officers_no(client, town, cut_id):
    page = client.sign_in(town.anna).submit(f"/ore/registrate/{cut_id}/contesta", {"Come sono andate le cose": "Ero lì"})
    address = page.path
    page = client.sign_in(town.olga).submit(address, {"Motivo della decisione": ""}, button="Non riconoscere le ore")
    assert page.status == 422


@pytest.mark.parametrize("neighbour, status", [("olga", 200), ("oreste", 404), ("bruno", 404), ("anna", 200), ("tino", 200)])
def test_who_reads_a_dispute(client, town, cut_id, neighbour, status):
    client.unread |= {404}
    path = client.sign_in(town.anna).submit(f"/ore/registrate/{cut_id}/contesta", {"Come sono andate le cose": "Ero lì"}).path
    assert client.sign_in(getattr(town, neighbour)).get(path).status_code == status


def test_late_hours_at_the_office(app, client, town):
    with change(app):
        first, second = (logged(worked(town.alessandria, town.anna, NOW - days * DAY)).id for days in (9, 10))
    client.unread |= {404}
    assert client.sign_in(town.oreste).get(f"/ufficio/ore/{first}").status_code == 404
    page = client.sign_in(town.olga).submit(f"/ufficio/ore/{first}", button="Accetta")
    assert "Ore accettate" in page.soup.text
    page = client.submit(f"/ufficio/ore/{second}", {"Motivo": "Troppo tardi"}, button="Non accettare")
    assert "Niente da decidere" in page.words
    with change(app):
        assert [db.session.get(Attendance, number).state for number in (first, second)] == [State.SUBMITTED, State.REJECTED]


def test_many_at_once_are_seen_before_and_validated_together(app, client, town):
    with change(app):
        ids = [logged(worked(town.alessandria, neighbour)).id for neighbour in (town.anna, town.bruno)]
    assert len(client.sign_in(town.tino).visit("/tutor/ore").soup.select("[form=together][name=scelte]")) == 2
    page = client.visit(f"/tutor/ore/insieme?scelte={ids[0]}&scelte={ids[1]}")
    assert "Totale" in page.words and "6 h" in page.words
    page = client.submit(page, button="Convalida 2 turni")
    assert "Hai convalidato 2 turni" in page.soup.text
    with change(app):
        assert {db.session.get(Attendance, number).state for number in ids} == {State.VALIDATED}


def test_what_cannot_be_validated_is_left_out_of_the_preview(app, client, town):
    with change(app):
        first = logged(worked(town.alessandria, town.anna)).id
        foreign = logged(worked(town.valenza, town.vera)).id
        done = validated(logged(worked(town.alessandria, town.bruno)), town.tino).id
    page = client.sign_in(town.tino).visit(f"/tutor/ore/insieme?scelte={first}&scelte={foreign}&scelte={done}")
    assert "Convalida un turno" in page.words and "Vera" not in page.words and "Bruno" not in page.words
    with change(app):
        actions.reject(db.session.get(Attendance, first), reason="No", by=town.tino.row)
    assert "Hai convalidato 0 turni" in client.submit(page, button="Convalida un turno").soup.text


def test_a_tutor_takes_his_validation_back(app, client, town, cut_id):
    page = client.sign_in(town.tino).submit(f"/tutor/ore/{cut_id}/riapri", {"Motivo": "Ho sbagliato riga"})
    assert "Da convalidare" in page.words


def test_the_rule_for_logging(client, town):
    page = client.sign_in(town.ada).submit("/regole/ore", {"Giorni per registrare le ore dopo il turno": "14"})
    assert page.soup.select_one("[name=log_days]")["value"] == "14"
    assert client.submit(page, {"Giorni per registrare le ore dopo il turno": "366"}).status == 422
