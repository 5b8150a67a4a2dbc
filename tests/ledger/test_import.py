"""`flask ledger import`: a register comes in once, whole or not at all, and without a name."""
import csv
import stat
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from app.base import clock
from app.base.clock import ROME
from app.base.db import db
from app.base.transactions import transaction
from app.ledger.actions.imports import CHUNK, Register, import_rows
from app.ledger.queries import balances
from app.ledger.queries.statements import statement
from app.ledger.schemas import read_rows
from tests.conftest import ledger_holds
from tests.ledger.hearing import statements
from tests.threads import together

HEAD = "riga;data;da;a;ore;unita;causale\n"
SAMPLE = HEAD + """1;01/01/2026;APERTURA;T-014;12:30;TIME;
2;01/01/2026;T-020;APERTURA;3;TIME;
3;14/01/2026;T-014;T-020;1,5;TIME;giardino
4;20/01/2026;t-020;T-014;90m;;
5;29/03/2026;Anna  Rossi;T-014;0:20;service;
"""
BALANCES = {"T-014 (TIME)": "12 h 30 min", "T-020 (TIME)": "−3 h", "Anna Rossi (SERVICE)": "−20 min", "T-014 (SERVICE)": "20 min"}


@pytest.fixture
def command(app, town, tmp_path):
    """Runs the command on a file; `report=None` leaves that option out."""
    def run(data: str | bytes, *options, report="report.csv"):
        path = tmp_path / "registro.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        kept = ["--report", str(tmp_path / report)] if report else []
        return app.test_cli_runner().invoke(args=["ledger", "import", str(path), "--comune", "alessandria", *kept, *options])
    return run


def told(done) -> dict[str, str]:
    """The balances that the command says."""
    return dict(line.rsplit(": ", 1) for line in done.stdout.split("Saldi dopo l'importazione:\n")[1].splitlines())


def count(app, table: str) -> int:
    with app.app_context(), transaction():
        return db.session.scalar(text(f"SELECT count(*) FROM {table}"))


