"""What the database itself refuses, whoever writes to it: changes of the past, and any mix of the units."""
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.base.db import db
from app.base.transactions import transaction

NEW_POSTING = ("INSERT INTO posting (key, request_hash, book, kind, effective_at, recorded_at, created_at, reverses_id) "
               "SELECT :key, '', :book, 'raw', effective_at, recorded_at, created_at, :reverses FROM posting WHERE id = :town")
NEW_TRANSFER = ("INSERT INTO transfer (posting_id, book, unit, amount, debit_id, credit_id) "
                "VALUES (:posting, :book, :unit, :amount, :debit, :credit)")


def raw(app, statement: str, **values):
    with app.app_context(), transaction():
        db.session.execute(text(statement), values)


@pytest.fixture
def written(books):
    """One posting in the town's book and one in the time bank's."""
    books.town = books.post("town", (books.issued, books.anna, 60)).posting_id
    books.time = books.post("time", (books.giver, books.taker, 30)).posting_id
    return books


@pytest.mark.parametrize("statement", [
    "UPDATE posting SET kind = 'other'",
    "UPDATE posting SET key = key WHERE id = -1 OR kind = 'test'",
    "DELETE FROM posting",
    "UPDATE transfer SET amount = 1",
    "UPDATE transfer SET credit_balance = 0 WHERE unit = 'SERVICE'",
    "DELETE FROM transfer WHERE unit = 'TIME'",
])
def test_the_past_cannot_be_changed(app, written, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        raw(app, statement)


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statement", ["TRUNCATE transfer", "TRUNCATE posting CASCADE", "TRUNCATE account CASCADE"])
def test_nor_emptied(app, written, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        raw(app, statement)


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", [
    "INSERT OR REPLACE INTO posting SELECT * FROM posting",
    "REPLACE INTO transfer SELECT * FROM transfer",
    "UPDATE OR REPLACE posting SET key = 'town'",
    "INSERT INTO transfer SELECT * FROM transfer WHERE true ON CONFLICT (id) DO UPDATE SET amount = 1",
])
def test_nor_replaced(app, written, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        raw(app, statement)


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_the_guard_against_replacing_bites(app, written):
    """Without recursive triggers SQLite deletes the old row and says nothing."""
    with app.app_context(), pytest.raises(ZeroDivisionError), db.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA recursive_triggers = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("REPLACE INTO transfer SELECT id, posting_id, book, unit, 1, debit_id, credit_id, debit_seq, "
                                   "debit_balance, credit_seq, credit_balance FROM transfer")
        assert connection.exec_driver_sql("SELECT DISTINCT amount FROM transfer").all() == [(1,)]
        connection.exec_driver_sql("PRAGMA recursive_triggers = ON")
        1 / 0


@pytest.mark.parametrize("posting, book, unit, debit, credit, kept_by", [
    ("town", "town", "TIME", "giver", "taker", "wall"),
    ("time", "time_bank", "SERVICE", "issued", "anna", "wall"),
    ("time", "time_bank", "EUR", "appropriation", "available", "wall"),
    ("town", "time_bank", "TIME", "giver", "taker", "foreign key"),
    ("time", "town", "SERVICE", "issued", "anna", "foreign key"),
    ("town", "town", "SERVICE", "issued", "available", "foreign key"),
    ("town", "town", "EUR", "anna", "available", "foreign key"),
    ("town", "town", "SERVICE", "giver", "anna", "foreign key"),
    ("time", "time_bank", "TIME", "giver", "anna", "foreign key"),
])
def test_no_transfer_crosses_the_wall(app, written, posting, book, unit, debit, credit, kept_by):
    with pytest.raises(DBAPIError, match=f"(?i){kept_by}"):
        raw(app, NEW_TRANSFER, posting=getattr(written, posting), book=book, unit=unit, amount=5,
            debit=getattr(written, debit), credit=getattr(written, credit))


@pytest.mark.parametrize("amount, credit, kept_by", [(0, "anna", "positive"), (-5, "anna", "positive"), (5, "issued", "two_accounts")])
def test_a_transfer_moves_something_between_two(app, written, amount, credit, kept_by):
    with pytest.raises(DBAPIError, match=kept_by):
        raw(app, NEW_TRANSFER, posting=written.town, book="town", unit="SERVICE", amount=amount, debit=written.issued,
            credit=getattr(written, credit))


def test_a_reversal_stays_in_its_book(app, written):
    with pytest.raises(DBAPIError, match="(?i)foreign key"):
        raw(app, NEW_POSTING, key="back", book="time_bank", reverses=written.town, town=written.town)


def test_a_key_and_a_reversal_are_unique(app, written):
    with pytest.raises(DBAPIError, match="(?i)unique"):
        raw(app, NEW_POSTING, key="town", book="town", reverses=None, town=written.town)
    written.reverse(written.town, "back")
    with pytest.raises(DBAPIError, match="(?i)unique"):
        raw(app, NEW_POSTING, key="again", book="town", reverses=written.town, town=written.town)


@pytest.mark.parametrize("change, kept_by", [
    ("balance = floor - 1", "ck_account_floor"),
    ("balance = ceiling + 1", "ck_account_ceiling"),
    ("cached = false", "uncached_keeps_none"),
    ("unit = 'TIME'", "(?i)foreign key"),
    ("unit = 'GOLD'", "ck_account_unit"),
])
def test_an_account_keeps_its_limits_and_its_unit(app, written, change, kept_by):
    with pytest.raises(DBAPIError, match=kept_by):
        raw(app, f"UPDATE account SET {change} WHERE id = :id", id=written.anna)


def test_one_place_in_the_sequence_is_taken_once(app, written):
    with pytest.raises(DBAPIError, match="(?i)unique"):
        raw(app, NEW_TRANSFER.replace("credit_id)", "credit_id, credit_seq, credit_balance)").replace(":credit)", ":credit, 1, 5)"),
            posting=written.town, book="town", unit="SERVICE", amount=5, debit=written.issued, credit=written.anna)
