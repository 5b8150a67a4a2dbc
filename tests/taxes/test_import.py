"""Files of positions: what they change, and how that is shown, from the tables to the page and the command."""
import io
import re

import pytest
from codicefiscale import codicefiscale
from sqlalchemy import event, func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.base.db import db
from app.base.transactions import transaction
from app.people import actions as people
from app.taxes import actions, queries, schemas
from app.taxes.models import Import, Position
from tests.taxes.builders import code_of, file, row
from tests.threads import together


def stored(app) -> list[tuple]:
    with app.app_context(), transaction():
        columns = Position.account_ref, Position.amount_cents, Position.paid_cents, Position.person_id
        return db.session.execute(select(*columns).order_by(Position.id)).all()


def imports(app) -> int:
    with app.app_context(), transaction():
        return db.session.scalar(select(func.count(Import.id)))


# Importing

def test_positions_are_stored_and_linked_to_who_is_known(app, town, bring):
    outcome = bring(file(row(codice_fiscale=town.anna.fiscal_code),
                         row(account_id="A-2", component="TEFA", amount_cents=1430)))
    assert (outcome.added, outcome.changed, outcome.unchanged, outcome.faults) == (2, 0, 0, [])
    assert dict(outcome.cents) == {"MUNICIPAL": 28600, "TEFA": 1430}
    assert stored(app) == [("A-100", 28600, 0, town.anna.id), ("A-2", 1430, 0, None)]


def test_no_fiscal_code_is_stored_in_clear(app, town, bring):
    bring(file(row(codice_fiscale=town.anna.fiscal_code)))
    with app.app_context(), transaction():
        kept = db.session.execute(select(Position.__table__)).one()
    assert town.anna.fiscal_code not in str(kept) and re.fullmatch("[0-9a-f]{64}", kept.lookup)


def test_the_name_of_the_file_is_kept_as_plain_text(app, town):
    with app.app_context(), transaction():
        actions.import_positions(town.alessandria.row, schemas.read_positions(file(row())), "a\0b\udcff\n" + "x" * 300)
        assert db.session.scalar(select(Import.filename)) == ("a b? " + "x" * 300)[:200]


