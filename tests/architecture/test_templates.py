"""Templates: all of them compile, every word in them is translated, and nothing in them needs a weaker security policy."""
import re
from html.parser import HTMLParser

import pytest
from jinja2 import Environment, StrictUndefined, nodes

from tests.architecture import TEMPLATES, name_of
from tests.conftest import make_app

READ_OUT = {"title", "aria-label", "placeholder", "alt", "aria-description", "data-label"}
WORD = re.compile(r"[^\W\d_]{2,}")
NOT_WORDS = re.compile(r"&\w+;|https?://\S+")
ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], undefined=StrictUndefined)
TRANSLATES = {"_", "gettext", "ngettext", "spoken"}

every_template = pytest.mark.parametrize("path", TEMPLATES, ids=name_of)


@pytest.fixture(scope="module")
def jinja(tmp_path_factory):
    """As the app sets it up, with its filters. No database is opened."""
    return make_app("sqlite://", tmp_path_factory.mktemp("templates")).jinja_env


@every_template
def test_it_compiles(jinja, path):
    jinja.compile(path.read_text(), name_of(path))


@every_template
def test_every_word_is_translated(path):
    source = path.read_text()
    assert bare_words(source, html=path.suffix == ".html") + bare_strings(source) == []


@every_template
def test_nothing_is_inline(path):
    assert inline(path.read_text()) == []


@pytest.mark.parametrize("source, words", [
    ("<p>Ciao</p>", ["Ciao"]),
    ("<p>{{ name }} ha prenotato</p>", ["ha prenotato"]),
    ("<p>{% trans %}Ciao{% endtrans %} {{ _('a tutti') }}</p>", []),
    ("<p>{% trans n=2 %}Ciao{% pluralize %}Salve{% endtrans %}, gente</p>", [", gente"]),
    ("{# Una nota #}<h{{ level }} class='it-x'>{{ title }}</h{{ level }}>", []),
    ("<input aria-label='Cerca'>", ["Cerca"]),
    ("<a title=\"{{ _('Apri') }}\">{{ text }}</a>", []),
    ("<img alt='{{ name }} in piazza'>", ["in piazza"]),
    ("{{ card('Cura del verde') }}", ["Cura del verde"]),
    ("{{ card(_('Cura del verde'), 'btn btn-primary') }}", []),
    ("{% set words = 'Salva' if new else _('Cambia') %}", ["Salva"]),
    ("<p>&euro; · 5</p>", []),
])
def test_the_search_for_words_bites(source, words):
    assert bare_words(source) + bare_strings(source) == words


@pytest.mark.parametrize("source", [
    "<p style='color: red'>", "<button onclick='go()'>", "<style>p {}</style>", "<script>go()</script>", "<a href='javascript:go()'>",
])
def test_the_search_for_inline_code_bites(source):
    assert inline(source) and not inline("<script src='/static/app.js' defer></script><p class='x'></p>")


def bare_words(source: str, html: bool = True) -> list[str]:
    """Words in the text of a template, and in attributes that are read out, that no translator will see."""
    text = outside_of_blocks(source)
    if not html:
        return [line.strip() for line in text.splitlines() if WORD.search(NOT_WORDS.sub("", line))]
    reader = Reader()
    reader.feed(text)
    reader.close()
    return [words for words in reader.words if WORD.search(NOT_WORDS.sub("", words))]


def outside_of_blocks(source: str) -> str:
    """The source with Jinja's blocks, expressions, comments and {% trans %} bodies taken out."""
    kept, in_block, translated = [], [], False
    for _, kind, value in ENVIRONMENT.lex(source):
        if kind == "block_begin":
            in_block = [value]
        elif kind == "block_end":
            first = next((word for word in in_block[1:] if word.strip()), "")
            translated = first in {"trans", "pluralize"} or (translated and first != "endtrans")
            in_block = []
        elif in_block:
            in_block.append(value)
        elif kind == "data" and not translated:
            kept.append(value)
        elif kind == "variable_begin" and kept and kept[-1].endswith(("<", "</")):
            kept.append("x")           # a tag whose name is computed
    return "".join(kept)


def bare_strings(source: str) -> list[str]:
    """String literals in expressions that begin like a sentence and do not go through gettext."""
    tree, translated = ENVIRONMENT.parse(source), set()
    for call in tree.find_all(nodes.Call):
        if getattr(call.node, "name", "") in TRANSLATES:
            translated |= {id(const) for argument in call.args for const in [argument, *argument.find_all(nodes.Const)]}
    return [const.value for const in tree.find_all(nodes.Const) if isinstance(const.value, str) and id(const) not in translated
            and re.match(r"[A-ZÀ-Ú][a-zà-ú']+(\s|$)", const.value)]


class Reader(HTMLParser):
    """Collects what is read: text, and the attributes that are read out."""

    def __init__(self):
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data):
        if data.strip():
            self.words.append(" ".join(data.split()))

    def handle_starttag(self, tag, attributes):
        self.words += [value.strip() for name, value in attributes if name in READ_OUT and value and value.strip()]


def inline(source: str) -> list[str]:
    """What a policy without `unsafe-inline` would refuse."""
    return re.findall(r"\sstyle\s*=|\son[a-z]+\s*=|<style\b|<script(?![^>]*\ssrc=)|javascript:", outside_of_blocks(source), re.I)
