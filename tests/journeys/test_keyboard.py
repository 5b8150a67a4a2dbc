"""Without a mouse: a shift is booked and its hours are logged with Tab, Enter, Space and the letters alone."""
import pytest

from tests.journeys.story import at
from tests.town import PASSWORD

FAR = 120                              # presses of Tab after which nothing more is to be expected


class Hands:
    """Only the keyboard, and eyes for where the focus is."""

    def __init__(self, visitor):
        self.visitor, self.keyboard = visitor, visitor.page.keyboard

    def tab_to(self, words: str) -> "Hands":
        """Press Tab until the focus is on the thing with these words, which must be seen to have it."""
        passed = []
        for _press in range(FAR):
            self.keyboard.press("Tab")
            passed.append(self.name())
            if words in passed[-1]:
                assert self.seen(), f"nobody sees that the focus is on «{words}»"
                return self
        raise AssertionError(f"Tab never comes to «{words}», only to {passed}")

    def enter(self) -> "Hands":
        with self.visitor.page.expect_navigation():
            self.keyboard.press("Enter")
        return self

    def type(self, text: str) -> "Hands":
        self.keyboard.press("Control+A")
        self.keyboard.type(text)
        return self

    def name(self) -> str:
        return self.visitor.page.evaluate("""() => {
            const it = document.activeElement
            return [...(it.labels ?? [])].map(label => label.textContent).join(' ') || it.innerText || it.ariaLabel || ''
        }""")

    def seen(self) -> bool:
        """The focused thing is on the screen, not under anything, and drawn with an outline or a shadow."""
        return self.visitor.page.evaluate("""() => {
            const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it)
            const inside = box.width > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth
            const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none'
            const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
            return inside && drawn && (it.contains(top) || top?.contains(it) || [...(it.labels ?? [])].includes(top))
        }""")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_shift_is_booked_and_its_hours_logged(visit, live, town, width):
    visitor = visit(width=width).goto("/accedi")
    hands = Hands(visitor)
    hands.tab_to("Vai ai contenuti").enter()
    hands.tab_to("Indirizzo e-mail").type(town.anna.email).tab_to("Password").type(PASSWORD).tab_to("Accedi").enter()
    visitor.goto("/attivita")
    hands.tab_to("Vai ai contenuti").enter().tab_to("Riordino degli scaffali").enter()
    hands.tab_to("Prenota").enter().tab_to("Conferma la prenotazione").enter()
    assert visitor.heading == "Turno prenotato"

    live.now = at(3, 13)
    visitor.goto("/accedi?next=/ore")
    hands.tab_to("Indirizzo e-mail").type(town.anna.email).tab_to("Password").type(PASSWORD).enter()
    hands.tab_to("Vai ai contenuti").enter().tab_to("Registra le ore").enter()
    hands.tab_to("Dalle ore").type("9").tab_to("Alle ore").type("ieri").tab_to("Pausa").type("15").enter()
    assert hands.name().startswith("C'è un problema"), "the errors take the focus"
    hands.tab_to("Scrivi l'ora così").enter()
    assert hands.name().startswith("Alle ore"), "an error leads to its field"
    hands.type("12:30").tab_to("Avanti: controlla").enter().tab_to("Invia le ore").enter()
    assert visitor.heading == "Ore registrate" and visitor.facts()["Ore"] == "3 h 15 min"


def test_the_menu_of_a_phone(visit, town):
    visitor = visit(width=390).sign_in(town.anna.email)
    hands = Hands(visitor)
    visitor.goto("/")
    hands.tab_to("Apri il menu").keyboard.press("Enter")
    visitor.page.locator("#main-menu.expanded").wait_for()
    visitor.page.keyboard.press("Escape")
    visitor.page.locator("#main-menu:not(.expanded)").wait_for(state="attached")
    visitor.page.locator("[aria-label='Apri il menu']:focus").wait_for()
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#main-menu.expanded").wait_for()
    hands.tab_to("Le mie ore").enter()
    assert visitor.path == "/ore"
