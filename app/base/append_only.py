"""Tables that are written once, and columns that are: triggers refuse every later change, in both databases. Nothing fires on INSERT."""
from collections.abc import Sequence

from sqlalchemy import DDL, Table, event

REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""


def append_only(table: Table, *columns: str) -> None:
    """Give `table` its triggers whenever it is created. The migration that makes the table says the same.

    Without `columns` nothing of a row is ever changed, and no row goes; with them only these stay as they are.
    """
    for dialect in ("sqlite", "postgresql"):
        for statement in fixed(table.name, columns, dialect) if columns else statements(table.name, dialect):
            event.listen(table, "after_create", DDL(statement.replace("%", "%%")).execute_if(dialect=dialect))


def fixed(table: str, columns: Sequence[str], dialect: str) -> list[str]:
    """The SQL behind `append_only` of some columns: it fires on an UPDATE that names one of them, and when a row would go."""
    update = f"UPDATE OF {', '.join(columns)}"
    if dialect == "sqlite":
        return [f"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                for name, what in (("fixed", update), ("kept", "DELETE"))]
    return [REFUSE, f"CREATE TRIGGER {table}_fixed BEFORE {update} OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"]


def statements(table: str, dialect: str) -> list[str]:
    """The SQL behind `append_only` of a whole table."""
    if dialect == "sqlite":
        return [f"CREATE TRIGGER {table}_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" for what in ("UPDATE", "DELETE")]
    return [REFUSE,
            f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"]
