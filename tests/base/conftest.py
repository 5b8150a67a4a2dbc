import secrets

import pytest
from flask import flash, redirect, request
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from sqlalchemy import func, select

from app import config
from app.base import i18n, once
from app.base.db import db
from app.base.outbox import Letter
from app.base.transactions import App, transaction


class Probe(App):
    """A site of a few routes that write letters: what base/ promises, without the rest of the house."""

    def __init__(self, ground):
        super().__init__("probe", static_folder=None)
        self.config.update(config.FIXED, SECRET_KEY="a key for tests only", WTF_CSRF_ENABLED=False, TESTING=True,
                           PROPAGATE_EXCEPTIONS=False, SQLALCHEMY_DATABASE_URI=ground.server.url(ground.database))
        self.extensions["reactions"] = {}
        self.failures = []             # raised one after the other by POST /write, before it writes
        db.init_app(self)
        i18n.init_app(self)
        CSRFProtect(self)
        LoginManager(self).request_loader(lambda _: None)
        self.add_url_rule("/write", view_func=self.write, methods=["GET", "POST"])
        self.add_url_rule("/answer/<int:status>", view_func=self.answer, methods=["POST"])
        self.add_url_rule("/clash", view_func=self.clash, methods=["POST"])
        self.add_url_rule("/again", view_func=self.again, methods=["POST"])

    def write(self):
        add_letter()
        if self.failures:
            raise self.failures.pop(0)
        flash("scritto", "success")
        db.session.flush()
        return redirect("/done", 303)

    def answer(self, status):
        add_letter()
        db.session.flush()
        return "", status

    def clash(self):
        """Found out only at the commit."""
        add_letter("same")
        add_letter("same")
        return ""

    @once.repeatable
    def again(self):
        add_letter()
        return ""

    def send(self, path="/write", key=None, client=None, **fields):
        return (client or self.test_client()).post(path, data={once.FIELD: key or once.new_key(), **fields})

    def letters(self) -> int:
        with self.app_context(), transaction():
            return db.session.scalar(select(func.count(Letter.id)))

    def keys(self) -> int:
        with self.app_context(), transaction():
            return db.session.scalar(select(func.count(once.FormKey.key)))


def add_letter(key: str | None = None) -> None:
    db.session.add(Letter(key=key or secrets.token_hex(8), recipient="a@example.org", subject="Prova",
                          body=request.form.get("body", "")))


@pytest.fixture
def probe(ground):
    probe = Probe(ground)
    yield probe
    with probe.app_context():
        db.engine.dispose()
