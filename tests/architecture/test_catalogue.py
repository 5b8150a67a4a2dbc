"""The words: Italian is the msgid, and every one of them has its English."""
import re

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.architecture import APP, ROOT

METHODS = [("**/templates/**", "jinja2.ext:babel_extract"), ("**.py", "python")]
# `Refusal` itself is a keyword: what a rule says is shown to people.
KEYWORDS = {"_": None, "N_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "Refusal": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")


@pytest.fixture(scope="module")
def asked() -> set:
    found = extract_from_dir(APP, METHODS, {"**/templates/**": {"silent": "false"}}, keywords=KEYWORDS)
    return {message for *_, message, _, _ in found if message} - {""}


@pytest.fixture(scope="module")
def english():
    with (ROOT / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="en")


def test_words_are_found_in_python_and_in_templates(asked):
    assert {"Le ore non bastano: restano %(left_min)s.", "Vai ai contenuti", "Residente"} <= asked


def test_every_word_has_its_english(asked, english):
    assert [message for message in sorted(asked, key=str) if not translated(english.get(message_id(message)))] == []


def test_nothing_is_only_guessed(english):
    assert [message.id for message in english if message.fuzzy and message.id] == []


def test_nothing_is_translated_that_nobody_says(asked, english):
    said = {message_id(message) for message in asked}
    assert [message.id for message in english if message.id and message_id(message.id) not in said] == []


def test_placeholders_agree(english):
    for message in english:
        for italian, in_english in zip(several(message.id), several(message.string), strict=True):
            assert placeholders(italian) == placeholders(in_english), message.id


def message_id(message) -> str:
    return several(message)[0]


def several(words) -> tuple:
    return words if isinstance(words, tuple) else (words,)


def translated(message) -> bool:
    return message is not None and all(several(message.string))


def placeholders(words: str) -> set:
    return {found[0] for found in PLACEHOLDER.finditer(words)}
