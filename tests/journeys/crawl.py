"""Walking a site by its own links, breadth first, a few addresses of each kind."""
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from bs4 import BeautifulSoup

EACH = 2                               # addresses of one kind: the same template with the same questions in the address


def walk(app, client, start: str = "/") -> Iterator[tuple[str, str, object]]:
    """Every kind of page that `client` reaches from `start` by links: (endpoint, path, response), the nearest first.

    Two addresses are of one kind when one view answers them and the same names stand after the "?".
    """
    waiting, known, seen = deque([start]), {start}, Counter()
    while waiting:
        path = waiting.popleft()
        endpoint = endpoint_of(app, path)
        kind = endpoint, tuple(name for name, _value in parse_qsl(urlsplit(path).query))
        if seen[kind] >= EACH:
            continue
        seen[kind] += 1
        response = client.get(path, buffered=True)         # read to its end and closed, as a browser does
        if response.status_code in (301, 302, 303, 308):
            found = [response.location]
        else:
            yield endpoint, path, response
            found = links(response) if response.mimetype == "text/html" else []
        for link in found:
            parts = urlsplit(link)
            if parts.netloc or not parts.path.startswith("/") or parts.path.startswith("/static/"):
                continue
            address = parts._replace(fragment="").geturl()
            if address not in known:
                known.add(address)
                waiting.append(address)


def endpoint_of(app, path: str) -> str:
    """The view that answers a GET; raises werkzeug's NotFound when there is none."""
    return app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")[0]


def links(response) -> list[str]:
    return [link["href"] for link in BeautifulSoup(response.data, "html.parser").select("a[href]")]


def loaded(response) -> list[str]:
    """The address of everything that a browser fetches by itself to draw the page."""
    soup = BeautifulSoup(response.data, "html.parser")
    found = [(tag, name) for name in ("src", "srcset", "poster", "data") for tag in soup.select(f"[{name}]")]
    found += [(tag, "href") for tag in soup.select("link[href], use[href], image[href]") if tag.get("rel") != ["canonical"]]
    return [tag[name] for tag, name in found]
