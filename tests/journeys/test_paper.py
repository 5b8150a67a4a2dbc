"""A month on paper: the sheet is printed, comes back signed, and is entered without a mouse; or many come from a file."""
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from app.base.db import db
from app.hours.models import Attendance, Evidence, Method
from app.hours.states import Attendance as State
from app.tasks import actions as tasks
from app.tasks.models import Shift
from tests.journeys.hands import Hands
from tests.journeys.story import at
from tests.journeys.visitor import DESK, PHONE

JUNE = [(195, State.VALIDATED, Method.PAPER)] * 2
JULY = at(1, 9, month=7)
HEAD = "foglio;giorno;inizio;fine;pausa;totale;tutor\n"


@pytest.fixture
def stored(doing):
    """What the town knows of hours: minutes, state and method of each."""
    def look():
        with doing():
            return sorted({row.id: (row.minutes, row.state, method) for row, method in db.session.execute(
                select(Attendance, Evidence.method).join(Evidence, Evidence.attendance_id == Attendance.id))}.values())
    return look


@pytest.fixture
def codes(visit, live, town, doing):
    """The codes of June's sheets of Anna (shelves) and Bruno (garden), which the tutor has printed."""
    with doing():
        for neighbour, start in ((town.anna, at(3, 9)), (town.anna, at(4, 9)), (town.bruno, at(3, 14)), (town.bruno, at(5, 11))):
            tasks.book(db.session.scalar(select(Shift).where(Shift.starts_at == start)), neighbour.row)
    tino = visit(width=PHONE).sign_in(town.tino.email)
    for title, name in (("Riordino degli scaffali", "Anna Ferraris"), ("Il giardino della biblioteca", "Bruno Cavanna")):
        tino.goto("/area-personale").follow("Stampa dei fogli").follow(title)
        assert tino.field("Mese").locator("option:checked").inner_text() == "giugno 2026"
        assert tino.page.get_by_label(name).is_checked()
        assert tino.open_pdf("Prepara i fogli da stampare", role="button").startswith(b"%PDF-")
    live.now = JULY
    olga = visit(width=DESK).sign_in(town.olga.email).follow("Fogli presenze")
    return {person: code for code, person, _task, _month in olga.rows("Da inserire")[1:]}


@pytest.mark.parametrize("backend, width", [("sqlite", DESK), ("postgresql", PHONE)])
def test_a_month_is_entered_with_the_keyboard_alone(visit, codes, stored, town, width):
    olga = visit(width=width).sign_in(town.olga.email).goto("/fogli")
    hands = Hands(olga)
    assert hands.name().startswith("Codice del foglio"), "one types, or scans, at once"
    hands.type(codes["Anna Ferraris"].lower().replace("-", " ")).enter()
    assert olga.heading == f"Foglio {codes['Anna Ferraris']}" and hands.name().startswith("Dalle")
    hands.tab_to("Dalle, giorno 3").type("9").tab_to("Alle, giorno 3").type("12.30").tab_to("Pausa in minuti, giorno 3").type("15")
    hands.tab_to("Dalle, giorno 4").type("9h").tab_to("Alle, giorno 4").type("ieri")
    hands.tab_to("Ore in tutto").type("6,15")
    hands.tab_to("Chi ha firmato").type("Tino").tab_to("Avanti: controlla").enter()
    assert hands.name().startswith("C'è un problema") and stored() == []
    hands.tab_to("giorno 4: ").enter()
    assert hands.name().startswith("Alle, giorno 4"), hands.name()
    hands.type("1215").tab_to("Ore in tutto").type("6:30").tab_to("Avanti: controlla").enter()

    assert olga.heading == f"Controlla il foglio {codes['Anna Ferraris']}" and stored() == []
    assert olga.facts()["Firma del tutor"] == "Tino Robutti" and olga.facts()["Totale scritto sul foglio"] == "6 h 30 min"
    assert [row[1:] for row in olga.rows("Ore da registrare")[1:]] == [
        ["09:00", "12:30", "15 min", "3 h 15 min"], ["09:00", "12:15", "Nessuna", "3 h 15 min"], ["", "", "", "6 h 30 min"]]
    assert hands.name() == "Registra il foglio"
    sheet = olga.path.removesuffix("/riepilogo")
    sent = olga.page.locator("form[action$=registra]").evaluate("form => Object.fromEntries(new FormData(form))")
    olga.page.get_by_role("button", name="Registra il foglio").dblclick()                # as people do
    olga.page.get_by_text("Il foglio è registrato").wait_for()
    assert stored() == JUNE and olga.path == sheet
    assert olga.facts()["Inserito da"].startswith("Olga Prigione") and olga.facts()["Firmato da"] == "Tino Robutti"
    again = olga.page.request.post(f"{olga.url}{sheet}/registra", form=sent, max_redirects=0)        # the first answer was lost on its way
    assert again.status == 303 and stored() == JUNE

    olga.attach("Scansione o foto del foglio", "foglio di Anna.png", scanned()).press("Allega il file")
    assert "Il file è allegato al foglio." in olga.text
    with Image.open(olga.download("foglio di Anna.png")) as kept:
        assert kept.size == (60, 80)
    anna = visit(width=PHONE).sign_in(town.anna.email).follow("Le mie ore").follow("Riordino degli scaffali", within="3 giugno")
    assert anna.facts()["Ore"] == "3 h 15 min" and "Olga Prigione" in anna.text and "firmato da Tino Robutti" in anna.text


def scanned() -> bytes:
    """A picture of nothing."""
    picture = BytesIO()
    Image.new("L", (60, 80), 255).save(picture, "PNG")
    return picture.getvalue()


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_many_come_from_a_file_that_is_first_tried(visit, codes, stored, town):
    anna, bruno = codes["Anna Ferraris"], codes["Bruno Cavanna"]
    good = HEAD + f"{anna};3;9;12:30;15;3:15;{town.tino.email}\n{bruno};3;14.00;1600;;;\n"
    olga = visit(width=DESK).sign_in(town.olga.email).goto("/fogli").follow("Importa da un file")
    olga.attach("File dei fogli (CSV)", "giugno.csv", good.replace("1600", "ieri").encode()).press("Controlla il file")
    assert olga.status == 422 and "Il file ha degli errori" in olga.text and stored() == []
    (line, words), = olga.rows("Errori")[1:]
    assert line == "3" and "Scrivi l'ora così" in words

    olga.attach("File dei fogli (CSV)", "giugno.csv", good.encode()).press("Controlla il file")
    assert olga.figures() == {"Fogli nuovi": "2", "Righe": "2", "Ore": "5 h 15 min", "Fogli già inseriti": "0"} and stored() == []
    olga.attach("File dei fogli (CSV)", "giugno.csv", good.encode()).press("Importa questo file")
    assert "Registrati 2 fogli con 2 righe" in olga.text
    recorded = [(120, State.SUBMITTED, Method.FILE), (195, State.VALIDATED, Method.FILE)]          # Bruno's has no signature
    assert stored() == recorded
    olga.follow("Importa da un file").attach("File dei fogli (CSV)", "giugno.csv", good.encode()).press("Controlla il file")
    assert "Questi fogli ci sono già tutti" in olga.text and stored() == recorded
