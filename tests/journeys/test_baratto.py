"""The whole way of some hours, walked by the people who walk it: from the board to the line that the tax office reads, and back."""
import csv
import re

import pytest

from app.jobs.actions import send_letters
from app.reconciliation import jobs as nights
from app.reconciliation.rules import Outcome
from tests.journeys.story import at
from tests.journeys.visitor import DESK, PHONE

# Anna works 195 minutes and 184: 379 at 7,50 € an hour are 47,375 €, so 47,37 €. It falls on the instalment that is due first.
BROWSERS = [
    pytest.param("sqlite", DESK, True, id="desk"),
    pytest.param("sqlite", DESK, False, id="no-javascript"),
    pytest.param("postgresql", PHONE, True, id="phone"),
]


@pytest.mark.parametrize("backend, width, javascript", BROWSERS)
def test_hours_become_a_reduction(visit, live, town, width, javascript):
    def open_browser(neighbour):
        return visit(width=width, javascript=javascript).sign_in(neighbour.email)

    anna = open_browser(town.anna)
    book(anna, "mercoledì 3 giugno")
    book(anna, "giovedì 4 giugno")

    live.now = at(3, 13)
    log(anna, "mercoledì 3 giugno", {"Dalle ore": "9.00", "Alle ore": "12:30", "Pausa": "15", "Nota per il tutor": "Ragazzi"}, "3 h 15 min")
    live.now = at(4, 13)
    log(anna, "giovedì 4 giugno", {"Dalle ore": "9", "Alle ore": "1230", "Pausa": "0"}, "3 h 30 min")
    validate(open_browser(town.tino))
    assert anna.follow("Le mie ore").figures()["Convalidate"] == "6 h 19 min"
    assert "Siamo usciti prima." in anna.follow("Riordino degli scaffali", within="giovedì 4 giugno").text

    live.now = at(8, 10)
    certify(open_browser(town.carla))
    live.now = at(9, 10)
    propose(open_browser(town.teo))
    live.now = at(10, 10)
    exported = approve_and_send(open_browser(town.mara))
    assert [line[:-1] for line in exported[1:]] == [
        ["R1", "17/2026", "2026-06-10", town.anna.fiscal_code, "TARI", "2026", f"C-{town.anna.id}", f"N-{town.anna.id}", "1", "MUNICIPAL",
         "2912", "MINUS", "baratto amministrativo", ""],
        ["R2", "17/2026", "2026-06-10", town.anna.fiscal_code, "TARI", "2026", f"C-{town.anna.id}", f"N-{town.anna.id}", "2", "MUNICIPAL",
         "1825", "MINUS", "baratto amministrativo", ""],
    ]
    read_statement(anna)
    walk_back(anna)

    live.now = at(11, 5)
    with live.app.app_context(), live.at_its_time():
        assert send_letters() == 3, "for the agreement, for the hours that were changed, for the reduction"
        assert nights.run_due() is Outcome.CLEAN
    look_at_night(open_browser(town.aldo))


def book(anna, day):
    """By way of the board and its filters."""
    anna.follow("Bacheca")
    assert "2 attività" in anna.text
    anna.open_filters().fill({"Che cosa cerchi": "scaffali", "Tipo di attività": "Cultura e biblioteche"}).press("Applica i filtri")
    assert "1 attività" in anna.text and "parole=scaffali" in anna.path
    anna.follow("Riordino degli scaffali").follow("Prenota", within=day)
    assert "1 su 1" in anna.facts()["Posti liberi"]
    anna.press("Conferma la prenotazione")
    assert anna.heading == "Turno prenotato"
    assert day in anna.facts()["Quando"] and "09:00–12:30" in anna.facts()["Quando"]


def log(anna, day, answers, net):
    """In two steps; a look back from the second loses nothing."""
    anna.follow("Le mie ore").sign_in_again().follow("Registra le ore", within=day)
    assert day in anna.text
    anna.fill(answers).press("Avanti: controlla")
    assert anna.heading == "Controlla le ore" and anna.facts()["Ore da registrare"] == net
    anna.press("Modifica")
    assert {label: anna.field(label).input_value() for label in answers} == answers
    anna.press("Avanti: controlla").press("Invia le ore")
    assert anna.heading == "Ore registrate"
    assert anna.facts()["Ore"] == net and anna.facts()["Stato"] == "Da convalidare"


