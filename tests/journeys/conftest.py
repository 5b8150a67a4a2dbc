"""The ground of the journeys: one Chromium for each worker, the site served live, people who walk up to it."""
import os
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import sync_playwright

from app.base.transactions import transaction
from tests.browser import launch
from tests.conftest import ledger_holds
from tests.journeys.live import serve
from tests.journeys.story import OPENS, open_town
from tests.journeys.visitor import DESK, PHONE, Visitor


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    """One folder for all workers of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture
def backend():
    """Which database is under the site; a test that wants PostgreSQL parametrizes it."""
    return "sqlite"


@pytest.fixture
def ground(request, backend):
    """Alessandria and Valenza on the morning of the story, see story.py. Whatever happens in the browser, the ledger holds after it."""
    ground = request.getfixturevalue(backend)
    with ground.fresh("town"):
        with ground.app.app_context():
            open_town(ground.town)
        yield ground
        with ground.app.app_context():
            ledger_holds()


@pytest.fixture
def live(ground):
    with serve(ground.app, OPENS) as live:
        yield live


@pytest.fixture
def doing(live):
    """`with doing():` is a transaction of the town, at the site's own time, for what happens beside the browser."""
    @contextmanager
    def happen():
        with live.app.app_context(), live.at_its_time(), transaction():
            yield
    return happen


@pytest.fixture
def visit(chromium, live):
    """`visit()` opens a browser of one's own: nobody sees another's cookies. What its console says at the end fails the test."""
    with ExitStack() as stack:
        visitors = []

        def open_browser(*, width: int = DESK, javascript: bool = True) -> Visitor:
            context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=javascript,
                                           reduced_motion="reduce")
            stack.callback(context.close)
            context.set_default_timeout(10_000)
            visitors.append(Visitor(context.new_page(), live.url))
            return visitors[-1]

        yield open_browser
        assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


@pytest.fixture(params=[(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def look(request, visit):
    """`look(neighbour)` is that person's browser, by day on a desk or by night on a phone."""
    width, scheme = request.param

    def open_browser(neighbour):
        visitor = visit(width=width)
        visitor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        return visitor.sign_in(neighbour.email)
    return open_browser
