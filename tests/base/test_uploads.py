"""Files that people attach: read from their content what they are, rid of what they say of the taker, and kept out of reach."""
import io
import os
import struct
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from flask import current_app
from PIL import ExifTags, Image, PngImagePlugin
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from app.base import clock, uploads
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.base.uploads import Kind, Upload
from app.jobs.actions import look_after_uploads

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

pytestmark = pytest.mark.usefixtures("context")


def jpeg(size=(40, 30), **options) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, "JPEG", **options)
    return written.getvalue()


def located() -> bytes:
    """A photograph that says where and with what it was taken, and lies on its side."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Orientation] = "Telefono di Anna", 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (44.0, 54.0, 48.0)
    return jpeg(exif=exif, comment=b"via Milano 3")


def png(**texts) -> bytes:
    written, info = io.BytesIO(), PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    Image.new("RGBA", (20, 10), (0, 128, 0, 255)).save(written, "PNG", pnginfo=info)
    return written.getvalue()


def attach(row, content: bytes, name="foglio.pdf", by=None) -> Upload:
    return uploads.attach(row, FileStorage(io.BytesIO(content), name), by=by or row)


def kept(upload: Upload) -> bytes:
    return uploads.path_of(upload).read_bytes()


@pytest.mark.parametrize("content, kind, ending", [(PDF, Kind.PDF, ".pdf"), (jpeg(), Kind.JPEG, ".jpg"), (png(), Kind.PNG, ".png")])
def test_the_kind_is_read_from_the_content(town, content, kind, ending):
    with transaction():
        upload = attach(town.olga.row, content, "qualcosa.exe")
        assert (upload.kind, upload.title) == (kind, f"qualcosa{ending}") and upload.size == len(kept(upload))


ZIP_BEHIND_A_PDF = PDF + b"PK\x05\x06" + bytes(18)


@pytest.mark.parametrize("content", [
    b"", b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\x90\x00", b"PK\x03\x04", b"GIF89a",
    b"%PDF", b"%PDF-1.7 without an end", b"<!-- %PDF-1.7 %%EOF", ZIP_BEHIND_A_PDF, b"\x89PNG\r\n\x1a\n" + b"x" * 50, jpeg()[:60],
    b"\xff\xd8\xff<script>"])
def test_anything_else_is_refused(town, content):
    with transaction(), pytest.raises(Refusal) as refused:
        attach(town.olga.row, content, "foglio.pdf")
    assert refused.value.field == "file"


def test_a_picture_keeps_no_place_no_device_and_no_comment(town):
    before = located()
    assert Image.open(io.BytesIO(before)).getexif() and b"via Milano" in before and b"Telefono" in before
    with transaction():
        after = kept(attach(town.olga.row, before))
    found = Image.open(io.BytesIO(after))
    assert not found.getexif() and not {"exif", "comment"} & set(found.info)
    assert b"via Milano" not in after and b"Telefono" not in after
    assert found.size == (30, 40)                           # upright: what the orientation said was done
    with transaction():
        assert b"segreto" not in kept(attach(town.olga.row, png(Comment="segreto", Author="Anna")))


def test_what_hides_behind_a_picture_is_gone(town):
    with transaction():
        assert b"<?php" not in kept(attach(town.olga.row, jpeg() + b"<?php system() ?>"))


@pytest.mark.parametrize("side", [6_500, 10_000, 50_000])
def test_a_flood_of_pixels_is_refused_before_it_is_drawn(town, side):
    """Some hundred bytes whose head promises more points than there is memory."""
    def part(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    flood = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(bytes(1000))) + part(b"IEND", b"")
    with transaction(), pytest.raises(Refusal, match="troppi punti"):
        attach(town.olga.row, flood)


def test_a_large_photograph_is_brought_down_to_a_sheet(town):
    with transaction():
        found = Image.open(io.BytesIO(kept(attach(town.olga.row, jpeg((6000, 4000))))))
    assert max(found.size) == uploads.LONGEST_SIDE


def test_eight_megabytes_and_not_a_byte_more(town):
    filling = bytes(uploads.LARGEST - len(PDF))
    with transaction():
        attach(town.olga.row, PDF[:-6] + filling + PDF[-6:])
        with pytest.raises(Refusal, match="al massimo 8 MB"):
            attach(town.olga.row, PDF[:-6] + filling + b"x" + PDF[-6:])


def pdf(number: int) -> bytes:
    return PDF.replace(b"1 0 obj", b"%d 0 obj" % number)


def test_so_many_of_one_row_and_of_one_person(town, monkeypatch):
    with transaction():
        for number in range(uploads.MOST_OF_ONE):
            attach(town.anna.row, pdf(number), by=town.olga.row)
        with pytest.raises(Refusal, match="Qui ci sono già 12 file"):
            attach(town.anna.row, pdf(99), by=town.olga.row)
        monkeypatch.setattr(uploads, "MOST_A_DAY", uploads.MOST_OF_ONE)
        with pytest.raises(Refusal, match="Oggi hai già allegato"):
            attach(town.bruno.row, PDF, by=town.olga.row)
        with clock.set_to(clock.now() + timedelta(hours=25)):
            attach(town.bruno.row, PDF, by=town.olga.row)


def test_a_full_disk_refuses_a_file_in_words(town, monkeypatch):
    monkeypatch.setattr(uploads, "SPARE", 1 << 62)
    with transaction(), pytest.raises(Refusal, match="non c'è posto"):
        attach(town.olga.row, PDF)


def test_the_same_content_again_is_the_same_file(town):
    with transaction():
        first = attach(town.olga.row, PDF)
        assert attach(town.olga.row, PDF, "di nuovo.pdf") is first
        assert attach(town.anna.row, PDF) is not first
        assert db.session.scalar(select(func.count(Upload.id))) == 2


@pytest.mark.parametrize("name, title", [
    ("../../etc/passwd", "passwd.pdf"), ("C:\\Users\\io\\foglio maggio.pdf", "foglio maggio.pdf"), ("a\0b\r\nX: y.pdf", "a b X y.pdf"),
    ("x" * 300, "x" * 100 + ".pdf"), ("", "file.pdf"), (".htaccess", "file.pdf"), ("fòglio (2).jpg", "fòglio (2).pdf"),
    ("<b>.pdf", "b.pdf")])
def test_the_stored_name_is_random_and_the_title_is_harmless(town, name, title):
    with transaction():
        upload = attach(town.olga.row, PDF, name)
        path, folder = uploads.path_of(upload), Path(current_app.config["UPLOADS"])
    assert upload.title == title
    assert path.parent.parent == folder and len(upload.name) == 32 and int(upload.name, 16)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_download_is_kept_and_never_run(town):
    with transaction():
        upload = attach(town.olga.row, PDF, "fòglio.pdf")
        answer = uploads.as_download(upload)
    assert answer.get_data() == PDF and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Disposition"].endswith("filename*=UTF-8''f%C3%B2glio.pdf")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "no-store" in answer.headers["Cache-Control"]


def test_a_file_is_found_only_with_its_own_row(town):
    with transaction():
        upload = attach(town.olga.row, PDF)
        assert uploads.one_of_row(town.olga.row, upload.id) is upload and uploads.of(town.olga.row) == [upload]
        for row, number in ((town.anna.row, upload.id), (town.alessandria.row, upload.id), (town.olga.row, upload.id + 1)):
            with pytest.raises(NotFound):
                uploads.one_of_row(row, number)


def test_what_an_undone_attempt_left_is_swept_away_and_what_a_row_knows_stays(town):
    with pytest.raises(ZeroDivisionError), transaction():
        stray = uploads.path_of(attach(town.olga.row, PDF))
        1 / 0
    with transaction():
        upload = attach(town.olga.row, PDF)
    assert stray.exists() and uploads.sweep() == 0          # it could be an attempt that is still under way
    with transaction():
        assert uploads.sweep(timedelta(seconds=-5)) == 1 and not stray.exists() and kept(upload) == PDF


def test_the_clock_looks_after_the_files(town, caplog):
    with transaction():
        gone = attach(town.olga.row, PDF)
        uploads.path_of(gone).unlink()
        stray = uploads.folder() / "ab" / ("ab" * 16)
        stray.parent.mkdir(parents=True, exist_ok=True)
        stray.write_bytes(PDF)
        number = gone.id
    os.utime(stray, (0, 0))
    assert look_after_uploads() == 1 and not stray.exists()
    assert f"upload {number} of person" in caplog.text


def test_a_file_that_is_gone_or_changed_is_named(town):
    with transaction():
        whole, changed, gone = (attach(each.row, PDF) for each in (town.olga, town.anna, town.bruno))
        uploads.path_of(changed).write_bytes(PDF + b" ")
        uploads.path_of(gone).unlink()
        assert uploads.lost() == [changed, gone] and whole not in uploads.lost()
