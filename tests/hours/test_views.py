"""Hours from the first step to the certificate, as people meet them."""
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.base import clock
from app.base.db import db
from app.hours import actions
from app.hours.models import Attendance, Certificate
from app.people import actions as people
from app.tasks.models import Booking
from tests.hours.builders import WORKED, an_agreement, logged, validated, worked
from tests.tasks.builders import NOW, change

DAY = timedelta(days=1)
NEXT, SEND = "Avanti: controlla", "Invia le ore"


@pytest.fixture
def booking(app, town) -> int:
    with change(app):
        return worked(town.alessandria, town.anna).id


@pytest.fixture
def attendance(app, booking) -> int:
    with change(app):
        return logged(db.session.get(Booking, booking), break_min=15, note="Scaffale dei gialli").id


@pytest.fixture
def count(app):
    def count(model) -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(model))
    return count


def test_hours_are_logged_in_two_steps_and_kept_only_at_the_end(client, booking, count, town):
    page = client.sign_in(town.anna).visit(client.visit("/ore").link("Registra le ore"))
    assert "sabato 30 maggio 2026, 10:00–13:00" in page.words
    summary = client.submit(page, {"Dalle ore": "10.05", "Alle ore": "1300", "Pausa": "30", "Nota per il tutor": "Gialli"}, button=NEXT)
    assert (summary.status, summary.heading, summary.path) == (200, "Controlla le ore", f"/ore/{booking}/riepilogo")
    for words in ("sabato 30 maggio 2026, 10:05", "sabato 30 maggio 2026, 13:00", "30 min", "2 h 25 min", "Gialli"):
        assert words in summary.words
    assert count(Attendance) == 0
    receipt = client.submit(summary, button=SEND)
    assert receipt.heading == "Ore registrate" and "2 h 25 min" in receipt.words and "Da convalidare" in receipt.words
    assert client.visit(receipt.path).heading == "Ore registrate"


def test_change_goes_back_with_the_answers(client, booking, town):
    summary = client.sign_in(town.anna).submit(f"/ore/{booking}", {"Dalle ore": "10.05", "Pausa": "0:30"}, button=NEXT)
    page = client.submit(summary, button="Modifica")
    assert page.heading == "Registra le ore"
    assert [page.soup.find("input", {"name": name})["value"] for name in ("day", "start", "end", "break_min")] == [
        "30/5/2026", "10.05", "13:00", "0:30"]
    assert "2 h 25 min" in client.submit(client.submit(page, {"Alle ore": "13"}, button=NEXT), button=SEND).words


def test_sent_twice_and_sent_again_from_the_back_button_is_one_receipt(client, booking, count, town):
    first = client.sign_in(town.anna).visit(f"/ore/{booking}")
    summary = client.submit(first, button=NEXT)
    receipt = client.submit(summary, button=SEND)
    assert client.send(summary, button=SEND).headers["Location"] == receipt.path
    assert client.submit(first, {"Pausa": "45"}, button=NEXT).path == receipt.path
    assert client.get(f"/ore/{booking}").headers["Location"] == receipt.path
    assert count(Attendance) == 1


@pytest.mark.parametrize("answers, error", [
    ({"Alle ore": "9"}, "Queste ore non sono ancora passate: si registrano dopo il turno."),
    ({"Alle ore": ""}, "Questo campo va compilato."),
    ({"Dalle ore": "9:59"}, "Il turno è iniziato il 30 mag 2026, 10:00: le ore di prima non contano."),
    ({"Dalle ore": "10:75"}, "Scrivi l'ora così: 9:30."),
    ({"Dalle ore": "13", "Alle ore": "14"}, "Il turno è finito il 30 mag 2026, 13:00: le ore devono iniziare prima."),
    ({"Giorno": "31/12/9999"}, "Controlla l'anno: deve essere tra 2020 e 2099."),
    ({"Pausa": "3:00"}, "La pausa deve essere più corta delle ore svolte."),
    ({"Pausa": "0,30"}, "Scrivi la pausa in minuti, per esempio 30, oppure così: 0:30."),
    ({"Nota per il tutor": "a" * 501}, "È troppo lungo: al massimo 500 caratteri."),
])
def test_hours_that_cannot_be_are_refused_at_the_first_step(client, booking, count, town, answers, error):
    with clock.set_to(WORKED + timedelta(hours=22)):
        page = client.sign_in(town.anna).submit(f"/ore/{booking}", answers, button=NEXT)
    assert (page.status, page.errors, page.heading) == (422, [error], "Registra le ore")
    assert count(Attendance) == 0


