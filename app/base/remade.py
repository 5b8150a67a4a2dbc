"""For migrations: SQLite alters most of a table by making it anew, and the triggers of the old one are lost."""
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy import text


@contextmanager
def remade(table: str) -> Iterator[BatchOperations]:
    """`op.batch_alter_table` for a table with triggers (append_only.py, search.py): they are there again afterwards, in the same words."""
    connection = op.get_bind()
    triggers = [] if connection.dialect.name != "sqlite" else connection.execute(text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY rowid"), {"table": table}).all()
    with op.batch_alter_table(table) as altered:
        yield altered
    for name, statement in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")       # where SQLite could alter the table as it is
        connection.exec_driver_sql(statement)
