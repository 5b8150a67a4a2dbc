"""A letter is a row. It is written with what it tells of, in one transaction; a job sends it after the commit."""
import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from flask import current_app
from sqlalchemy import String, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from app.base import clock
from app.base.db import Row, db, short


class Letter(Row):
    """`key` makes a letter unique: the same fact is never told twice. A letter carries no health, ISEE or debt in its subject."""

    __tablename__ = "letter"
    key: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = short(254)
    subject: Mapped[str] = short(200)
    body: Mapped[str] = short(20000)
    due_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = short(500, default="")


def write(key: str, recipient: str, subject: str, body: str) -> None:
    """Put a letter in the outbox, once per `key`."""
    if recipient and db.session.scalar(select(Letter.id).where(Letter.key == key)) is None:
        db.session.add(Letter(key=key, recipient=recipient, subject=" ".join(subject.split()), body=body))
        db.session.flush()


def due(limit: int = 50) -> list[Letter]:
    """Unsent letters whose time has come, oldest first."""
    return list(db.session.scalars(select(Letter).where(
        Letter.sent_at.is_(None), or_(Letter.due_at.is_(None), Letter.due_at <= clock.now())).order_by(Letter.id).limit(limit)))


def send(letter: Letter) -> None:
    """Hand one letter to the mail server, or to the folder that stands for it. A failure is noted and tried again later.

    At least once: when the process dies between the server's yes and our commit, the letter goes again with the same Message-ID.
    """
    try:
        deliver(as_message(letter))
    except (OSError, smtplib.SMTPException) as error:
        letter.attempts += 1
        letter.last_error = f"{type(error).__name__}: {error}"[:500]
        letter.due_at = clock.now() + timedelta(minutes=min(5 * 2 ** letter.attempts, 24 * 60))
    else:
        letter.sent_at = clock.now()


def as_message(letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = f"<{letter.key.replace(' ', '')}@{urlsplit(current_app.config['PUBLIC_BASE_URL']).hostname}>"
    message["From"], message["To"] = current_app.config["MAIL_FROM"], letter.recipient
    message["Subject"], message["Date"] = letter.subject, format_datetime(letter.created_at)
    message.set_content(letter.body)
    return message


def deliver(message: EmailMessage) -> None:
    if folder := current_app.config["MAIL_FOLDER"]:
        name = message["Message-ID"].strip("<>").replace("/", "_").replace(":", "_")
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.eml").write_bytes(bytes(message))
        return
    server = urlsplit(current_app.config["MAIL_SERVER"])      # smtp://user:password@host:587, or smtps://… for TLS from the first byte
    with _connect(server) as smtp:
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(message)


def _connect(server: SplitResult) -> smtplib.SMTP:
    """A password travels only where the server's certificate holds."""
    certified = ssl.create_default_context()
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(server.hostname, server.port or 465, timeout=20, context=certified)
    smtp = smtplib.SMTP(server.hostname, server.port or 587, timeout=20)
    if server.username:
        smtp.starttls(context=certified)
    return smtp
