"""The pages of the tax office and of the statement: decided, refused, many at once, and the chain back to the shift."""
from datetime import date

import pytest

from app.access import Role
from app.baratto import queries
from app.baratto.actions import offsets
from app.baratto.models import Agreement
from app.base.db import db
from app.people import actions as people


class TestOffsets:
    def test_proposed_from_what_was_shown(self, client, office, town):
        office.bill(town.anna, 30000)
        pact = office.pact(town.anna, office.call())
        office.certified(pact, 120)
        office.certified(pact, 60)
        client.sign_in(town.teo)
        page = client.visit(client.visit("/riduzioni").link("Guarda e proponi Anna Ferraris"))
        assert "22,50" in page.words and "Come è stata calcolata" in page.words
        page = client.submit(page, {"Attestati": ["1"]})
        assert page.path == "/riduzioni/nuova/1" and "15,00" in page.words        # shown first
        page = client.submit(page)
        assert page.path == "/riduzioni/1" and "15,00" in page.words

    def test_without_a_certificate(self, client, office, town):
        office.bill(town.anna, 30000)
        office.certified(office.pact(town.anna, office.call()), 120)
        page = client.sign_in(town.teo).submit("/riduzioni/nuova/1", {"Attestati": []})
        assert page.status == 422 and page.errors == ["Scegli almeno un attestato."]

    def test_approved(self, client, town, proposal):
        client.sign_in(town.mara)
        page = client.submit("/riduzioni/1/approva", {"Numero della determina": "7/2026", "Data della determina": "15/10/2026"})
        assert "La riduzione n. 1 è approvata." in page.words
        page = client.sign_in(town.anna).visit("/riduzioni/1")
        assert "Riduzione riconosciuta" in page.words and "7/2026" in page.words and "Un'ora vale 7,50" in page.words
        assert not {"pagamento", "stipendio", "compensazione"} & set(page.words.lower().split())

    def test_approved_twice_by_a_double_click(self, client, office, town, proposal):
        client.sign_in(town.mara)
        page = client.visit("/riduzioni/1/approva")
        facts = {"Numero della determina": "7/2026"}
        first, second = client.send(page, facts), client.send(page, facts)
        assert (first.status_code, second.status_code) == (303, 303) and first.location == second.location

    def test_the_debt_changed(self, client, office, town, proposal):
        office.change(1, paid_cents=29000)
        client.sign_in(town.mara)
        page = client.visit("/riduzioni/1/approva")
        assert "La cifra è cambiata" in page.words
        page = client.submit(page, {"Numero della determina": "7/2026"})
        assert page.status == 422 and "10,00" in page.errors[0] and "30,00" in page.errors[0]

    def test_the_proposer_sees_why_not(self, client, office, town, proposal):
        with office.work():
            people.grant(town.teo.row, Role.TAX_MANAGER, comune=town.alessandria.row, since=date(2026, 1, 1))
        client.sign_in(town.teo)
        page = client.visit("/riduzioni/1")
        assert "deve decidere un'altra persona" in page.words and "Approva" not in page.words
        assert "deve decidere un'altra persona" in client.visit("/riduzioni/1/approva").words
        queue = client.visit("/riduzioni?vista=da-decidere")
        assert "l'hai proposta tu" in queue.words
        token = queue.soup.select_one("[name=csrf_token]")["value"]
        form = {"act": "1", "act_date": "15/10/2026", "form_key": "a" * 22, "csrf_token": token}
        assert client.post("/riduzioni/1/approva", data=form).status_code == 422
        with office.work():
            assert office.offset(1).decided_by_id is None

    def test_returned_and_proposed_again(self, client, town, proposal):
        client.sign_in(town.mara)
        page = client.submit("/riduzioni/1/restituisci", {"Motivo": ""})
        assert page.status == 422
        page = client.submit(page, {"Motivo": "Manca un allegato"})
        assert "Restituita" in page.words and "Manca un allegato" in page.words
        page = client.sign_in(town.teo).submit("/riduzioni/1", button="Ricalcola e proponi di nuovo")
        assert "La proposta è ricalcolata" in page.words

    def test_cancelled(self, client, town, proposal):
        page = client.sign_in(town.teo).submit("/riduzioni/1/annulla", {"Motivo": "Doppia"})
        assert "Annullata" in page.words
        assert "Anna Ferraris" in client.visit("/riduzioni?vista=da-proporre").words

    def test_reversed(self, client, office, town, proposal):
        office.approve(proposal)
        page = client.sign_in(town.mara).submit("/riduzioni/1/storna", {"Motivo": "Persona sbagliata"})
        assert "Stornata" in page.words and "Persona sbagliata" in page.words

    def test_a_move_that_is_over_is_refused(self, client, office, town, proposal):
        office.approve(proposal)
        page = client.sign_in(town.mara).submit("/riduzioni/1/restituisci", {"Motivo": "Tardi"})
        assert page.status == 422 and "non è più possibile" in page.errors[0]


