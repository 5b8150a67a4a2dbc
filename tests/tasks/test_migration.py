"""What was there before the board had a life of its own comes through, up and down."""
import flask_migrate
import pytest
from sqlalchemy import text

from app.base.db import db

FIRST = "1, '2026-01-01'"
OLD = [
    f"INSERT INTO comune (id, created_at, name, istat_code, province, zone) VALUES ({FIRST}, 'Alessandria', '006003', 'AL', 'Europe/Rome')",
    f"INSERT INTO organisation (id, created_at, comune_id, name, about) VALUES ({FIRST}, 1, 'Biblioteca', '')",
    f"INSERT INTO person (id, created_at, ref, given_name, family_name, email) "
    f"VALUES ({FIRST}, '{'0' * 31}1', 'Anna', 'F', 'a@example.org')",
    *(f"INSERT INTO task (id, created_at, comune_id, organisation_id, state, title, summary, description, tools, category, area, address, "
      f"words) VALUES ({number}, '2026-01-01', 1, 1, '{state}', 'T', 'S', '', '', 'green', 'A', 'V', '')"
      for number, state in ((1, "open"), (2, "closed"))),
    "INSERT INTO shift (id, created_at, comune_id, task_id, state, starts_at, ends_at, places, taken) "
    "VALUES (1, '2026-01-01', 1, 1, 'planned', '2026-06-06 08:00:00', '2026-06-06 10:00:00', 3, 1)",
    *(f"INSERT INTO booking (id, created_at, comune_id, shift_id, person_id, state) VALUES ({number}, '2026-01-01', 1, 1, 1, '{state}')"
      for number, state in ((1, "cancelled"), (2, "booked"))),
]
COUNTS = {"task": 2, "shift": 1, "booking": 2, "passage": 0}


@pytest.fixture
def old(ground):
    """A database as the first version left it, with a row or two in each table of the board."""
    current = ground.database
    with ground.copy(None, "old"), ground.app.app_context():
        flask_migrate.upgrade(revision="0005")
        with db.engine.begin() as connection:
            for statement in OLD:
                connection.execute(text(statement))
        yield
    ground.database = current
    ground.server.drop("old")


def rows(statement: str) -> list[tuple]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_rows_come_through(old):
    flask_migrate.upgrade(revision="0006")
    assert {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in COUNTS} == COUNTS
    assert rows("SELECT id, state, counts_for, reserved_percent, declared_by_id FROM task ORDER BY id") == [
        (1, "open", "baratto", 0, None), (2, "closed", "baratto", 0, None)]
    assert rows("SELECT taken, reserved, reserved_taken, version, series_id FROM shift") == [(1, 0, 0, 0, None)]
    assert [(number, state, instrument, bool(reserved)) for number, state, instrument, reserved in rows(
        "SELECT id, state, instrument, reserved FROM booking ORDER BY id")] == [
        (1, "cancelled", "baratto", False), (2, "booked", "baratto", False)]


def test_and_go_back(old):
    before = {table: rows(f"SELECT * FROM {table} ORDER BY id") for table in COUNTS}
    flask_migrate.upgrade(revision="0006")
    flask_migrate.downgrade(revision="0005")
    assert {table: rows(f"SELECT * FROM {table} ORDER BY id") for table in COUNTS} == before
