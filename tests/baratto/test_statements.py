"""Statement pages: periods, print, files, whose they are, and each line with the fact behind it."""
import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from odfdo import Document

from app.baratto.views import statements
from app.baratto.views.books import Told
from app.base import clock
from tests.baratto.office import NOW

HOURS = "/patti/1/estratto-conto"
FUNDS = "/patti/1/estratto-conto?conto=fondi"
TOWN = "/comuni/1/estratto-conto"


@pytest.fixture
def worked(office, proposal, town):
    """Pact 1 of Anna: 4 hours certified (before), then 3 h and 1 h 4 min validated. All recorded on 15 October."""
    office.done(1, 180, 64)


def fetch(client, path: str):
    """A file, read to its end; a server closes it then."""
    with client.get(path) as answer:
        answer.get_data()
        return answer


def rows(client, path: str) -> list[list[str]]:
    answer = fetch(client, path)
    assert answer.status_code == 200 and answer.mimetype == "text/csv", answer.status
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline=""), delimiter=";"))


def sheet(client, path: str) -> list[list]:
    [table] = Document(io.BytesIO(fetch(client, path).get_data())).body.tables
    return [[cell.value for cell in row.cells] for row in table.rows]


class TestPeriods:
    def test_all_is_shown_first_with_opening_closing_and_totals(self, client, town, worked):
        page = client.sign_in(town.anna).visit(HOURS)
        assert "Saldo iniziale 0 min Entrate 8 h 4 min Uscite 4 h Saldo finale 4 h 4 min" in page.words
        assert "15 ott 2026" in page.words and "14 ott 2026" in page.words     # recorded, and when it was

    @pytest.mark.parametrize("asked, words", [
        ("dal=1/10/2026&al=31/10/2026", "Ottobre 2026"), ("dal=2026-01-01&al=2026-12-31", "2026"),
        ("dal=15/10/2026&al=15/10/2026", "Dal 15 ott 2026 al 15 ott 2026"), ("dal=1/10/2026", "Dal 1 ott 2026"),
        ("al=15.10.2026", "Fino al 15 ott 2026"),
    ])
    def test_a_period_in_words_holds_its_lines(self, client, town, worked, asked, words):
        page = client.sign_in(town.anna).visit(f"{HOURS}?{asked}")
        assert words in [each.get_text(" ", strip=True) for each in page.soup.select("h3")] and "Saldo finale 4 h 4 min" in page.words

    @pytest.mark.parametrize("asked, opening", [("dal=1/9/2026&al=30/9/2026", "0 min"), ("dal=16/10/2026", "4 h 4 min")])
    def test_an_empty_period_says_so_and_keeps_the_balance(self, client, town, worked, asked, opening):
        page = client.sign_in(town.anna).visit(f"{HOURS}?{asked}")
        assert "In questo periodo non ci sono movimenti." in page.words
        assert f"Saldo iniziale {opening} Entrate 0 min Uscite 0 min Saldo finale {opening}" in page.words

    def test_months_lead_to_their_neighbours(self, client, town, worked):
        client.sign_in(town.anna)
        page = client.visit(client.visit(f"{HOURS}?dal=1/9/2026&al=30/9/2026").link("Agosto 2026"))
        assert "Agosto 2026" in [each.get_text(strip=True) for each in page.soup.select("h3")]
        page = client.visit(client.visit(HOURS).link("Ottobre 2026"))
        assert page.soup.select_one(".periods [aria-current=page]").get_text() == "Ottobre 2026"

    @pytest.mark.parametrize("asked, words", [
        ("dal=boh", "Scrivi il giorno così"), ("dal=31/2/2026", "non esiste nel calendario"), ("al=1/1/9999", "tra il 1990 e il 2100"),
        ("dal=2/10/2026&al=1/10/2026", "L'ultimo giorno viene prima del primo.")])
    def test_days_that_make_no_sense_are_refused_everywhere(self, client, town, worked, asked, words):
        client.sign_in(town.anna)
        page = client.visit(f"{HOURS}?{asked}")
        assert page.status == 422 and any(words in error for error in page.errors)
        for shape in ("/stampa", ".csv", ".ods"):
            answer = client.get(f"{HOURS}{shape}?{asked}")
            assert answer.status_code == 302 and client.visit(answer.location).status == 422

    def test_an_account_without_lines_has_every_page(self, client, office, pact, town):
        client.sign_in(town.anna)
        assert "Ancora nessun movimento." in client.visit(HOURS).words
        assert "non ci sono movimenti" in client.visit(f"{HOURS}/stampa").words
        assert [row[6] for row in rows(client, f"{HOURS}.csv")[1:]] == ["0:00", "0:00"]

    def test_pages_go_back_in_time_and_return(self, client, town, worked, monkeypatch):
        monkeypatch.setattr(statements, "PER_PAGE", 2)
        client.sign_in(town.anna)
        first = client.visit(f"{HOURS}?dal=1/10/2026")
        older = client.visit(first.link("Successiva"))
        balances = [[row.select("td")[-1].get_text(strip=True) for row in page.soup.select("tbody tr")] for page in (first, older)]
        assert balances == [["4 h 4 min", "3 h"], ["0 min", "4 h"]]
        newest = client.visit(older.link("Torna ai movimenti più recenti"))
        assert newest.words == first.words and "dal=2026-10-01" in older.link("Torna ai movimenti più recenti")

    def test_a_long_period_leaves_its_totals_to_the_file(self, client, town, worked, monkeypatch):
        monkeypatch.setattr(statements, "MOST_SUMMED", 3)
        page = client.sign_in(town.anna).visit(HOURS)
        assert "i totali delle entrate e delle uscite sono nel file" in page.words and "Entrate" not in page.words


