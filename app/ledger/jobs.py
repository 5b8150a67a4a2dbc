"""By the clock: new transfers come under the chain of seals, off everybody's way, its head is published once a day, and holds expire."""
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy.exc import DBAPIError

from app.base import clock
from app.base.db import db
from app.base.transactions import reading, transaction
from app.ledger.actions import holds, seals as actions
from app.ledger.queries import postings, seals
from app.ledger.rules.seals import Anchor

log = logging.getLogger(__name__)

PATIENCE, PAUSE = 5, 0.05              # seconds: whoever writes for longer is waited for at the next tick


def run_due(*, stopping: Callable[[], bool] = lambda: False) -> None:
    """Seal when the last seal is SEAL_MINUTES old, and publish the day's head."""
    with reading():
        db.session.rollback()
        last = seals.latest()
    if last is None or last.sealed_at + timedelta(minutes=current_app.config["SEAL_MINUTES"]) <= clock.now():
        seal_new(stopping=stopping)
    publish()


def seal_new(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Seal what is settled, in as many seals as it needs; says how many transfers. Reads without a lock, writes one row for each seal.

    Each seal is whole or not there. When another sealer is at work, the rest is left to it.
    """
    sealed, mark = 0, _settled(stopping)
    while mark is not None and not stopping():
        with reading():
            db.session.rollback()
            rows = seals.unsealed_rows(mark.last_id)
        if not rows.lines:
            break
        with transaction():
            if not actions.seal(rows):
                break
        sealed += len(rows.lines)
    return sealed


def expire_holds(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Give back what holds have set aside for longer than they may, each in a transaction of its own; says how many."""
    with reading():
        db.session.rollback()
        overdue = postings.overdue_holds()
    expired = 0
    for hold_id in overdue:
        if stopping():
            break
        try:
            with transaction():
                expired += holds.expire(hold_id)
        except DBAPIError:             # its account's figures disagree, as the night will say: the other holds go on
            log.exception("hold %s does not expire", hold_id)
    return expired


def publish() -> None:
    """The head as today's anchor, to ANCHOR_MAIL and at the end of ANCHOR_FILE, where they are configured. Once a day each."""
    address, path = current_app.config["ANCHOR_MAIL"], current_app.config["ANCHOR_FILE"]
    if not address and not path:
        return
    with transaction():
        last = seals.latest()
        if last is None:
            return
        anchor = Anchor.of(clock.today(), last.seal, last.transfers, last.head)
        actions.write_to(address, anchor)
    if path and actions.append_to(Path(path), anchor):
        log.info("anchor of seal %s written to %s", last.seal, path)


def _settled(stopping: Callable[[], bool]) -> seals.Mark | None:
    """A mark once everybody who was writing then has ended; None when nothing is new, or one of them takes too long."""
    tries = int(PATIENCE / PAUSE)
    with reading():
        db.session.rollback()
        last = seals.latest()
        mark = seals.mark()
        if last and mark.last_id <= last.last_id:
            return None
        for _try in range(tries):
            if stopping():
                return None
            if seals.settled(mark):
                return mark
            time.sleep(PAUSE)
    log.info("nothing sealed up to transfer %s: somebody has been writing for %s seconds", mark.last_id, PATIENCE)
    return None