def test_the_server_does_not_trust_the_check_page(client, booking, count, town):
    summary = client.sign_in(town.anna).submit(f"/ore/{booking}", button=NEXT)
    page = client.submit(summary, {"end": "23:00"}, button=SEND)
    assert page.status == 200 and "13 h" in page.words                      # a longer day is possible: the tutor decides
    assert count(Attendance) == 1
    assert client.get(f"/ore/{booking}/riepilogo").status_code == 303


def test_hidden_answers_are_checked_again(client, booking, count, town):
    summary = client.sign_in(town.anna).submit(f"/ore/{booking}", button=NEXT)
    page = client.submit(summary, {"start": "7:00"}, button=SEND)
    assert page.status == 422 and "le ore di prima non contano" in page.errors[0]
    assert count(Attendance) == 0


@pytest.mark.parametrize("choice, total", [("La prima volta, con l'ora legale", "4 h 30 min"),
                                           ("La seconda volta, con l'ora solare", "5 h 30 min")])
def test_the_night_when_an_hour_comes_twice(client, app, town, choice, total):
    start = datetime(2026, 10, 24, 20, tzinfo=UTC)                            # 22:00 in Italy, to 5:00
    with change(app):
        booking = worked(town.alessandria, town.anna, start, hours=8).id
    with clock.set_to(start + DAY):
        page = client.sign_in(town.anna).submit(f"/ore/{booking}", {"Alle ore": "2:30"}, button=NEXT)
        assert (page.status, page.errors) == (422, ["Scegli se intendi la prima o la seconda volta."])
        summary = client.submit(page, {"Quella notte l'ora di fine c'è due volte. Quale?": choice}, button=NEXT)
        assert "domenica 25 ottobre 2026, 02:30" in summary.words and total in summary.words
        assert choice.split(",")[0].lower() in summary.words
        assert total in client.submit(summary, button=SEND).words


def test_the_night_when_an_hour_is_skipped(client, app, town):
    start = datetime(2026, 3, 28, 21, tzinfo=UTC)                             # 22:00 in Italy, to 6:00
    with change(app):
        booking = worked(town.alessandria, town.anna, start, hours=7).id
    with clock.set_to(start + DAY):
        page = client.sign_in(town.anna).submit(f"/ore/{booking}", {"Alle ore": "2:30"}, button=NEXT)
        assert page.status == 422 and "non ci sono: l'orologio va avanti" in page.errors[0]
        summary = client.submit(page, {"Alle ore": "6"}, button=NEXT)
        assert "7 h" in summary.words and "domenica 29 marzo 2026, 06:00" in summary.words


def test_ones_own_hours_only(client, booking, attendance, town):
    for address in (f"/ore/{booking}", f"/ore/registrate/{attendance}"):
        assert client.sign_in(town.bruno).get(address).status_code == 404
        assert client.sign_in(town.vera).get(address).status_code == 404
    assert client.sign_in(town.carla).get(f"/ore/{booking}").status_code == 403
    page = client.visit(f"/ore/registrate/{attendance}")          # the certifier reads what she certifies, and is offered nothing to do
    assert "Anna F." in page.words and "Ferraris" not in page.words and "Che cosa succede ora" not in page.words


def test_a_tutor_validates_with_one_press(client, attendance, town):
    page = client.sign_in(town.tino).visit("/tutor/ore")
    assert "Anna F." in page.words and "Ferraris" not in page.words
    assert "2 h 45 min pausa 15 min" in page.words and "Scaffale dei gialli" in page.words
    page = client.submit(page, button="Convalida 2 h 45 min di Anna F.")
    assert page.path == "/tutor/ore" and "Registrate 2 h 45 min di Anna F." in page.words
    assert "Tino Robutti" in client.sign_in(town.anna).visit(f"/ore/registrate/{attendance}").words


def test_hours_that_wait_for_more_than_ten_days_are_marked(client, attendance, town):
    assert "In ritardo" not in client.sign_in(town.tino).visit("/tutor/ore").words
    with clock.set_to(NOW + 11 * DAY):
        assert "In ritardo" in client.sign_in(town.tino).visit("/tutor/ore").words


def test_a_tutor_changes_hours_with_a_reason_and_corrects_them_later(client, attendance, town):
    client.sign_in(town.tino)
    page = client.submit(f"/tutor/ore/{attendance}", {"Alle ore": "12"}, button="Convalida queste ore")
    assert (page.status, page.errors) == (422, ["Hai cambiato le ore: scrivi il motivo, lo leggerà anche la persona."])
    page = client.submit(page, {"Motivo, se cambi le ore": "Andata via alle 12"}, button="Convalida queste ore")
    assert "Registrate 1 h 45 min di Anna F." in page.words
    page = client.submit(f"/tutor/ore/{attendance}", {"Pausa": "0", "Motivo, se cambi le ore": "Niente pausa"}, button="Correggi le ore")
    assert "Registrate 2 h di Anna F." in page.words
    history = client.sign_in(town.anna).visit(f"/ore/registrate/{attendance}").words
    assert history.index("Andata via alle 12") < history.index("Niente pausa")


