"""Documents: a template and its data become a PDF that screen readers can read and archives keep (PDF/UA-1 and PDF/A-2a).

All documents share one look, app/base/frame.typ. A package keeps its templates in `documents/<noun>.typ` and hands `pdf` plain values;
these reach the template as JSON and are never pasted into its source. The same data gives the same bytes.
"""
import json
import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import segno
import typst
from flask import Response

from app.base.clock import ROME

APP = Path(__file__).parents[1]
# Titillium Web, under the SIL Open Font License 1.1 that lies beside it, in the version that package-lock.json pins.
FONTS = APP.parent / "node_modules/bootstrap-italia/dist/fonts/Titillium_Web"
STANDARDS = ["a-2a", "ua-1"]
GAP = "\N{BALLOT BOX}"                 # for a letter that no font has: better a name with a gap than no document

_WITHOUT_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')


def pdf(template: str, data: dict, *, made_at: datetime, zone: ZoneInfo = ROME) -> bytes:
    """What `template` (a path under app/) makes of `data`; `made_at` is the instant it is dated, in the calendar of `zone`.

    Raises typst.TypstError for what an archive would not take: no title, a picture without words, a template that is wrong.
    """
    day = made_at.astimezone(zone).date()
    data = data | {"made": [day.year, day.month, day.day]}
    try:
        return _compiled(template, data, made_at)
    except typst.TypstError as error:
        lacking = {letter for text in _WITHOUT_GLYPH.findall(error.diagnostic) for letter in _read(text)}
        if not lacking:
            raise
    return _compiled(template, _with_gaps(data, lacking), made_at)


def qr(address: str) -> str:
    """A QR code for `address`, as the SVG that the frame draws. A quarter of it may be creased or stained."""
    drawn = BytesIO()
    segno.make(address, error="q", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def as_download(content: bytes, name: str) -> Response:
    """A PDF as the answer to a request, shown in the browser or kept as `name`.pdf. It holds personal data: nobody caches it."""
    return Response(content, mimetype="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"})


def _compiled(template: str, data: dict, made_at: datetime) -> bytes:
    return typst.compile(str(APP / template), root=str(APP), font_paths=_fonts(), ignore_system_fonts=True, pdf_standards=STANDARDS,
                         sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, timestamp=made_at)


@cache
def _fonts() -> typst.Fonts:
    """Read once per process. The fonts inside typst stand in where ours lacks a letter, those of the machine never do."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def _read(text: str) -> Iterable[str]:
    """The letters that typst names in a message, where it may write one as \\u{7}."""
    return re.sub(r"\\u\{(\w+)\}", lambda found: chr(int(found[1], 16)), text)


def _with_gaps(value, lacking: set[str]):
    match value:
        case str():
            return "".join(GAP if letter in lacking else letter for letter in value)
        case dict():
            return {name: _with_gaps(each, lacking) for name, each in value.items()}
        case list() | tuple():
            return [_with_gaps(each, lacking) for each in value]
    return value
