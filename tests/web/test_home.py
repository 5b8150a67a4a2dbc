"""Home, the personal area, and the pages about the service."""


def duties(page) -> dict[str, str]:
    """What waits, and how much of it."""
    return {link.get_text(" ", strip=True): link["href"] for link in page.soup.select(".duties a")}


def test_home_and_area_say_what_waits(app, client, town):
    with app.app_context():
        town.log(town.book(town.shift(), town.anna))
    for path in ("/", "/area-personale"):
        assert duties(client.sign_in(town.tino).visit(path)) == {"1 Ore da convalidare": "/tutor/ore"}
    assert not duties(client.sign_in(town.ugo).visit("/")), "another host's tutor"


def test_a_visitor_has_no_duties(client, town):
    assert not duties(client.visit("/"))


def test_the_privacy_page_names_the_tile_server(app, client, town, monkeypatch):
    assert "La mappa della bacheca" not in client.visit("/privacy").words
    monkeypatch.setitem(app.config, "MAP_TILES", "https://tiles.example.org/{z}/{x}/{y}.png")
    assert "prende le immagini da tiles.example.org" in client.visit("/privacy").words


def test_anybody_finds_where_a_certificate_is_checked(client, town):
    assert "/verifica" in {link["href"] for link in client.visit("/").soup.select("footer a")}