class TestQueue:
    def test_each_role_begins_where_its_work_is(self, client, town, proposal):
        for who, first in ((town.teo, "Da proporre"), (town.mara, "Da decidere"), (town.aldo, "Tutte")):
            page = client.sign_in(who).visit("/riduzioni")
            assert page.soup.select_one("nav.tabs [aria-current]").text.strip().startswith(first)
        assert client.sign_in(town.anna).visit("/riduzioni").heading == "Le tue riduzioni"

    def test_many_under_one_determina(self, client, office, town, proposal):
        office.bill(town.bruno, 5000)
        bad = office.proposal(office.pact(town.bruno, 1), 240)
        office.change(2, paid_cents=4000)
        client.sign_in(town.mara)
        page = client.submit("/riduzioni?vista=da-decidere", {"offsets": ["1", str(bad)], "Numero della determina": "8/2026"},
                             button="Approva le proposte scelte")
        assert "Fatto: 1 pratica." in page.words and "Bruno Cavanna: Il debito" in page.words

    def test_all_of_a_page_are_chosen_without_a_script(self, client, town, proposal):
        page = client.sign_in(town.mara).visit("/riduzioni")
        page = client.visit(page.link("Scegli tutte le pratiche di questa pagina"))
        page = client.submit(page, {"Numero della determina": "8/2026"}, button="Approva le proposte scelte")
        assert "Fatto: 1 pratica." in page.words

    @pytest.mark.parametrize("answers", [{"offsets": [], "act": "8"}, {"offsets": ["1"], "act": ""}])
    def test_many_refused(self, client, town, proposal, answers):
        page = client.sign_in(town.mara).submit("/riduzioni?vista=da-decidere", answers, button="Approva le proposte scelte")
        assert page.status == 422 and len(page.errors) == 1

    def test_another_towns_number_is_left_out(self, client, office, town, proposal):
        client.sign_in(town.marzio)
        token = client.visit("/riduzioni").soup.select_one("[name=csrf_token]")["value"]
        form = {"offsets": "1", "act": "1", "act_date": "15/10/2026", "form_key": "b" * 22, "csrf_token": token}
        assert client.post("/riduzioni/approva", data=form).status_code == 303
        with office.work():
            assert office.offset(1).decided_by_id is None

    def test_many_proposals_at_once(self, client, office, town):
        office.bill(town.anna, 30000)
        office.bill(town.bruno, 30000)
        call = office.call()
        for who in (town.anna, town.bruno):
            office.certified(office.pact(who, call), 60)
        client.sign_in(town.teo)
        page = client.submit("/riduzioni", {"agreements": ["1", "2"]}, button="Proponi le pratiche scelte")
        assert "Fatto: 2 pratiche." in page.words and "Niente da proporre" in page.words

    def test_overdue_is_marked(self, client, office, town, proposal):
        with office.work():
            office.offset(1).proposed_at = office.offset(1).proposed_at.replace(month=8)
        assert "oltre 30 giorni" in client.sign_in(town.mara).visit("/riduzioni").words

    def test_exported_once(self, client, office, town, proposal):
        office.approve(proposal)
        client.sign_in(town.mara)
        page = client.submit("/riduzioni?vista=da-inviare", button="Prepara il file per i tributi")
        assert page.path == "/tributi/invii" and "Il file 1/2026 è pronto." in page.words
        page = client.submit("/riduzioni?vista=da-inviare", button="Prepara il file per i tributi")
        assert page.status == 422 and page.errors == ["Non ci sono riduzioni approvate da inviare."]


class TestStatement:
    def test_from_a_figure_back_to_the_shift(self, client, office, town, proposal):
        office.approve(proposal)
        client.sign_in(town.anna)
        assert "30,00" in client.visit("/estratto-conto").words
        page = client.visit("/patti/1/estratto-conto?conto=certificate")
        assert "Riduzione n. 1 riconosciuta" in page.words and "−4 h" in page.words
        page = client.visit(page.link("Riduzione n. 1 riconosciuta"))
        assert client.visit(page.link("Attestato 1/2026")).status == 200
        hours = page.soup.select_one("a[href^='/ore/registrate/']")["href"]
        assert client.visit(hours).status == 200
        assert page.soup.select_one("a[href^='/attivita/']")
        page = client.visit("/patti/1/estratto-conto")
        assert client.visit(page.soup.select_one("table a[href^='/ore/registrate/']")["href"]).path == hours

    def test_every_account_and_its_balance(self, client, office, town, proposal):
        office.approve(proposal)
        with office.work():
            offsets.reverse(office.offset(1), reason="Errore", by=town.mara.row)
        client.sign_in(town.aldo)
        page = client.visit("/patti/1/estratto-conto?conto=fondi")
        assert "Fondi messi da parte" in page.words and "Storno della riduzione n. 1" in page.words and "300,00" in page.words
        with client.application.app_context():
            assert queries.standing(db.session.get(Agreement, 1)).committed_cents == 30000

    def test_pages_by_keyset(self, client, office, town, monkeypatch):
        monkeypatch.setattr("app.baratto.views.statements.PER_PAGE", 2)
        office.bill(town.anna, 30000)
        pact = office.pact(town.anna, office.call())
        office.done(pact, 60, 60, 60)
        client.sign_in(town.anna)
        first = client.visit("/patti/1/estratto-conto")
        second = client.visit(first.link("Successiva"))
        assert len(first.soup.select("tbody tr")) == 2 and len(second.soup.select("tbody tr")) == 1

    def test_somebody_without_a_pact(self, client, town):
        assert "Non hai ancora un patto" in client.sign_in(town.bruno).visit("/estratto-conto").words
