"""Where a transaction ends. No other file in app/ commits.

One request is one transaction. A GET reads in a transaction that cannot write. A write that answers below 400 is committed, together with
its one-use form key; any other answer leaves nothing behind. What the database refuses only because of timing is tried again.
"""
import random
import time
from contextlib import contextmanager

from flask import Flask, request, session
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.base import once
from app.base.db import db, only_reads

READING = {"GET", "HEAD", "OPTIONS"}
TRIES = 5


def worth_another_try(error: DBAPIError) -> bool:
    """Serialization failure, deadlock or a busy SQLite file: nothing was done, and later it may go through."""
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    return code in {"40001", "40P01"} or code.startswith("SQLITE_BUSY")


class App(Flask):
    def full_dispatch_request(self, *context):
        with reading() if request.method in READING else writing():
            return super().full_dispatch_request(*context)

    def dispatch_request(self, *context):
        if request.method in READING or request.routing_exception is not None:
            return super().dispatch_request(*context)
        cookie = dict(session)
        for attempt in range(1, TRIES + 1):
            try:
                return self._write(super().dispatch_request, *context)
            except DBAPIError as error:
                db.session.rollback()
                if attempt == TRIES or not worth_another_try(error):
                    raise
            session.clear()
            session.update(cookie)
            time.sleep(random.uniform(0, 0.05) * attempt)

    def _write(self, view, *context):
        if receipt := once.claim():
            return receipt
        response = self.make_response(view(*context))
        if response.status_code < 400:
            once.keep(response)
            db.session.commit()
        else:
            db.session.rollback()
        return response


@contextmanager
def reading():
    """Inside the block transactions cannot write, and on SQLite they do not wait for writers."""
    with _mode(True):
        yield


@contextmanager
def writing():
    with _mode(False):
        yield


@contextmanager
def _mode(reads: bool):
    token = only_reads.set(reads)
    try:
        yield
    finally:
        only_reads.reset(token)


@contextmanager
def transaction():
    """The same boundary for jobs and commands: all of the block, or none of it. Whatever was open before is given up."""
    db.session.rollback()
    with writing():
        try:
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise


@contextmanager
def snapshot(seconds: int = 100):
    """Reads that all see one moment and cannot write. A statement that takes longer than `seconds` fails.

    So that a slow check fails rather than lose its night's lease silently.
    """
    db.session.rollback()
    with reading():
        try:
            if db.session.get_bind().dialect.name == "postgresql":
                db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
                # Room to add up a hundred thousand accounts; no parallel workers, they would take the posters' processors.
                db.session.execute(text(f"SET LOCAL statement_timeout = '{seconds}s'; SET LOCAL work_mem = '64MB'; "
                                        "SET LOCAL max_parallel_workers_per_gather = 0"))
            yield
        finally:
            db.session.rollback()
