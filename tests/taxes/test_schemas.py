"""Files of positions as bytes: what is read, what is refused, and how that is said."""
import pytest
from hypothesis import given, settings, strategies as st

from app.taxes import schemas
from tests.taxes.builders import ROW, file, row

WORSE = {                                         # a cell that is wrong in its column
    "comune_istat": ["", "x", "0", "1234567"],
    "tax_code": ["", "ICI"],
    "tax_year": ["", "26", "1989", "٢٠٢٦"],
    "account_id": ["", "=1+1", "+39", "@x", "-1", "x" * 41, "a\u202eb"],
    "codice_fiscale": ["", "RSSMRA80A01H501A", "1"],
    "notice_no": ["=cmd"],
    "iuv": ["-1"],
    "instalment_no": ["", "-1", "1000", "1,5"],
    "due_date": ["", "2026-02-29", "31/04/2026", "ieri"],
    "component": ["", "UR9", "STATE"],
    "amount_cents": ["", "-1", "286,00", "286.00", "1e3", "1" * 10, "1_000", "٢٨٦"],
    "paid_cents": ["1,0"],
    "offset_cents": ["x"],
    "status": ["x" * 21],
    "collection_stage": ["=1"],
    "litigation": ["forse"],
    "bonus_sociale_cents": ["-5"],
    "extract_ts": ["", "2026-05-04", "2026-05-04T25:00", "2026-03-29T02:30:00", "2026-10-25T02:30:00"],
}


def test_a_row_is_read_to_the_letter():
    cells = row(tax_code="tari", litigation="sì", paid_cents="", bonus_sociale_cents="7150")
    [read] = schemas.read_positions(file(cells)).rows
    assert read["tax"] == "TARI" and read["component"] == "MUNICIPAL" and read["istat"] == 6003
    assert (read["amount_cents"], read["paid_cents"], read["bonus_cents"]) == (28600, 0, 7150)
    assert read["litigation"] is True and f"{read['due_date']}" == "2026-05-31" and read["line"] == 2
    assert read["extracted_at"].isoformat() == "2026-05-04T02:30:00+02:00"


def test_an_instant_without_an_offset_is_italian_time():
    [read] = schemas.read_positions(file(row(extract_ts="2026-05-04 02:30:00"))).rows
    assert read["extracted_at"].isoformat() == "2026-05-04T00:30:00+00:00"


def test_amounts_in_euro_when_the_column_says_so():
    columns = [name.replace("amount_cents", "amount_euro").replace("paid_cents", "paid_euro") for name in ROW]
    cells = row(amount_euro="1.286,05", paid_euro="", comune_istat="6003")
    [read] = schemas.read_positions(file(cells, columns=columns)).rows
    assert (read["amount_cents"], read["paid_cents"]) == (128605, 0)
    [fault] = schemas.read_positions(file(row(amount_euro="1.286", paid_euro="0"), columns=columns)).faults
    assert fault.column == "amount_euro"


def test_columns_may_stand_in_any_order_with_a_mark_blanks_quotes_and_both_line_ends():
    data = file(row(account_id='"A-100"', notice_no=" N-1 "), columns=tuple(reversed(ROW)), end="\r\n")
    [read] = schemas.read_positions(b"\xef\xbb\xbf" + data + b"\r\n\n").rows
    assert read["account_ref"] == "A-100" and read["notice_no"] == "N-1"


@pytest.mark.parametrize("column, cell", [(column, cell) for column, cells in WORSE.items() for cell in cells])
def test_a_wrong_cell_is_named_with_its_line_and_column(column, cell):
    feed = schemas.read_positions(file(row(account_id="A-1"), row(**{column: cell})))
    assert [(fault.line, fault.column) for fault in feed.faults] == [(3, column)]


def test_every_wrong_cell_of_a_row_is_named_and_none_is_repeated():
    code = "RSSMRA80A01H501A"
    feed = schemas.read_positions(file({column: code for column in ROW}))
    anything = {"account_id", "notice_no", "iuv", "status", "collection_stage"}
    assert {fault.column for fault in feed.faults} == set(ROW) - anything
    assert code not in str(feed.faults)


@pytest.mark.parametrize("data, words", [
    (b"", "vuoto"), (b"\n \n", "vuoto"), (b"\xef\xbb\xbf", "vuoto"),
    (file(row()).decode().encode("utf-16"), "UTF-16"), (file(row()).decode().encode("utf-16-le"), "UTF-16"),
    (b"PK\x03\x04" + bytes(100), "foglio di calcolo"), (b"\x89PNG\r\n\x1a\n", "riga 1"), (bytes(range(256)), "UTF-8"),
    (file(row(status="città")).decode().encode("latin-1"), "riga 2"),
    (file(row(), separator=","), "punto e virgola"), (file(row(), separator="\t"), "punto e virgola"),
    (file(), "non c'è niente"), (b"a;b\n1;2\n", "nomi delle colonne"), (b";" * 1_000_000, "nomi delle colonne"),
    (file(row()).split(b"\n")[1], "nomi delle colonne"), (b'"comune_istat\n', "nomi delle colonne"),
    (file(row(), columns=tuple(ROW)[:-1]), "manca: extract_ts"),
    (file(row(), columns=(*ROW, "tax_code")), "in posizione 19"),
    (file(row(nome="x"), columns=(*ROW, "nome")), "in posizione 19"),
])
def test_a_file_that_is_no_such_file_is_refused_in_words(data, words):
    with pytest.raises(schemas.WrongFile, match=words):
        schemas.read_positions(data)


@pytest.mark.parametrize("cell, words", [
    ("a\0b", "non sono testo"), ("a\tb", "non sono testo"), ('"aperta', "virgolette"), ('"a"b', "virgolette"),
    ("x" * 10_000_000, "troppo lunga"), (";" * 1_000_000, "troppo lunga"), ("a;b", "numero delle colonne"),
    ('"due\nrighe"', "virgolette"),
])
def test_a_malformed_line_is_a_fault_of_that_line(cell, words):
    feed = schemas.read_positions(file(row(account_id="A-1"), row(status=cell), row(account_id="A-2")))
    assert feed.faults[0].line == 3 and feed.faults[0].column == "" and words in feed.faults[0].message
    assert [read["account_ref"] for read in feed.rows] == ["A-1", "A-2"]


def test_a_line_with_commas_among_semicolons_is_a_fault():
    mixed = file(row(account_id="A-1")) + ",".join(row().values()).encode() + b"\n"
    assert [(fault.line, fault.column) for fault in schemas.read_positions(mixed).faults] == [(3, "")]


def test_the_same_line_twice_is_a_fault_that_names_the_first():
    [fault] = schemas.read_positions(file(row(), row(account_id="A-2"), row(paid_cents=1))).faults
    assert fault.line == 4 and fault.values == {"first": 2}


def test_the_reading_stops_after_two_hundred_faults():
    feed = schemas.read_positions(file(*[row(tax_code="x")] * 5000))
    assert len(feed.faults) == schemas.MOST_FAULTS and feed.faults[-1].line == 201


@settings(max_examples=300, deadline=None)
@given(st.one_of(
    st.binary(max_size=400), st.text(max_size=400).map(str.encode),
    st.text(max_size=300).map(lambda text: file() + text.encode()),
    st.lists(st.text(max_size=12), min_size=18, max_size=18).map(lambda cells: file() + ";".join(cells).encode())))
def test_whatever_comes_is_read_or_refused_never_a_crash(data):
    try:
        feed = schemas.read_positions(data)
    except schemas.WrongFile:
        return
    assert feed.faults or feed.rows
