"""The demonstration town for whoever only looks at it: made once, at an instant that never changes, then copied."""
import fcntl
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
from jinja2 import StrictUndefined
from sqlalchemy import select

from app import config, create_app
from app.base import clock
from app.base.db import db
from app.dev.history import fill
from app.people.models import Person
from tests.client import Client
from tests.conftest import ENVIRONMENT

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)        # a Thursday morning

ROLES = ("cittadino1", "cittadino2", "tutor.verde", "certifica", "patti", "tributi", "dirigente", "revisore", "admin")
ALESSANDRIA = [f"{name}@alessandria.example" for name in ROLES]
VALENZA = [f"{name}@valenza.example" for name in ROLES]


def open_copy(folder: Path, shared: Path):
    """The site on a copy of the town, in `folder`. Whoever comes first makes the original in `shared`, the others wait for it."""
    original = shared / "original.db"
    with open(shared / "demo.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not original.exists():
            _make(shared / "making.db", shared).rename(original)
    shutil.copyfile(original, folder / "demo.db")
    return _site(folder / "demo.db", folder)


@contextmanager
def signed_in(app, email: str | None):
    """A strict test client of that person, or of nobody, on the town's own day."""
    client = app.test_client()
    with clock.set_to(NOW):
        if email:
            with app.app_context():
                person = db.session.scalar(select(Person).where(Person.email == email))
            client.sign_in(person)
        yield client


def _make(file: Path, folder: Path) -> Path:
    app = _site(file, folder)
    with app.app_context(), clock.set_to(NOW):
        flask_migrate.upgrade()
        fill()
        db.session.remove()
        db.engine.dispose()            # the last connection to leave writes everything into the one file
    return file


def _site(file: Path, folder: Path):
    settings = config.settings({**ENVIRONMENT, "DATABASE_URL": f"sqlite:///{file}", "MAIL_FOLDER": str(folder / "mail"), "DEMO": "1"})
    app = create_app(**settings, TESTING=True, PROPAGATE_EXCEPTIONS=False)
    app.jinja_env.undefined = StrictUndefined
    app.test_client_class = Client
    return app