class TestFiles:
    def test_csv_of_hours(self, client, town, worked):
        client.sign_in(town.anna)
        head, opening, *lines, closing = rows(client, f"{HOURS}.csv?dal=1/10/2026&al=31/10/2026")
        assert head == ["Riga", "Data di registrazione", "Data del fatto", "Che cosa", "Entrate", "Uscite", "Saldo", "Movimento in minuti",
                        "Saldo in minuti", "Pagina"]
        assert opening == ["", "", "", "Saldo iniziale", "", "", "0:00", "", "0", ""]
        assert lines[1] == ["2", "15/10/2026", "15/10/2026", "Attestato 1/2026", "", "4:00", "0:00", "-240", "0",
                            "http://localhost/certificati/1"]
        assert lines[3][:3] == ["4", "15/10/2026", "12/10/2026"] and lines[3][4:9] == ["1:04", "", "4:04", "64", "244"]
        assert closing == ["", "", "", "Totali e saldo finale", "8:04", "4:00", "4:04", "244", "244", ""]

    def test_csv_of_euros_has_a_comma_and_every_cent(self, client, town, worked):
        client.sign_in(town.anna)
        head, _opening, line, _closing = rows(client, FUNDS.replace("?", ".csv?"))
        assert head[4:] == ["Entrate in euro", "Uscite in euro", "Saldo in euro", "Pagina"]
        assert line[3:] == ["Fondi messi da parte per il patto", "300,00", "", "300,00", "http://localhost/patti/1"]

    def test_ods_says_the_same_with_typed_cells(self, client, town, worked):
        client.sign_in(town.anna)
        _head, opening, *lines, closing = sheet(client, f"{HOURS}.ods")
        assert opening[6:9] == [timedelta(0), None, 0]
        assert lines[1][:9] == [2, date(2026, 10, 15), date(2026, 10, 15), "Attestato 1/2026", None, timedelta(hours=4), timedelta(0),
                                -240, 0]
        assert closing[4:7] == [timedelta(minutes=484), timedelta(hours=4), timedelta(minutes=244)]
        assert sheet(client, FUNDS.replace("?", ".ods?"))[2][4] == Decimal("300")

    def test_a_file_is_named_sized_and_inert(self, client, town, worked):
        answer = fetch(client.sign_in(town.anna), f"{HOURS}.ods?conto=certificate&dal=1/10/2026&al=31/10/2026")
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename=estratto-conto-patto-1-certificate-2026-10-01-2026-10-31.ods")
        assert answer.content_length == len(answer.get_data()) and answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    def test_no_words_become_a_formula(self, client, town, worked, monkeypatch):
        monkeypatch.setattr(statements, "told", lambda line, **_: Told('=HYPERLINK("http://evil")', None))
        client.sign_in(town.anna)
        assert [row[3] for row in rows(client, f"{HOURS}.csv")[2:-1]] == ["'=HYPERLINK(\"http://evil\")"] * 4
        assert sheet(client, f"{HOURS}.ods")[2][3] == '=HYPERLINK("http://evil")'      # a text, by its type


