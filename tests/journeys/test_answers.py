"""The pages that no link leads to, only a form that was sent: they are looked at as closely as the others."""
import pytest

from tests.journeys.story import at


def test_a_refused_sign_in(look, town):
    visitor = look(town.anna).goto("/").press("Esci").goto("/accedi").press("Accedi", within="main")
    assert visitor.status == 422 and visitor.faults() == []


def test_booking_and_logging(look, live, town):
    anna = look(town.anna).goto("/turni/1/prenota")
    clashing = anna.another_window().goto("/turni/3/prenota")
    anna.press("Conferma la prenotazione")
    assert anna.heading == "Turno prenotato" and anna.faults() == []
    clashing.press("Conferma la prenotazione")
    assert clashing.status == 422 and clashing.faults() == []
    clashing.goto("/turni/3/prenota")
    assert "Per ora non puoi prenotare" in clashing.text and clashing.faults() == []
    live.now = at(3, 13)
    anna.goto("/ore/1").sign_in_again().fill({"Dalle ore": "x", "Pausa": "tanta"}).press("Avanti: controlla")
    assert len(anna.errors()) == 2 and anna.faults() == []
    anna.fill({"Dalle ore": "9", "Pausa": "0"}).press("Avanti: controlla")
    assert anna.heading == "Controlla le ore" and anna.faults() == []
    anna.press("Invia le ore")
    assert anna.heading == "Ore registrate" and anna.faults() == []


def test_an_agreement_in_the_making(look, town):
    olga = look(town.olga).goto("/patti/nuovo?q=ferraris")
    assert "Anna Ferraris" in olga.text and olga.faults() == []
    olga.follow("Anna Ferraris", within="main").press("Calcola il piano")
    assert olga.status == 422 and olga.faults() == []


@pytest.mark.parametrize("name, path", [("anna", "/notti"), ("anna", "/attivita/999"), ("anna", "/non-esiste")])
def test_error_pages(look, town, name, path):
    visitor = look(getattr(town, name)).goto(path)
    assert visitor.status in (403, 404) and visitor.faults() == []


def test_a_file_with_faults(look, town, tmp_path):
    file = tmp_path / "posizioni.csv"
    file.write_text("comune_istat;tax_code\n006003;TARI\n")
    teo = look(town.teo).goto("/tributi/importa")
    assert teo.faults() == []
    teo.field("File delle posizioni (CSV)").set_input_files(file)
    teo.page.locator("main form button").last.click()
    teo.page.locator(".error-summary").wait_for()
    assert teo.faults() == []


def test_a_task_from_the_draft_to_the_board(look, town):
    tino = look(town.tino).goto("/ente/attivita/nuova").press("Salva la bozza")
    assert tino.status == 422 and tino.faults() == []
    tino.fill({"Titolo": "Potatura", "In una frase": "Rami bassi.", "Zona o quartiere": "Pista", "Dove ci si trova": "Via Parma 1"})
    tino.press("Salva la bozza").follow("Proponi")
    assert tino.heading == "Proponi: Potatura" and tino.faults() == []
    tino.press("Proponi al Comune")
    assert tino.status == 422 and tino.faults() == []
    tino.tick("Dichiaro che questa attività").press("Proponi al Comune")
    olga = look(town.olga).follow("Attività proposte").follow("Potatura").press("Restituisci all'ente")
    assert olga.status == 422 and olga.faults() == []
    olga.press("Accetta")
    tino.goto("/ente/attivita").follow("Potatura").press("Apri le prenotazioni")
    assert tino.status == 422 and "Aggiungi almeno un turno" in tino.errors()[0] and tino.faults() == []
    tino.fill({"Giorno": "9/6/2026", "Dalle ore": "9", "Alle ore": "12", "Posti": "4"}).press("Aggiungi il turno")
    assert tino.press("Apri le prenotazioni").faults() == [] and "Aperta" in tino.text