def test_the_same_bytes_again_change_nothing(app, bring):
    data = file(row())
    assert bring(data).added == 1
    before = stored(app)
    again = bring(data)
    assert again.imported_at and (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert stored(app) == before and imports(app) == 1


def test_an_old_file_again_does_not_undo_a_newer_one(app, bring):
    old, new = file(row()), file(row(paid_cents=28600, extract_ts="2026-06-01T00:00:00Z"))
    bring(old), bring(new), bring(old)
    assert stored(app) == [("A-100", 28600, 28600, None)]


def test_the_same_rows_in_another_file_are_unchanged_and_changed_ones_are_counted(app, bring):
    bring(file(row(), row(account_id="A-2")))
    later = dict(extract_ts="2026-05-05T02:30:00+02:00")
    outcome = bring(file(row(**later), row(account_id="A-2", paid_cents=500, **later), row(account_id="A-3", **later)))
    assert (outcome.added, outcome.changed, outcome.unchanged) == (1, 1, 1)
    assert [each[:3] for each in stored(app)] == [("A-100", 28600, 0), ("A-2", 28600, 500), ("A-3", 28600, 0)]
    # A row that was only confirmed is as new as its last extract.
    stale = bring(file(row(extract_ts="2026-05-04T23:00:00+02:00", status="chiusa")))
    assert [(fault.line, fault.column) for fault in stale.faults] == [(2, "extract_ts")]


def test_one_wrong_row_stops_the_whole_file(app, bring):
    outcome = bring(file(row(), row(account_id="A-2", amount_cents="x"), row(account_id="A-3")))
    assert len(outcome.faults) == 1 and stored(app) == [] and imports(app) == 0


@pytest.mark.parametrize("cells, column, words", [
    (dict(comune_istat="006177"), "comune_istat", "altro Comune"),
    (dict(extract_ts="2026-05-04T02:29:59+02:00"), "extract_ts", "Estrazione più vecchia"),
])
def test_what_the_stored_rows_contradict_is_a_fault(app, bring, cells, column, words):
    bring(file(row()))
    outcome = bring(file(row(account_id="A-2"), row(paid_cents=1, **cells)))
    assert [(fault.line, fault.column) for fault in outcome.faults] == [(3, column)]
    assert words in outcome.faults[0].message
    assert [each[0] for each in stored(app)] == ["A-100"]


def test_overpaid_and_future_lines_are_imported_with_a_remark(app, bring):
    outcome = bring(file(row(paid_cents=30000), row(account_id="A-2", extract_ts="2099-01-01T00:00:00Z")))
    assert [(remark.line, remark.column) for remark in outcome.remarks] == [(2, "paid_cents"), (3, "extract_ts")]
    assert len(stored(app)) == 2


def test_a_line_that_passes_to_somebody_else_goes_to_them(app, town, bring):
    bring(file(row(codice_fiscale=town.anna.fiscal_code)))
    for number, (code, holder) in enumerate([(town.bruno.fiscal_code, town.bruno.id), (code_of(7), None)], 1):
        assert bring(file(row(codice_fiscale=code, extract_ts=f"2026-06-0{number}T00:00:00Z"))).changed == 1
        assert stored(app)[0].person_id == holder


def test_a_person_who_comes_later_gets_their_positions(app, town, bring):
    code = codicefiscale.encode(lastname="Bianchi", firstname="Luca", gender="M", birthdate="10/12/1985",
                                birthplace="Alessandria")
    bring(file(row(codice_fiscale=code), row(account_id="A-2")))
    with app.app_context(), transaction():
        luca = people.register("Luca", "Bianchi", "luca@example.org", fiscal_code=code)
        assert actions.link_positions(luca) == 0, "they were linked when the fiscal code became known"
        luca_id = luca.id
    assert [each.person_id for each in stored(app)] == [luca_id, None]


def test_two_imports_of_one_file_at_once_store_it_once(app, town, bring):
    outcomes = together(*[lambda: bring(file(row(), row(account_id="A-2")))] * 4)
    assert sorted(outcome.added for outcome in outcomes) == [0, 0, 0, 2]
    assert len(stored(app)) == 2 and imports(app) == 1


def test_twenty_thousand_rows_take_few_statements(app, bring):
    def extract(paid, at):
        return file(*[row(account_id=f"A-{number}", codice_fiscale=code_of(number), extract_ts=at,
                          paid_cents=paid if number % 2 else 0) for number in range(20_000)])
    statements = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    assert bring(extract(0, "2026-05-04T00:00:00Z")).added == 20_000
    outcome = bring(extract(100, "2026-05-05T00:00:00Z"))
    assert (outcome.added, outcome.changed, outcome.unchanged) == (0, 10_000, 10_000)
    assert len(statements) < 120, statements[:20]


# Reading back

def test_open_lines_come_in_the_order_of_their_due_dates(app, town, bring):
    mine = dict(codice_fiscale=town.anna.fiscal_code)
    bring(file(row(instalment_no=3, due_date="30/11/2026", **mine), row(instalment_no=1, **mine),
               row(instalment_no=2, due_date="31/07/2026", paid_cents=28600, **mine), row(account_id="A-9"),
               row(tax_code="IMU", **mine)))
    with app.app_context(), transaction():
        found = queries.positions_of(town.anna.row, tax="TARI", comune_id=town.alessandria.id)
        assert [position.instalment for position in found] == [1, 3]
        assert queries.positions_of(town.anna.row, tax="TARI", comune_id=town.valenza.id) == []
        ids = [position.id for position in found]
        assert [position.id for position in queries.lock_positions(reversed(ids))] == sorted(ids)


def test_a_locked_position_is_read_again(app, town, bring):
    bring(file(row()))
    with app.app_context(), transaction():
        before = db.session.scalar(select(Position))
        db.session.execute(Position.__table__.update().values(paid_cents=9))
        assert queries.lock_positions([before.id])[0].paid_cents == 9


# The page

def test_a_file_is_shown_first_and_imported_when_it_comes_again(app, client, town):
    data = file(row(codice_fiscale=town.anna.fiscal_code, paid_cents=30000))
    def upload(content=data):
        return {"File delle posizioni (CSV)": (io.BytesIO(content), "tari.csv", "text/csv")}
    page = client.sign_in(town.teo).submit("/tributi/importa", upload())
    assert page.status == 200 and stored(app) == []
    assert all(words in page.words for words in ("Voci nuove 1", "286,00", "pagato più del dovuto"))
    other = client.submit(page, upload(file(row(account_id="A-2"))))      # not what was shown: it is shown first
    assert other.status == 200 and "Voci nuove 1" in other.words and stored(app) == []
    page = client.submit(page, upload())
    assert page.path == "/tributi" and "Anna Ferraris" in page.words and "1 nuove, 0 cambiate" in page.words
    assert "Importato: 1 voci nuove" in page.words and town.anna.fiscal_code not in page.response.text
    assert [each.account_ref for each in stored(app)] == ["A-100"]
    again = client.submit("/tributi/importa", upload())
    assert "già stato importato" in again.words


@pytest.mark.parametrize("data, words", [
    (file(row(), row(account_id="A-2", tax_code="<script>")), "Il file ha degli errori"),
    (b"\xff\xfea", "UTF-16"), (b"", "vuoto"),
])
def test_a_wrong_file_is_explained_on_the_page(app, client, town, data, words):
    upload = {"File delle posizioni (CSV)": (io.BytesIO(data), "x.csv")}
    page = client.sign_in(town.teo).submit("/tributi/importa", upload)
    assert page.status == 422 and words in page.words and "<script>" not in page.response.text.split("</head>")[1]
    assert stored(app) == []


def test_without_a_file_the_page_asks_for_it(client, town):
    page = client.sign_in(town.teo).submit("/tributi/importa")
    assert page.status == 422 and page.errors == ["Scegli il file."]


def test_an_upload_of_eight_mebibytes_is_the_most_and_only_there(client, town):
    page = client.sign_in(town.teo).visit("/tributi/importa")
    def send(path, size):
        fields = {field["name"]: field["value"] for field in page.soup.main.select("input[type=hidden]")}
        upload = FileStorage(io.BytesIO(b"x" * size), "x.csv")
        boundary, body = encode_multipart({**fields, "comune": town.alessandria.id, "file": upload})
        return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert send("/tributi/importa", 8 * 2 ** 20 + 1).status_code == 413
    assert send("/tributi/importa", 8 * 2 ** 20 - 4096).status_code == 422
    assert send("/lingua", 300_000).status_code == 413
    assert client.post("/tributi/importa", data={"file": "x" * 300_000}).status_code == 413      # not an upload


def test_another_town_and_other_roles_are_kept_out(app, client, town, bring):
    bring(file(row(codice_fiscale=town.anna.fiscal_code)))
    assert "Anna Ferraris" not in client.sign_in(town.tullia).visit("/tributi").words
    page = client.visit("/tributi/importa")
    chosen = {field["name"]: field["value"] for field in page.soup.main.select("input[type=hidden]")}
    foreign = client.post("/tributi/importa", data={
        **chosen, "comune": town.alessandria.id, "file": (io.BytesIO(file(row())), "x.csv")})
    assert foreign.status_code == 422 and len(stored(app)) == 1
    for neighbour, path in [(town.anna, "/tributi"), (town.mara, "/tributi/importa"), (town.teo, "/tributi/invii")]:
        assert client.sign_in(neighbour).get(path).status_code == 403


def test_the_office_finds_by_name_account_tax_and_year(client, town, bring):
    bring(file(row(codice_fiscale=town.anna.fiscal_code), row(account_id="B7", tax_year=2025),
               row(account_id="C-1", tax_code="IMU")))
    client.sign_in(town.olga)
    for query, names in [
            ("q=ferraris", "A-100"), ("q=b7", "B7"), ("tributo=IMU", "C-1"), ("anno=2025", "B7"), ("q=%25", ""),
            ("tributo=x&anno=ieri&pagina=-3", "A-100 B7 C-1"), ("pagina=2", ""), ("q=b7%00", "B7")]:
        words = client.visit(f"/tributi?{query}").words
        assert [name for name in ("A-100", "B7", "C-1") if f"conto {name}" in words] == names.split(), query


# The command

@pytest.fixture
def command(app, town, tmp_path):
    def command(data: bytes, *options: str):
        path = tmp_path / "tari.csv"
        path.write_bytes(data)
        return app.test_cli_runner().invoke(args=["taxes", "import", str(path), *options])
    return command


def test_the_command_tries_imports_and_repeats(app, command):
    data = file(row(), row(account_id="A-2", component="TEFA", amount_cents=1430))
    tried = command(data, "--dry-run")
    assert tried.exit_code == 0 and "nuove 2" in tried.output and stored(app) == [] and imports(app) == 0
    done = command(data, "--comune", "alessandria")
    assert done.exit_code == 0 and "nuove 2, cambiate 0" in done.output and "TEFA: 14,30" in done.output
    again = command(data, "--comune", "006003")
    assert again.exit_code == 0 and "già stato importato" in again.output and len(stored(app)) == 2


@pytest.mark.parametrize("data, options, code, words", [
    (file(row(), row(account_id="A-2", due_date="x")), [], 1, "Riga 3, colonna due_date: Serve un giorno"),
    (file(row()), ["--comune", "Valenza"], 1, "Riga 2, colonna comune_istat: Questa riga è di un altro Comune."),
    (file(row(status="a;b")), [], 1, "Riga 2: Il numero delle colonne"),
    (file(row(comune_istat="001272")), [], 2, "Questo Comune non c'è"),
    (file(row()), ["--comune", "Atlantide"], 2, "Questo Comune non c'è"),
    (b"", [], 2, "Il file è vuoto."), (b"a,b\n", [], 2, "punto e virgola"),
])
def test_the_command_says_what_is_wrong_by_words_and_exit_code(app, command, data, options, code, words):
    result = command(data, *options)
    assert (result.exit_code, stored(app)) == (code, []) and words in result.output
    assert "Traceback" not in result.output
