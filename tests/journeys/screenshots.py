"""Pictures of the main pages for the documentation: `python -m tests.journeys.screenshots` writes docs/screenshots/*.png.

They show the demonstration town on its own day, so that the same site gives the same pictures.
"""
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.dev.people import PASSWORD
from tests.browser import launch
from tests.journeys import crawl, demo
from tests.journeys.live import serve
from tests.journeys.visitor import DESK, PHONE, Visitor

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
TALLEST = {DESK: 1250, PHONE: 1500}    # CSS pixels; what lies below is cut off
RESIDENT = "cittadino1"

# Name, who looks, and the view: the first page of it that this person comes to by links, or that somebody before came to.
SHOTS = (
    ("task", RESIDENT, "tasks.task"), ("book", RESIDENT, "tasks.book"), ("shifts", RESIDENT, "tasks.bookings"),
    ("offer", RESIDENT, "tasks.booking"), ("area", RESIDENT, "web.area"), ("hours", RESIDENT, "hours.log"), ("own", RESIDENT, "hours.mine"),
    ("statement", RESIDENT, "baratto.agreement_statement"), ("agreement", RESIDENT, "baratto.agreement"),
    ("day", "tutor.verde", "hours.day"), ("code", "tutor.verde", "hours.code"), ("validate", "tutor.verde", "hours.to_validate"),
    ("hosted", "tutor.verde", "tasks.shifts"), ("office", "patti", "web.area"), ("proposal", "patti", "tasks.proposal"),
    ("dispute", "patti", "hours.dispute"), ("sheet", "patti", "hours.sheet"),
    ("certificates", "certifica", "hours.certificates"), ("certificate", "certifica", "hours.certificate"),
    ("offsets", "tributi", "baratto.offsets"), ("propose", "tributi", "baratto.propose_offset"), ("offset", "dirigente", "baratto.offset"),
    ("approve", "dirigente", "baratto.approve_offset"), ("nights", "revisore", "reconciliation.nights"),
    ("night", "revisore", "reconciliation.night"),
    ("home", None, "web.home"), ("board", None, "tasks.board"), ("week", None, "tasks.board_week"), ("map", None, "tasks.board_map"),
    ("verified", None, "hours.verified"),
)
ASKED = {"map": "?comune=1"}           # of both towns together a map shows little


def take(folder: Path) -> None:
    """Draw every shot, wide and narrow."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        site = demo.open_copy(Path(place), Path(place))
        browser, paths = launch(playwright), {}
        with serve(site, demo.NOW) as live:
            for email in dict.fromkeys(who for _name, who, _endpoint in SHOTS):
                paths |= found(site, email and f"{email}@alessandria.example")
                for width in (DESK, PHONE):
                    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
                    visitor = Visitor(context.new_page(), live.url)
                    if email:
                        visitor.sign_in(f"{email}@alessandria.example", PASSWORD)
                    for name, _who, endpoint in (shot for shot in SHOTS if shot[1] == email):
                        visitor.goto(paths[endpoint] + ASKED.get(name, ""))
                        picture(visitor, folder / f"{name}-{width}.png", width)
                        if name == "hours":
                            visitor.fill({"Pausa": "15"}).press("Avanti: controlla")
                            picture(visitor, folder / f"check-{width}.png", width)
                    context.close()
        browser.close()


def picture(visitor: Visitor, file: Path, width: int) -> None:
    height = min(TALLEST[width], visitor.page.evaluate("document.documentElement.scrollHeight"))
    visitor.page.screenshot(path=file, full_page=True, animations="disabled", clip={"x": 0, "y": 0, "width": width, "height": height})


def found(site, email: str | None) -> dict[str, str]:
    """The first address of each view that this person comes to."""
    first: dict[str, str] = {}
    with demo.signed_in(site, email) as client:
        for endpoint, path, _response in crawl.walk(site, client):
            first.setdefault(endpoint, path)
    return first


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
