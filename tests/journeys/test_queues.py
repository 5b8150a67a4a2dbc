"""The demonstration town on the day on which it starts: whoever signs in finds work, and no page is empty."""
import pytest

from tests.journeys import demo

RESIDENT = ("/area-personale", "/prenotazioni", "/ore", "/requisiti", "/estratto-conto", "/riduzioni")
TUTOR = ("/tutor/ore", "/tutor/giorno", "/ente/attivita", "/fogli/stampa")
OFFICER = ("/ufficio/attivita", "/ufficio/ore", "/ufficio/requisiti", "/fogli", "/fogli/stampa", "/patti", "/riduzioni")
QUEUES = {"cittadino1": RESIDENT, "cittadino2": RESIDENT[:4], "tutor.verde": TUTOR, "certifica": ("/certificati",), "patti": OFFICER,
          "tributi": ("/riduzioni", "/tributi"), "dirigente": ("/riduzioni", "/notti"), "revisore": ("/notti",),
          "admin": ("/notti", "/bandi")}


@pytest.fixture(scope="module")
def town(tmp_path_factory, shared_folder):
    return demo.open_copy(tmp_path_factory.mktemp("queues"), shared_folder)


@pytest.mark.parametrize("comune", ["alessandria", "valenza"])
@pytest.mark.parametrize("who", QUEUES)
def test_no_queue_is_empty(town, who, comune):
    with demo.signed_in(town, f"{who}@{comune}.example") as client:
        assert client.visit("/").soup.select(".duties li"), "nothing waits for this person"
        for path in QUEUES[who]:
            page = client.visit(path)
            assert page.status == 200 and not page.soup.select("main .empty"), path


@pytest.mark.parametrize("comune", ["alessandria", "valenza"])
def test_every_kind_of_trouble_is_on_somebodys_page(town, comune):
    """What a page must say, so that whoever tries the site meets it."""
    told = {
        ("cittadino1", "/prenotazioni"): "Rispondi entro", ("cittadino1", "/requisiti"): "Corso",
        ("cittadino2", "/ore"): "Senza uscita", ("cittadino2", "/prenotazioni"): "In lista",
        ("cittadino2", "/requisiti"): "Scaduto", ("tutor.verde", "/tutor/ore"): "L'ufficio aspetta la tua versione",
        ("tutor.verde", "/tutor/giorno"): "Manca l'uscita", ("tutor.verde", "/ente/attivita"): "Bozza",
        ("patti", "/ufficio/ore"): "Registrate in ritardo", ("patti", "/fogli"): "Inserit",
        ("certifica", "/certificati"): "Ore di chi non ha un patto"}
    for (who, path), words in told.items():
        with demo.signed_in(town, f"{who}@{comune}.example") as client:
            assert words in client.visit(path).words, f"{who} {path}"
    with demo.signed_in(town, f"certifica@{comune}.example") as client:
        assert {"Sostituito", "Annullato"} <= {badge.get_text(strip=True) for badge in client.visit("/certificati").soup.select(".badge")}
