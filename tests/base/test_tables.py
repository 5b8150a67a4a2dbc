"""Tables that leave the house: inert text, exact figures, real dates; ODS read back by another library."""
import csv
import io
import tracemalloc
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st
from odfdo import Document

from app.base.tables import Column, Kind, csv_line, h_mm, write_csv, write_ods

COLUMNS = [Column("Che cosa"), Column("Riga", Kind.NUMBER), Column("Giorno", Kind.DAY), Column("Ore", Kind.MINUTES),
           Column("Euro", Kind.CENTS)]
ROWS = [("Attestato 1/2026", 1, date(2026, 6, 6), 90, 1250), ("=1+1", -30, date(2026, 2, 28), -30, -5), (None, None, None, None, None),
        ("<a & «b»>\x00\x0b", 0, date(2028, 2, 29), 6001, 123456789)]


@pytest.mark.parametrize("cell, written", [
    ("=HYPERLINK(\"http://e\")", '"\'=HYPERLINK(""http://e"")"'), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"),
    ("\t=1", "'=1"),
    ("  =1", "'=1"), ("\r\n=1", "'=1"), ("\0=1", "'=1"), ("＝1", "'＝1"), ("a;b", '"a;b"'), ("due\nrighe", "due righe"),
    ("a\0b", "a b"), ("Rossi", "Rossi"), ("", '""'), (1250, "1250"),
])
def test_a_cell_is_only_text(cell, written):
    assert csv_line([cell]) == written


@pytest.mark.parametrize("minutes, written", [(0, "0:00"), (90, "1:30"), (-30, "−0:30"), (6001, "100:01"), (-1, "−0:01")])
def test_hours_and_minutes(minutes, written):
    assert h_mm(minutes) == written and not written.startswith("-")


def test_csv_is_what_italian_spreadsheets_read():
    file = io.BytesIO()
    write_csv(file, COLUMNS, ROWS)
    assert file.getvalue().startswith(b"\xef\xbb\xbf") and file.getvalue().endswith(b"\r\n")
    assert list(csv.reader(file.getvalue().decode("utf-8-sig").splitlines(), delimiter=";")) == [
        ["Che cosa", "Riga", "Giorno", "Ore", "Euro"],
        ["Attestato 1/2026", "1", "06/06/2026", "1:30", "12,50"],
        ["'=1+1", "-30", "28/02/2026", "−0:30", "-0,05"],
        ["", "", "", "", ""],
        ["<a & «b»>", "0", "29/02/2028", "100:01", "1234567,89"]]


def test_ods_has_typed_cells_and_no_formula():
    file = io.BytesIO()
    write_ods(file, COLUMNS, ROWS, sheet='Ore "certificate" & euro')
    file.seek(0)
    [sheet] = Document(file).body.tables
    assert sheet.name == 'Ore "certificate" & euro'
    head, *rows = [[cell.value for cell in row.cells] for row in sheet.rows]
    assert head == [column.title for column in COLUMNS]
    assert rows[0] == ["Attestato 1/2026", 1, date(2026, 6, 6), timedelta(minutes=90), Decimal("12.50")]
    assert rows[1] == ["=1+1", -30, date(2026, 2, 28), timedelta(minutes=-30), Decimal("-0.05")]
    assert rows[3] == ["<a & «b»>", 0, date(2028, 2, 29), timedelta(minutes=6001), Decimal("1234567.89")]
    assert not any(cell.formula for row in sheet.rows for cell in row.cells)
    assert [sheet.rows[2].cells[place].type for place in range(5)] == ["string", "float", "date", "time", "float"]


@pytest.mark.parametrize("write", [write_csv, lambda *args: write_ods(*args, sheet="x")])
def test_a_long_table_does_not_live_in_memory(write, tmp_path):
    with (tmp_path / "long").open("wb") as file:
        tracemalloc.start()
        write(file, COLUMNS, (ROWS[0] for _ in range(20_000)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2 ** 20


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_no_text_begins_a_formula_or_a_line(text):
    [[cell]] = csv.reader([csv_line([text])], delimiter=";")
    assert not cell.startswith(tuple("=+-@＝＋－＠\t\r\n")) and "\n" not in cell and "\r" not in cell
