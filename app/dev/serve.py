"""What ./run does: makes the folder ready, then keeps the demo site open until someone closes it.

Standard library only and run as a file, like setup.py beside it.
"""

import fcntl
import getopt
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

from setup import BIN, INSTANCE, ROOT, call, catch, prepare, say, stop

DATABASE = INSTANCE / "ore.db"

USAGE = """Uso: ./run [--port N] [--fresh] [--setup]
Apre il sito con il paese di prova, su questo computer soltanto.

  --port N   la porta del sito (8000 se non dici altro)
  --fresh    ricomincia da capo: cancella i dati del paese di prova
  --setup    prepara tutto e si ferma senza aprire il sito
  --help     mostra questo aiuto

Con DATABASE_URL nell'ambiente il sito usa quella base dati al posto di instance/ore.db."""


def settings(port: int) -> dict[str, str]:
    """The environment of the site's processes; what the caller's environment says wins."""
    keys = dict(line.split("=", 1) for line in (INSTANCE / "secrets.env").read_text().split())
    return {
        **keys,
        "DATABASE_URL": f"sqlite:///{DATABASE}",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "MAIL_FOLDER": str(INSTANCE / "posta"),
        "DEMO": "1",
        **os.environ,
    }


def run(arguments: list[str]) -> int:
    try:
        options, rest = getopt.getopt(arguments, "h", ["port=", "fresh", "setup", "help"])
        options = dict(options)
        port = int(options.get("--port", "8000"))
        if rest or not 0 < port < 65536:
            raise ValueError
    except (getopt.GetoptError, ValueError):
        stop(USAGE)
    if options.keys() & {"-h", "--help"}:
        say(USAGE)
        return 0
    if "--setup" not in options:
        check_port(port)
    prepare()
    if "--setup" in options:
        say("Tutto è pronto. Apri il sito con ./run")
        return 0
    env = settings(port)
    with using_data(fresh="--fresh" in options):
        if "--fresh" in options:
            clear(env)
        say("Preparo il paese di prova…")
        flask("db", "upgrade", env=env)
        flask("demo", "seed", env=env)
        return serve(port, env)


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            stop(f"La porta {port} è riservata al sistema. Scegline una sopra 1023: ./run --port 8000")
        except OSError:
            stop(f"La porta {port} è occupata: forse il sito è già aperto. Prova un'altra: ./run --port {port + 1}")


@contextmanager
def using_data(fresh: bool):
    """The town is never deleted under a site that is open on it."""
    folder = os.open(INSTANCE, os.O_RDONLY)
    try:
        fcntl.flock(folder, (fcntl.LOCK_EX if fresh else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        stop("Il sito è aperto in un'altra finestra. Chiudilo con Ctrl-C, poi riprova.")
    try:
        yield
    finally:
        os.close(folder)


def clear(env: dict[str, str]) -> None:
    """Only the demo's own data: instance/ore.db, or what `demo drop` takes out of PostgreSQL."""
    if env["DATABASE_URL"].startswith("postgresql"):
        flask("demo", "drop", env=env)
    elif env["DATABASE_URL"] == f"sqlite:///{DATABASE}":
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{DATABASE}{suffix}").unlink(missing_ok=True)
    else:
        stop("--fresh cancella solo instance/ore.db: la base dati in DATABASE_URL è un'altra. Cancellala tu.")


def flask(*words: str, env: dict[str, str]) -> str:
    return call([BIN / "flask", "--app", "wsgi", *words], f"Non è riuscito: flask {' '.join(words)}", env=env)


def serve(port: int, env: dict[str, str]) -> int:
    """The web server and the clock, until Ctrl-C or SIGTERM (exit code 0). When one dies the other goes too (1)."""
    address = f"127.0.0.1:{port}"
    programs = {
        "Il sito": [BIN / "gunicorn", "--bind", address, "--graceful-timeout", "3", "--log-level", "warning"],
        "L'orologio": [BIN / "flask", "--app", "wsgi", "jobs", "run"],
    }
    children: dict[str, subprocess.Popen] = {}

    def dead() -> list[str]:
        return [name for name, child in children.items() if child.poll() is not None]

    try:
        # Ctrl-C reaches the whole group: the children are born deaf to it, and get a SIGTERM from here.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for name, command in programs.items():
            children[name] = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
        catch(lambda *_: sys.exit(0))
        deadline = time.monotonic() + 60
        while not dead() and not healthy(port):
            if time.monotonic() > deadline:
                stop("Il sito non risponde dopo un minuto.")
            time.sleep(0.1)
        if not dead():
            sign_ins = flask("demo", "sign-ins", env=env)
            say(f"\nIl sito è aperto: http://{address}\nPer chiuderlo premi Ctrl-C.\n\n{sign_ins}")
        while not dead():
            time.sleep(0.2)
        for name in dead():
            say(f"{name} si è fermato da solo (codice {children[name].returncode}).")
        return 1
    finally:
        catch(signal.SIG_IGN)  # a second Ctrl-C must not leave anyone behind
        end(children.values())


def healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def end(children: Iterable[subprocess.Popen]) -> None:
    """Asks nicely; after 8 seconds it no longer asks."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + 8
    for child in children:
        try:
            child.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    catch(lambda number, _: sys.exit(128 + number))
    sys.exit(run(sys.argv[1:]))
