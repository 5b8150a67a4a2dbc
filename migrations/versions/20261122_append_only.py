"""the ledger and the log of passages are append-only"""
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = ("posting", "transfer", "passage")


def upgrade():
    if op.get_context().dialect.name == "sqlite":
        for table in TABLES:
            for what in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_{what.lower()} BEFORE {what} ON {table} "
                           f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        return
    op.execute("""
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
""")
    for table in TABLES:
        op.execute(f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade():
    if op.get_context().dialect.name == "sqlite":
        for table in TABLES:
            for what in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_{what}")
        return
    op.execute("DROP FUNCTION refuse_change() CASCADE")
