"""Certificates as certifiers, residents and strangers meet them."""
import re

import pytest
from sqlalchemy import select

from app.base.db import db
from app.hours import actions
from app.hours.models import Certificate
from tests.hours.builders import WORKED, an_agreement, logged, validated, worked
from tests.hours.test_certificates import DAY
from tests.tasks.builders import change


@pytest.fixture
def certificate(app, town) -> Certificate:
    """Two shifts of Anna's, certified; detached, for its number and code."""
    with change(app):
        agreement = an_agreement(town, town.anna)
        for day in (0, 1):
            validated(logged(worked(town.alessandria, town.anna, WORKED - day * DAY)), town.tino)
        certificate = actions.certify(agreement.id, by=town.carla.row)
        db.session.expunge(certificate)
        return certificate


def annul(app, town, number: int) -> None:
    with change(app):
        actions.annul(db.session.get(Certificate, number), reason="Motivo segreto", by=town.carla.row)


def test_a_stranger_with_the_paper_confirms_it_and_learns_nothing_else(client, certificate):
    page = client.visit(f"/verifica/{certificate.code}")
    assert "L'attestato è vero e vale." in page.words
    assert "1/2026" in page.words and "lunedì 1 giugno 2026" in page.words and "6 h (360 minuti)" in page.words
    for word in ("Anna", "Ferraris", "Carla", "Mussa", "Tino", "Robutti", "Riordino", "patto n.", certificate.digest[:8]):
        assert word not in str(page.soup.main)
    answer = client.get(f"/verifica/{certificate.code}")
    assert answer.headers["X-Robots-Tag"] == "noindex" and answer.headers["Cache-Control"] == "no-store"


def test_the_code_can_be_typed(client, certificate):
    code = certificate.code
    page = client.submit("/verifica", {"Codice dell'attestato": f"{code[:4].lower()} {code[4:]}"}, button="Verifica")
    assert page.path == f"/verifica/{code}" and "è vero e vale" in page.words


@pytest.mark.parametrize("change_code", [lambda code: code[:-1] + ("2" if code[-1] != "2" else "3"), lambda code: code[:-1],
                                         lambda code: code + "2", lambda code: "1", lambda code: "%2e%2e"])
def test_a_wrong_code_leads_nowhere(client, certificate, change_code):
    assert client.get(f"/verifica/{change_code(certificate.code)}").status_code == 404


def test_a_revocation_is_seen_by_everybody_and_its_reason_by_nobody(client, app, certificate, town):
    annul(app, town, certificate.id)
    page = client.visit(f"/verifica/{certificate.code}")
    assert "annullato il 1 giu 2026 e non vale più" in page.words and "segreto" not in page.words and "vero" not in page.words


def test_a_replacement_is_seen_by_its_number(client, app, certificate, town):
    page = client.sign_in(town.carla).visit(f"/certificati/{certificate.id}/sostituisci")
    lines = page.soup.select("input[name=keep]")
    page = client.submit(page, {"keep": [lines[0]["value"]], "Motivo": "Un turno è sbagliato"}, button="Sostituisci l'attestato")
    assert page.heading == "Attestato 2/2026" and "Sostituisce Attestato 1/2026" in page.words and "3 h (180 minuti)" in page.words
    old = client.visit(f"/certificati/{certificate.id}")
    assert "non vale più" in old.words and "Un turno è sbagliato" in old.words and old.link("Attestato 2/2026")
    page = client.visit(f"/verifica/{certificate.code}")
    assert "Al suo posto vale il numero 2/2026" in page.words


def test_a_certifier_annuls_with_a_reason(client, certificate, town):
    client.sign_in(town.carla)
    page = client.visit(client.visit(f"/certificati/{certificate.id}").link("Annulla l'attestato"))
    page = client.submit(page, button="Annulla l'attestato")
    assert (page.status, page.errors) == (422, ["Questo campo va compilato."])
    page = client.submit(page, {"Motivo": "Turni mai svolti"}, button="Annulla l'attestato")
    assert page.path == f"/certificati/{certificate.id}" and "Turni mai svolti" in page.words
    assert "Annulla l'attestato" not in page.words
    assert "Anna Ferraris" in client.visit("/certificati").words        # her hours wait again
    mine = client.sign_in(town.anna).visit(f"/certificati/{certificate.id}")
    assert "Turni mai svolti" in mine.words


