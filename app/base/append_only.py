"""Tables that are written once: triggers refuse every later UPDATE, DELETE and TRUNCATE, in both databases. Nothing fires on INSERT."""
from sqlalchemy import DDL, Table, event

REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""


def append_only(table: Table) -> None:
    """Give `table` its triggers whenever it is created. The migration that makes the table says the same."""
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(table.name, dialect):
            event.listen(table, "after_create", DDL(statement.replace("%", "%%")).execute_if(dialect=dialect))


def statements(table: str, dialect: str) -> list[str]:
    """The SQL behind `append_only`."""
    if dialect == "sqlite":
        return [f"CREATE TRIGGER {table}_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" for what in ("UPDATE", "DELETE")]
    return [REFUSE,
            f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"]
