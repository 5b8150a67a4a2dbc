"""Imports point down: the contracts stand in setup.cfg, import-linter reads them, and each is shown to bite."""
import ast
import shutil
import subprocess
import sys

import pytest

from tests.architecture import APP, MODULES, ROOT, name_of

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]

# A line too many, and the contract that has to notice it.
PLANTED = {
    "app/town/models.py": ("from app.people import models", "rows below their own"),
    "app/ledger/queries/balances.py": ("from app.ledger import actions", "layers below their own"),
    "app/tasks/rules/booking.py": ("from sqlalchemy import select", "plain Python"),
    "app/base/words.py": ("import flask", "however far"),
    "app/web/layout.py": ("from app import dev", "rows below their own"),
}


def lint(folder) -> tuple[int, str]:
    done = subprocess.run(LINT, cwd=folder, env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def test_imports_point_down():
    code, said = lint(ROOT)
    assert code == 0, said


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """What the linter says of a copy of the app with all the wrong lines in it."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "setup.cfg", folder)
    for path in MODULES:
        copy = folder / name_of(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    for name, (line, _) in PLANTED.items():
        copy = folder / name
        copy.write_text(copy.read_text() + f"\n{line}\n")
    return lint(folder)


@pytest.mark.parametrize("name", PLANTED)
def test_a_wrong_import_is_found(planted, name):
    code, said = planted
    importer = name.removesuffix(".py").replace("/", ".")
    contract = next(part for part in said.split("Broken contracts")[1].split("\n\n\n") if importer in part)
    assert code == 1 and importer in contract


def test_each_contract_bites(planted):
    for _, contract in PLANTED.values():
        assert any(contract in line and "BROKEN" in line for line in planted[1].splitlines()), contract


def test_only_the_transactions_commit():
    """db.py commits the settings of a new connection, before there is a session."""
    found = {name_of(path) for path in MODULES if "commit" in calls(path)}
    assert found == {"app/base/transactions.py", "app/base/db.py"}


def test_only_the_clock_reads_the_clock():
    readers = {"now", "utcnow", "today", "time", "time_ns", "fromtimestamp", "localtime", "gmtime"}
    owners = {"datetime", "date", "time"}
    found = {f"{name_of(path)}:{node.lineno}" for path in MODULES for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in readers
             and isinstance(node.func.value, ast.Name | ast.Attribute)
             and getattr(node.func.value, "id", getattr(node.func.value, "attr", "")) in owners}
    assert {place.rpartition(":")[0] for place in found} == {"app/base/clock.py"}, sorted(found)


def test_nobody_imports_the_demo():
    importers = [name_of(path) for path in MODULES if "app.dev" in path.read_text() and APP / "dev" not in path.parents]
    assert importers == ["app/__init__.py"]


def calls(path) -> set[str]:
    """The names of all methods that a module calls without arguments."""
    return {node.func.attr for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args + node.keywords}
