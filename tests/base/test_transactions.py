"""One request, one transaction: what is kept, what is given up, what is tried again."""
import sqlite3

import psycopg.errors
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app.base import transactions
from app.base.db import db, insert_once
from app.base.outbox import Letter
from app.base.clock import now
from app.base.transactions import TRIES, reading, transaction, worth_another_try
from tests.base.conftest import add_letter
from tests.threads import together


def busy(backend: str) -> DBAPIError:
    if backend == "postgresql":
        return OperationalError("…", {}, psycopg.errors.SerializationFailure())
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    return OperationalError("…", {}, error)


@pytest.mark.parametrize("status, kept", [(200, 1), (204, 1), (303, 1), (400, 0), (403, 0), (404, 0), (409, 0), (422, 0), (500, 0)])
def test_only_a_good_answer_is_kept(probe, status, kept):
    assert probe.send(f"/answer/{status}").status_code == status
    assert probe.letters() == kept


def test_what_breaks_leaves_nothing(probe):
    probe.failures = [RuntimeError("in the middle")]
    assert probe.send().status_code == 500 and probe.letters() == probe.keys() == 0


def test_a_constraint_that_fails_at_the_commit_leaves_nothing(probe):
    assert probe.send("/clash").status_code == 500 and probe.letters() == probe.keys() == 0


def test_a_get_cannot_write(probe):
    assert probe.test_client().get("/write").status_code == 500 and probe.letters() == 0


def test_the_read_only_transaction_bites(probe, monkeypatch):
    """Were a GET a write, it would write."""
    monkeypatch.setattr(transactions, "READING", {"HEAD"})
    monkeypatch.setattr(transactions.once, "claim", lambda: None)
    monkeypatch.setattr(transactions.once, "keep", lambda response: None)
    assert probe.test_client().get("/write").status_code == 303 and probe.letters() == 1


@pytest.mark.parametrize("times, status, kept", [(1, 303, 1), (TRIES - 1, 303, 1), (TRIES, 500, 0)])
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_bad_luck_is_tried_again(probe, monkeypatch, backend, times, status, kept):
    monkeypatch.setattr(transactions.time, "sleep", lambda _: None)
    probe.failures = [busy(backend) for _ in range(times)]
    client = probe.test_client()
    assert probe.send(client=client).status_code == status
    assert probe.letters() == probe.keys() == kept
    with client.session_transaction() as session:
        assert len(session.get("_flashes", [])) == kept, "a notice of a try that was given up"


def test_a_real_mistake_is_not_tried_again(probe):
    probe.failures = [IntegrityError("…", {}, psycopg.errors.UniqueViolation())] * 2
    assert probe.send().status_code == 500 and len(probe.failures) == 1


@pytest.mark.parametrize("error, again", [
    (psycopg.errors.SerializationFailure(), True), (psycopg.errors.DeadlockDetected(), True),
    (psycopg.errors.UniqueViolation(), False), (psycopg.errors.CheckViolation(), False), (sqlite3.OperationalError("x"), False),
])
def test_worth_another_try(error, again):
    assert worth_another_try(DBAPIError("…", {}, error)) is again


def test_a_block_is_kept_whole_or_not_at_all(probe):
    with probe.test_request_context():
        with transaction():
            add_letter()
        with pytest.raises(ZeroDivisionError), transaction():
            add_letter()
            db.session.flush()
            1 / 0
    assert probe.letters() == 1


def test_reading_cannot_write_and_writing_can_again(probe):
    with probe.test_request_context():
        with pytest.raises(DBAPIError, match="(?i)read.?only"), reading():
            add_letter()
            db.session.flush()
        db.session.rollback()
        with transaction():
            add_letter()
    assert probe.letters() == 1


def test_insert_once_says_who_was_first(probe):
    def insert():
        with probe.app_context(), transaction():
            return insert_once(Letter, dict(key="k", recipient="", subject="", body="", due_at=now(), attempts=0, last_error="",
                                            created_at=now()), unique=("key",))
    results = together(*[insert] * 8)
    assert sorted(results) == [False] * 7 + [True] and probe.letters() == 1


def test_every_connection_is_set_up(app):
    with app.app_context(), transaction():
        def ask(words):
            return db.session.connection().exec_driver_sql(words).scalar()
        if db.engine.dialect.name == "sqlite":
            asked = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
            assert [ask(f"PRAGMA {name}") for name in asked] == ["wal", 2, 1, 1, 10000]
        else:
            asked = ("statement_timeout", "lock_timeout", "timezone", "transaction_isolation")
            assert [ask(f"SHOW {name}") for name in asked] == ["10s", "5s", "UTC", "read committed"]
