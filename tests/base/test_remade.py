"""A migration may alter a table that has triggers: on SQLite, which makes it anew, they are all there again."""
import pytest
from alembic import op
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import String, text

from app.base.db import db
from app.base.remade import remade

ON_SQLITE = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'task'"


@pytest.fixture
def migrating(app):
    """A connection on which a migration runs that is given up at the end."""
    with app.app_context(), db.engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        yield connection
        connection.rollback()


def longer(task):
    task.alter_column("title", type_=String(130), existing_type=String(120))


@ON_SQLITE
@pytest.mark.parametrize("alter", [longer, lambda task: task.create_index("ix_task_title", ["title"])], ids=["remade", "as it is"])
def test_triggers_come_through(migrating, alter):
    before = migrating.execute(text(TRIGGERS)).all()
    with remade("task") as task:
        alter(task)
    assert migrating.execute(text(TRIGGERS)).all() == before != []


@ON_SQLITE
def test_without_it_they_are_lost(migrating):
    migrating.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    with op.batch_alter_table("task") as task:
        longer(task)
    assert migrating.execute(text(TRIGGERS)).all() == []


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_postgresql_alters_in_place(migrating):
    triggers = text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'passage'::regclass ORDER BY tgname")
    before = migrating.execute(triggers).all()
    with remade("passage") as passage:
        passage.alter_column("reason", type_=String(1100))
    assert migrating.execute(triggers).all() == before != []
