"""Coming in and going out, through the pages."""
import pytest

from tests.town import PASSWORD


def sign_in(client, email, password=PASSWORD, path="/accedi"):
    return client.submit(path, {"email": email, "password": password}, button="Accedi")


def test_one_comes_in_and_goes_out(client, town):
    page = sign_in(client, town.anna.email)
    assert page.status == 200 and page.path == "/area-personale"
    assert client.submit(page, button="Esci").path == "/"
    assert client.visit("/area-personale").path == "/accedi"


def test_one_is_brought_back_to_where_one_was_going(client, town):
    assert sign_in(client, town.anna.email, path="/ore").path == "/ore"


@pytest.mark.parametrize("address", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "/non/esiste"])
def test_one_is_sent_nowhere_else(client, town, address):
    page = client.visit("/accedi")
    page.soup.select_one("input[name=next]")["value"] = address
    assert client.submit(page, {"email": town.anna.email, "password": PASSWORD}, button="Accedi").path == "/area-personale"


@pytest.mark.parametrize("email, password", [("anna.ferraris@example.org", "sbagliata"), ("nessuno@example.org", PASSWORD)])
def test_the_answer_does_not_tell_who_exists(client, town, email, password):
    page = sign_in(client, email, password)
    assert page.status == 422 and page.errors == ["L'indirizzo o la password non sono giusti."]


def test_a_cookie_from_before_does_not_live_on(client, town):
    with client.session_transaction() as session:
        session["planted"] = "x"
    sign_in(client, town.anna.email)
    with client.session_transaction() as session:
        assert "planted" not in session and session["_user_id"]


def test_a_copied_cookie_dies_with_the_sign_in(app, client, town):
    client.sign_in(town.anna)
    copy = app.test_client()
    copy.set_cookie("sid", client.get_cookie("sid").value)
    assert copy.visit("/area-personale").path == "/area-personale"
    client.submit("/area-personale", button="Esci")
    assert copy.visit("/area-personale").path == "/accedi"
