"""Files that people attach. The row says whose and what it is; the bytes lie under a random name, in a folder that no address leads to.

What a file is, is read from its content: PDF, JPEG or PNG, and nothing else. Pictures are drawn anew, so that no place, device or hidden
text of theirs is kept. Whoever may see the row that a file belongs to may have the file: `subject` and `subject_id` name that row.
"""
import hashlib
import os
import re
import secrets
import shutil
from datetime import timedelta
from enum import StrEnum
from io import BytesIO
from pathlib import Path

from flask import Response, current_app
from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from werkzeug.datastructures import FileStorage
from werkzeug.http import dump_options_header
from werkzeug.urls import iri_to_uri

from app.base.clock import now
from app.base.db import Row, db, one_of, short
from app.base.errors import Refusal
from app.base.words import N_

LARGEST = 8 * 1024 * 1024              # bytes of one file
MOST_OF_ONE = 12                       # files of one row
MOST_A_DAY = 400                       # files of one person in 24 hours
SPARE = 512 * 1024 * 1024              # bytes that stay free on the disk: the database needs them more
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 3508                    # pixels: an A4 sheet at 300 dots an inch


class Kind(StrEnum):
    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


ENDING = {Kind.PDF: ".pdf", Kind.JPEG: ".jpg", Kind.PNG: ".png"}


class Upload(Row):
    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_subject", "subject", "subject_id"), Index("ix_upload_uploaded_by", "uploaded_by_id", "created_at"))
    subject: Mapped[str] = short(40)                          # the table of the row that it belongs to
    subject_id: Mapped[int]
    name: Mapped[str] = short(32, unique=True)                # on the disk
    title: Mapped[str] = short(120)                           # as the person called it
    kind: Mapped[Kind] = one_of(Kind, "kind")
    size: Mapped[int]                                         # bytes, as kept
    sha256: Mapped[str] = short(64)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_by = relationship("Person", viewonly=True)


def attach(row, file: FileStorage, *, by) -> Upload:
    """Keep `file` as one of `row`'s. The same content again gives the upload that is there.

    Refuses a file that is too large, or of another kind than its content may be; too many of one row or of one person; a full disk.
    """
    content = file.stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Refusal(N_("Il file è troppo grande: al massimo %(most)s MB."), field="file", most=LARGEST // 2 ** 20)
    kind = _kind_of(content)
    if kind is not Kind.PDF:
        content = _drawn_anew(content, kind)
    digest = hashlib.sha256(content).hexdigest()
    kept = of(row)
    if same := next((each for each in kept if each.sha256 == digest), None):
        return same
    _check_quota(len(kept), by)
    upload = Upload(subject=row.__tablename__, subject_id=row.id, name=secrets.token_hex(16), title=_clean(file.filename, kind), kind=kind,
                    size=len(content), sha256=digest, uploaded_by_id=by.id)
    # Before the commit: a file without a row harms nobody and is swept away, a row without its file would have lost a document.
    _write(path_of(upload), content)
    db.session.add(upload)
    db.session.flush()
    return upload


def of(row) -> list[Upload]:
    """A row's files, oldest first."""
    return list(db.session.scalars(select(Upload).where(Upload.subject == row.__tablename__, Upload.subject_id == row.id)
                                   .order_by(Upload.id)))


def one_of_row(row, upload_id: int) -> Upload:
    """A file of a row that the caller may see, or 404."""
    return db.one_or_404(select(Upload).where(Upload.id == upload_id, Upload.subject == row.__tablename__, Upload.subject_id == row.id))


def as_download(upload: Upload) -> Response:
    """The file as the answer to a request: kept, never opened within the site, and nothing in it may run."""
    disposition = dump_options_header("attachment", {"filename": re.sub(r"[^\w.-]", "_", upload.title, flags=re.ASCII)})
    return Response(path_of(upload).read_bytes(), mimetype=upload.kind, headers={
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{iri_to_uri(upload.title)}",
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store"})


def path_of(upload: Upload) -> Path:
    return folder() / upload.name[:2] / upload.name


def folder() -> Path:
    return Path(current_app.config["UPLOADS"])


def lost() -> list[Upload]:
    """Rows whose file is gone or no longer what it was. Reads every file."""
    def sound(upload):
        path = path_of(upload)
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == upload.sha256
    return [upload for upload in db.session.scalars(select(Upload).order_by(Upload.id)) if not sound(upload)]


def sweep(age: timedelta = timedelta(days=1)) -> int:
    """Take away files that no row knows, left by an attempt that was rolled back; how many. Younger ones may still get their row."""
    known, before = set(db.session.scalars(select(Upload.name))), (now() - age).timestamp()
    stray = [path for path in folder().glob("??/*") if path.name not in known and path.stat().st_mtime < before]
    for path in stray:
        path.unlink()
    return len(stray)


def _kind_of(content: bytes) -> Kind:
    """Read from the first bytes. A PDF also has to end as one: what follows its end could be another file."""
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if re.match(rb"%PDF-[12]\.\d", content) and content.rstrip(b"\r\n\t \0").endswith(b"%%EOF"):
        return Kind.PDF
    raise Refusal(N_("Si possono allegare solo file PDF, oppure foto JPEG o PNG."), field="file")


def _drawn_anew(content: bytes, kind: Kind) -> bytes:
    """The picture from its pixels alone, upright and no larger than a scanned sheet."""
    from PIL import Image, ImageOps    # here: most processes never draw

    try:
        image = Image.open(BytesIO(content), formats=[kind.name])              # reads the head and no more
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image = ImageOps.exif_transpose(image).convert("L" if image.mode in ("1", "L") else "RGB")
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal(N_("La foto ha troppi punti: riducila e riprova."), field="file") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Refusal(N_("Questa foto non si apre: forse il file è rovinato."), field="file") from error
    image.info, drawn = {}, BytesIO()
    image.save(drawn, kind.name, quality=85, optimize=True)
    return drawn.getvalue()


def _check_quota(files: int, by) -> None:
    if files >= MOST_OF_ONE:
        raise Refusal(N_("Qui ci sono già %(most)s file: è il massimo."), field="file", most=MOST_OF_ONE)
    lately = db.session.scalar(select(func.count(Upload.id)).where(
        Upload.uploaded_by_id == by.id, Upload.created_at > now() - timedelta(days=1)))
    if lately >= MOST_A_DAY:
        raise Refusal(N_("Oggi hai già allegato %(most)s file: riprova domani."), field="file", most=MOST_A_DAY)
    folder().mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder()).free < SPARE:
        raise Refusal(N_("In questo momento non c'è posto per altri file. Avvisa chi gestisce il sito."), field="file")


def _clean(title: str | None, kind: Kind) -> str:
    """What the person called the file, without folders and odd letters, with the ending of its kind."""
    last = re.split(r"[/\\]", title or "")[-1].rsplit(".", 1)[0]
    words = " ".join(re.sub(r"[^\w .,()'-]", " ", last).split()).strip(". ")
    return f"{words[:100] or 'file'}{ENDING[kind]}"


def _write(path: Path, content: bytes) -> None:
    """Readable by the site's user only, and on the disk before the row says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
