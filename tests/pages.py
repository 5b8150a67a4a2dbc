"""Pages as people meet them: fields by their label, buttons by their words. And the rules that each page must keep."""
import re
from collections import Counter
from functools import cached_property
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from werkzeug.exceptions import HTTPException

FIELDS = "input, select, textarea"
NEEDS_NO_LABEL = {"hidden", "submit", "button", "image", "reset"}


class Page:
    """An answer that is HTML."""

    def __init__(self, response):
        self.response, self.status, self.path = response, response.status_code, response.request.path

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.response.data, "html5lib")

    @cached_property
    def words(self) -> str:
        """What a person reads in the main part, in one line."""
        return _line(self.soup.main or self.soup.body)

    @property
    def heading(self) -> str:
        return _line(self.soup.h1)

    @property
    def errors(self) -> list[str]:
        return [_line(item) for item in self.soup.select(".error-summary li")]

    def link(self, words: str) -> str:
        """The address of the link with these words."""
        return self._only(self.soup.select("a[href]"), words)["href"]

    def form(self, button: str | None = None) -> tuple[Tag, Tag | None]:
        """The form with this button, and the button; without one, the only form in the main part."""
        if button is None:
            forms = self.soup.main.select("form")
            assert len(forms) == 1, f"{self.path} has {len(forms)} forms: say which button"
            return forms[0], forms[0].select_one("button:not([type=button])")
        found = self._only(self.soup.select("form button:not([type=button])"), button)
        return found.find_parent("form"), found

    def _only(self, tags: list[Tag], words: str) -> Tag:
        exact = [tag for tag in tags if _line(tag) == words] or [tag for tag in tags if words in _line(tag)]
        assert len(exact) == 1, f"{self.path}: «{words}» is there {len(exact)} times, among {[_line(tag) for tag in tags]}"
        return exact[0]


def filled(page: Page, form: Tag, button: Tag | None, answers: dict) -> list[tuple[str, object]]:
    """What a browser sends for `form`, with `answers` by label or by name. Refuses an answer to no question."""
    answers, sent = dict(answers), []
    for field in form.select(FIELDS):
        name, kind = field.get("name"), field.get("type", "text")
        if not name or field.has_attr("disabled") or kind in {"submit", "button", "image", "reset"}:
            continue
        key = next((key for key in (label_of(page.soup, field), group_of(field), name) if key in answers), None)
        if kind in {"radio", "checkbox"}:
            if _ticked(field, page, answers, key):
                sent.append((name, field.get("value", "on")))
        elif kind == "file":
            sent += [(name, answers[key])] if key else []
        else:
            sent.append((name, _chosen(field, answers[key]) if key else _standing(field)))
    unknown = set(answers) - _asked(page, form)
    assert not unknown, f"{page.path} does not ask for {unknown}, only for {_asked(page, form)}"
    if button is not None and button.get("name"):
        sent.append((button["name"], button.get("value", "")))
    return sent


def label_of(soup: BeautifulSoup, field: Tag) -> str:
    """The words a screen reader says for a field; "" when it has none."""
    label = field.find_parent("label") or (field.get("id") and soup.find("label", attrs={"for": field["id"]}))
    described = label or next((soup.find(id=name) for name in field.get("aria-labelledby", "").split()), None)
    return _line(described).rstrip("*").strip() if described else field.get("aria-label", "")


def group_of(field: Tag) -> str:
    fieldset = field.find_parent("fieldset")
    return _line(fieldset.legend).rstrip("*").strip() if fieldset and fieldset.legend else ""


def check(page: Page, app) -> None:
    """The rules of every page, all broken ones at once."""
    soup, wrong = page.soup, []
    wrong += [] if soup.html.get("lang") in {"it", "en"} else ["no lang"]
    wrong += [] if len(soup.find_all("h1")) == 1 and _line(soup.h1) else ["not exactly one h1 with words"]
    wrong += [] if soup.title and re.match(r"[^\W\d_]", _line(soup.title)) else ["no title"]
    wrong += [f"id {name} twice" for name, times in Counter(tag["id"] for tag in soup.select("[id]")).items() if times > 1]
    wrong += [f"no label: {field}" for field in soup.select(FIELDS)
              if field.get("type") not in NEEDS_NO_LABEL and not label_of(soup, field)]
    wrong += [f"no words: {tag}" for tag in soup.select("button, a[href]")
              if not (_line(tag) or tag.get("aria-label") or tag.get("title"))]
    wrong += [f"inline: {tag.name}" for tag in soup.select("style, script:not([src]), [style]")]
    wrong += [f"inline: {name}" for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
    wrong += [f"{form.get('action') or page.path}: no {name}" for form in soup.select("form[method=post i]")
              for name in ("csrf_token", "form_key") if len(form.select(f"input[name={name}][value]")) != 1]
    wrong += [f"leads nowhere: {address}" for address in _addresses(soup) if not leads_somewhere(app, address, page.path)]
    wrong += [f"no such id: {tag['href']}" for tag in soup.select("a[href^='#']") if not soup.find(id=tag["href"][1:])]
    wrong += [f"left over: {mark}" for mark in ("{{", "{%", "}}", "%(") if mark in soup.get_text()]
    assert not wrong, f"{page.path}:\n  " + "\n  ".join(wrong)


def leads_somewhere(app, address: str, base: str) -> bool:
    """An own address is one that a route, with that method, or a static file answers to."""
    method, _, url = address.partition(" ")
    parts = urlsplit(url)
    if parts.scheme or parts.netloc or url.startswith("#"):
        return True
    if parts.path.startswith("/static/") or parts.path == "/favicon.ico":
        return True
    try:
        app.url_map.bind("localhost").match(parts.path or base, method=method)
    except HTTPException:
        return False
    return True


def _addresses(soup: BeautifulSoup):
    yield from {f"GET {tag['href']}" for tag in soup.select("a[href], link[href]")}
    yield from {f"{form.get('method', 'get').upper()} {form.get('action', '')}" for form in soup.select("form")}


def _asked(page: Page, form: Tag) -> set[str]:
    fields = form.select(FIELDS)
    return {name for field in fields for name in (label_of(page.soup, field), group_of(field), field.get("name")) if name}


def _ticked(field: Tag, page: Page, answers: dict, key: str | None) -> bool:
    if key is None:
        return field.has_attr("checked")
    answer = answers[key]
    if isinstance(answer, bool):
        return answer
    wanted = answer if isinstance(answer, list | set | tuple) else [answer]
    return field.get("value") in wanted or label_of(page.soup, field) in wanted


def _chosen(field: Tag, answer) -> str:
    """The value to send; a select takes an option by its words or its value, and no other."""
    if field.name != "select":
        return str(answer)
    options = [option for option in field.select("option") if str(answer) in (_line(option), option.get("value"))]
    assert options, f"{field.get('name')}: no option «{answer}» among {[_line(option) for option in field.select('option')]}"
    return options[0].get("value", _line(options[0]))


def _standing(field: Tag) -> str:
    """What a field already holds."""
    if field.name == "textarea":
        return field.get_text().removeprefix("\n")
    if field.name == "select":
        option = field.select_one("option[selected]") or field.select_one("option")
        return option.get("value", _line(option)) if option else ""
    return field.get("value", "")


def _line(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())
