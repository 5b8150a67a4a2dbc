"""Files of reductions for the tax software: numbered, checked, never twice, and inert where somebody opens them."""
import csv
import hashlib
import io
from datetime import date

import pytest
from sqlalchemy import select

from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.taxes import actions
from app.taxes.actions import OffsetRow
from app.taxes.models import Export, ExportRow, Position
from tests.taxes.builders import file, row
from tests.threads import together


@pytest.fixture
def positions(app, town, bring) -> list[int]:
    """Three instalments of Anna's, in Alessandria."""
    bring(file(*[row(codice_fiscale=town.anna.fiscal_code, instalment_no=number) for number in (1, 2, 3)]))
    with app.app_context(), transaction():
        return list(db.session.scalars(select(Position.id).order_by(Position.id)))


@pytest.fixture
def line(town, positions):
    def line(ref: str, amount_cents: int = 12000, place: int = 0, **facts) -> OffsetRow:
        usual = {"row_ref": ref, "position_id": positions[place], "amount_cents": amount_cents, "act": "Det. 12/2026",
                 "act_date": date(2026, 6, 30), "fiscal_code": town.anna.fiscal_code, "reason": "Ore svolte"}
        return OffsetRow(**usual | facts)
    return line


@pytest.fixture
def send(app, town):
    """Make an export of Alessandria in a transaction of its own; its number and its text."""
    def send(*lines: OffsetRow, year: int = 2026, comune=town.alessandria) -> tuple[int, str]:
        with app.app_context(), transaction():
            made = actions.export(comune.id, year, lines, by=town.mara.row)
            return made.number, made.content
    return send


def exports(app) -> list[tuple]:
    with app.app_context(), transaction():
        return db.session.execute(
            select(Export.year, Export.number, Export.total_cents).order_by(Export.year, Export.number)).all()


def test_a_file_says_what_was_granted_to_the_letter(app, town, send, line):
    number, text = send(line("o1-1"), line("o1-2", 1250, 1))
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert number == 1 and ";".join(rows[0]) == (
        "row_id;determina_no;determina_date;codice_fiscale;tax_code;tax_year;account_id;notice_no;instalment_no;"
        "component;amount_cents;sign;reason;reverses_row_id;checksum")
    assert list(rows[1].values())[:-1] == [
        "o1-2", "Det. 12/2026", "2026-06-30", town.anna.fiscal_code, "TARI", "2026", "A-100", "N-1", "2", "MUNICIPAL",
        "1250", "MINUS", "Ore svolte", ""]
    assert exports(app) == [(2026, 1, 13250)]


def test_every_line_and_the_file_can_be_checked(app, send, line):
    _, text = send(line("o1-1", reason='Detto "cura; del verde"'), line("o1-2", place=1))
    for each in text.splitlines()[1:]:
        told, checksum = each.rsplit(";", 1)
        assert hashlib.sha256(told.encode()).hexdigest() == checksum
    assert text.endswith("\r\n") and text.count("\r\n") == 3
    with app.app_context(), transaction():
        kept = db.session.scalar(select(Export))
        assert kept.sha256 == hashlib.sha256(text.encode()).hexdigest()
        assert kept.content == text and kept.name == "1/2026"
        assert [each.checksum for each in kept.rows] == [each.rsplit(";", 1)[1] for each in text.splitlines()[1:]]


def test_numbers_run_by_comune_and_year_without_a_gap(app, town, send, line, positions):
    with app.app_context(), transaction():
        here = db.session.get(Position, positions[0])
        there = Position(
            comune_id=town.valenza.id, lookup=here.lookup, tax="TARI", year=2026, account_ref="V-1", instalment=1,
            due_date=here.due_date, component="MUNICIPAL", amount_cents=5000, extracted_at=here.extracted_at)
        db.session.add(there)
        db.session.flush()
        there_id = there.id
    assert [send(line("a"))[0], send(line("b"))[0], send(line("c"), year=2027)[0]] == [1, 2, 1]
    assert send(line("d", position_id=there_id), comune=town.valenza)[0] == 1
    with pytest.raises(Refusal):
        send(line("a"))
    assert send(line("e"))[0] == 3


