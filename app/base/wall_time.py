"""What clocks in Italy show, inside a statement: a filter by the day of the week, or by the hour, is read off it in both databases."""
import sqlite3
from datetime import UTC, datetime

from sqlalchemy import Engine, String, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.base.clock import ROME


class wall_time(FunctionElement):
    """"6 09:30" for an instant column: the day of the week (Monday is 1), hours and minutes."""

    name = "wall_time"
    type = String()
    inherit_cache = True


@compiles(wall_time, "postgresql")
def _on_postgresql(element, compiler, **options):
    return f"to_char(timezone('{ROME.key}', {compiler.process(element.clauses, **options)}), 'ID HH24:MI')"


@compiles(wall_time, "sqlite")
def _on_sqlite(element, compiler, **options):
    return f"wall_time({compiler.process(element.clauses, **options)})"


@event.listens_for(Engine, "connect")
def give_sqlite_the_zone(connection, _record):
    """SQLite knows no zones: it asks Python."""
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("wall_time", 1, _shown, deterministic=True)


def _shown(stored: str) -> str:
    wall = datetime.fromisoformat(stored).replace(tzinfo=UTC).astimezone(ROME)
    return f"{wall.isoweekday()} {wall:%H:%M}"
