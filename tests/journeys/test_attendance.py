"""Hours from the code on the spot to the certificate that a stranger checks, with a quarrel on the way."""
import pytest

from app.base.db import db
from app.jobs.actions import send_letters
from app.tasks import actions as tasks
from app.tasks.models import Shift
from tests.journeys.story import at
from tests.journeys.visitor import DESK, PHONE

BROWSERS = [
    pytest.param("sqlite", True, id="phone"),
    pytest.param("postgresql", False, id="no-javascript"),
]


@pytest.fixture
def person(visit, javascript):
    """`person(town.anna)` is she with her telephone, signed in."""
    return lambda neighbour, width=PHONE: visit(width=width, javascript=javascript).sign_in(neighbour.email)


@pytest.mark.parametrize("backend, javascript", BROWSERS)
def test_from_the_code_on_the_spot_to_the_check_by_a_stranger(person, visit, live, town, doing):
    with doing():
        tasks.book(db.session.scalar(db.select(Shift).where(Shift.starts_at == at(3, 14))), town.anna.row)

    live.now = at(3, 14, 5)
    anna, tino = person(town.anna), person(town.tino)
    arrive(anna, tino)
    live.now = at(3, 15)
    take_a_break(anna, live)
    live.now = at(3, 16)
    leave(anna, tino)

    live.now = at(4, 10)
    tino = person(town.tino)
    cut(tino)
    anna = person(town.anna)
    object_to_it(anna)
    answer(tino)
    carla = person(town.carla, DESK)
    certify(carla, "Attestato 1/2026", "1 h 15 min (75 minuti)")         # what nobody disputes goes on

    live.now = at(5, 10)
    decide(person(town.olga, DESK))
    look_at_decision(person(town.anna))
    carla = person(town.carla, DESK)
    certify(carla, "Attestato 2/2026", "20 min (20 minuti)")
    assert carla.facts()["Integra"] == "Attestato 1/2026"
    assert carla.open_pdf("Apri il PDF da stampare").startswith(b"%PDF-")
    carla.back()

    address = carla.page.get_by_role("link", name="Pagina di verifica").get_attribute("href")
    stranger = visit(width=PHONE)
    check(stranger, address, "L'attestato è vero e vale.")
    live.now = at(5, 10, 10)
    carla.follow("Annulla l'attestato").press("Annulla l'attestato", within="main")
    assert carla.status == 422 and carla.errors() != []
    carla.fill({"Motivo": "Il foglio era di un'altra persona."}).press("Annulla l'attestato", within="main")
    assert "non vale più" in carla.text
    check(stranger, address, "Questo attestato è stato annullato il 5 giu 2026 e non vale più.")

    with live.app.app_context(), live.at_its_time():
        assert send_letters() > 0
    anna = person(town.anna)
    anna.follow("Le mie ore").follow("Attestato 2/2026")
    assert "Il foglio era di un'altra persona." in anna.text
    anna.goto("/estratto-conto").follow("Bando 2026", within="main").follow("Ore certificate")
    assert [[line[2].partition(",")[0], *line[3:]] for line in anna.rows("Ore certificate")[1:]] == [
        ["L'attestato 2/2026 non vale più", "−20 min", "1 h 15 min"], ["Attestato 2/2026", "+20 min", "1 h 35 min"],
        ["Attestato 1/2026", "+1 h 15 min", "1 h 15 min"]]


def code_of(tino) -> str:
    """What the tutor's phone shows, held out to whoever comes."""
    tino.goto("/tutor/ore").follow("La giornata").follow("Mostra il codice Il giardino della biblioteca, 14:00")
    return tino.page.locator(".check-in-letters").inner_text()


def arrive(anna, tino):
    """Types it as people do, after a slip."""
    code = code_of(tino)
    assert len(code) == 7 and "-" in code
    anna.follow("Le mie ore").follow("Entrata e uscita con il codice").fill({"Codice": "22-2222"}).press("Avanti")
    assert anna.errors() and "Questo codice non vale" in anna.errors()[0]
    anna.fill({"Codice": code.lower().replace("-", " ")}).press("Avanti")
    assert anna.heading == "Registra l'entrata" and anna.facts()["Entrata"] == "3 giu 2026, 14:05"
    anna.press("Registra l'entrata")
    assert anna.heading == "Le mie ore" and "Entrata registrata" in anna.text
    tino.goto("/tutor/giorno")
    assert [row[1] for row in tino.rows("Persone attese")[1:]][-1].startswith("In corso dal 3 giu 2026, 14:05")


def take_a_break(anna, live):
    anna.sign_in(anna.email).follow("Le mie ore").press("Pausa")
    live.now = at(3, 15, 10)
    anna.press("Riprendi")
    assert "Pausa finita" in anna.text


