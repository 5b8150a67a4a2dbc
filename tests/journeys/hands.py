"""Somebody without a mouse: Tab, Enter, Space and the letters alone."""

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
