"""The pages of the baratto: happy, refused, forbidden, of another town, and signed out."""
import io
from datetime import date

import pytest

from app.access import Role
from app.baratto import queries
from app.baratto.actions import offsets
from app.baratto.models import Agreement
from app.base.db import db
from app.people import actions as people
from tests.baratto.office import regulation_text

PAGES = {
    "/regolamenti": "ada", "/regolamenti/1": "olga", "/regolamenti/importa": "ada", "/bandi": "ada", "/bandi/nuovo": "ada",
    "/patti": "olga", "/patti/nuovo": "olga", "/patti/1": "anna", "/patti/1/chiudi": "olga", "/riduzioni": "teo",
    "/riduzioni/nuova/1": "teo", "/riduzioni/1": "anna", "/riduzioni/1/approva": "mara", "/riduzioni/1/restituisci": "mara",
    "/riduzioni/1/storna": "mara", "/riduzioni/1/annulla": "teo", "/estratto-conto": "anna", "/patti/1/estratto-conto": "aldo",
}
FORBIDDEN = {
    "/regolamenti": "anna", "/regolamenti/importa": "olga", "/bandi": "olga", "/bandi/nuovo": "mara", "/patti": "tino",
    "/patti/nuovo": "teo", "/patti/1/chiudi": "teo", "/riduzioni": "tino", "/riduzioni/nuova/1": "mara", "/riduzioni/1/approva": "teo",
    "/riduzioni/1/restituisci": "teo", "/riduzioni/1/storna": "aldo", "/riduzioni/1/annulla": "mara", "/estratto-conto": "carla",
}
ELSEWHERE = {
    "/regolamenti/1": "oreste", "/patti/1": "oreste", "/patti/1/chiudi": "oreste", "/patti/1/estratto-conto": "alba", "/riduzioni/1": "marzio",
    "/riduzioni/nuova/1": "tullia", "/riduzioni/1/approva": "marzio", "/riduzioni/1/restituisci": "marzio", "/riduzioni/1/storna": "marzio",
    "/riduzioni/1/annulla": "tullia", "/patti/nuovo?persona=1": "oreste",
}


@pytest.fixture
def proposal(office, town):
    """Offset 1, proposed by Teo: pact 1 of Anna, 30,00 for four hours."""
    office.bill(town.anna, 30000)
    return office.proposal(office.pact(town.anna, office.call()), 240)


class TestEveryPage:
    def test_opens_for_its_reader(self, client, town, proposal):
        for path, who in PAGES.items():
            page = client.sign_in(getattr(town, who)).visit(path)
            assert page.status == 200, path

    def test_sends_strangers_to_sign_in(self, client, proposal):
        for path in PAGES:
            answer = client.get(path)
            assert answer.status_code == 302 and "/accedi" in answer.location, path

    def test_is_forbidden_without_the_permission(self, client, town, proposal):
        for path, who in FORBIDDEN.items():
            assert client.sign_in(getattr(town, who)).get(path).status_code == 403, path

    def test_does_not_exist_for_another_town(self, client, town, proposal):
        with client.application.app_context():
            assert town.anna.id == 1
        for path, who in ELSEWHERE.items():
            assert client.sign_in(getattr(town, who)).get(path).status_code == 404, path

    def test_of_a_neighbour_does_not_exist(self, client, town, proposal):
        client.sign_in(town.bruno)
        for path in ("/patti/1", "/patti/1/estratto-conto", "/riduzioni/1"):
            assert client.get(path).status_code == 404, path

    def test_a_role_elsewhere_decides_nothing_here(self, client, office, town, proposal):
        """Marzio approves in Valenza; as an auditor of Alessandria he reads, and no more."""
        with office.work():
            people.grant(town.marzio.row, Role.AUDITOR, comune=town.alessandria.row, since=date(2026, 1, 1))
        client.sign_in(town.marzio)
        page = client.visit("/riduzioni/1")
        assert page.status == 200 and "Approva" not in page.words
        assert client.get("/riduzioni/1/approva").status_code == 404
        assert client.get("/riduzioni/1/storna").status_code == 404


class TestRegulations:
    def test_a_preset_is_shown_then_imported(self, client, town):
        client.sign_in(town.ada)
        page = client.submit("/regolamenti/importa", {"Un modello pronto": "milano-2016"})
        assert page.status == 200 and "valore predefinito" in page.words and "Il testo è del Comune di Milano" in page.words
        page = client.submit(page)
        assert page.path == "/regolamenti/1" and "è la versione 1" in page.words
        assert "versione 1" in client.visit("/regolamenti").words.lower()

    def test_a_file_says_what_it_changes(self, client, office, town):
        office.call()
        client.sign_in(town.ada)
        text = regulation_text(title="Nuovo", rate_cents_per_hour=800)
        page = client.submit("/regolamenti/importa", {"Oppure un tuo file (YAML)": (io.BytesIO(text.encode()), "nuovo.yaml")})
        assert "7,50" in page.words and "8,00" in page.words and "Che cosa cambia" in page.words
        assert "è la versione 2" in client.submit(page).words

    @pytest.mark.parametrize("text, words", [
        (regulation_text(value_model="ORARIO"), "terms.value_model"),
        (regulation_text(boh=1), "terms.boh"),
        (regulation_text().replace("rate_cents_per_hour", "min_debt_cents"), "terms.rate_cents_per_hour"),
        ("[", "file"), ("x" * 70_000, "64 KB"), ("", "Scegli un modello")])
    def test_errors_name_the_key(self, client, town, text, words):
        client.sign_in(town.ada)
        page = client.submit("/regolamenti/importa", {"Oppure un tuo file (YAML)": (io.BytesIO(text.encode()), "r.yaml")})
        assert page.status == 422 and any(words in error for error in page.errors), page.errors

    def test_only_what_was_shown_is_imported(self, client, town):
        client.sign_in(town.ada)
        page = client.submit("/regolamenti/importa", {"Un modello pronto": "milano-2016"})
        page = client.submit(page, {"Un modello pronto": "invorio-2015"})
        assert page.path == "/regolamenti/importa" and "Invorio" in page.words


