"""The sites that are measured: durable PostgreSQL and SQLite, each with a comune and its accounts."""
import os
import secrets
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
from sqlalchemy import insert, select, text

from app import config, create_app
from app.base.db import db
from app.base.transactions import transaction
from app.ledger.actions import accounts
from app.ledger.models import Account, BookKind, Unit
from tests.postgres import Postgres

FLOOR = -10 ** 12
KEYS = {"SECRET_KEY": secrets.token_hex(32), "IDENTITY_KEY": urlsafe_b64encode(secrets.token_bytes(32)).decode()}


def site(url: str):
    """The app on the database at `url`."""
    folder = tempfile.gettempdir()
    return create_app(**config.settings({**KEYS, "DATABASE_URL": url, "MAIL_FOLDER": folder, "PUBLIC_BASE_URL": "http://localhost"}))


@contextmanager
def postgresql() -> Iterator[Postgres]:
    """A server that keeps what it commits: fsync and synchronous_commit are on."""
    with Postgres(durable=True) as server:
        yield server


@contextmanager
def on_postgresql():
    """A site on a server of its own, still without tables."""
    with postgresql() as server:
        server.create("bench")
        yield site(server.url("bench"))


@contextmanager
def on_sqlite():
    """A site on a file of its own, still without tables."""
    with folder() as path:
        yield site(f"sqlite:///{path}/bench.db")


@contextmanager
def folder() -> Iterator[Path]:
    """A place on a disk: /tmp may be memory."""
    with tempfile.TemporaryDirectory(prefix="ore-bench-", dir="/var/tmp" if os.path.isdir("/var/tmp") else None) as path:
        yield Path(path)


def found(app) -> None:
    """The tables, and one comune."""
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            db.session.execute(text("INSERT INTO comune (id, name, istat_code, province, zone, created_at) "
                                    "VALUES (1, 'Prova', '006003', 'AL', 'Europe/Rome', '2026-01-01 00:00:00')"))


def members(app, count: int) -> list[int]:
    """The ids of so many accounts of the time bank, each with a floor."""
    with app.app_context():
        with transaction():
            book_id = accounts.open_book(1, BookKind.TIME_BANK)
            same = dict(book_id=book_id, book_kind=BookKind.TIME_BANK, unit=Unit.TIME, kind="member", floor=FLOOR, cached=True)
            db.session.execute(insert(Account), [same | {"owner": str(number)} for number in range(count)])
        analyse()
        with transaction():
            return list(db.session.scalars(select(Account.id).where(Account.kind == "member").order_by(Account.id)))


def analyse() -> None:
    """What autovacuum does on a server that has run for an hour."""
    with transaction():
        db.session.execute(text("ANALYZE"))


def check(app) -> None:
    """The books hold: sums are zero, stored figures are those of the transfers. Raises when not."""
    from tests.conftest import ledger_holds
    with app.app_context(), transaction():
        ledger_holds()
