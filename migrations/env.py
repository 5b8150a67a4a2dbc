"""Runs the migrations inside the app, on its own engine, each run in one transaction: killed half way it leaves nothing behind."""
from contextlib import contextmanager

from alembic import context
from flask import current_app

from app.base.db import Instant
from app.base.search import modelled

database = current_app.extensions["migrate"].db


def render_item(kind, item, _autogen):
    """Our own column type is stored as a plain timestamp with its zone."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


@contextmanager
def tables_may_be_remade(connection):
    """SQLite changes a table by copying and dropping it, and a drop looks after foreign keys at once: they rest until the end."""
    if connection.dialect.name != "sqlite":
        yield
        return
    sqlite = connection.connection.dbapi_connection
    sqlite.execute("PRAGMA foreign_keys = OFF")           # does nothing inside a transaction: so before it
    try:
        yield
    finally:
        sqlite.execute("PRAGMA foreign_keys = ON")


with database.engine.connect() as connection, tables_may_be_remade(connection):
    context.configure(connection=connection, target_metadata=database.metadata, render_item=render_item, render_as_batch=True,
                      compare_type=True, include_object=modelled, transactional_ddl=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":       # the site's limit is for pages
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        context.run_migrations()
        if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"rows that point nowhere: {broken[:5]}")
