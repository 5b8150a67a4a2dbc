"""No file outgrows its reader, and its name says what is in it."""
from configparser import ConfigParser

from tests.architecture import APP, MODULES, ROOT, name_of

PACKAGES = ("town", "people", "ledger", "taxes", "tasks", "hours", "baratto", "timebank", "reconciliation")
LAYERS = {"states", "rules", "events", "models", "queries", "actions", "forms", "schemas", "views", "api", "jobs", "cli"}
ALSO = {"app/people/sign_ins.py"}      # who is behind a request: an entrance that is neither page nor command
EVERYTHING = [*MODULES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py"))]
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "lib", "core", "manager", "managers", "service", "services"}


def test_no_module_is_longer_than_three_hundred_lines():
    long = {name_of(path): lines for path in EVERYTHING
            if (lines := len(path.read_text().splitlines())) > 300}
    assert not long


def test_no_line_is_longer_than_the_limit():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    limit = setup.getint("flake8", "max-line-length")
    assert not [f"{name_of(path)}:{number}" for path in EVERYTHING
                for number, line in enumerate(path.read_text().splitlines(), 1) if len(line) > limit]


def test_a_package_has_only_the_known_files():
    """A layer that grew is a folder of nouns with the layer's name."""
    strange = [name_of(path) for path in MODULES if path.relative_to(APP).parts[0] in PACKAGES
               and path.relative_to(APP).with_suffix("").parts[1] not in LAYERS | {"__init__"} and name_of(path) not in ALSO]
    assert not strange


def test_no_name_is_vague():
    assert not [name_of(path) for path in APP.rglob("*") if path.stem in VAGUE and "node_modules" not in path.parts]


def test_every_module_says_what_it_is():
    silent = [name_of(path) for path in MODULES if path.stat().st_size and not path.read_text().lstrip().startswith('"""')]
    assert not silent
