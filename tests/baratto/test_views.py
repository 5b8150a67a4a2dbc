"""The pages of the baratto: happy, refused, forbidden, of another town, and signed out."""
import io
from datetime import date

import pytest

from app.access import Role
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
    "/regolamenti/1": "oreste", "/patti/1": "oreste", "/patti/1/chiudi": "oreste", "/patti/1/estratto-conto": "alba",
    "/riduzioni/1": "marzio",
    "/riduzioni/nuova/1": "tullia", "/riduzioni/1/approva": "marzio", "/riduzioni/1/restituisci": "marzio", "/riduzioni/1/storna": "marzio",
    "/riduzioni/1/annulla": "tullia", "/patti/nuovo?persona=1": "oreste",
}


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
        assert "Quanto vale un modulo" not in page.words                     # an hour has a price: modules say nothing here
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
        assert "54 h 59 min" in page.words and "fare più ore non servirebbe" in page.words
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
