"""What is said to the database, statement by statement."""
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from app.base.db import db


@contextmanager
def statements(app) -> Iterator[list[str]]:
    """Inside the block each statement of any connection is added to the list, on one line."""
    heard = []

    def hear(_connection, _cursor, statement, *_):
        heard.append(" ".join(statement.split()))
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)
