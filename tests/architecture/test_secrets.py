"""What must not leave the house: addresses of package registries, paths of one machine, keys."""
import re
import subprocess

import pytest

from tests.architecture import ROOT

REGISTRIES = ("registry." + "npmjs", "files." + "pythonhosted", "pypi." + "org/simple", "registry." + "yarnpkg", "proxy.golang" + ".org")
MACHINE = re.compile(r"(?<![\w.])/(?:home/\w|root/|Users/\w|work/|tmp/w/)")
KEYS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bSECRET_KEY=[\w-]{32,}|\bAKIA[0-9A-Z]{16}\b")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every text that git has or would take."""
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, check=True,
                           stdout=subprocess.PIPE, text=True).stdout.split("\0")
    found = {}
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            found[name] = content.decode()
    return found


def test_there_is_something_to_look_at(texts):
    assert {"setup.cfg", "app/__init__.py", "tests/conftest.py", "requirements.txt"} <= set(texts)


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_registry_is_named(texts, host):
    assert not [name for name, text in texts.items() if host in text]


def test_no_lock_says_where_to_fetch_from(texts):
    assert not [name for name, text in texts.items() if name.endswith(".txt") and re.search(r"^(-i|--\w*index-url)", text, re.M)]
    assert '"resolved"' not in texts["package-lock.json"]


def test_no_path_of_one_machine(texts):
    assert not [f"{name}: {found[0]}" for name, text in texts.items() if (found := MACHINE.search(text))]


def test_no_key(texts):
    assert not [name for name, text in texts.items() if KEYS.search(text)]
    assert not [name for name in texts if name.startswith("instance/") or name.endswith((".pem", ".key", "secrets.env"))]
