"""The board, as visitors meet it: a list, a week and a map with the same filters in their addresses."""
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from app.base.db import db
from app.tasks.models import Category, Task
from tests.tasks.builders import DAY, HOUR, NOW, a_shift, a_task, change

NO_CHOICE = "Questa scelta non c'è: scegline una dall'elenco."
VIEWS = ["/attivita", "/attivita/settimana", "/attivita/mappa"]
TILES = {"MAP_TILES": "https://{s}.tiles.example.it/{z}/{x}/{y}.png", "MAP_ATTRIBUTION": "Piastrelle del Comune"}


@pytest.fixture
def points(app, board):
    """The task of Alessandria stands on the map, the other one does not."""
    with change(app):
        db.session.execute(update(Task).where(Task.id == board.task).values(lat_micro=44_913_000, lon_micro=8_615_000))


@pytest.fixture
def many(app, board, town):
    with change(app):
        for number in range(15):
            a_shift(a_task(town.alessandria, f"Merenda {number:02}", category=Category.SOCIAL), NOW + DAY + number * HOUR)


def test_everybody_reads_the_board(client, board):
    page = client.visit("/attivita")
    assert "2 attività" in page.words and "Riordino della biblioteca" in page.words
    assert "sab 6 giu, 10:00–13:00" in page.words and "3 posti liberi in 2 turni" in page.words


def test_filters_make_an_address_that_can_be_shared(client, board):
    page = client.submit("/attivita", {"Che cosa cerchi": "panchina", "Comune": "Valenza"}, button="Applica i filtri")
    assert "1 attività" in page.words and "Panchine a nuovo" in page.words
    assert "parole=panchina" in page.response.request.url
    assert "2 attività" in client.visit(page.link("Togli i filtri")).words


def test_every_filter_is_said_and_can_be_taken_off(client, board, town):
    address = (f"/attivita?parole=panchine&comune={town.valenza.id}&zona=Centro&tipo=decorum&giorno=6/6/2026&fino=7/6/2026&giorni=6-7"
               "&ora=morning&vale=baratto&liberi=1")
    page = client.visit(address)
    assert page.status == 200 and "Panchine a nuovo" in page.words
    chips = {" ".join(link.get_text(" ").split()): link["href"] for link in page.soup.select(".chosen a")}
    assert list(chips) == [f"Togli il filtro {words}" for words in (
        "Che cosa cerchi: panchine", "Comune: Valenza", "Zona: Centro", "Tipo di attività: Decoro e piccole cure", "Giorno: 6 giu 2026",
        "Fino al giorno: 7 giu 2026", "Giorni della settimana: Sabato e domenica", "Ora di inizio: Mattina, prima delle 13",
        "Per che cosa valgono le ore: Baratto amministrativo", "Solo con posti liberi")]
    before = set(parse_qs(urlsplit(address).query))
    assert before - set(parse_qs(urlsplit(chips["Togli il filtro Che cosa cerchi: panchine"]).query)) == {"parole"}
    assert before - set(parse_qs(urlsplit(chips["Togli il filtro Comune: Valenza"]).query)) == {"comune", "zona"}


@pytest.mark.parametrize("view", VIEWS)
def test_another_view_keeps_the_filters(client, board, view):
    page = client.visit(f"{view}?parole=panchine&ora=morning")
    for words, path in zip(("Elenco", "Settimana", "Mappa"), VIEWS, strict=True):
        assert page.link(words) == f"{path}?parole=panchine&ora=morning"
    assert "Panchine a nuovo" in page.words and "Riordino" not in page.words
    assert page.soup.select_one(".tabs [aria-current=page]")["href"].startswith(f"{view}?")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("address, words", [
    ("?giorno=32/1/2026", "Il giorno 32/1/2026 non esiste nel calendario."),
    ("?giorno=31/12/9999", "Controlla l'anno: deve essere tra 2020 e 2099."),
    ("?giorno=9/6/2026&fino=8/6/2026", "L'ultimo giorno viene prima del primo."),
    ("?tipo=gardening", NO_CHOICE),
    ("?comune=x", NO_CHOICE),
    ("?zona=Atlantide", NO_CHOICE),
    ("?giorni=8", NO_CHOICE),
    ("?vale=euro", NO_CHOICE),
])
def test_a_wrong_filter_is_explained_and_the_board_still_shows(client, board, view, address, words):
    page = client.visit(f"{view}{address}")
    assert (page.status, page.errors) == (422, [words])
    assert "Riordino della biblioteca" in page.words or "giorno=9" in address


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("address", [
    "?dopo=x", "?prima=0-0", "?dopo=99999999999999999999-1", "?parole=%00%25_'", "?settimana=x", "?settimana=0001-01-01", "?liberi=",
    "?settimana=9999-12-31", "?dopo=1-1&prima=1-1"])
