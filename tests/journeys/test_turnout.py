"""The pages of attendance and of paper that only a press leads to, as axe sees them: wide and by day, narrow and by night."""
import pytest

from app.base.db import db
from app.hours import actions as hours
from app.tasks import actions as tasks
from app.tasks.models import Booking, Shift
from tests.journeys.story import at


@pytest.fixture
def booked(doing, town):
    """Anna and Bruno have places on 3 June: ids of their bookings."""
    with doing():
        morning, afternoon = (db.session.scalar(db.select(Shift).where(Shift.starts_at == start)) for start in (at(3, 9), at(3, 14)))
        return tasks.book(morning, town.anna.row).id, tasks.book(afternoon, town.bruno.row).id


def seen(visitor, heading, status=200):
    """Nothing is wrong with the page that this press led to."""
    assert (visitor.heading, visitor.status, visitor.faults()) == (heading, status, [])
    return visitor


def test_coming_and_going(look, live, town, doing, booked):
    live.now = at(3, 9, 30)
    with doing():
        code = hours.codes_now(db.session.get(Booking, booked[0]).shift)[0]
    anna, tino = look(town.anna).goto("/ore/presenza"), look(town.tino)
    seen(anna.fill({"Codice": "222222"}).press("Avanti"), "Entrata e uscita", 422)
    seen(anna.fill({"Codice": code}).press("Avanti"), "Registra l'entrata").press("Registra l'entrata")
    seen(anna, "Le mie ore").follow("Scrivi l'uscita")
    seen(anna, "A che ora è finita?").fill({"Alle ore": "8"}).press("Registra l'uscita")
    seen(anna, "A che ora è finita?", 422)
    seen(tino.goto("/tutor/giorno"), "mercoledì 3 giugno 2026").follow("Altra ora")
    seen(tino, "A che ora è finita?").goto("/tutor/giorno").follow("Togli")
    tino.press("Togli", within="main")
    assert tino.status == 422 and tino.faults() == []

    live.now = at(3, 12)
    seen(anna.sign_in(anna.email).goto("/ore/presenza").fill({"Codice": code}).press("Avanti"), "Entrata e uscita", 422)      # of 9:30
    anna.goto("/ore").follow("Scrivi l'uscita").fill({"Alle ore": "12", "Pausa": "0"}).press("Registra l'uscita")
    assert anna.facts()["Ore da registrare"] == "2 h 30 min" and anna.faults() == []
    anna.press("Invia le ore")
    tino.sign_in(tino.email).follow("Ore da convalidare").page.locator("[name=scelte]").check(force=True)
    seen(tino.press("Controlla le scelte insieme"), "Convalida insieme")
    seen(tino.goto("/tutor/ore").follow("Cambia o respingi"), "Ore di Anna F.").follow("Chiedi all'ufficio")
    seen(tino.press("Invia all'ufficio"), "Chiedi all'ufficio", 422)


def test_not_coming(look, live, town, booked):
    live.now = at(3, 16, 30)
    tino = look(town.tino).goto("/tutor/giorno").follow("Non c'è Bruno C.")
    seen(tino, "Bruno C. non c'è").press("Annullato dall'ente")
    seen(tino, "Bruno C. non c'è", 422).press("Segna l'assenza")
    seen(tino, "Assenza di Bruno C.").press("Non giustificare")
    seen(tino, "Assenza di Bruno C.", 422).fill({"Motivo": "Non ha avvisato."}).press("Non giustificare")
    bruno = look(town.bruno).follow("Le mie ore").follow("Il giardino della biblioteca")
    seen(bruno, "Assenza").follow("Non sono d'accordo")
    seen(bruno, "Non sono d'accordo").fill({"Come sono andate le cose": "Ero malato."}).press("Invia all'ufficio")
    seen(bruno, "Contestazione: Bruno C.")
    olga = look(town.olga).follow("Ore da decidere")
    seen(olga, "Ore da decidere").follow("Decidi Bruno C.").press("Conferma l'assenza")
    seen(olga, "Contestazione: Bruno C.", 422)


def test_a_sheet_on_paper(look, live, town, doing, booked):
    with doing():
        code = hours.print_sheet(db.session.get(Booking, booked[0]).shift.task, town.anna.row, at(1, 9).date(), by=town.tino.row).code
    live.now = at(1, 9, month=7)
    olga = look(town.olga).goto(f"/fogli/{code}")
    name = f"{code[:4]}-{code[4:]}"
    seen(olga, f"Foglio {name}").fill({"Dalle, giorno 3": "9", "Alle, giorno 3": "ieri"}).press("Avanti: controlla")
    seen(olga, f"Foglio {name}", 422).fill({"Alle, giorno 3": "11", "Chi ha firmato come tutor": "Tino Robutti"}).press("Avanti: controlla")
    seen(olga, f"Controlla il foglio {name}").press("Registra il foglio")
    seen(olga, f"Foglio {name}").attach("Scansione o foto del foglio", "pagina.png", b"GIF89a").press("Allega il file")
    seen(olga, f"Foglio {name}", 422)
    olga.goto("/fogli/importa").attach("File dei fogli (CSV)", "giugno.csv", b"foglio;giorno\n").press("Controlla il file")
    seen(olga, "Importa i fogli presenze", 422)