def test_files_made_at_once_get_numbers_of_their_own(app, send, line):
    made = together(*[lambda ref=ref: send(line(ref)) for ref in "abcdef"])
    assert sorted(number for number, _ in made) == [1, 2, 3, 4, 5, 6]


def test_a_row_goes_out_once_also_when_two_send_it_at_once(app, send, line):
    made = together(*[lambda: send(line("o1-1"), line("o1-2"))] * 4)
    assert sum(isinstance(each, tuple) for each in made) == 1 and sum(isinstance(each, Refusal) for each in made) == 3
    assert exports(app) == [(2026, 1, 24000)]
    with pytest.raises(Refusal, match="o1-2 è già partita"):
        send(line("o1-3"), line("o1-2"))
    with pytest.raises(Refusal, match="o2 è già partita"):
        send(line("o2"), line("o2"))
    assert exports(app) == [(2026, 1, 24000)]


def test_a_reversal_names_what_it_takes_back(app, send, line):
    send(line("o1-1"))
    _, text = send(line("o1-1-r", reverses_ref="o1-1"))
    [back] = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (back["amount_cents"], back["sign"], back["reverses_row_id"]) == ("12000", "PLUS", "o1-1")
    assert exports(app) == [(2026, 1, 12000), (2026, 2, -12000)]
    with pytest.raises(Refusal, match="mai partita"):
        send(line("o1-1-r-r", reverses_ref="o1-1-r"))
    with app.app_context(), transaction():
        assert sum(db.session.scalars(select(ExportRow.amount_cents))) == 0


@pytest.mark.parametrize("facts, words", [
    (dict(reverses_ref="never"), "mai partita"), (dict(reverses_ref="o1-1", place=1), "mai partita"),
    (dict(reverses_ref="o1-1", amount_cents=11999), "mai partita"),
    (dict(amount_cents=0), "importo"), (dict(amount_cents=-5), "importo"), (dict(position_id=999_999), "questo Comune"),
    (dict(fiscal_code="RSSMRA80A01H501U"), "altra persona"),
])
def test_what_cannot_be_true_does_not_go_out(app, send, line, facts, words):
    send(line("o1-1"))
    with pytest.raises(Refusal, match=words):
        send(line("o2-1"), line("o2-2", **facts))
    assert exports(app) == [(2026, 1, 12000)]


def test_nothing_and_another_towns_position_do_not_go_out(app, town, send, line):
    with pytest.raises(Refusal, match="niente"):
        send()
    with pytest.raises(Refusal, match="questo Comune"):
        send(line("o1-1"), comune=town.valenza)


@pytest.mark.parametrize("words", [
    "=HYPERLINK(\"http://e\")", "+1", "-1", "@x", "\t=1", "\r=1", "\0=1", "a\r\n=1", "x;=1;\"=1"])
def test_no_words_become_a_formula_or_a_line(send, line, words):
    _, text = send(line("o1-1", act=words, reason=words))
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    assert len(rows) == 1 and len(rows[0]) == len(header) == 15
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\0")) for cell in rows[0])


# The pages

def test_the_manager_downloads_what_was_sent(app, client, town, send, line):
    _, text = send(line("o1-1"))
    page = client.sign_in(town.mara).visit("/tributi/invii")
    assert "1/2026" in page.words and "120,00" in page.words and hashlib.sha256(text.encode()).hexdigest() in page.words
    answer = client.get(page.link("Scarica"))
    assert answer.data.decode() == text and answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="riduzioni-2026-001.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_file_is_only_for_its_own_office(app, client, town, send, line):
    send(line("o1-1"))
    with app.app_context(), transaction():
        export_id = db.session.scalar(select(Export.id))
    path = f"/tributi/invii/{export_id}.csv"
    assert client.get(path).status_code in {302, 303, 401}
    for neighbour, status in [(town.mara, 200), (town.marzio, 404), (town.teo, 403), (town.anna, 403), (town.ada, 403)]:
        assert client.sign_in(neighbour).get(path).status_code == status
    assert "1/2026" not in client.sign_in(town.marzio).visit("/tributi/invii").words
