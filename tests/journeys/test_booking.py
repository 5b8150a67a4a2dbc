"""A volunteer on a phone finds something to do and books it; what cannot be booked says every reason."""
import pytest

from app.tasks import actions as tasks
from app.tasks.models import Category, Kind
from tests.journeys.story import at
from tests.journeys.visitor import PHONE

PHONES = [
    pytest.param("sqlite", True, id="phone"),
    pytest.param("sqlite", False, id="no-javascript"),
    pytest.param("postgresql", True, id="phone-postgresql"),
]


@pytest.fixture
def anna(visit, town, javascript):
    return visit(width=PHONE, javascript=javascript).sign_in(town.anna.email)


@pytest.mark.parametrize("backend, javascript", PHONES)
def test_found_by_a_form_of_a_word_and_booked(anna):
    search(anna, "giardini")
    assert "1 attività" in anna.text and "Il giardino della biblioteca" in anna.text and "scaffali" not in anna.text
    search(anna, "Biblioteche", {
        "Tipo di attività": "Ambiente e verde", "Giorno": "3 giugno", "Ora di inizio": "Pomeriggio, dalle 13 alle 18"})
    assert "1 attività" in anna.text and "Ambiente e verde" in anna.text
    shared = anna.path

    for view in ("Settimana", "Mappa", "Elenco"):                        # the same filters, another look
        anna.follow(view, within="main")
        assert "Il giardino della biblioteca" in anna.text and "scaffali" not in anna.text, view
    assert query(anna.path) == query(shared)
    anna.follow("Togli il filtro Ora di inizio")
    assert query(anna.path) < query(shared)

    anna.follow("Il giardino della biblioteca").follow("Prenota", within="14:00–16:00")
    assert anna.facts()["Posti liberi"] == "5 su 5" and "disdire fino al 2 giu 2026, 14:00" in anna.text
    anna.press("Conferma la prenotazione")
    assert anna.heading == "Turno prenotato" and anna.facts()["Quando"] == "mercoledì 3 giugno 2026, 14:00–16:00"
    anna.follow("I miei turni", within="main")
    assert [row[1:] for row in anna.rows("Turni prenotati")[1:]] == [["mercoledì 3 giugno 2026, 14:00–16:00", "Prenotato"]]
    anna.follow("Il giardino della biblioteca")
    assert anna.heading == "Turno prenotato"


@pytest.mark.parametrize("backend, javascript", PHONES[:2])
def test_one_page_says_every_reason_why_not(anna, doing, town):
    with doing():
        skill = tasks.name_qualification(town.alessandria.row, Kind.COURSE, "Uso della motosega")
        task = tasks.publish(town.alessandria.organisation, title="Potatura", summary="Rami bassi.", category=Category.GREEN,
                             area="Pista", address="Via Parma 1", min_age=60, needs=[skill])
        tasks.plan_shift(task, starts_at=at(3, 10), ends_at=at(3, 13), places=1)
    anna.goto("/attivita").follow("Riordino degli scaffali").follow("Prenota", within="3 giugno").press("Conferma la prenotazione")
    search(anna.goto("/attivita"), "potature")
    anna.follow("Potatura").follow("Prenota", within="3 giugno")
    assert anna.heading == "Prenota un turno" and "Per ora non puoi prenotare questo turno" in anna.text
    reasons = anna.page.locator("main .alert li").all_text_contents()
    assert len(reasons) == 3, reasons
    assert "Conferma la prenotazione" not in anna.text


def search(anna, words, filters=None):
    anna.follow("Bacheca").open_filters().fill({"Che cosa cerchi": words, **(filters or {})}).press("Applica i filtri")


def query(path) -> set[str]:
    """The filters of an address that are set."""
    return {each for each in path.partition("?")[2].split("&") if not each.endswith("=")}