def test_a_tutor_rejects_hours_with_a_reason(client, attendance, booking, town):
    page = client.sign_in(town.tino).submit(f"/tutor/ore/{attendance}", button="Respingi le ore")
    assert (page.status, page.errors) == (422, ["Questo campo va compilato."])
    page = client.submit(page, {"reason": "Non c'eri"}, button="Respingi le ore")
    assert "Hai respinto le ore di Anna F." in page.words
    mine = client.sign_in(town.anna).visit("/ore")
    assert "Respinte Non c'eri" in mine.words and mine.link("Registra le ore") == f"/ore/{booking}"


def test_the_second_tutor_is_told_who_did_it(client, app, attendance, town):
    client.sign_in(town.tino)
    queue, page = client.visit("/tutor/ore"), client.visit(f"/tutor/ore/{attendance}")
    with change(app):
        validated(db.session.get(Attendance, attendance), town.tino)
    for stale, button in ((queue, "Convalida 2 h 45 min di Anna F."), (page, "Convalida queste ore"), (page, "Respingi le ore")):
        answers = {"reason": "Perché sì"} if button == "Respingi le ore" else {}
        answer = client.submit(stale, answers, button=button)
        assert answer.status == 422 and "Lo ha cambiato Tino Robutti il 1 giu 2026, 10:00" in answer.errors[0]


def test_a_tutor_does_not_decide_on_his_family(client, app, attendance, town):
    with change(app):
        household = people.open_household(town.alessandria.row).id
        town.anna.row.household_id = town.tino.row.household_id = household
    page = client.sign_in(town.tino).submit("/tutor/ore", button="Convalida 2 h 45 min di Anna F.")
    assert (page.status, page.errors) == (422, ["La pratica riguarda te o la tua famiglia: deve occuparsene un'altra persona."])


@pytest.mark.parametrize("neighbour, status", [("ugo", 404), ("anna", 403), ("carla", 403), ("tino", 200)])
def test_hours_are_decided_by_the_hosts_tutors(client, attendance, town, neighbour, status):
    assert client.sign_in(getattr(town, neighbour)).get(f"/tutor/ore/{attendance}").status_code == status


@pytest.fixture
def agreement(app, town) -> int:
    """An agreement with three validated hours."""
    with change(app):
        agreement = an_agreement(town, town.anna)
        validated(logged(worked(town.alessandria, town.anna)), town.tino)
        return agreement.id


def test_a_certifier_issues_a_certificate(client, agreement, count, town):
    page = client.sign_in(town.carla).visit("/certificati")
    assert "Anna Ferraris" in page.words
    page = client.visit(page.link("Prepara l'attestato Anna Ferraris"))
    assert "30 mag 2026" in page.words and "Totale 3 h" in page.words
    certificate = client.submit(page, button="Rilascia l'attestato")
    assert certificate.heading == "Attestato 1/2026"
    assert "3 h (180 minuti)" in certificate.words and "Tino Robutti" in certificate.words and "Carla Mussa" in certificate.words
    assert client.send(page, button="Rilascia l'attestato").headers["Location"] == certificate.path
    assert count(Certificate) == 1
    assert client.get(f"/certificati/patto/{agreement}").status_code == 404
    assert client.sign_in(town.anna).visit("/ore").link("Attestato 1/2026") == certificate.path


def test_hours_that_change_meanwhile_are_shown_before_they_are_locked(client, app, agreement, count, town):
    page = client.sign_in(town.carla).visit(f"/certificati/patto/{agreement}")
    with change(app):
        attendance = db.session.scalar(select(Attendance))
        actions.correct(attendance, started_at=attendance.started_at, ended_at=attendance.ended_at, break_min=30, reason="Pausa",
                        by=town.tino.row)
    page = client.submit(page, button="Rilascia l'attestato")
    assert page.status == 422 and "ricontrolla l'elenco" in page.errors[0] and "Totale 2 h 30 min" in page.words
    assert count(Certificate) == 0
    assert client.submit(page, button="Rilascia l'attestato").heading == "Attestato 1/2026"


@pytest.mark.parametrize("neighbour, page, certificate", [
    ("anna", 403, 200), ("carla", 200, 200), ("teo", 403, 200), ("tino", 403, 404), ("bruno", 403, 404), ("clio", 404, 404),
    ("tullia", 403, 404)])
def test_who_may_see_and_issue_certificates(client, app, agreement, town, neighbour, page, certificate):
    assert client.sign_in(getattr(town, neighbour)).get(f"/certificati/patto/{agreement}").status_code == page
    with change(app):
        issued = actions.certify(agreement, by=town.carla.row).id
    assert client.get(f"/certificati/{issued}").status_code == certificate
