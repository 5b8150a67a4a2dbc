"""The menu: each one's own links, by noun where there are many."""
import pytest

from app.access import Role
from app.base.transactions import transaction
from app.people import actions as people
from app.web.layout import IN_A_ROW


def entries(page) -> list[str]:
    """The words of the first row: links, and nouns that open."""
    return [(item.select_one("summary") or item.a).get_text(strip=True) for item in page.soup.select(".navbar-nav > li")]


def links(page, where: str) -> dict[str, str]:
    return {link.get_text(strip=True): link["href"] for link in page.soup.select(f"{where} a")}


@pytest.mark.parametrize("who", ["anna", "tino", "carla", "olga", "teo", "mara", "aldo", "ada"])
def test_every_role_has_one_row_that_fits(client, town, who):
    page = client.sign_in(getattr(town, who)).visit("/area-personale")
    assert 3 < len(entries(page)) <= IN_A_ROW
    assert links(page, ".navbar-nav") == links(client.visit("/area-personale"), ".plain-menu"), "without JavaScript the same links"
    assert all(client.get(address).status_code == 200 for address in links(page, ".navbar-nav").values())


def test_few_links_stand_side_by_side(client, town):
    page = client.sign_in(town.anna).visit("/ore")
    assert entries(page) == list(links(page, ".navbar-nav")) and not page.soup.select("details.menu-group")
    assert [link.get_text(strip=True) for link in page.soup.select(".navbar-nav [aria-current=page]")] == ["Le mie ore"]


def test_many_links_stand_under_their_nouns(client, town):
    page = client.sign_in(town.olga).visit("/fogli")
    assert entries(page) == ["Bacheca", "Area personale", "Attività e turni", "Ore", "Patti e tributi", "Come funziona"]
    opens = page.soup.select_one(".navbar-nav > li.active details")
    assert opens.summary.get_text(strip=True) == "Ore"
    assert [link.get_text(strip=True) for link in opens.select("a")] == ["Ore da decidere", "Fogli presenze", "Stampa dei fogli"]
    assert opens.select_one("[aria-current=page]")["href"] == "/fogli"


def test_who_is_also_a_resident_and_a_tutor_still_has_one_row(app, client, town):
    with app.app_context(), transaction():
        officer = town.olga.row
        people.grant(officer, Role.RESIDENT, comune=town.alessandria.row)
        people.grant(officer, Role.TUTOR, organisation=town.alessandria.organisation)
    page = client.sign_in(town.olga).visit("/")
    assert len(entries(page)) <= IN_A_ROW and {"I miei turni", "Ore da convalidare", "Ore da decidere"} <= links(page, ".navbar-nav").keys()
