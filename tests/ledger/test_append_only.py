"""The past stays as it is: no UPDATE, DELETE, TRUNCATE or REPLACE, whoever writes to the database."""
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.base.append_only import REFUSE, fixed, statements
from app.base.db import db
from app.base.transactions import transaction
from app.ledger import jobs, models
from app.ledger.actions import holds

WRITTEN = ["posting", "transfer", "hold", "hold_resolution", "seal"]
KEPT = {"book": ["comune_id", "kind", "name"], "account": ["book_id", "unit", "kind", "owner"]}     # what a row says it is
FIGURES = ["account", "book", "checkpoint"]                  # what the postings, the night and the office change


def raw(app, statement: str, **values):
    with app.app_context(), transaction():
        db.session.execute(text(statement), values)


@pytest.fixture
def written(books):
    """One row or more in each table."""
    books.post("town", (books.issued, books.anna, 60))
    books.post("time", (books.giver, books.taker, 30))
    books.ask(holds.settle, books.hold("k", (books.anna, books.bruno, 10)), "settled")
    books.hold("open", (books.anna, books.bruno, 10))
    with books.app.app_context():
        assert jobs.seal_new() == 3
    return books


def columns(table: str) -> list[str]:
    return [column.name for column in db.metadata.tables[table].columns]


def test_every_table_of_the_ledger_is_in_one_of_the_lists():
    tables = {value.__tablename__ for value in vars(models).values() if isinstance(value, type) and issubclass(value, db.Model)
              and "__tablename__" in vars(value)}
    assert tables == {*WRITTEN, *FIGURES}


@pytest.mark.parametrize("table", WRITTEN)
def test_the_past_cannot_be_changed(app, written, table):
    assert written.count(table)
    for statement in [f"DELETE FROM {table}", *(f"UPDATE {table} SET {name} = {name}" for name in columns(table)),
                      *([f"TRUNCATE {table} CASCADE"] if on_server(app) else replacing(table))]:
        with pytest.raises(DBAPIError, match="append-only"):
            raw(app, statement)


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_nor_emptied_from_another_table(app, written):
    with pytest.raises(DBAPIError, match="append-only"):
        raw(app, "TRUNCATE account CASCADE")


@pytest.mark.parametrize("table, column", [(table, column) for table, some in KEPT.items() for column in some])
def test_what_a_book_or_an_account_is_cannot_be_changed(app, written, table, column):
    """Else a book would go to another comune with all its minutes, and a balance to another person."""
    with pytest.raises(DBAPIError, match="append-only"):
        raw(app, f"UPDATE {table} SET {column} = {column}")
    rows = written.count(table)
    off = f"DROP TRIGGER {table}_fixed" + (f" ON {table}" if on_server(app) else "")
    [on] = [each for each in fixed(table, KEPT[table], dialect(app)) if f"TRIGGER {table}_fixed" in each]
    with app.app_context(), transaction():
        db.session.execute(text(off))
        assert db.session.execute(text(f"UPDATE {table} SET {column} = {column}")).rowcount == rows
        db.session.execute(text(on))


@pytest.mark.parametrize("table", KEPT)
def test_nor_does_one_of_them_go(app, written, table):
    """Also not to come back with another owner: REPLACE deletes first."""
    for way in [f"DELETE FROM {table}"] + ([] if on_server(app) else [f"REPLACE INTO {table} SELECT * FROM {table}"]):
        with pytest.raises(DBAPIError, match="append-only"):
            raw(app, way)


def replacing(table: str) -> list[str]:
    """SQLite's ways to write over a row."""
    first = columns(table)[0]
    return [f"REPLACE INTO {table} SELECT * FROM {table}", f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            f"UPDATE OR REPLACE {table} SET {first} = {first}",
            f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO UPDATE SET {first} = {first}"]


@pytest.mark.parametrize("table", WRITTEN)
def test_the_triggers_bite(app, written, table):
    """Without them the past is gone, and nobody says a word."""
    off = ([f"DROP TRIGGER {table}_change ON {table}"] if on_server(app)
           else [f"DROP TRIGGER {table}_update", f"DROP TRIGGER {table}_delete"])
    name = columns(table)[-1]
    with app.app_context(), transaction():
        for statement in off:
            db.session.execute(text(statement))
        changed = db.session.execute(text(f"UPDATE {table} SET {name} = {name}")).rowcount
        for statement in statements(table, dialect(app)):
            if statement is not REFUSE and "truncate" not in statement:
                db.session.execute(text(statement))
    assert changed == written.count(table)
    with pytest.raises(DBAPIError, match="append-only"):
        raw(app, f"DELETE FROM {table}")


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_the_guard_against_replacing_bites(app, written):
    """Without recursive triggers SQLite deletes the old row and says nothing."""
    names = ", ".join(columns("transfer"))
    with app.app_context(), pytest.raises(ZeroDivisionError), db.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA recursive_triggers = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql(f"REPLACE INTO transfer ({names}) SELECT {names.replace('amount', '1')} FROM transfer")
        assert connection.exec_driver_sql("SELECT DISTINCT amount FROM transfer").all() == [(1,)]
        connection.exec_driver_sql("PRAGMA recursive_triggers = ON")
        1 / 0


def dialect(app) -> str:
    return app.config["SQLALCHEMY_DATABASE_URI"].partition(":")[0].partition("+")[0]


def on_server(app) -> bool:
    return dialect(app) == "postgresql"