class TestCalls:
    def test_opened_and_its_funds_are_shown(self, client, office, town):
        office.call()
        client.sign_in(town.ada)
        page = client.submit("/bandi/nuovo", {"Titolo": "Secondo bando", "Fondi in euro": "12.000,00", "Anno": "2026"})
        assert page.path == "/bandi" and "Secondo bando" in page.words and "12.000,00" in page.words

    @pytest.mark.parametrize("answers", [{"Fondi in euro": "0"}, {"Fondi in euro": "8.500"}, {"Titolo": ""}])
    def test_refused(self, client, office, town, answers):
        office.call()
        page = client.sign_in(town.ada).submit("/bandi/nuovo", {"Titolo": "B", "Fondi in euro": "10"} | answers)
        assert page.status == 422 and len(page.errors) == 1

    def test_not_under_another_towns_regulation(self, client, office, town):
        office.call()
        office.call(place=town.valenza)
        page = client.sign_in(town.ada).visit("/bandi/nuovo")
        assert "Valenza" not in str(page.soup.select_one("select[name=regulation]"))


class TestAgreements:
    FACTS = {"Dal giorno": "1/10/2026", "Al giorno": "31/12/2026", "Numero della polizza di assicurazione": "P-9"}

    def test_person_plan_pact(self, client, office, town):
        office.bill(town.anna, 41237)
        office.call()
        client.sign_in(town.olga)
        found = client.visit("/patti/nuovo?q=ferr")
        page = client.submit(found.link("Scegli Anna Ferraris"), self.FACTS)
        assert "54 h 59 min" in page.words and "lavorare di più sarebbe inutile" in page.words
        page = client.submit(page)
        assert page.path == "/patti/1" and "Il patto con Anna Ferraris è attivo" in page.words

    def test_another_plan_is_shown_first(self, client, office, town):
        office.bill(town.anna, 41237)
        office.call()
        client.sign_in(town.olga)
        page = client.submit(f"/patti/nuovo?persona={town.anna.id}", self.FACTS)
        page = client.submit(page, {"Meno ore, se la persona vuole farne meno": "10"})
        assert page.path == "/patti/nuovo" and "75,00" in page.words
        assert client.submit(page).path == "/patti/1"

    def test_refused_in_words(self, client, office, town):
        office.call()
        page = client.sign_in(town.olga).submit(f"/patti/nuovo?persona={town.anna.id}", self.FACTS)
        assert page.status == 422 and page.errors == ["Non c'è un debito che questo regolamento può ridurre."]

    def test_closed_with_a_reason(self, client, office, town):
        office.bill(town.anna, 41237)
        office.pact(town.anna, office.call())
        client.sign_in(town.olga)
        page = client.submit("/patti/1/chiudi", {"Motivo": ""})
        assert page.status == 422
        page = client.submit(page, {"Motivo": "Ha trovato lavoro"})
        assert page.path == "/patti/1" and "Ha trovato lavoro" in page.words and "Chiuso" in page.words

    def test_found_by_name(self, client, office, town, proposal):
        client.sign_in(town.olga)
        assert "Anna Ferraris" in client.visit("/patti?q=anna+fer").words
        assert "Nessun patto trovato" in client.visit("/patti?q=zz").words


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
        form = {"act": "1", "act_date": "15/10/2026", "form_key": "a" * 22, "csrf_token": queue.soup.select_one("[name=csrf_token]")["value"]}
        answer = client.post("/riduzioni/1/approva", data=form)
        assert answer.status_code == 422
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
        assert client.sign_in(town.teo).visit("/riduzioni").soup.select_one("nav.tabs [aria-current]").text.strip().startswith("Da proporre")
        assert client.sign_in(town.mara).visit("/riduzioni").soup.select_one("nav.tabs [aria-current]").text.strip().startswith("Da decidere")
        assert client.sign_in(town.anna).visit("/riduzioni").heading == "Le tue riduzioni"

    def test_many_under_one_determina(self, client, office, town, proposal):
        office.bill(town.bruno, 5000)
        bad = office.proposal(office.pact(town.bruno, 1), 240)
        office.change(2, paid_cents=4000)
        client.sign_in(town.mara)
        page = client.submit("/riduzioni?vista=da-decidere", {"offsets": ["1", str(bad)], "Numero della determina": "8/2026"},
                             button="Approva le proposte scelte")
        assert "Fatto: 1 pratica." in page.words and "Bruno Cavanna: Il debito" in page.words

    @pytest.mark.parametrize("answers", [{"offsets": [], "act": "8"}, {"offsets": ["1"], "act": ""}])
    def test_many_refused(self, client, town, proposal, answers):
        page = client.sign_in(town.mara).submit("/riduzioni?vista=da-decidere", answers, button="Approva le proposte scelte")
        assert page.status == 422 and len(page.errors) == 1

    def test_another_towns_number_is_left_out(self, client, office, town, proposal):
        client.sign_in(town.marzio)
        token = client.visit("/riduzioni").soup.select_one("[name=csrf_token]")["value"]
        client.post("/riduzioni/approva", data={"offsets": "1", "act": "1", "act_date": "15/10/2026", "form_key": "b" * 22, "csrf_token": token})
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
        assert "da più di 30 giorni" in client.sign_in(town.mara).visit("/riduzioni").words

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
        assert client.visit(page.link("Ore convalidate dal tutor")).path == hours

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