class TestPrint:
    def test_oldest_first_with_town_account_and_period_on_each_sheet(self, client, town, worked):
        page = client.sign_in(town.anna).visit(f"{HOURS}/stampa?dal=1/10/2026&al=31/10/2026")
        head = page.soup.select_one("thead tr.sheet-head").get_text(strip=True)
        assert head == "Comune di Alessandria · Anna Ferraris · Baratto 2026 · Ore convalidate · Ottobre 2026"
        assert [row.select_one("td").get_text() for row in page.soup.select("tbody tr")] == ["1", "2", "3", "4"]
        assert "Saldo iniziale 0 min Entrate 8 h 4 min Uscite 4 h Saldo finale 4 h 4 min" in page.words

    def test_too_long_for_paper(self, client, town, worked, monkeypatch):
        monkeypatch.setattr(statements, "MOST_PRINTED", 3)
        page = client.sign_in(town.anna).visit(f"{HOURS}/stampa")
        assert "più di 3 righe" in page.words and not page.soup.select("tbody tr")


class TestTheTown:
    def test_its_accounts_have_statements_for_offices(self, client, town, worked):
        client.sign_in(town.aldo)
        page = client.visit(client.visit("/patti").link("Estratto conto del Comune di Alessandria"))
        assert "Entrate 0 min Uscite 8 h 4 min Saldo finale −8 h 4 min" in page.words
        page = client.visit(page.link("Stanziamenti"))
        assert "Fondi del bando: Baratto 2026" in page.words and "-10.000,00" in page.words
        page = client.visit(f"{TOWN}?conto=bando-1")
        assert "Fondi messi da parte per il patto" in page.words and "9.700,00" in page.words

    def test_every_book_has_every_shape(self, client, town, worked):
        client.sign_in(town.olga)
        for book in ("prestate", "usate", "non-servite", "stanziamenti", "bando-1", "boh"):
            assert client.visit(f"{TOWN}?conto={book}").status == client.visit(f"{TOWN}/stampa?conto={book}").status == 200
            assert len(rows(client, f"{TOWN}.csv?conto={book}")) == len(sheet(client, f"{TOWN}.ods?conto={book}"))

    @pytest.mark.parametrize("path", [TOWN, f"{TOWN}/stampa", f"{TOWN}.csv", f"{TOWN}.ods"])
    def test_not_for_residents_nor_for_another_town(self, client, town, worked, path):
        for stranger in (town.anna, town.alba, town.oreste):
            assert client.sign_in(stranger).get(path).status_code == 404


@pytest.mark.parametrize("path", [f"{HOURS}/stampa", f"{HOURS}.csv", f"{HOURS}.ods"])
def test_whose_statement_it_is(client, town, worked, path):
    for reader in (town.anna, town.olga, town.aldo):
        assert fetch(client.sign_in(reader), path).status_code == 200
    for stranger in (town.bruno, town.alba, town.oreste):
        assert client.sign_in(stranger).get(path).status_code == 404
    assert client.sign_in(town.carla).get(path).status_code == 403


def test_a_day_of_the_fact_is_a_day_of_the_town(client, office, pact, town):
    """Half past midnight in Alessandria is still yesterday in UTC."""
    with clock.set_to(datetime(2026, 10, 10, 22, 30, tzinfo=UTC) + timedelta(days=5)):
        office.done(pact, 60)
    page = client.sign_in(town.anna).visit(HOURS)
    shift = (NOW - timedelta(days=1, hours=4)).astimezone(clock.ROME).date()
    assert f"turno del {shift.day} ott 2026" in page.words
