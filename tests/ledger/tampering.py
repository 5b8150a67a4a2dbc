"""Somebody with all rights on the database: triggers and foreign keys out of the way, until the block ends and nothing has happened."""
from contextlib import contextmanager

from sqlalchemy import text

from app.base.db import db
from app.ledger.queries import running, verification


@contextmanager
def tampered(*statements: str):
    db.session.rollback()
    try:
        disarm()
        for statement in statements:
            db.session.execute(text(statement))
        yield
    finally:
        db.session.rollback()


def disarm() -> None:
    """For the transaction at hand."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for trigger in db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        db.session.execute(text(f"DROP TRIGGER {trigger}"))


def faults() -> list[verification.Fault]:
    """All that an operator's verification finds without an anchor."""
    return [*verification.verify(), *running.transfers(), *running.accounts()]


def first(found: list[verification.Fault]) -> tuple[int, list[int]]:
    """The first bad row, and the seals that say so."""
    return found[0].values["transfer"], sorted({fault.values["seal"] for fault in found if "seal" in fault.values})
