"""Every form carries a key that works once: sent twice, in a row or at the same time, it has one effect and one receipt.

The key is made when the form is drawn, and stored together with the effect, in the same
transaction. So a refused form may be corrected and sent again with its key, and a lost reply may be asked for again.
"""
import hashlib
import re
import secrets
from datetime import datetime

from flask import abort, current_app, flash, redirect, request, session
from flask_login import current_user
from sqlalchemy import JSON, String, select, update
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import Conflict

from app.base.clock import now
from app.base.db import db, insert_once
from app.base.words import N_

FIELD = "form_key"
SHAPE = re.compile(r"[A-Za-z0-9_-]{22,64}")       # at least 128 bits
NOT_THE_BODY = {FIELD, "csrf_token"}


class FormKey(db.Model):
    __tablename__ = "form_key"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime] = mapped_column(default=now, index=True)
    location: Mapped[str | None] = mapped_column(String(2000))
    notices: Mapped[list] = mapped_column(JSON, default=list)


class OtherBody(Conflict):
    description = N_("Questo modulo è già stato inviato con altri dati. Non abbiamo registrato nulla di nuovo.")


def new_key() -> str:
    return secrets.token_urlsafe(16)


def repeatable(view):
    """Mark a view that may run again: it stores nothing of the town (language, a check page), or opens and ends a sign-in."""
    view.repeatable = True
    return view


def claim():
    """Take the key of this request, in its transaction. Returns None the first time, and the first answer ever after.

    A second request with the same key waits for the first one: PostgreSQL waits on the unique key, SQLite on the write lock. Refuses a
    POST without a key (400) and a used key with another body or from another person (409).
    """
    if _may_repeat():
        return None
    key = request.form.get(FIELD, "")
    if not SHAPE.fullmatch(key):
        abort(400, N_("Il modulo è incompleto. Riapri la pagina e riprova."))
    body = _body_hash()
    if insert_once(FormKey, dict(key=key, body_hash=body, used_at=now(), notices=[]), unique=("key",)):
        return None
    first = db.session.execute(select(FormKey).where(FormKey.key == key)).scalar_one()
    if first.body_hash != body:
        raise OtherBody()
    for category, text in first.notices:
        flash(text, category)
    flash(first.used_at.isoformat(), "already")
    return redirect(first.location, 303)


def keep(response):
    """Remember the answer to a claimed key for whoever sends it again."""
    if not _may_repeat():
        db.session.execute(update(FormKey).where(FormKey.key == request.form[FIELD], FormKey.location.is_(None)).values(
            location=response.headers.get("Location", request.path), notices=session.get("_flashes", [])))


def _may_repeat() -> bool:
    return getattr(current_app.view_functions[request.endpoint], "repeatable", False)


def _body_hash() -> str:
    """SHA-256 of who sends what to where; file contents count, the two keys do not."""
    digest = hashlib.sha256(f"{request.method} {request.full_path} {getattr(current_user, 'id', '')}".encode())
    for name, value in sorted(request.form.items(multi=True)):
        if name not in NOT_THE_BODY:
            digest.update(f"\0{name}\0{value}".encode())
    for name, upload in sorted(request.files.items(multi=True)):
        digest.update(f"\0{name}\0{upload.filename}\0".encode() + _content_hash(upload))
    return digest.hexdigest()


def _content_hash(upload: FileStorage) -> bytes:
    upload.stream.seek(0)              # a first try that the database put off has read it
    digest = hashlib.file_digest(upload.stream, "sha256").digest()
    upload.stream.seek(0)
    return digest
