"""What the clock does beside the night: letters leave the outbox, old form keys and stray files go."""
import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select, update

from app.base import clock, outbox, uploads
from app.base.db import db
from app.base.once import FormKey
from app.base.outbox import Letter
from app.base.transactions import reading, transaction

log = logging.getLogger(__name__)

SENDING = timedelta(minutes=10)        # a letter in hand is nobody else's for so long; then its sender has died
FORM_KEYS_KEPT = timedelta(days=30)
BATCH = 500
NO_SYNC = {"synchronize_session": False}


def send_letters(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send the letters that are due; says how many left. The first failure ends the round: a server that is away is not asked fifty times.

    No transaction is open while the mail server is spoken to: it may be slow, and on SQLite nobody else could write.
    """
    with reading():
        waiting = [(letter.id, letter.due_at) for letter in outbox.due()]
    sent = 0
    for letter_id, due_at in waiting:
        if stopping():
            break
        with transaction():
            letter = _claim(letter_id, due_at)
        if letter is None:
            continue
        outbox.send(letter)
        with transaction():
            db.session.merge(letter)
        if letter.sent_at is None:
            log.warning("letter %s stays: %s", letter_id, letter.last_error)
            break
        sent += 1
    return sent


def forget_form_keys(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Delete the form keys that nobody will send again, a batch in each transaction; says how many."""
    gone, old = 0, select(FormKey.key).where(FormKey.used_at < clock.now() - FORM_KEYS_KEPT).limit(BATCH)
    while not stopping():
        with transaction():
            batch = db.session.execute(delete(FormKey).where(FormKey.key.in_(old)), execution_options=NO_SYNC).rowcount
        gone += batch
        if batch < BATCH:
            break
    return gone


def look_after_uploads(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Take away files that no row knows, and say in the log which rows have lost theirs; how many files went."""
    with reading():
        for upload in uploads.lost():
            log.error("upload %s of %s %s: its file is gone or changed", upload.id, upload.subject, upload.subject_id)
        return uploads.sweep()


def _claim(letter_id: int, due_at) -> Letter | None:
    """The letter, put off for SENDING so that no other process takes it; None when one was faster. It leaves the session."""
    mine = db.session.execute(update(Letter).where(Letter.id == letter_id, Letter.sent_at.is_(None), Letter.due_at == due_at)
                              .values(due_at=clock.now() + SENDING), execution_options=NO_SYNC).rowcount
    if not mine:
        return None
    letter = db.session.get_one(Letter, letter_id)
    db.session.expunge(letter)
    return letter