def leave(anna, tino):
    code = code_of(tino.sign_in(tino.email))
    anna.sign_in(anna.email).follow("Le mie ore").follow("Entrata e uscita con il codice").fill({"Codice": code}).press("Avanti")
    assert anna.heading == "Registra l'uscita" and anna.facts()["Ore, tolte le pause"] == "1 h 45 min"
    anna.press("Registra l'uscita")
    assert anna.facts()["Ore da registrare"] == "1 h 45 min" and anna.facts()["Pausa"] == "10 min"
    anna.fill({"Nota per il tutor": "Foglie e vasi."}).press("Invia le ore")
    assert anna.heading == "Ore registrate" and anna.facts()["Stato"] == "Da convalidare"


def cut(tino):
    tino.follow("Ore da convalidare").follow("Cambia o respingi", within="3 giu")
    tino.fill({"Alle ore": "15:30"}).press("Convalida queste ore")
    assert tino.errors() == ["Hai cambiato le ore: scrivi il motivo, lo leggerà anche la persona."]
    tino.fill({"Motivo, se cambi le ore": "Alle tre e mezza eri già via."}).press("Convalida queste ore")
    assert "Registrate 1 h 15 min di Anna F." in tino.text


def object_to_it(anna):
    anna.follow("Le mie ore").follow("Il giardino della biblioteca")
    assert anna.facts()["Ore"] == "1 h 15 min" and "Alle tre e mezza eri già via." in anna.text
    anna.follow("Non sono d'accordo").fill({"Come sono andate le cose": "Ero nel cortile fino alle quattro."}).press("Invia all'ufficio")
    assert anna.heading == "Contestazione: Anna F."
    assert (anna.facts()["Anna F."], anna.facts()["Il tutor"]) == ("Ero nel cortile fino alle quattro.", "Non ha ancora scritto")
    assert anna.facts()["Si discute di"] == "30 min" and anna.facts()["L'ufficio decide entro"] == "14 giu 2026"


def answer(tino):
    tino.follow("Ore da convalidare").follow("Anna F., Il giardino della biblioteca")
    tino.fill({"Come sono andate le cose": "Ho visto Anna fino alle quattro meno dieci."}).press("Invia la tua versione")
    assert tino.facts()["Il tutor"] == "Ho visto Anna fino alle quattro meno dieci."


def decide(olga):
    olga.follow("Ore da decidere").follow("Decidi Anna F.")
    assert "Ero nel cortile fino alle quattro." in olga.text and "quattro meno dieci" in olga.text
    assert olga.facts()["Il tutor ha convalidato"] == "mercoledì 3 giugno 2026, 14:05–15:30, pausa 10 min: 1 h 15 min"
    olga.press("Riconosci queste ore")
    assert len(olga.errors()) == 1, "no decision without its reason"
    olga.fill({"Dalle ore": "14.05", "Alle ore": "15.50", "Pausa": "10"})
    olga.page.locator("form[action$=riconosci]").get_by_label("Motivo della decisione").fill("Il tutor ricorda le quattro meno dieci.")
    olga.press("Riconosci queste ore")
    assert "Decisione registrata" in olga.text and "Olga Prigione" in olga.text


def look_at_decision(anna):
    anna.follow("Le mie ore")
    rows = anna.rows("Ore registrate")[1:]
    assert {(row[2], row[3].split(" ")[0]) for row in rows} == {("1 h 15 min", "Certificate"), ("20 min", "Convalidate")}
    assert "Il tutor ricorda le quattro meno dieci." in anna.follow("Il giardino della biblioteca", within="Solo la parte contestata").text


def certify(carla, name, total):
    carla.follow("Attestati").follow("Prepara l'attestato", within="Anna Ferraris").press("Rilascia l'attestato")
    assert carla.heading == name and carla.facts()["In tutto"] == total


def check(stranger, address, words):
    """Number, day and minutes, by the address on the paper and by the code typed; nothing about the person or the place."""
    stranger.goto(address)
    assert words in stranger.text and stranger.status == 200
    assert stranger.facts() == {"Numero": "2/2026", "Rilasciato il": "venerdì 5 giugno 2026", "Comune": "Alessandria",
                                "Ore in tutto": "20 min (20 minuti)"}
    assert not any(told in stranger.page.content() for told in ("Anna", "Ferraris", "giardino", "Robutti", "altra persona"))
    seen = stranger.text
    stranger.follow("Verifica un attestato", within="main").fill({"Codice dell'attestato": address.rsplit("/", 1)[1].lower()})
    assert stranger.press("Verifica", within="main").text == seen
