"""The client is stricter than a browser: each thing that it refuses, shown on a page that has it."""
from types import SimpleNamespace

import pytest
from flask import redirect

from app.base.db import db
from app.guards import public
from app.town.models import Comune
from tests.conftest import make_app
from tests.pages import Page, check

GOOD = """<!doctype html><html lang="it"><head><title>Prova - Ore in Comune</title></head><body><main><h1>Prova</h1>
<form method="post" action="/accedi"><input type="hidden" name="csrf_token" value="x"><input type="hidden" name="form_key" value="y">
<label for="name">Nome *</label><input id="name" name="name"><button>Salva</button></form>
<a href="/accedi">Accedi</a></main></body></html>"""

pytestmark = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)


def page(html: str) -> Page:
    return Page(SimpleNamespace(data=html, status_code=200, request=SimpleNamespace(path="/prova")))


def test_a_good_page_passes(app):
    check(page(GOOD), app)


@pytest.mark.parametrize("good, bad, why", [
    ('lang="it"', "", "no lang"),
    ("<h1>Prova</h1>", "", "h1"),
    ("<h1>Prova</h1>", "<h1>Prova</h1><h1>Due</h1>", "h1"),
    ("Prova - Ore in Comune", " - Ore in Comune", "no title"),
    ('<label for="name">Nome *</label>', "", "no label"),
    ('<label for="name">Nome *</label>', '<input id="name" aria-label="Due">', "id name twice"),
    ("<button>Salva</button>", "<button></button>", "no words"),
    ("<button>", '<button style="color: red">', "inline: button"),
    ("<button>", '<button onclick="go()">', "inline: onclick"),
    ("<main>", "<main><script>go()</script>", "inline: script"),
    ("<main>", "<main><style>p {}</style>", "inline: style"),
    ('<input type="hidden" name="csrf_token" value="x">', "", "no csrf_token"),
    ('<input type="hidden" name="form_key" value="y">', "", "no form_key"),
    ('href="/accedi"', 'href="/non-esiste"', "leads nowhere: GET /non-esiste"),
    ('action="/accedi"', 'action="/attivita"', "leads nowhere: POST /attivita"),
    ('href="/accedi"', 'href="#via"', "no such id"),
    ("Salva", "{{ label }}", "left over"),
    ("Salva", "%(name)s", "left over"),
])
def test_each_rule_of_a_page_bites(app, good, bad, why):
    with pytest.raises(AssertionError, match=f"(?s){why}"):
        check(page(GOOD.replace(good, bad, 1)), app)


@pytest.fixture
def sly(ground, tmp_path):
    """A site with a page that writes where it should only read, and one that breaks."""
    app = make_app(ground.server.url(ground.database), tmp_path)

    @app.get("/sly")
    @public
    def sly():
        db.session.add(Comune(name="Sly", istat_code="999999", province="AL"))
        return redirect("/")

    @app.get("/broken")
    @public
    def broken():
        raise ZeroDivisionError
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_get_that_changes_rows_is_caught(sly):
    with pytest.raises(AssertionError, match="GET /sly changed rows"):
        sly.test_client().get("/sly")


def test_a_page_that_breaks_is_caught(sly):
    with pytest.raises(AssertionError, match="GET /broken failed"):
        sly.test_client().get("/broken")
    client = sly.test_client()
    client.may_fail = True
    assert client.get("/broken").status_code == 500


def test_a_request_inside_a_context_is_caught(app):
    with app.app_context(), pytest.raises(AssertionError, match="open context"):
        app.test_client().get("/")


def test_an_answer_to_no_question_is_caught(client):
    with pytest.raises(AssertionError, match="does not ask for"):
        client.submit("/accedi", {"Codice segreto": "x"}, button="Accedi")
