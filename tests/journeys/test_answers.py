"""The pages that no link leads to, only a form that was sent: they are looked at as closely as the others."""
import pytest

from tests.journeys.story import at
from tests.journeys.visitor import DESK, PHONE


@pytest.fixture(params=[(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def look(request, visit):
    """`look(neighbour)` is that person's browser, by day on a desk or by night on a phone."""
    width, scheme = request.param

    def open_browser(neighbour):
        visitor = visit(width=width)
        visitor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        return visitor.sign_in(neighbour.email)
    return open_browser


def test_a_refused_sign_in(look, town):
    visitor = look(town.anna).goto("/").press("Esci").goto("/accedi").press("Accedi", within="main")
    assert visitor.status == 422 and visitor.faults() == []


def test_booking_and_logging(look, live, town):
    anna = look(town.anna).goto("/turni/1/prenota").press("Conferma la prenotazione")
    assert anna.heading == "Turno prenotato" and anna.faults() == []
    anna.goto("/turni/3/prenota").press("Conferma la prenotazione")
    assert anna.status == 422 and anna.faults() == []
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
