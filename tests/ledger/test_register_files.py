"""The files that `flask ledger import` reads: as old spreadsheets write them, and as nobody should."""
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings, strategies as st

from app.base import clock
from app.base.csv_files import MOST_FAULTS, WrongFile
from app.ledger import schemas
from app.ledger.actions.imports import Holder
from app.ledger.models import Unit
from app.ledger.rules.imports import ImportRow
from app.ledger.schemas import read_report, read_rows, write_report

HEAD = "riga;data;da;a;ore;unita;causale\n"
TEXT = HEAD + "7;6/6/2026;Nicolò  Rè;APERTURA;1:30;TIME;apertura\n"
ROW = ImportRow(2, "7", date(2026, 6, 6), "Nicolò Rè", None, 90, Unit.TIME, "apertura")

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture(scope="module")
def today():
    with clock.set_to(datetime(2026, 11, 20, tzinfo=UTC)):
        yield


@pytest.mark.parametrize("data", [
    TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.encode("utf-16"), TEXT.encode("cp1252"), TEXT.replace("\n", "\r\n").encode(),
    TEXT.replace("\n", "\r").encode(), TEXT.replace(";", ",").encode(), TEXT.replace(";", "\t").encode("utf-16"),
    TEXT.replace("riga;data;da;a;ore;unita", "ID;Date;From;To;Amount;Unità").replace("APERTURA", "opening").encode(),
    (TEXT + "\n;;;;;;\n  \n").encode(), TEXT.replace("Nicolò  Rè", '" Nicolò  Rè "').encode(),
])
def test_what_spreadsheets_write_is_read(data):
    feed = read_rows(data)
    assert (feed.faults, feed.rows) == ([], [ROW])


def test_columns_stand_in_any_order_and_two_may_be_left_out():
    [row] = read_rows(b"ore,a,da,data,riga\n\"1,5\",B,A,2026-06-06,x-1\n").rows
    assert (row.minutes, row.debit, row.credit, row.unit, row.reason, row.row_id) == (90, "A", "B", Unit.TIME, "", "x-1")


@pytest.mark.parametrize("written, minutes", [("1:30", 90), ("1,5", 90), ("1.5", 90), ("90m", 90), ("90 min", 90), ("1h30", 90), ("2", 120),
                                              ("9999:59", 599_999), ("0:01", 1)])
def test_amounts_are_exact(written, minutes):
    assert read_rows(f"{HEAD}1;6/6/2026;A;B;{written};;\n".encode()).rows[0].minutes == minutes


@pytest.mark.parametrize("cell, column", [
    ("1,33", "ore"), ("1:60", "ore"), ("-1:30", "ore"), ("0", "ore"), ("1.250", "ore"), ("", "ore"), ("12,50 €", "ore"), ("uno", "ore"),
    ("29/2/2026", "data"), ("6/6/26", "data"), ("21/11/2026", "data"), ("1/1/1900", "data"), ("", "data"),
    ("=A", "da"), ("+1", "a"), ("@x", "a"), ("", "da"), ("x" * 81, "da"),
    ("1 2", "riga"), ("", "riga"), ("x" * 31, "riga"), ("a:b", "riga"),
    ("EUR", "unita"), ("euro", "unita"), ("MINUTI", "unita"), ("Anna Rossi", "causale"), ("x" * 31, "causale"), ("città", "causale"),
])
def test_a_wrong_cell_is_named_and_never_repeated(cell, column):
    cells = dict(zip(HEAD.strip().split(";"), ["1", "6/6/2026", "A", "B", "1", "TIME", ""], strict=True)) | {column: cell}
    [fault] = read_rows((HEAD + ";".join(cells.values()) + "\n").encode()).faults
    assert (fault.line, fault.column) == (2, column)
    assert len(cell) < 4 or cell.lower() in {"euro", "1:60", "1,33"} or cell not in fault.message % fault.values


@pytest.mark.parametrize("data, words", [
    (b"", "vuoto"), (b"\xef\xbb\xbf \n", "vuoto"), (HEAD.encode(), "niente"), (b"PK\x03\x04" + bytes(60), "foglio di calcolo"),
    (b"\x81\x8d\x8f" + TEXT.encode("cp1252"), "come è scritto"), (b"\xff\xfe\x00", "come è scritto"),
    (TEXT.encode("utf-16-le"), "come è scritto"),
    (b"a;b\n1;2\n", "manca: riga, data, da, ore"), (HEAD.replace("\n", ";note\n").encode() + b"x", "in posizione 8"),
    (HEAD.replace("causale", "ore").encode() + b"x", "in posizione 7"), (b'"riga\n', "nomi delle colonne"),
])
def test_a_file_that_is_no_register_is_refused_in_words(data, words):
    with pytest.raises(WrongFile, match=words):
        read_rows(data)


def test_a_file_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(schemas, "LARGEST_BYTES", 2 ** 20)
    with pytest.raises(WrongFile, match="al massimo 1 MB"):
        read_rows(bytes(2 ** 20 + 1))


def test_the_reading_stops_after_many_faults():
    assert len(read_rows((HEAD + "1;x;A;B;1;;\n" * 5000).encode()).faults) == MOST_FAULTS


@settings(max_examples=300, deadline=None)
@given(st.one_of(
    st.binary(max_size=300), st.text(max_size=300).map(str.encode), st.text(max_size=300).map(lambda text: (HEAD + text).encode()),
    st.text(max_size=200).map(lambda text: (HEAD + text).encode("utf-16", "replace")),
    st.lists(st.text(max_size=12), min_size=7, max_size=7).map(lambda cells: (HEAD + ";".join(cells)).encode(errors="replace"))))
def test_whatever_comes_is_read_or_refused_never_a_crash(data):
    try:
        feed = read_rows(data)
    except WrongFile:
        return
    assert feed.faults or feed.rows


def test_a_report_comes_back_as_it_went(tmp_path):
    holders = [Holder("TIME", "T-014", "0d1f3c1e-8a7b-4a53-9f0e-3f1a2b3c4d5e", -90),
               Holder("SERVICE", "Nicolò d'Angiò; detto «Nico»", "1d1f3c1e-8a7b-4a53-9f0e-3f1a2b3c4d5e", 6001)]
    with (tmp_path / "report.csv").open("wb") as file:
        write_report(file, holders)
    assert read_report((tmp_path / "report.csv").read_bytes()) == [each._replace(balance=0) for each in holders]


@pytest.mark.parametrize("line", ["T-1;TIME;qualcuno;0:00;0", "T-1;EUR;0d1f3c1e-8a7b-4a53-9f0e-3f1a2b3c4d5e;0:00;0", "T-1;TIME", '"'])
def test_a_report_that_somebody_has_changed_is_refused_by_its_line(line):
    with pytest.raises(WrongFile, match="riga 2"):
        read_report(f"nome;unita;riferimento;saldo;saldo_minuti\n{line}\n".encode())
