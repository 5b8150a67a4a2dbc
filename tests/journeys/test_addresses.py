"""Addresses that a person did not choose: after signing in one stays on this site, and another language is the same page."""
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from tests.town import PASSWORD

AWAY = ["//evil.example", "///evil.example", "////evil.example", "//evil.example/area-personale", "//evil.example@127.0.0.1",
        "/\\evil.example", "\\/evil.example", "\\\\evil.example", "/\\/evil.example", "/\t/evil.example", "/\n/evil.example",
        "/\r\n/evil.example", "\t//evil.example", " //evil.example", "/ /evil.example", "//\\evil.example", "/.//evil.example",
        "/..//evil.example", "/%2fevil.example", "/%5cevil.example", "%2f%2fevil.example", "%5c%5cevil.example", "/%09/evil.example",
        "https://evil.example", "http://evil.example", "HTTPS://evil.example", "https:evil.example", "http:/evil.example",
        "https:///evil.example", "https:\\\\evil.example", "ht\ttps://evil.example", "javascript:alert(1)", "JavaScript:alert(1)",
        "java\nscript:alert(1)", "data:text/html,<h1>x</h1>", "vbscript:x", "blob:x", "mailto:x@evil.example", "ftp://evil.example",
        "evil.example", "www.evil.example/accedi", "@evil.example", ":80", "?next=//evil.example", "#//evil.example", ".", "..", "../..",
        "/accedi/../..//evil.example", "/attivita//evil.example", "/attivita/..//evil.example", "/;//evil.example", "/\u2215evil.example",
        "/\uff0fevil.example", "/\u3002evil.example",
        "/esci", "/lingua", "/non-esiste", "/static/../..//evil.example", "\x00//evil.example"]


def test_there_are_enough_of_them():
    assert len(set(AWAY)) >= 60


def test_signing_in_leads_nowhere_else(visit, live, town):
    """The browser's own reading of the answer's address decides, as it would for a victim; and that there is a page."""
    page = visit().goto("/accedi").page
    led = {}
    for address in AWAY:
        page.context.clear_cookies()
        asked = page.request.get(f"{live.url}/accedi?next={quote(address, safe='')}").text()
        answers = {field["name"]: field.get("value", "") for field in BeautifulSoup(asked, "html.parser").select("main form input")}
        answer = page.request.post(live.url + "/accedi", max_redirects=0, form=answers | {"email": town.anna.email, "password": PASSWORD})
        if "\0" in address:            # refused as text that no page sends
            assert answer.status == 400
            continue
        assert answer.status == 303, address
        target = page.evaluate("([address, base]) => new URL(address, base).href", [answer.headers["location"], live.url + "/accedi"])
        if not target.startswith(live.url + "/") or page.request.get(target).status != 200:
            led[address] = target
    assert led == {}


@pytest.mark.parametrize("address", ["/ore", "/attivita?parole=scaffali&tipo=culture", "/attivita/1"])
def test_signing_in_leads_on_to_where_one_wanted(visit, town, address):
    visitor = visit().goto(f"/accedi?next={quote(address, safe='')}")
    visitor.email = town.anna.email
    assert visitor.sign_in_again().path == address


def test_a_closed_page_asks_first_and_then_opens(visit, town):
    visitor = visit().goto("/patti/1/estratto-conto?conto=fondi")
    visitor.email = town.anna.email
    assert visitor.sign_in_again().path == "/patti/1/estratto-conto?conto=fondi" and "Euro riservati" in visitor.text


@pytest.mark.parametrize("javascript", [True, False])
def test_another_language_is_the_same_page(visit, town, javascript):
    visitor = visit(javascript=javascript).sign_in(town.anna.email)
    for path in ("/attivita?parole=scaffali&tipo=culture", "/turni/1/prenota", "/patti/1/estratto-conto?conto=fondi"):
        for language, code in (("English", "en"), ("Italiano", "it")):
            visitor.goto(path).press(language)
            assert visitor.path == path and visitor.page.locator("html").get_attribute("lang") == code
            assert visitor.page.locator(".languages [aria-current]").inner_text().startswith(code.upper())


def test_another_language_does_not_lead_away(visit, live):
    visitor = visit()
    for address in ("//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"):
        visitor.goto("/").page.locator(".languages [name=back]").evaluate("(field, address) => { field.value = address }", address)
        visitor.press("English")
        assert visitor.page.url == live.url + "/"