def test_a_register_comes_in_and_its_balances_are_told(app, command, tmp_path):
    done = command(SAMPLE)
    assert done.exit_code == 0, done.output
    assert "righe nuove 5, già importate 0, conti nuovi 4" in done.stdout and told(done) == BALANCES
    assert count(app, "posting") == 5
    rows = list(csv.reader((tmp_path / "report.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0] == ["nome", "unita", "riferimento", "saldo", "saldo_minuti"]
    assert {(row[0], row[1]): row[3:] for row in rows[1:]}["T-020", "TIME"] == ["−3:00", "-180"]
    assert stat.S_IMODE((tmp_path / "report.csv").stat().st_mode) == 0o600


def test_nobodys_name_is_in_the_ledger(app, command, tmp_path):
    command(SAMPLE)
    with app.app_context(), transaction():
        owners = set(db.session.scalars(text("SELECT owner FROM account"))) - {""}
        said = str(db.session.execute(text("SELECT * FROM posting")).all()) + str(owners)
    assert len(owners) == 4 and owners == {line.split(";")[2] for line in (tmp_path / "report.csv").read_text().splitlines()[1:]}
    assert "T-0" not in said and "t-0" not in said and "nna" not in said


def test_days_are_those_of_the_facts_and_the_sum_stays_zero(app, town, command, tmp_path):
    with clock.set_to(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        command(SAMPLE)
    with app.app_context(), transaction():
        opening = balances.account_id(town.alessandria.id, "TIME", "opening")
        assert balances.balance(opening) == 180 - 750
        lines = statement(opening)
        assert [(line.effective_at.astimezone(ROME).date(), line.recorded_at.astimezone(ROME).date(), line.kind) for line in lines] == [
            (date(2026, 1, 1), date(2026, 11, 20), "import:opening")] * 2
        ledger_holds()


def test_the_same_file_twice_is_nothing(app, command, tmp_path):
    command(SAMPLE)
    report = (tmp_path / "report.csv").read_bytes()
    for options in ({}, {"report": "another.csv"}):
        again = command(SAMPLE, **options)
        assert again.exit_code == 0 and "righe nuove 0, già importate 5, conti nuovi 0" in again.stdout and told(again) == BALANCES
    assert count(app, "posting") == 5 and (tmp_path / "report.csv").read_bytes() == report == (tmp_path / "another.csv").read_bytes()


def test_a_longer_file_adds_only_what_is_new(app, command):
    command(SAMPLE)
    longer = SAMPLE + "6;1/6/2026;T-014;T-031;2;;\n"
    done = command(longer)
    assert "righe nuove 1, già importate 5, conti nuovi 1" in done.stdout and told(done)["T-014 (TIME)"] == "10 h 30 min"


def test_a_later_file_finds_its_accounts_by_the_report(app, command):
    command(SAMPLE)
    done = command(HEAD + "6;1/6/2026;T-014;T-020;2;;\n")
    assert "conti nuovi 0" in done.stdout and told(done)["T-014 (TIME)"] == "10 h 30 min" and told(done)["T-020 (TIME)"] == "−1 h"


@pytest.mark.parametrize("report", ["report.csv", "another.csv"])
@pytest.mark.parametrize("old, new", [
    ("1,5;TIME", "1,6;TIME"), ("14/01/2026", "15/01/2026"), ("giardino", "spesa"), ("1,5;TIME", "1,5;SERVICE"),
    ("T-014;T-020;1,5", "T-020;T-014;1,5"), ("T-014;T-020;1,5", "APERTURA;T-020;1,5"),
])
def test_a_changed_row_is_refused_and_named(app, command, old, new, report):
    command(SAMPLE)
    done = command(SAMPLE.replace(old, new) + "6;1/6/2026;T-014;T-020;2;;\n", report=report)
    assert done.exit_code == 1 and "Riga 4: Questa riga è già entrata con altri dati" in done.stderr and "errori 1" in done.stdout
    assert count(app, "posting") == 5


def test_another_person_under_a_known_row_is_found_by_the_report(app, command):
    command(SAMPLE)
    done = command(SAMPLE.replace("14/01/2026;T-014;", "14/01/2026;T-099;"))
    assert done.exit_code == 1 and "Riga 4: Questa riga è già entrata" in done.stderr


def test_another_register_may_have_the_same_row_numbers(app, command):
    command(SAMPLE)
    done = command(HEAD + "1;1/2/2026;T-014;T-020;1;;\n", "--source", "2025")
    assert done.exit_code == 0 and "righe nuove 1" in done.stdout and count(app, "posting") == 6


def test_a_dry_run_says_all_and_leaves_nothing(app, command, tmp_path):
    before = {table: count(app, table) for table in ("posting", "transfer", "account", "book")}
    done = command(SAMPLE, "--dry-run", report=None)
    assert done.exit_code == 0 and told(done) == BALANCES and "Prova, senza importare:" in done.stdout
    assert "Riga 2: 1 gen 2026, da apertura a T-014, 12 h 30 min (TIME)" in done.stdout
    assert "Riga 4: 14 gen 2026, da T-014 a T-020, 1 h 30 min (TIME)" in done.stdout
    command(SAMPLE, "--dry-run")
    assert {table: count(app, table) for table in before} == before and not (tmp_path / "report.csv").exists()


def test_without_a_report_nobody_would_know_whose_an_account_is(app, command):
    done = command(SAMPLE, report=None)
    assert done.exit_code == 2 and "--report" in done.stderr and count(app, "posting") == 0


def test_a_report_that_cannot_be_written_stops_everything(app, command):
    done = command(SAMPLE, report="no/such/folder.csv")
    assert done.exit_code == 2 and count(app, "posting") == count(app, "account") == 0


def test_a_report_that_is_none_is_refused(command, tmp_path):
    (tmp_path / "report.csv").write_text("nome;unita;riferimento;saldo;saldo_minuti\nT-014;TIME;io;0:00;0\n")
    done = command(SAMPLE)
    assert done.exit_code == 2 and "riga 2" in done.stderr


def test_every_wrong_row_is_named_at_once(app, command):
    done = command(HEAD + "1;31/2/2026;A;B;1;;\n2;1/1/2026;A;B;0;;\n3;1/1/2026;A;A;1;;\n4;1/1/2099;A;B;1;;\n5;1/1/2026;A;B;1;EUR;\n"
                   "5;1/1/2026;A;B;1;;due parole\n6;1/1/2026;A;B;1;;\n6;1/1/2026;A;B;1;;\n7;1/1/2026;=A;B;1,33;;\n8;1/1/2026;A;B\n")
    assert done.exit_code == 1 and count(app, "posting") == 0
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "Riga 2, colonna data", "Riga 3, colonna ore", "Riga 4", "Riga 5, colonna data", "Riga 6, colonna unita", "Riga 7, colonna causale",
        "Riga 9, colonna riga", "Riga 10, colonna da", "Riga 10, colonna ore", "Riga 11"]
    assert "Gli euro non si importano" in done.stderr and "errori 10" in done.stdout


def test_limits_hold_and_every_row_beyond_them_is_named(app, command):
    rows = HEAD + "1;1/1/2026;A;APERTURA;25:00;;\n2;1/1/2026;APERTURA;B;5;;\n3;2/1/2026;B;C;26;;\n4;2/1/2026;C;B;20;;\n"
    done = command(rows, "--floor", "-20:00", "--ceiling", "20:00")
    assert done.exit_code == 1 and count(app, "posting") == 0
    assert done.stderr.splitlines() == ["Riga 2: Le ore non bastano: restano 20 h.", "Riga 4: Le ore non bastano: restano 25 h.",
                                        "Riga 5: Si supera il massimo di ore: restano 15 h."]
    assert command(rows, "--floor", "-25:00", "--ceiling", "26:00").exit_code == 0


@pytest.mark.parametrize("options", [("--floor", "molte"), ("--bank", "a:b"), ("--source", "x" * 21), ("--comune", "Atlantide")])
def test_options_that_make_no_sense_are_refused(command, options):
    done = command(SAMPLE, *options)
    assert done.exit_code == 2


def test_the_bank_says_which_book(app, town, command):
    command(SAMPLE, "--bank", "Cristo")
    with app.app_context(), transaction():
        assert balances.account_id(town.alessandria.id, "TIME", "opening", bank="Cristo")
        assert balances.account_id(town.alessandria.id, "TIME", "opening") is None
        assert db.session.execute(text("SELECT kind, name FROM book WHERE id IN (SELECT book_id FROM account) ORDER BY kind")).all() == [
            ("time_bank", "Cristo"), ("town", "")]


def test_thousands_of_rows_take_few_statements(app, town):
    """By the hundred: an account is opened once, a thousand rows are posted by what one takes."""
    rows = HEAD + "".join(f"{n};1/2/2026;M{n % 50};M{(n + 1) % 50};1:{n % 60:02};;\n" for n in range(1, 5001))
    register = Register(town.alessandria.id, ROME)
    with statements(app) as said, app.app_context():
        with transaction():
            outcome = import_rows(register, read_rows(rows.encode()).rows)
        first = len(said)
        with transaction():
            again = import_rows(register, read_rows(rows.encode()).rows)
    assert (len(outcome.posted), outcome.opened, outcome.faults, again.known, again.posted) == (5000, 50, [], 5000, [])
    assert first < 50 * 6 + 5000 / CHUNK * 12 and len(said) - first < 12
    with app.app_context(), transaction():
        assert sum(each.balance for each in again.holders) == 0
        ledger_holds()


def test_two_imports_at_once_enter_once(app, town):
    """Who comes second finds the rows there, or is refused and undone: never two accounts for one name."""
    feed = read_rows(SAMPLE.encode())

    def run():
        with app.app_context(), transaction():
            outcome = import_rows(Register(town.alessandria.id, ROME), feed.rows)
            if outcome.faults:
                raise LookupError(outcome.faults[0].message)
            return outcome.known
    results = together(run, run)
    assert 0 in results and (5 in results or "con altri dati" in str(results) or "registrazione diversa" in str(results)), results
    assert count(app, "posting") == 5 and count(app, "account") == 5
