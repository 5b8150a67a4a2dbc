"""The ground of the tests: the app on SQLite and on PostgreSQL, a fresh database for each test, and what must hold after it."""
import itertools
import shutil
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import pytest
from jinja2 import StrictUndefined
from sqlalchemy import event, make_url, text

from app import config, create_app
from app.base.db import db
from app.base.transactions import transaction
from app.ledger.queries import checkpoints
from app.town import queries as towns
from tests.client import Client
from tests.postgres import Postgres
from tests.town import Town

ENVIRONMENT = {
    "SECRET_KEY": "a key for tests only, with 32 characters or more",
    "IDENTITY_KEY": urlsafe_b64encode(bytes(range(32))).decode(),
    "PUBLIC_BASE_URL": "http://localhost",
}


class Files:
    """SQLite databases in a folder, handled with the same three words as a PostgreSQL server's."""

    def __init__(self, folder: Path):
        self.folder = folder

    def url(self, database: str) -> str:
        return f"sqlite:///{self.folder / database}"

    def create(self, name: str, template: str | None = None) -> None:
        if template:
            shutil.copyfile(self.folder / template, self.folder / name)

    def drop(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            (self.folder / f"{name}{suffix}").unlink(missing_ok=True)


class Ground:
    """One backend in one worker: an app that lives as long as the worker, and a database that lives as long as a test.

    A database is a copy of a template, which is made once: `bare` by the migrations, `town` from it by the actions. The
    engine stays too, with its compiled statements; only where it connects to changes.
    """

    def __init__(self, server, folder: Path):
        self.server, self.folder, self.database, self.numbers = server, folder, "bare", itertools.count()
        self.app = make_app(server.url("bare"), folder)
        with self.app.app_context():
            self.engine = db.engine
            event.listen(self.engine, "do_connect", self._connect_to_current)
            server.create("bare")
            flask_migrate.upgrade()
            with self.copy("bare", "town"), transaction():
                self.town = Town()
            self.engine.dispose()

    @contextmanager
    def fresh(self, template: str):
        """Inside the block the app works on a new copy of `template`."""
        number = next(self.numbers)
        if number:                     # only now: a server waits 100 ms for connections that have just been closed
            self.server.drop(f"test{number - 1}")
        with self.copy(template, f"test{number}"):
            self.app.config.update({name: str(self.folder / f"{name.lower()}{number}") for name in ("MAIL_FOLDER", "UPLOADS")})
            yield self.app

    @contextmanager
    def copy(self, template: str, name: str):
        """Inside the block the app works on `name`, a new copy of `template`."""
        self.engine.dispose()
        self.server.create(name, template)
        self.database = name
        try:
            yield
        finally:
            self.engine.dispose()

    @contextmanager
    def at_revision(self, revision: str):
        """Inside the block the app works on an empty database of an older revision."""
        self.engine.dispose()
        self.server.create("old")
        tested, self.database = self.database, "old"
        try:
            with self.app.app_context():
                flask_migrate.upgrade(revision=revision)
            yield self
        finally:
            self.engine.dispose()
            self.database = tested
            self.server.drop("old")

    def _connect_to_current(self, dialect, _record, args, kwargs):
        to_args, to_kwargs = dialect.create_connect_args(make_url(self.server.url(self.database)))
        args[:] = to_args
        kwargs.update(to_kwargs)


def make_app(url: str, folder: Path, **overrides):
    """A site of its own on the database at `url`, as strict as tests want it."""
    settings = config.settings({**ENVIRONMENT, "DATABASE_URL": url, "MAIL_FOLDER": str(folder / "mail"),
                                "UPLOADS": str(folder / "uploads")})
    app = create_app(**settings, TESTING=True, PROPAGATE_EXCEPTIONS=False, **overrides)
    app.jinja_env.undefined = StrictUndefined
    app.test_client_class = Client
    return app


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sqlite")
    return Ground(Files(folder), folder)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory):
    with Postgres() as server:
        yield Ground(server, tmp_path_factory.mktemp("postgresql"))


@pytest.fixture(params=["sqlite", "postgresql"])
def ground(request):
    """One backend after the other, on a database of the test's own; whatever the test did, the ledger must hold after it."""
    ground = request.getfixturevalue(request.param)
    with ground.fresh("town" if "town" in request.fixturenames else "bare"):
        yield ground
        with ground.app.app_context():
            ledger_holds()


@pytest.fixture
def app(ground):
    """The site. No context is open: each request opens its own, as in production."""
    return ground.app


@pytest.fixture
def context(app):
    """For tests of actions and queries: an application context around the whole test, and no HTTP."""
    with app.app_context():
        yield


@pytest.fixture
def town(ground):
    """Alessandria and Valenza with their people: see town.py."""
    return ground.town


@pytest.fixture
def client(app):
    return app.test_client()


def ledger_holds():
    """What is true of the books at any moment: each unit sums to zero, and what is stored is what was transferred."""
    for comune in towns.comuni():
        assert not any(checkpoints.sums(comune.id).values()), "a unit does not sum to zero"
        assert not checkpoints.drifts(comune.id), "an account and its transfers disagree"
    for odd, query in NEVER.items():
        assert not db.session.execute(text(query)).all(), odd


NEVER = {
    "a posting without transfers":
        "SELECT id FROM posting p WHERE NOT EXISTS (SELECT 1 FROM transfer WHERE posting_id = p.id)",
    "a posting in two books":
        "SELECT posting_id FROM transfer t JOIN posting p ON p.id = t.posting_id GROUP BY posting_id "
        "HAVING count(DISTINCT t.book_id) > 1 OR max(t.book_id) <> max(p.book_id)",
    "a transfer between two units":
        "SELECT t.id FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id "
        "WHERE d.unit <> t.unit OR c.unit <> t.unit",
    "a transfer between two books":
        "SELECT t.id FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id "
        "WHERE d.book_id <> t.book_id OR c.book_id <> t.book_id",
    "a balance beyond its limits":
        "SELECT id FROM account WHERE balance - held < floor OR balance > ceiling",
    "what is held is not what the holds say":
        "SELECT a.id FROM account a LEFT JOIN (SELECT debit_id, sum(amount) AS held FROM hold h WHERE NOT EXISTS "
        "(SELECT 1 FROM hold_resolution r WHERE r.hold_id = h.id) GROUP BY debit_id) h ON h.debit_id = a.id "
        "WHERE a.held <> coalesce(h.held, 0)",
    "a posting reversed twice":
        "SELECT reverses_id FROM posting WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1",
}