@pytest.mark.parametrize("neighbour, paper, moves", [
    ("anna", 200, 403), ("carla", 200, 200), ("teo", 200, 403), ("tino", 404, 403), ("bruno", 404, 403), ("clio", 404, 404),
    ("tullia", 404, 403)])
def test_who_may_have_the_paper_and_take_it_back(client, certificate, town, neighbour, paper, moves):
    client.sign_in(getattr(town, neighbour))
    assert client.get(f"/certificati/{certificate.id}.pdf").status_code == paper
    for move in ("annulla", "sostituisci"):
        assert client.get(f"/certificati/{certificate.id}/{move}").status_code == moves


def test_the_paper_is_a_tagged_pdf_and_always_the_same(client, certificate, town):
    answer = client.sign_in(town.anna).get(f"/certificati/{certificate.id}.pdf")
    assert answer.mimetype == "application/pdf" and 'filename="attestato-2026-001.pdf"' in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    pdf = answer.get_data()
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf and b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"Attestato delle ore n. 1/2026" in pdf
    client.post("/lingua", data={"language": "en"})
    assert client.get(f"/certificati/{certificate.id}.pdf").get_data() == pdf
    assert client.sign_in(town.carla).get(f"/certificati/{certificate.id}.pdf").get_data() == pdf


def test_a_volunteer_gets_an_attestation_without_value(client, app, town):
    with change(app):
        validated(logged(worked(town.alessandria, town.bruno)), town.tino)
    page = client.sign_in(town.carla).visit("/certificati")
    page = client.visit(page.link("Prepara l'attestato Bruno Cavanna"))
    assert "non riducono tributi" in page.words
    page = client.submit(page, button="Rilascia l'attestato")
    assert page.heading == "Attestato 1/2026" and "Non riducono tributi" in page.words and "Contano per la riduzione" not in page.words
    assert client.get(f"{page.path}.pdf").mimetype == "application/pdf"
    assert client.sign_in(town.clio).get(f"/certificati/persona/{town.alessandria.id}/{town.bruno.id}").status_code == 404


def test_what_is_left_out_is_shown_before_the_certificate_is_issued(client, app, town):
    with change(app):
        agreement = an_agreement(town, town.anna).id
        validated(logged(worked(town.alessandria, town.anna)), town.tino)
        logged(worked(town.alessandria, town.anna, WORKED - DAY))
    page = client.sign_in(town.carla).visit(f"/certificati/patto/{agreement}")
    assert "Restano fuori: nessuno le ha ancora decise" in page.words and "29 mag 2026" in page.words
    page = client.submit(page, button="Rilascia l'attestato")
    assert "Ancora da decidere quel giorno 3 h" in page.words


def test_peer_58_a_certificate_can_be_checked_and_says_when_it_was_revoked(client, app, certificate, town):
    """Authentic (an unguessable address on the paper), and revoked when the attendance behind it is withdrawn."""
    with app.app_context():
        codes = set(db.session.scalars(select(Certificate.code)))
    assert codes == {certificate.code} and re.fullmatch(r"[2-9A-Z]{16}", certificate.code)
    assert "è vero e vale" in client.visit(f"/verifica/{certificate.code}").words
    annul(app, town, certificate.id)
    assert "non vale più" in client.visit(f"/verifica/{certificate.code}").words


def test_peer_74_certified_hours_read_the_same_in_list_total_and_paper(client, app, town, monkeypatch):
    """12 h 30 min is 12 h 30 min in the list of certificates, on the page, and 12:30 on the paper; nowhere 12,5 or 12.50."""
    from app.hours.views import papers
    with change(app):
        agreement = an_agreement(town, town.anna)
        for day, hours in ((0, 5), (1, 4), (2, 4)):
            row = logged(worked(town.alessandria, town.anna, WORKED - day * DAY, hours=hours), break_min=30 if day == 0 else 0)
            validated(row, town.tino)
        certificate = actions.certify(agreement.id, by=town.carla.row)
        number, told = certificate.id, None
        assert certificate.minutes == sum(line.minutes for line in certificate.lines) == 750
    told = []
    monkeypatch.setattr(papers.documents, "pdf", lambda template, data, made_at: told.append(data) or b"%PDF")
    client.sign_in(town.carla).get(f"/certificati/{number}.pdf")
    assert ("Ore in tutto", "12 h 30 min (12:30, 750 minuti)") in told[0]["facts"] and told[0]["total"] == "12 h 30 min"
    for address in ("/certificati", f"/certificati/{number}"):
        words = client.visit(address).words
        assert "12 h 30 min" in words and "12,5" not in words and "12.5" not in words
