"""Tables that leave the house: CSV as Italian spreadsheets read it, and ODS. Rows are written as they come, a long table needs no memory.

No text becomes a formula or a second line where a file is opened. Dates, amounts and minutes stay dates, amounts and durations.
"""
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import BinaryIO, NamedTuple
from xml.sax.saxutils import escape, quoteattr

NOT_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_FORMULA = tuple("=+-@＝＋－＠")                   # what a spreadsheet takes for the beginning of a formula


class Kind(Enum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"                  # int
    DAY = "day"                        # date
    MINUTES = "minutes"                # int, written 1:30
    CENTS = "cents"                    # int, written 12,50


class Column(NamedTuple):
    title: str
    kind: Kind = Kind.TEXT


def plain(text: str) -> str:
    """One line of storable text: without control characters, and with single blanks."""
    return " ".join(NOT_TEXT.sub(" ", text.encode(errors="replace").decode()).split())


def csv_line(cells: Iterable) -> str:
    """One line of a CSV file, without its end. No cell becomes a formula."""
    return _joined(_inert(str(cell)) for cell in cells)


def write_csv(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence]) -> None:
    """Semicolons, decimal commas, and UTF-8 that says so, since Excel asks for all three in Italy. None is an empty cell."""
    file.write(f"\ufeff{csv_line(column.title for column in columns)}\r\n".encode())
    kinds = [column.kind for column in columns]
    for row in rows:
        file.write(f"{_joined(map(_csv_cell, kinds, row))}\r\n".encode())


def h_mm(minutes: int) -> str:
    """"1:30". Before a negative figure stands a true minus sign: "-1:30" is a formula in Excel, rows 1 to 30."""
    return f"{'−' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def euros(cents: int, comma: str = ",") -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}{comma}{abs(cents) % 100:02}"


def _csv_cell(kind: Kind, value) -> str:
    if value is None:
        return ""
    match kind:
        case Kind.TEXT:
            return _inert(value)
        case Kind.DAY:
            return f"{value:%d/%m/%Y}"
        case Kind.MINUTES:
            return h_mm(value)
        case Kind.CENTS:
            return euros(value)
    return str(value)


def _inert(text: str) -> str:
    text = plain(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _joined(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="").writerow(cells)
    return line.getvalue()


def write_ods(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence], *, sheet: str) -> None:
    """An OpenDocument spreadsheet (ISO/IEC 26300) with one sheet, its head repeated on each printed page. None is an empty cell."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        # First and not compressed: the type of the file can be read in its first bytes.
        package.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(_deflated("META-INF/manifest.xml"), _MANIFEST)
        with package.open(_deflated("content.xml"), "w") as content:
            content.write(_content_begins(columns, sheet).encode())
            kinds = [column.kind for column in columns]
            for row in rows:
                content.write(f"<table:table-row>{''.join(map(_ods_cell, kinds, row))}</table:table-row>\n".encode())
            content.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")


def _deflated(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _ods_cell(kind: Kind, value) -> str:
    if value is None:
        return "<table:table-cell/>"
    match kind:
        case Kind.TEXT:
            typed, shown = 'string"', escape(plain(value))
        case Kind.NUMBER:
            typed, shown = f'float" office:value="{value}"', str(value)
        case Kind.DAY:
            typed, shown = f'date" office:date-value="{value.isoformat()}"', f"{value:%d/%m/%Y}"
        case Kind.MINUTES:
            hours, minutes = divmod(abs(value), 60)
            typed, shown = f'time" office:time-value="{"-" if value < 0 else ""}PT{hours}H{minutes:02}M00S"', h_mm(value)
        case Kind.CENTS:
            typed, shown = f'float" office:value="{euros(value, ".")}"', euros(value)
    return f'<table:table-cell office:value-type="{typed}><text:p>{shown}</text:p></table:table-cell>'


def _content_begins(columns: Sequence[Column], sheet: str) -> str:
    titles = "".join(f'<table:table-cell table:style-name="head" office:value-type="string"><text:p>{escape(plain(column.title))}'
                     "</text:p></table:table-cell>" for column in columns)
    widths = "".join(f'<table:table-column table:style-name="{"wide" if column.kind is Kind.TEXT else "narrow"}" '
                     f'table:default-cell-style-name="{column.kind.value}"/>' for column in columns)
    return (f"{_STYLES}<office:body><office:spreadsheet><table:table table:name={quoteattr(plain(sheet))}>{widths}"
            f"<table:table-header-rows><table:table-row>{titles}</table:table-row></table:table-header-rows>\n")


_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""

# Hours go on beyond 24 ("truncate-on-overflow"); each kind of cell has a style of its own.
_STYLES = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3">
<office:automatic-styles>
<number:date-style style:name="d"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>
<number:text>/</number:text><number:year number:style="long"/></number:date-style>
<number:time-style style:name="t" number:truncate-on-overflow="false"><number:hours/><number:text>:</number:text>
<number:minutes number:style="long"/></number:time-style>
<number:number-style style:name="e"><number:number number:decimal-places="2" number:min-decimal-places="2"
 number:min-integer-digits="1" number:grouping="true"/></number:number-style>
<style:style style:name="text" style:family="table-cell"/>
<style:style style:name="number" style:family="table-cell"/>
<style:style style:name="day" style:family="table-cell" style:data-style-name="d"/>
<style:style style:name="minutes" style:family="table-cell" style:data-style-name="t"/>
<style:style style:name="cents" style:family="table-cell" style:data-style-name="e"/>
<style:style style:name="head" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="wide" style:family="table-column"><style:table-column-properties style:column-width="8cm"/></style:style>
<style:style style:name="narrow" style:family="table-column"><style:table-column-properties style:column-width="3cm"/></style:style>
</office:automatic-styles>
"""
