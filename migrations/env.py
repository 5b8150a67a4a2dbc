"""Runs the migrations inside the app, on its own engine, each run in one transaction: killed half way it leaves nothing behind."""
from alembic import context
from flask import current_app

from app.base.db import Instant

database = current_app.extensions["migrate"].db


def render_item(kind, item, _autogen):
    """Our own column type is stored as a plain timestamp with its zone."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


with database.engine.connect() as connection:
    context.configure(connection=connection, target_metadata=database.metadata, render_item=render_item, render_as_batch=True,
                      compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
