"""The pages of the nights: who sees which, and that the web only queues."""
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.base import clock
from app.base.db import db
from app.base.passages import Passage
from app.base.transactions import transaction
from app.reconciliation import actions, jobs
from app.reconciliation.models import Finding, Night
from app.reconciliation.queries import nights
from app.reconciliation.queries.checks import CHECKS
from app.reconciliation.queries.comparing import Compared, Difference
from app.reconciliation.states import Night as State
from tests.reconciliation.story import founded

NIGHT = date(2026, 7, 9)
NOW = datetime(2026, 7, 10, 6, tzinfo=UTC)
FOUND = {
    "balances": Difference("account:7", 120, 180, {"unit": "min", "true_seq": 2, "stored_seq": 2}),
    "offset_lines": Difference("tax_offset:3", 1500, 1600, {"unit": "cents"}),
    "feed": Difference("tax_position:4", 1500, 0, {"unit": "cents", "bucket": "missing_there"}),
    "hours_waiting": Difference("attendance:5", 10, 11, {"unit": "days"}),
    "export_files": Difference("tax_export:1", None, None, {"unit": "count"}),
}


@pytest.fixture
def nights_done(app, town, monkeypatch):
    """Alessandria's night found one difference of each unit; Valenza's none. By comune: the night's id."""
    for place in (town.alessandria, town.valenza):
        with app.app_context(), clock.set_to(NOW):
            with transaction():
                founded(place.id, NOW - timedelta(days=1))
            monkeypatch.setattr(jobs, "CHECKS", tuple(check._replace(compare=_finds(check.name if place is town.alessandria else ""))
                                                      for check in CHECKS))
            jobs.run_due(comune=place.name)
    with app.app_context():
        return dict(db.session.execute(select(Night.comune_id, Night.id)).all())


def _finds(name):
    return lambda _comune_id: Compared(9, 1, [FOUND[name]]) if name in FOUND else Compared(9, 0, [])


def test_the_auditor_reads_what_was_compared_and_what_differs(client, town, nights_done):
    client.sign_in(town.aldo)
    page = client.visit("/notti")
    assert "giovedì 9 luglio 2026" in page.words and "Valenza" not in page.words and "Esegui ora" not in page.words
    page = client.visit(page.link("giovedì 9 luglio 2026"))
    for words in ("La somma dei movimenti è 2 h, il saldo scritto è 3 h.", "Le righe fanno 15,00 €, l'importo scritto è 16,00 €.",
                  "Manca all'ufficio tributi: noi abbiamo inviato 15,00 €, l'ufficio tributi ha applicato 0,00 €.",
                  "Le ore aspettano da 11 giorni.", "Conto del registro 7", "File inviato 1"):
        assert words in page.words.replace("\u00a0", " "), words
    assert "Spiega" not in [link.text.split()[0] for link in page.soup.main.select("a")]
    assert "Refresh" not in page.response.headers


def test_a_night_of_another_comune_is_not_there(client, town, nights_done, app):
    client.sign_in(town.aldo)
    assert client.get(f"/notti/{nights_done[town.valenza.id]}").status_code == 404
    client.sign_in(town.amos)
    with app.app_context():
        finding_id = db.session.scalar(select(Finding.id))
    assert client.get(f"/notti/differenze/{finding_id}").status_code == 404
    assert client.get(f"/notti/esegui/{town.alessandria.id}").status_code == 404


@pytest.mark.parametrize("who", ["anna", "tino", "carla", "olga", "teo"])
def test_others_do_not_see_the_nights(client, town, nights_done, who):
    client.sign_in(getattr(town, who))
    assert {client.get(path).status_code for path in ("/notti", f"/notti/{nights_done[town.alessandria.id]}")} == {403}


def test_the_auditor_reads_and_changes_nothing(client, town, nights_done):
    client.sign_in(town.aldo)
    assert client.get(f"/notti/esegui/{town.alessandria.id}").status_code == 403
    assert client.get("/notti/differenze/1").status_code == 403


def test_the_administrator_explains_a_difference_with_a_reason(client, town, nights_done, app):
    client.sign_in(town.ada)
    night = client.visit(f"/notti/{nights_done[town.alessandria.id]}")
    form = client.visit(night.link("Spiega Riduzione 3"))
    refused = client.submit(form, {"Spiegazione": "  "}, button="Segna come spiegata")
    assert refused.status == 422 and refused.errors == ["Questo campo va compilato."]
    page = client.submit(refused, {"Spiegazione": "Storno del 3 luglio."}, button="Segna come spiegata")
    assert "Ada Inviziati" in page.words and "Storno del 3 luglio." in page.words and "Spiegata" in page.words
    with app.app_context():
        passage = db.session.scalar(select(Passage).where(Passage.move == "explain"))
        assert (passage.actor_id, passage.reason) == (town.ada.id, "Storno del 3 luglio.")


def test_two_who_explain_at_once_the_second_is_told(client, town, nights_done, app):
    client.sign_in(town.ada)
    form = client.visit(client.visit(f"/notti/{nights_done[town.alessandria.id]}").link("Spiega Riduzione 3"))
    with app.app_context(), transaction():
        actions.explain(db.session.scalar(select(Finding).where(Finding.kind == "offset_lines")), reason="prima", by=town.ada.row)
    late = client.submit(form, {"Spiegazione": "dopo"}, button="Segna come spiegata")
    assert late.status == 422 and "Ada Inviziati" in late.errors[0]


def test_run_now_queues_and_leaves_the_work_to_the_jobs_process(client, town, nights_done, app, monkeypatch):
    monkeypatch.setattr(jobs, "run_due", None)
    client.sign_in(town.ada)
    with clock.set_to(NOW):
        page = client.submit(f"/notti/esegui/{town.alessandria.id}", {"Motivo": "Dopo la correzione"}, button="Esegui ora")
    assert page.path == f"/notti/{nights_done[town.alessandria.id]}" and page.response.headers["Refresh"] == "5"
    assert "In attesa" in page.words and "Ada Inviziati. Motivo: Dopo la correzione" in page.words
    with app.app_context():
        night = nights.of_date(town.alessandria.id, NIGHT)
        assert (night.state, night.cursor, night.figures) == (State.QUEUED, 0, {})


def test_a_night_that_runs_is_not_queued_again_and_shows_how_far_it_is(client, town, nights_done, app):
    with app.app_context(), transaction():
        db.session.execute(update(Night).values(state=State.RUNNING, cursor=4, total=30, figures={}))
    client.sign_in(town.ada)
    with clock.set_to(NOW):
        page = client.submit(f"/notti/esegui/{town.alessandria.id}", {"Motivo": "Subito"}, button="Esegui ora")
    assert page.status == 422 and "non è più possibile" in page.errors[0]
    assert "4 controlli su 30" in client.visit(f"/notti/{nights_done[town.alessandria.id]}").words
    assert client.get("/notti").headers["Refresh"] == "5"


def test_every_check_and_subject_has_words(app, nights_done):
    """What the checks can name is what the page can say."""
    from app.reconciliation.views import SUBJECTS, told
    from tests.reconciliation.test_checks import ERRORS
    assert {subject.partition(":")[0] for subject, _sql in ERRORS.values()} <= set(SUBJECTS)
    details = {"unit": "min", "true_seq": 1, "stored_seq": 1, "certificate": 1, "export": 1, "bucket": "unknown_here"}
    with app.test_request_context():
        for check in CHECKS:
            words = told(Finding(kind=check.name, subject="unit:EUR", expected=60, found=61, detail=details)).words
            assert words and "%" not in words
