"""A test client that is stricter than a browser: it reads every page it gets, and watches what a GET leaves behind."""
import secrets
from urllib.parse import urljoin, urlsplit

from flask import has_app_context, request, request_tearing_down
from flask.testing import FlaskClient

from app.base.db import db
from app.base.transactions import transaction
from app.people.models import SignIn
from tests.pages import Page, check, filled


class Client(FlaskClient):
    """`may_fail=True`: an answer of 500 is what the test is about. `unread`: statuses whose pages are not looked at, to save time."""

    may_fail = False
    unread: frozenset[int] = frozenset({301, 302, 303, 308})

    def open(self, *args, **kwargs):
        assert not has_app_context(), "a request inside an open context would share its session with the test"
        left_over = []
        with request_tearing_down.connected_to(lambda *_, **__: left_over.extend(_unwritten()), self.application):
            response = super().open(*args, **kwargs)
        asked = f"{response.request.method} {response.request.path}"
        assert not left_over, f"{asked} changed rows: {left_over}"
        assert self.may_fail or response.status_code < 500, f"{asked} failed: {response.status}"
        if response.mimetype == "text/html" and response.status_code not in self.unread:
            check(Page(response), self.application)
        return response

    def sign_in(self, neighbour) -> "Client":
        """Become `neighbour`, without the form and its slow password."""
        token = secrets.token_urlsafe(32)
        with self.application.app_context(), transaction():
            db.session.add(SignIn(person_id=neighbour.id, token_hash=SignIn.hash(token), browser="tests"))
        with self.session_transaction() as session:
            session.clear()
            session.update(_user_id=token, _fresh=True)
        return self

    def visit(self, path: str) -> Page:
        """The page at `path`, after any redirects."""
        return Page(self.get(path, follow_redirects=True))

    def submit(self, page: Page | str, answers: dict | None = None, *, button: str | None = None) -> Page:
        """Fill in the form with this button (or the only one), send it as a browser does, and follow to the next page."""
        page = self.visit(page) if isinstance(page, str) else page
        form, pressed = page.form(button)
        method, fields = form.get("method", "get").upper(), filled(page, form, pressed, answers or {})
        path = urljoin(page.response.request.full_path.rstrip("?"), form.get("action", ""))
        if method == "GET":
            return Page(self.get(urlsplit(path).path, query_string=fields, follow_redirects=True))
        kind = form.get("enctype", "application/x-www-form-urlencoded")
        return Page(self.post(path, data=_several(fields), content_type=kind, follow_redirects=True))

    def send(self, page: Page, answers: dict | None = None, *, button: str | None = None):
        """As `submit`, but give back the first answer, redirect or not; twice with one page is a double click."""
        form, pressed = page.form(button)
        fields = _several(filled(page, form, pressed, answers or {}))
        return self.post(urljoin(page.path, form.get("action", "")), data=fields,
                         content_type=form.get("enctype", "application/x-www-form-urlencoded"))


def _unwritten() -> list[str]:
    """Rows that the session still holds changed when a request that only reads is over."""
    if request.method not in {"GET", "HEAD"}:
        return []
    return [repr(row) for row in (*db.session.new, *db.session.dirty, *db.session.deleted)]


def _several(fields: list[tuple]) -> dict[str, list]:
    grouped: dict[str, list] = {}
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    return grouped
