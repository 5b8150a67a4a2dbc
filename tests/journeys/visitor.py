"""A person in front of a browser: reads headings, presses what has words on it, types into what has a label."""
import re
from mimetypes import guess_type
from pathlib import Path

from playwright.sync_api import Locator, Page, Response

from tests.browser import axe
from tests.town import PASSWORD

PHONE, DESK = 390, 1280                # CSS pixels of width
NARROW = 320                           # 1280 at a zoom of 400 %: WCAG 2.2, 1.4.10
BLANK = re.compile(r"\s+")


class Visitor:
    """One person's browser. Whatever the console or the network complains about on the way is in `complaints`."""

    def __init__(self, page: Page, url: str):
        self.page, self.url, self.answer, self.email = page, url, None, ""
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("response", self._watch)

    # Going somewhere

    def goto(self, path: str) -> "Visitor":
        self.answer = self.page.goto(self.url + path)
        return self

    def follow(self, words: str, *, within: str | None = None) -> "Visitor":
        """Click the link with these words; it may be in the menu of a phone, or in a part of the menu, which are then opened first."""
        links = self.area(within).get_by_role("link", name=words).filter(visible=True)
        menu = self.page.get_by_role("button", name="Apri il menu")
        if links.count() == 0 and menu.is_visible():
            menu.click()
        folded = self.page.locator(".menu-group:not([open])").filter(has_text=words)
        if links.count() == 0 and folded.count():
            folded.first.locator("summary").click()
        assert links.count(), f"{self.path}: no link «{words}» in: {self.text}"
        return self._click(links.first)

    def press(self, words: str, *, within: str | None = None) -> "Visitor":
        return self._click(self.area(within).get_by_role("button", name=words))

    def back(self) -> "Visitor":
        """The browser's own button."""
        self.answer = self.page.go_back()
        return self

    def fill(self, answers: dict[str, str]) -> "Visitor":
        """Type into fields, by their labels; take an option of a list by its words."""
        for label, text in answers.items():
            field = self.field(label)
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=text)
            else:
                field.fill(text)
        return self

    def tick(self, label: str) -> "Visitor":
        """A checkbox or a radio button is drawn by its label, so that is what one clicks."""
        self.page.locator("main label").filter(has_text=label).click()
        return self

    def open_filters(self) -> "Visitor":
        """On a phone the filters are folded."""
        folded = self.page.locator("details.filters:not([open]) > summary")
        if folded.is_visible():
            folded.click()
        return self

    def attach(self, label: str, name: str, content: bytes) -> "Visitor":
        """Choose a file of that name, as from one's own disk."""
        self.field(label).set_input_files({"name": name, "mimeType": guess_type(name)[0], "buffer": content})
        return self

    def download(self, words: str) -> Path:
        """Follow a link that leads to a file, and keep it."""
        with self.page.expect_download() as started:
            self.page.get_by_role("link", name=words).click()
        return started.value.path()

    def open_pdf(self, words: str, *, role: str = "link") -> bytes:
        """Follow a link, or press a button, that leads to a PDF. The browser frames it, so its bytes are asked for again."""
        self._click(self.page.get_by_role(role, name=words))
        assert self.status == 200 and self.page.url.partition("?")[0].endswith(".pdf"), self.page.url
        return self.page.request.get(self.page.url).body()

    def sign_in(self, email: str, password: str = PASSWORD) -> "Visitor":
        self.email = email
        return self.goto("/accedi").sign_in_again(password)

    def sign_in_again(self, password: str = PASSWORD) -> "Visitor":
        """On the page that asks for it, because days have passed; then the site goes on to the page that was asked for."""
        assert self.heading == "Accedi"
        return self.fill({"Indirizzo e-mail": self.email, "Password": password}).press("Accedi", within="main")

    def key(self, button: str) -> str:
        """The one-use key of the form with this button."""
        return self._form(button).locator("[name=form_key]").input_value()

    def resend(self, button: str, key: str, *, to: str | None = None) -> "Visitor":
        """Send the form with this button under another form's key, and perhaps to that form's address: what a lost answer leads to."""
        self._form(button).locator("[name=form_key]").evaluate("(field, key) => { field.value = key }", key)
        if to:
            self._form(button).evaluate("(form, address) => { form.action = address }", to)
        return self.press(button)

    def another_window(self) -> "Visitor":
        """The same browser, signed in alike; it complains in the same place."""
        window = Visitor(self.page.context.new_page(), self.url)
        window.complaints = self.complaints
        return window

    # Looking

    def field(self, label: str) -> Locator:
        return self.page.locator("main").get_by_label(re.compile(rf"^{re.escape(label)}\*?$"))

    def area(self, words: str | None) -> Locator:
        """The whole page, an element by its tag, or the row, card or figure that holds these words."""
        if words is None:
            return self.page.locator("body")
        if words.islower() and words.isalpha():
            return self.page.locator(words)
        return self.page.locator("main").locator("tr, article, .figure-box, fieldset").filter(has_text=words).first

    @property
    def heading(self) -> str:
        return self._line(self.page.locator("h1"))

    @property
    def text(self) -> str:
        """What stands in the main part, in one line."""
        return self._line(self.page.locator("main"))

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.url)

    @property
    def status(self) -> int:
        """Of the last page."""
        return self.answer.status

    def facts(self) -> dict[str, str]:
        """The pairs of the page's summaries."""
        return {self._line(pair.locator("dt")): self._line(pair.locator("dd")) for pair in self.page.locator("main dl > div").all()}

    def figures(self) -> dict[str, str]:
        """The large numbers of the page, by their names."""
        return {self._line(box.locator(".figure-label")): self._line(box.locator(".figure-value"))
                for box in self.page.locator(".figure-box").all()}

    def rows(self, caption: str) -> list[list[str]]:
        """The cells of a table, row by row, head and foot too."""
        table = self.page.locator("table", has=self.page.locator("caption", has_text=caption)).first
        return [[BLANK.sub(" ", text).strip() for text in row.locator("th, td").all_text_contents()] for row in table.locator("tr").all()]

    def errors(self) -> list[str]:
        return [BLANK.sub(" ", text).strip() for text in self.page.locator(".error-summary li").all_text_contents()]

    def faults(self) -> list[str]:
        """What is wrong with the page as it stands: axe's findings, tabindexes, and a page wider than the window, now or when narrow."""
        found = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in axe(self.page)]
        found += ["a tabindex above zero"] if self.page.locator("[tabindex]:not([tabindex='0'], [tabindex^='-'])").count() else []
        wide = self.page.viewport_size
        for window in (wide, {"width": NARROW, "height": 800}):
            self.page.set_viewport_size(window)
            if (beyond := self.page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                found.append(f"{beyond} px wider than {window['width']} px")
        self.page.set_viewport_size(wide)
        return found

    def _form(self, button: str) -> Locator:
        return self.page.locator("form", has=self.page.get_by_role("button", name=button))

    def _click(self, thing: Locator) -> "Visitor":
        with self.page.expect_navigation() as navigation:
            thing.click()
        self.answer = navigation.value
        return self

    def _line(self, place: Locator) -> str:
        return BLANK.sub(" ", place.first.inner_text()).strip()

    def _hear(self, message) -> None:
        # A refusal is an answer of 4xx, which Chromium writes to the console by itself.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _watch(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"{response.url}: {response.status}")
