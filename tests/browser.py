"""Chromium for the tests that need a real page, and axe-core's judgement of what it shows."""

from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from app.dev.setup import find_chromium

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def launch(playwright: Playwright) -> Browser:
    """Starts Chromium; without one on the machine, Playwright's own. Fails without either: ./test installs it."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)


def axe(page: Page) -> list[dict]:
    """What axe-core finds wrong on the page as it stands now; [] is a clean page.

    Playwright's own evaluation is not bound by the page's Content-Security-Policy, which stays in force for the page.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate("tags => axe.run({runOnly: tags}).then(result => result.violations)", AXE_TAGS)
