"""Every document is a tagged PDF for archives and screen readers; the same data gives the same bytes; data is never source."""
import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
import typst

from app.base import documents

MADE = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)            # half past midnight of the second of June in Italy
CERTIFICATE = "hours/documents/certificate.typ"
NAMESPACES = {"pdfaid": "http://www.aiim.org/pdfa/ns/id/", "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
              "dc": "http://purl.org/dc/elements/1.1/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
              "xmp": "http://ns.adobe.com/xap/1.0/"}


def data(**more) -> dict:
    return dict(comune="Comune di Alessandria", title="Attestato delle ore", number="n. 1/2026", lead="Il Comune attesta.",
                qr=documents.qr("https://example.org/verifica/ABC"), qr_alt="Codice QR", qr_words="Verifica",
                facts=[("Persona", "Anna Ferraris")], lines=[("1 giu 2026", "Scaffali", "9:00", "12:00", "–", "3 h", "Tino Robutti")],
                total="3 h", excluded=[], notes=[], day="martedì 2 giugno 2026", certifier="Carla Mussa", digest="ab" * 32) | more


def made(**more) -> bytes:
    return documents.pdf(CERTIFICATE, data(**more), made_at=MADE)


def metadata(pdf: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(re.search(rb"<x:xmpmeta.*?</x:xmpmeta>", pdf, re.S)[0])


def said(pdf: bytes, path: str) -> str:
    found = metadata(pdf).find(f".//{path}", NAMESPACES)
    return " ".join("".join(found.itertext()).split())


def catalogue(pdf: bytes) -> bytes:
    return re.search(rb"<<[^<>]*(?:<<[^<>]*>>[^<>]*)*/Type\s*/Catalog.*?\nendobj|/Type/Catalog.*?\nendobj", pdf, re.S)[0]


def test_it_says_which_archive_and_accessibility_standard_it_keeps():
    pdf = made()
    assert pdf.startswith(b"%PDF-1.7")
    assert (said(pdf, "pdfaid:part"), said(pdf, "pdfaid:conformance"), said(pdf, "pdfuaid:part")) == ("2", "A", "1")


def test_it_is_tagged_has_a_language_and_shows_its_title():
    pdf = made()
    for mark in (rb"/MarkInfo<</Marked true", rb"/Lang\(it\)", rb"/StructTreeRoot \d", rb"/DisplayDocTitle true", rb"/OutputIntents"):
        assert re.search(mark, catalogue(pdf)), mark
    assert said(pdf, "dc:title") == "Attestato delle ore n. 1/2026"
    assert said(pdf, "dc:creator") == "Comune di Alessandria" and said(pdf, "dc:language") == "it"


@pytest.mark.parametrize("tag", ["H1", "H2", "Figure", "Table", "TR", "TH", "TD", "P"])
def test_its_structure_says_what_a_heading_a_table_and_a_picture_is(tag):
    assert re.search(rb"/S\s*/" + tag.encode() + rb"\b", made())


def test_the_picture_has_words():
    assert re.search(rb"/Alt\s*\(Codice QR\)", made())


def test_it_is_dated_in_the_comunes_calendar():
    assert said(made(), "xmp:CreateDate").startswith("2026-06-02")


def test_the_same_data_gives_the_same_bytes_and_other_data_others():
    assert made() == made()
    assert made() != made(total="4 h")


def test_fonts_travel_with_it_and_those_of_the_machine_are_not_asked():
    fonts = set(re.findall(rb"/BaseFont/[A-Z]{6}\+([\w-]+)", made()))
    assert fonts and all(name.startswith(b"TitilliumWeb") for name in fonts)
    assert (documents.FONTS / "OFL.txt").exists()


@pytest.mark.parametrize("words", ["#panic()", "#sys.inputs", "$x$", "*b* _i_ <a> @b \\ // /*", '"); #read("/etc/passwd")', "= Titolo"])
def test_what_a_person_typed_is_never_source(words):
    assert b"passwd" not in made(facts=[("Persona", words)])


@pytest.mark.parametrize("name", ["Đặng Thị Hà", "Жанна", "Ελένη", "Łukasz", "O’Brien — Šimić", "李娜", "ليلى", "😀", "a\x07b"])
def test_any_name_can_be_printed(name):
    assert made(facts=[("Persona", name)]).startswith(b"%PDF")


def test_a_letter_without_a_glyph_leaves_a_gap_and_only_there(monkeypatch):
    shown = []
    compiled = documents._compiled
    monkeypatch.setattr(documents, "_compiled", lambda template, told, made_at: shown.append(told) or compiled(template, told, made_at))
    made(facts=[("Persona", "Anna 李 Rossi")])
    assert [told["facts"][0][1] for told in shown] == ["Anna 李 Rossi", "Anna ☐ Rossi"]


def test_a_document_without_a_title_or_with_a_silent_picture_is_refused():
    with pytest.raises(typst.TypstError):
        made(title="", number="")
    with pytest.raises(typst.TypstError, match="alt"):
        made(qr_alt=None)


def test_a_long_document_counts_its_pages_and_repeats_the_head_of_its_table():
    pdf = made(lines=data()["lines"] * 120)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert pages > 2 and len(re.findall(rb"/S\s*/THead", pdf)) == 1


def test_the_qr_code_is_a_picture_of_the_address():
    drawn = documents.qr("https://example.org/verifica/ABC")
    assert drawn.startswith("<svg") and json.dumps(drawn) and drawn != documents.qr("https://example.org/verifica/ABD")