def validate(tino):
    """One as it was claimed, one changed, with a reason."""
    tino.follow("Ore da convalidare")
    assert "Anna F." in tino.text and "Ferraris" not in tino.text
    tino.press("Convalida", within="3 giugno")
    assert "Registrate 3 h 15 min di Anna F." in tino.text
    tino.follow("Cambia o respingi", within="4 giugno").fill({"Alle ore": "12:04", "Motivo, se cambi le ore": "Siamo usciti prima."})
    tino.press("Convalida queste ore")
    assert "Registrate 3 h 4 min di Anna F." in tino.text
    assert "Niente da convalidare" in tino.text


def certify(carla):
    carla.follow("Attestati").follow("Prepara l'attestato", within="Anna Ferraris")
    assert [row[4] for row in carla.rows("Ore svolte")[1:]] == ["3 h 15 min", "3 h 4 min", "6 h 19 min"]
    carla.press("Rilascia l'attestato")
    assert carla.heading == "Attestato 1/2026" and carla.facts()["In tutto"] == "6 h 19 min (379 minuti)"


def propose(teo):
    """Sees how the sum comes about before anything is proposed."""
    teo.follow("Riduzioni").follow("Guarda e proponi", within="Anna Ferraris")
    assert teo.figures() == {"Riduzione": "47,37 €", "Valore delle ore": "47,37 €", "Debito riletto adesso": "87,38 €",
                             "Resta da pagare": "44,00 €"}
    assert "Un'ora vale 7,50 €. 6 h 19 min valgono 47,37 €." in teo.text
    assert teo.rows("Voci della bolletta")[1:] == [
        ["TARI 2026, rata 1", "30 giu 2026", "29,12 €", "−29,12 €", "0,00 €"],
        ["TARI 2026, rata 2", "30 set 2026", "29,13 €", "−18,25 €", "10,88 €"]]
    teo.press("Proponi questa riduzione")
    assert "ora decide un'altra persona" in teo.text and teo.figures()["Riduzione"] == "47,37 €"


def approve_and_send(mara):
    mara.follow("Riduzioni").follow("Anna Ferraris", within="main").follow("Approva", within="main")
    assert mara.figures() == {"Proposta": "47,37 €", "Oggi": "47,37 €"}
    mara.fill({"Numero della determina": "17/2026", "Data della determina": "10/6/2026"}).press("Approva la riduzione")
    assert "è approvata" in mara.text
    mara.follow("Da inviare ai tributi").press("Prepara il file per i tributi")
    assert "47,37 €" in mara.text
    content = mara.download("Scarica").read_bytes().decode()
    return list(csv.reader(content.splitlines(), delimiter=";"))


def read_statement(anna):
    anna.follow("Estratto conto").sign_in_again().follow("Bando 2026", within="main")
    assert anna.figures() == {"Convalidate, senza attestato": "0 min", "Certificate, senza riduzione": "0 min", "Usate": "6 h 19 min",
                              "Riduzioni riconosciute": "47,37 €"}
    assert [line[3:] for line in anna.rows("Ore convalidate")[1:]] == [["−6 h 19 min", "0 min"], ["+3 h 4 min", "6 h 19 min"],
                                                                      ["+3 h 15 min", "3 h 15 min"]]
    anna.follow("Euro riservati")
    assert [line[3:] for line in anna.rows("Euro riservati")[1:]] == [["-18,25 €", "40,01 €"], ["-29,12 €", "58,26 €"],
                                                                     ["+87,38 €", "87,38 €"]]


def walk_back(anna):
    """Offset ← certificate ← hours ← shift, by links alone."""
    anna.follow("Riduzione n. 1")
    assert "È approvata." in anna.text and anna.figures()["Riduzione riconosciuta"] == "47,37 €"
    anna.follow("Attestato 1/2026")
    assert anna.facts()["In tutto"] == "6 h 19 min (379 minuti)"
    anna.follow("4 giu 2026", within="3 h 4 min")
    assert anna.heading == "Ore registrate" and anna.facts()["Ore"] == "3 h 4 min"
    anna.follow("Riordino degli scaffali")
    assert anna.heading == "Turno prenotato" and "giovedì 4 giugno 2026, 09:00–12:30" in anna.facts()["Quando"]


def look_at_night(aldo):
    aldo.follow("Notti").follow("mercoledì 10 giugno 2026")
    facts = aldo.facts()
    assert facts["Differenze"] == "0" and facts["Stato"] == "Conclusa", facts
    results = {row[-1] for row in aldo.rows("Controlli")[1:]}
    assert results == {"Corrisponde"}
    assert any(re.fullmatch(r"[1-9]\d*", row[1]) for row in aldo.rows("Controlli")[1:])
