"""Every page that a role reaches by links, in a real browser: wide, in Italian, by day; narrow, in English, by night."""
import re
from urllib.parse import urlsplit

import pytest

from app.access import GRANTS, Role
from app.dev.people import PASSWORD
from tests.journeys import crawl, demo
from tests.journeys.live import serve
from tests.journeys.visitor import DESK, PHONE, Visitor
from tests.pages import Page

# What everybody sees alike, or nearly so, a browser looks at once; the eyes of the second resident and the auditor see nothing more.
ALIKE = {"web.home", "web.how_it_works", "web.privacy", "web.accessibility", "web.status", "tasks.board", "tasks.board_week",
         "tasks.board_map", "tasks.share", "tasks.notice"}
ALIKE_SIGNED_IN = ALIKE | {"tasks.task", "people.sign_ins"}
SEE_THE_SAME = {"cittadino2@alessandria.example", "revisore@alessandria.example"}
# A page that an office looked at already is looked at again only where it shows each office other buttons.
OFFICES = {"patti@alessandria.example": Role.OFFICER, "tributi@alessandria.example": Role.TAX_CLERK,
           "dirigente@alessandria.example": Role.TAX_MANAGER, "admin@alessandria.example": Role.ADMIN}
OTHER_BUTTONS = {"baratto.offsets", "baratto.offset", "web.area"}

# Of the board and the hours, what must be on somebody's way: the demonstration has a row in every state that these pages are for.
ON_THE_WAY = {
    None: "tasks.board tasks.board_week tasks.board_map tasks.task tasks.share tasks.notice hours.verify",
    "cittadino1": "tasks.bookings tasks.booking tasks.own_qualifications tasks.calendar hours.mine hours.log hours.offline "
                  "hours.attendance hours.dispute hours.certificate hours.verified",
    "cittadino2": "tasks.booking hours.leave",
    "tutor.verde": "tasks.own_tasks tasks.write tasks.edit tasks.shifts tasks.repeat tasks.move_shift tasks.cancel_shift tasks.cancel "
                   "hours.day hours.code hours.code_sheet hours.miss hours.state_leaving hours.withdraw hours.to_validate "
                   "hours.decide hours.contest hours.dispute hours.sheets_to_print hours.print_sheets",
    "certifica": "hours.certificates hours.certify hours.attest hours.certificate hours.replace_certificate hours.annul_certificate",
    "patti": "tasks.proposals tasks.proposal tasks.qualifications tasks.qualify hours.office hours.dispute hours.late hours.sheets "
             "hours.sheet hours.import_sheets hours.print_sheets",
    "admin": "tasks.booking_rules hours.log_days",
}


@pytest.fixture(scope="session")
def town(tmp_path_factory, shared_folder):
    return demo.open_copy(tmp_path_factory.mktemp("demo"), shared_folder)


@pytest.fixture(scope="session")
def live(town):
    with serve(town, demo.NOW) as live:
        yield live


@pytest.fixture
def look(chromium, live):
    """`look(email, paths, language)` gives all that is wrong with these pages, as that person sees them."""
    def look(email, paths, language):
        context = chromium.new_context(**LOOKS[language])
        visitor = Visitor(context.new_page(), live.url)
        if email:
            visitor.sign_in(email, PASSWORD)
        else:
            visitor.goto("/")
        if language == "en":
            visitor.press("English")
        wrong = [f"{path}: {fault}" for path in paths for fault in faults(visitor, path)]
        context.close()
        return wrong + visitor.complaints
    return look


LOOKS = {"it": {"viewport": {"width": DESK, "height": 900}, "color_scheme": "light", "reduced_motion": "reduce"},
         "en": {"viewport": {"width": PHONE, "height": 844}, "color_scheme": "dark", "reduced_motion": "reduce"}}


@pytest.mark.parametrize("email", [None, *demo.ALESSANDRIA])
def test_pages_of_one_town(town, look, email):
    first = {}
    with demo.signed_in(town, email) as client:
        for endpoint, path, response in crawl.walk(town, client):
            check(town, path, response)
            if response.mimetype == "text/html":
                first.setdefault(endpoint, path)
    assert not set(ON_THE_WAY.get(email and email.partition("@")[0], "").split()) - first.keys()
    if email in SEE_THE_SAME:
        return
    known = {None: set(), demo.ALESSANDRIA[0]: ALIKE}.get(email, ALIKE_SIGNED_IN) | looked_at_before(town, email, first)
    paths = [path for endpoint, path in first.items() if endpoint not in known]
    wrong = look(email, paths, "it") + look(email, paths, "en")
    assert not wrong, "\n".join(wrong)


def looked_at_before(town, email, endpoints) -> set[str]:
    """Of the pages that this office reaches, those that the offices before it in the list reach too."""
    before = set().union(*(GRANTS[role] for role in list(OFFICES.values())[:list(OFFICES).index(email)])) if email in OFFICES else set()
    return {each for each in endpoints if town.view_functions[each].permission in before} - OTHER_BUTTONS


@pytest.mark.parametrize("email", demo.VALENZA)
def test_pages_of_the_other_town(town, email):
    with demo.signed_in(town, email) as client:
        client.post("/lingua", data={"language": "en", **keys(client.visit("/"))})
        for _endpoint, path, response in crawl.walk(town, client):
            check(town, path, response)
            if response.mimetype == "text/html":
                assert Page(response).soup.html["lang"] == "en", path


def check(town, path, response):
    """It answers; it fetches nothing from elsewhere; its policy lets nothing in that stands inside the page."""
    assert response.status_code == 200, f"{path}: {response.status}"
    policy = dict(re.findall(r"([\w-]+) ([^;]+)", response.headers["Content-Security-Policy"]))
    assert policy["default-src"] == "'none'" and "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    if response.mimetype == "text/html":
        away = [address for address in crawl.loaded(response) if urlsplit(address).netloc or not address.startswith("/static/")]
        assert not away, f"{path}: {away}"


def faults(visitor, path) -> list[str]:
    """What is wrong with the page, and with where Tab goes first on it."""
    page = visitor.goto(path).page
    found = visitor.faults() + ([] if visitor.status == 200 else [f"status {visitor.status}"])
    if page.locator("[autofocus]").count():          # a queue of papers: the cursor waits where one types, and Tab goes on from there
        return found
    page.keyboard.press("Tab")
    first = page.locator(":focus")
    return found + ([] if first.get_attribute("href") == "#main" and first.is_visible() else [f"Tab goes first to {first.inner_text()!r}"])


def keys(page) -> dict[str, str]:
    """The two hidden fields of the first form."""
    return {name: page.soup.select_one(f"input[name={name}]")["value"] for name in ("csrf_token", "form_key")}