def test_odd_addresses_are_pages_too(client, board, view, address):
    assert client.visit(f"{view}{address}").status == 200


@pytest.mark.parametrize("view", ["/attivita", "/attivita/mappa"])
def test_no_result_says_what_to_do(client, board, view):
    page = client.visit(f"{view}?parole=sottomarino")
    assert "Nessuna attività con questi filtri" in page.words and "Togli un filtro" in page.words


def test_quarters_are_asked_once_the_comune_is_known(client, board, town):
    assert client.visit("/attivita").soup.find(id="zona") is None
    options = [option["value"] for option in client.visit(f"/attivita?comune={town.valenza.id}").soup.select("#zona option")]
    assert options == ["", "Centro"]


def test_pages_keep_the_filters(client, many):
    page = client.visit("/attivita?tipo=social&parole=merenda")
    assert "Attività, dal turno più vicino" in page.words and "Precedente" not in page.words
    second = client.visit(page.link("Successiva"))
    assert [card.get_text(strip=True) for card in second.soup.select(".cards h3")] == ["Merenda 12", "Merenda 13", "Merenda 14"]
    assert "Successiva" not in second.words
    assert len(client.visit(second.link("Precedente")).soup.select(".cards > li")) == 12


def test_a_page_beyond_the_end_leads_back(client, board):
    page = client.visit("/attivita?parole=libri&dopo=4102444800000000-1")
    assert "Qui non c'è più niente" in page.words and page.link("Torna all'inizio") == "/attivita?parole=libri"


def test_a_week_shows_each_day_and_leads_to_the_others(client, board):
    page = client.visit("/attivita/settimana")
    days = [day.get_text(" ", strip=True) for day in page.soup.select(".week h3")]
    assert len(days) == 7 and days[0].startswith("lun 1 giu") and "oggi" in days[0]
    saturday = page.soup.select(".week > li")[5].get_text(" ", strip=True)
    assert "10:00–13:00" in saturday and "Riordino della biblioteca" in saturday and "2 posti liberi" in saturday
    assert page.link("Settimana dopo") == "/attivita/settimana?settimana=2026-06-08"
    assert "Panchine" not in client.visit(page.link("Settimana dopo")).words
    assert "sab 6 giu" in client.visit("/attivita/settimana?settimana=2026-06-04").words


def test_a_full_day_of_the_week_leads_to_its_list(client, many):
    page = client.visit("/attivita/settimana?tipo=social")
    listed = client.visit(page.link("Tutto il giorno : martedì 2 giugno 2026"))
    assert listed.path == "/attivita" and len(listed.soup.select(".cards > li")) == 12
    assert {"tipo", "giorno"} <= set(parse_qs(urlsplit(listed.response.request.url).query))


def test_the_week_of_the_day_that_one_looks_for(client, board):
    assert "mer 22 lug" in client.visit("/attivita/settimana?giorno=22/7/2026").words


def test_the_plan_has_the_numbers_of_the_list(client, points, board):
    page = client.visit("/attivita/mappa")
    assert [link["href"] for link in page.soup.select(".plan a")] == [f"/attivita/{board.task}"]
    numbers = [item["id"] for item in page.soup.select(".places > li")]
    assert numbers == ["attivita-1", "attivita-2"]
    assert page.soup.select_one(".plan a")["aria-label"] == "Numero 1: Riordino della biblioteca"
    assert "senza punto sulla mappa" in page.soup.find(id="attivita-2").get_text()


def test_without_points_there_is_still_the_list(client, board):
    page = client.visit("/attivita/mappa")
    assert "Nessun punto sulla mappa" in page.words and len(page.soup.select(".places > li")) == 2


def test_nobody_else_is_asked_for_pictures(client, points):
    answer = client.get("/attivita/mappa")
    assert "img-src 'self' data:;" in answer.headers["Content-Security-Policy"] and b"map.js" not in answer.data


def test_a_tile_server_is_named_on_the_map_only(client, points, app, monkeypatch):
    for name, value in TILES.items():
        monkeypatch.setitem(app.config, name, value)
    answer = client.get("/attivita/mappa")
    assert "img-src 'self' https://*.tiles.example.it data:;" in answer.headers["Content-Security-Policy"]
    page = client.visit("/attivita/mappa")
    assert page.soup.find(id="map")["data-tiles"] == TILES["MAP_TILES"] and page.soup.select_one(".plan svg")
    assert page.soup.find(id="attivita-1")["data-lat"] == "44.913"
    assert "tiles.example.it" not in client.get("/attivita").headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/attivita/99999999999999999999", "/attivita/9999999999"])
def test_a_number_that_no_row_can_have_is_not_an_error(client, board, address):
    assert client.get(address).status_code == 404
