"""The pages of the nights: who sees which, and that the web only queues."""
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.base import clock
from app.base.db import db
from app.base.passages import Passage
from app.base.transactions import transaction
from app.baratto.models import Agreement
from app.ledger import jobs as sealer
from app.ledger.models import Account
from app.ledger.queries import seals
from app.people.models import SignIn
from app.reconciliation import jobs
from app.reconciliation.actions import corrections, findings as actions
from app.reconciliation.models import Finding, Night
from app.reconciliation.queries import nights
from app.reconciliation.queries.checks import CHECKS
from app.reconciliation.queries.comparing import Compared, Difference
from app.reconciliation.states import Night as State, Scope
from tests.reconciliation.story import founded

NIGHT = date(2026, 7, 9)
NOW = datetime(2026, 7, 10, 6, tzinfo=UTC)
GONE = "Il movimento %(transfer)s non c'è più: era sotto il sigillo %(seal)s."
FOUND = {
    "seals": Difference("transfer:8", None, None, {"unit": "count", "fault": GONE, "values": {"transfer": 8, "seal": 2}}),
    "balances": Difference("account:7", 120, 180, {"unit": "min", "true_seq": 2, "stored_seq": 2, "transfer": 31}),
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
    return lambda _comune_id, **_scope: Compared(9, 1, [FOUND[name]]) if name in FOUND else Compared(9, 0, [])


def test_the_auditor_reads_what_was_compared_and_what_differs(client, town, nights_done):
    client.sign_in(town.aldo)
    page = client.visit("/notti")
    assert "giovedì 9 luglio 2026" in page.words and "Valenza" not in page.words and "Esegui ora" not in page.words
    page = client.visit(page.link("giovedì 9 luglio 2026"))
    for words in ("Il movimento 8 non c'è più: era sotto il sigillo 2.", "Il primo movimento che non torna è il numero 31.",
                  "La somma dei movimenti è 2 h, il saldo scritto è 3 h.", "Le righe fanno 15,00 €, l'importo scritto è 16,00 €.",
                  "Manca all'ufficio tributi: noi abbiamo inviato 15,00 €, l'ufficio tributi ha applicato 0,00 €.",
                  "Le ore aspettano da 11 giorni.", "Conto del registro 7", "File inviato 1"):
        assert words in page.words.replace("\u00a0", " "), words
    assert "Refresh" not in page.response.headers
    page = client.visit(page.link("Apri Riduzione 3"))
    assert "Le righe fanno 15,00 €, l'importo scritto è 16,00 €." in page.words.replace("\u00a0", " ")
    assert not page.soup.main.select("a.btn, form")


def test_a_night_of_another_comune_is_not_there(client, town, nights_done, app):
    client.sign_in(town.aldo)
    assert client.get(f"/notti/{nights_done[town.valenza.id]}").status_code == 404
    client.sign_in(town.amos)
    with app.app_context():
        finding_id = db.session.scalar(select(Finding.id))
    assert {client.get(f"/notti/differenze/{finding_id}{way}").status_code for way in ("", "/spiega", "/correggi")} == {404}
    assert client.get(f"/notti/esegui/{town.alessandria.id}").status_code == 404


@pytest.mark.parametrize("who", ["anna", "tino", "carla", "olga", "teo"])
def test_others_do_not_see_the_nights(client, town, nights_done, who):
    client.sign_in(getattr(town, who))
    assert {client.get(path).status_code for path in ("/notti", f"/notti/{nights_done[town.alessandria.id]}")} == {403}


def test_the_auditor_reads_and_changes_nothing(client, town, nights_done):
    client.sign_in(town.aldo)
    assert client.get(f"/notti/esegui/{town.alessandria.id}").status_code == 403
    assert {client.get(path).status_code for path in ("/notti/differenze/1/spiega", "/notti/differenze/1/correggi",
                                                       "/notti/correzioni/1")} == {403}


def test_the_administrator_explains_a_difference_with_a_reason(client, town, nights_done, app):
    client.sign_in(town.ada)
    night = client.visit(f"/notti/{nights_done[town.alessandria.id]}")
    form = client.visit(client.visit(night.link("Apri Riduzione 3")).link("Spiega"))
    refused = client.submit(form, {"Spiegazione": "  "}, button="Segna come spiegata")
    assert refused.status == 422 and refused.errors == ["Questo campo va compilato."]
    page = client.submit(refused, {"Spiegazione": "Storno del 3 luglio."}, button="Segna come spiegata")
    assert "Ada Inviziati" in page.words and "Storno del 3 luglio." in page.words and "Spiegata" in page.words
    with app.app_context():
        passage = db.session.scalar(select(Passage).where(Passage.move == "explain"))
        assert (passage.actor_id, passage.reason) == (town.ada.id, "Storno del 3 luglio.")


def test_two_who_explain_at_once_the_second_is_told(client, town, nights_done, app):
    client.sign_in(town.ada)
    page = client.visit(client.visit(f"/notti/{nights_done[town.alessandria.id]}").link("Apri Riduzione 3"))
    form = client.visit(page.link("Spiega"))
    with app.app_context(), transaction():
        actions.explain(db.session.scalar(select(Finding).where(Finding.kind == "offset_lines")), reason="prima", by=town.ada.row)
    late = client.submit(form, {"Spiegazione": "dopo"}, button="Segna come spiegata")
    assert late.status == 422 and "Ada Inviziati" in late.errors[0]


def test_run_now_queues_and_leaves_the_work_to_the_jobs_process(client, town, nights_done, app, monkeypatch):
    monkeypatch.setattr(jobs, "run_due", None)
    client.sign_in(town.ada)
    answers = {"Motivo": "Dopo la correzione", "Quanto controllare del registro": "Tutti i movimenti"}
    with clock.set_to(NOW):
        page = client.submit(f"/notti/esegui/{town.alessandria.id}", answers, button="Esegui ora")
    assert page.path == f"/notti/{nights_done[town.alessandria.id]}"
    assert page.response.headers["Refresh"] == f"5;url={page.path}?aggiorna=si"
    assert "In attesa" in page.words and "Ada Inviziati. Motivo: Dopo la correzione" in page.words
    with app.app_context():
        night = nights.of_date(town.alessandria.id, NIGHT)
        assert (night.state, night.cursor, night.figures, night.scope) == (State.QUEUED, 0, {}, Scope.FULL)


def test_a_night_that_runs_is_not_queued_again_and_shows_how_far_it_is(client, town, nights_done, app):
    with app.app_context(), transaction():
        db.session.execute(update(Night).values(state=State.RUNNING, cursor=4, total=30, figures={}))
    client.sign_in(town.ada)
    with clock.set_to(NOW):
        page = client.submit(f"/notti/esegui/{town.alessandria.id}", {"Motivo": "Subito"}, button="Esegui ora")
    assert page.status == 422 and "non è più possibile" in page.errors[0]
    assert "4 controlli su 30" in client.visit(f"/notti/{nights_done[town.alessandria.id]}").words
    page = client.visit("/notti")
    assert page.response.headers["Refresh"] == "5;url=/notti?aggiorna=si"
    assert "Refresh" not in client.visit(page.link("Ferma l'aggiornamento")).response.headers


def test_every_check_and_subject_has_words(app, nights_done):
    """What the checks can name is what the page can say."""
    from app.reconciliation.views.wording import SUBJECTS, told
    from tests.reconciliation.test_checks import ERRORS
    assert {subject.partition(":")[0] for subject, _sql in ERRORS.values()} <= set(SUBJECTS)
    details = {"unit": "min", "true_seq": 1, "stored_seq": 1, "certificate": 1, "export": 1, "bucket": "unknown_here"}
    of_seals = {"unit": "count", "fault": GONE, "values": {"transfer": 8, "seal": 2}}
    with app.test_request_context():
        for check in CHECKS:
            words = told(Finding(kind=check.name, subject="book:1:EUR", expected=60, found=61,
                                 detail=of_seals if check.name == "seals" else details)).words
            assert words and "%" not in words


def test_a_page_that_loads_itself_again_does_not_prolong_the_sign_in(client, town, nights_done, app):
    def seen():
        with app.app_context():
            return db.session.scalar(select(SignIn.seen_at).where(SignIn.person_id == town.ada.id))

    with clock.set_to(NOW):
        client.sign_in(town.ada)
    for way, later in (("?aggiorna=si", False), ("?aggiorna=no", True)):
        before = seen()
        with clock.set_to(before + timedelta(minutes=10)):
            assert client.get(f"/notti{way}").status_code == 200
        assert (seen() > before) is later
    with clock.set_to(seen() + timedelta(minutes=16)):
        assert client.get("/notti?aggiorna=si").status_code == 302


def test_the_plot_says_in_words_what_its_columns_show(client, town, nights_done, app):
    client.sign_in(town.aldo)
    page = client.visit("/notti")
    said = page.soup.select_one(".plot svg[role=img] > title").text
    assert said.startswith("Notti senza differenze: 0. Con differenze: 1. Non concluse: 0.")
    assert len(page.soup.select(".plot .plot-marked rect")) == len(page.soup.select("table.rows tbody tr")) == 1


def test_the_auditor_sees_the_last_seal(client, town, nights_done, app):
    client.sign_in(town.aldo)
    assert "non ha ancora un sigillo" in client.visit("/notti").words
    with app.app_context():
        town.agree(town.anna)
        sealer.seal_new()
        head = seals.latest().head
        db.session.rollback()
    assert f"{head[:8]} {head[8:16]}" in client.visit("/notti").words


def test_two_people_correct_a_difference_on_the_pages(client, town, nights_done, app):
    with app.app_context():
        finding_id = db.session.scalar(select(Finding.id).where(Finding.kind == "offset_lines"))
    client.sign_in(town.ada)
    page = client.visit(f"/notti/differenze/{finding_id}")
    page = client.submit(page.link("Proponi una correzione"), {"Motivo": "Importo sbagliato"}, button="Proponi la correzione")
    assert "Da decidere" in page.words and "Importo sbagliato" in page.words and not page.soup.select("a[href*=correggi]")
    client.sign_in(town.mara)
    assert "Correzioni da decidere" in client.visit("/area-personale").words
    form = client.visit(client.visit("/notti").link("Correzione 1"))
    refused = client.submit(form, button="Respingi")
    assert refused.status == 422 and "Scrivi il motivo" in refused.errors[0]
    page = client.submit(refused, {"Motivo": "Va bene così"}, button="Respingi")
    assert page.path == f"/notti/differenze/{finding_id}" and "Respinta" in page.words and "Mara Ghilini: Va bene così" in page.words


def test_a_proposal_is_withdrawn_by_its_side_once(client, town, nights_done, app):
    with app.app_context():
        finding_id = db.session.scalar(select(Finding.id).where(Finding.kind == "offset_lines"))
    client.sign_in(town.ada)
    page = client.submit(f"/notti/differenze/{finding_id}/correggi", {"Motivo": "Importo sbagliato"}, button="Proponi la correzione")
    assert "Ritirata" in client.submit(page, button="Ritira la proposta").words
    late = client.submit(page, button="Ritira la proposta")
    assert "Questo modulo era già stato registrato" in late.words or late.status == 422


def test_whoever_proposed_does_not_decide_on_the_page_either(client, town, nights_done, app):
    with app.app_context(), transaction():
        finding = db.session.scalar(select(Finding).where(Finding.kind == "offset_lines"))
        corrections.propose(finding, reason="Importo sbagliato", by=town.mara.row)
    client.sign_in(town.mara)
    page = client.visit("/notti/correzioni/1")
    assert "deve decidere un'altra persona" in page.words and not page.soup.main.select("form")
    client.sign_in(town.marzio)
    assert client.get("/notti/correzioni/1").status_code == 404


def test_a_frozen_account_says_so_where_people_meet_it(client, town, app):
    with app.app_context():
        town.agree(town.anna)
        with transaction():
            db.session.execute(update(Account).where(Account.kind == "committed").values(frozen_at=NOW))
            agreement_id = db.session.scalar(select(Agreement.id))
    for reader in (town.anna, town.olga):
        client.sign_in(reader)
        assert "Stiamo controllando i conti di questo patto" in client.visit(f"/patti/{agreement_id}").words
