"""books, holds and checkpoints; the wall between comuni and banks becomes a constraint"""
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def kind(name, nullable=False):
    return sa.Column(name, sa.Enum("town", "time_bank", name=name, native_enum=False, create_constraint=True, length=32), nullable=nullable)


def upgrade():
    sqlite = op.get_context().dialect.name == "sqlite"
    for table in ("posting", "transfer"):
        for trigger in ("update", "delete") if sqlite else ("change", "truncate"):
            op.execute(f"DROP TRIGGER {table}_{trigger}" + ("" if sqlite else f" ON {table}"))

    op.create_table(
        "book",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("comune_id", sa.Integer(), sa.ForeignKey("comune.id", name="fk_book_comune_id_comune"), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        kind("kind"),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("checked_to", ID, nullable=False),
        sa.UniqueConstraint("comune_id", "kind", "name", name="uq_book_comune_id_kind_name"),
        sa.UniqueConstraint("id", "kind", name="uq_book_id_kind"))
    op.create_index("ix_book_comune_id", "book", ["comune_id"])
    op.execute("INSERT INTO book (comune_id, created_at, kind, name, checked_to) SELECT id, created_at, 'town', '', 0 FROM comune")
    op.execute("INSERT INTO book (comune_id, created_at, kind, name, checked_to) SELECT DISTINCT comune.id, comune.created_at, 'time_bank', '', 0 "
               "FROM comune JOIN account ON account.comune_id = comune.id AND account.unit = 'TIME'")

    with op.batch_alter_table("transfer") as batch:
        for side in ("debit", "credit"):
            batch.drop_constraint(f"fk_transfer_{side}_id_unit_account", type_="foreignkey")
        batch.drop_constraint("fk_transfer_posting_id_book_posting", type_="foreignkey")
        batch.drop_constraint("wall", type_="check")
        batch.drop_constraint("book", type_="check")
        batch.add_column(sa.Column("book_id", sa.Integer()))
    with op.batch_alter_table("posting") as batch:
        batch.drop_constraint("fk_posting_reverses_id_book_posting", type_="foreignkey")
        batch.drop_constraint("uq_posting_id_book", type_="unique")
        batch.drop_constraint("uq_posting_reverses_id", type_="unique")
        batch.drop_constraint("book", type_="check")
        batch.add_column(sa.Column("book_id", sa.Integer()))
    with op.batch_alter_table("account") as batch:
        for name in ("comune_id_unit_kind_owner", "id_unit"):
            batch.drop_constraint(f"uq_account_{name}", type_="unique")
        for name in ("floor", "uncached_keeps_none"):
            batch.drop_constraint(name, type_="check")
        batch.add_column(sa.Column("book_id", sa.Integer()))
        batch.add_column(kind("book_kind", nullable=True))
        batch.add_column(sa.Column("held", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("frozen_at", INSTANT))

    op.execute("UPDATE account SET book_kind = CASE unit WHEN 'TIME' THEN 'time_bank' ELSE 'town' END")
    op.execute("UPDATE account SET book_id = (SELECT id FROM book WHERE book.comune_id = account.comune_id AND book.kind = account.book_kind)")
    op.execute("UPDATE transfer SET book_id = (SELECT book_id FROM account WHERE account.id = transfer.debit_id)")
    op.execute("UPDATE posting SET book_id = (SELECT min(book_id) FROM transfer WHERE transfer.posting_id = posting.id)")

    with op.batch_alter_table("account") as batch:
        batch.alter_column("book_id", nullable=False)
        batch.alter_column("book_kind", nullable=False)
        batch.alter_column("held", server_default=None)
        batch.drop_constraint("fk_account_comune_id_comune", type_="foreignkey")
        batch.drop_index("ix_account_comune_id")
        batch.drop_column("comune_id")
        batch.create_foreign_key("fk_account_book_id_book_kind_book", "book", ["book_id", "book_kind"], ["id", "kind"])
        batch.create_unique_constraint("uq_account_id_book_id_unit", ["id", "book_id", "unit"])
        batch.create_unique_constraint("uq_account_book_id_unit_kind_owner", ["book_id", "unit", "kind", "owner"])
        batch.create_check_constraint("wall", "(unit = 'TIME') = (book_kind = 'time_bank')")
        batch.create_check_constraint("floor", "floor IS NULL OR balance - held >= floor")
        batch.create_check_constraint("held", "held >= 0")
        batch.create_check_constraint(
            "uncached_keeps_none", "cached OR (balance = 0 AND held = 0 AND seq = 0 AND floor IS NULL AND ceiling IS NULL)")
    with op.batch_alter_table("posting") as batch:
        batch.alter_column("book_id", nullable=False)
        batch.drop_column("book")
        batch.drop_column("created_at")
        batch.create_unique_constraint("uq_posting_id_book_id", ["id", "book_id"])
        batch.create_foreign_key("fk_posting_reverses_id_book_id_posting", "posting", ["reverses_id", "book_id"], ["id", "book_id"])
    op.create_index("uq_posting_reverses_id", "posting", ["reverses_id"], unique=True, sqlite_where=sa.text("reverses_id IS NOT NULL"),
                    postgresql_where=sa.text("reverses_id IS NOT NULL"))
    with op.batch_alter_table("transfer") as batch:
        batch.alter_column("book_id", nullable=False)
        batch.drop_column("book")
        batch.create_foreign_key("fk_transfer_posting_id_book_id_posting", "posting", ["posting_id", "book_id"], ["id", "book_id"])
        for side in ("debit", "credit"):
            batch.create_foreign_key(f"fk_transfer_{side}_id_book_id_unit_account", "account", [f"{side}_id", "book_id", "unit"],
                                     ["id", "book_id", "unit"])
    _holds()
    if not sqlite:
        op.execute(POST_DIRECTLY)
    op.create_table(
        "checkpoint",
        sa.Column("account_id", ID, sa.ForeignKey("account.id", name="fk_checkpoint_account_id_account"), nullable=False,
                  primary_key=True, autoincrement=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("transfers", sa.BigInteger(), nullable=False))
    for table in ("posting", "transfer", "hold", "hold_resolution"):
        if sqlite:
            for what in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_{what.lower()} BEFORE {what} ON {table} "
                           f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        else:
            op.execute(f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
            op.execute(f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    for table, columns in (("book", "comune_id, kind, name"), ("account", "book_id, unit, kind, owner")):
        if sqlite:
            for name, what in (("fixed", f"UPDATE OF {columns}"), ("kept", "DELETE")):
                op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} "
                           f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        else:
            op.execute(f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {columns} OR DELETE ON {table} "
                       "FOR EACH ROW EXECUTE FUNCTION refuse_change()")


POST_DIRECTLY = """
CREATE FUNCTION post_directly(debits bigint[], credits bigint[], amounts bigint[], its_key text, its_hash text, its_kind text,
                              its_actor uuid, effective timestamptz, recorded timestamptz) RETURNS bigint LANGUAGE plpgsql
                              SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  its_book integer;
  its_id bigint;
BEGIN
  PERFORM FROM account WHERE id = ANY (debits || credits) AND cached ORDER BY id FOR NO KEY UPDATE;
  SELECT min(debit.book_id) INTO its_book
    FROM unnest(debits, credits, amounts) AS line (debit_id, credit_id, amount)
    JOIN account AS debit ON debit.id = debit_id JOIN account AS credit ON credit.id = credit_id
    WHERE amount > 0 AND debit.unit = credit.unit AND debit.book_id = credit.book_id
      AND debit.closed_at IS NULL AND credit.closed_at IS NULL AND debit.frozen_at IS NULL
      AND (debit.floor IS NULL OR debit.balance - debit.held - amount >= debit.floor)
      AND (credit.ceiling IS NULL OR credit.balance + amount <= credit.ceiling)
    HAVING count(*) = cardinality(debits) AND min(debit.book_id) = max(debit.book_id);
  IF its_book IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO posting (key, request_hash, book_id, kind, actor, effective_at, recorded_at)
    VALUES (its_key, its_hash, its_book, its_kind, its_actor, effective, recorded)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO its_id;
  IF its_id IS NULL THEN
    RETURN NULL;
  END IF;
  UPDATE account SET balance = balance + change, seq = seq + 1
    FROM (SELECT unnest(debits) AS id, -unnest(amounts) AS change UNION ALL SELECT unnest(credits), unnest(amounts)) AS side
    WHERE account.id = side.id AND cached;
  INSERT INTO transfer (posting_id, book_id, unit, amount, debit_id, credit_id, debit_seq, debit_balance, credit_seq, credit_balance)
    SELECT its_id, its_book, debit.unit, amount, debit_id, credit_id,
           CASE WHEN debit.cached THEN debit.seq END, CASE WHEN debit.cached THEN debit.balance END,
           CASE WHEN credit.cached THEN credit.seq END, CASE WHEN credit.cached THEN credit.balance END
    FROM unnest(debits, credits, amounts) WITH ORDINALITY AS line (debit_id, credit_id, amount, place)
    JOIN account AS debit ON debit.id = debit_id JOIN account AS credit ON credit.id = credit_id ORDER BY place;
  RETURN its_id;
END $$
"""


def _holds():
    sides = [sa.ForeignKeyConstraint([f"{side}_id", "book_id", "unit"], ["account.id", "account.book_id", "account.unit"],
                                     name=f"fk_hold_{side}_id_book_id_unit_account") for side in ("debit", "credit")]
    op.create_table(
        "hold",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("book_id", sa.Integer(), sa.ForeignKey("book.id", name="fk_hold_book_id_book"), nullable=False),
        sa.Column("unit", sa.Enum("SERVICE", "TIME", "EUR", name="unit", native_enum=False, create_constraint=True, length=32),
                  nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("debit_id", ID, nullable=False),
        sa.Column("credit_id", ID, nullable=False),
        sa.Column("actor", sa.Uuid()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT),
        *sides,
        sa.UniqueConstraint("key", name="uq_hold_key"),
        sa.UniqueConstraint("id", "amount", name="uq_hold_id_amount"),
        sa.UniqueConstraint("id", "book_id", name="uq_hold_id_book_id"),
        sa.CheckConstraint("amount > 0", name="positive"),
        sa.CheckConstraint("debit_id <> credit_id", name="two_accounts"))
    op.create_index("ix_hold_debit_id", "hold", ["debit_id"])
    op.create_index("ix_hold_expires_at", "hold", ["expires_at"])
    op.create_table(
        "hold_resolution",
        sa.Column("hold_id", ID, primary_key=True, autoincrement=False),
        sa.Column("hold_amount", sa.BigInteger(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Enum("settled", "released", "expired", name="outcome", native_enum=False, create_constraint=True,
                                     length=32), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("posting_id", ID),
        sa.Column("actor", sa.Uuid()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["hold_id", "hold_amount"], ["hold.id", "hold.amount"], name="fk_hold_resolution_hold_id_hold_amount_hold"),
        sa.ForeignKeyConstraint(["hold_id", "book_id"], ["hold.id", "hold.book_id"], name="fk_hold_resolution_hold_id_book_id_hold"),
        sa.ForeignKeyConstraint(["posting_id", "book_id"], ["posting.id", "posting.book_id"],
                                name="fk_hold_resolution_posting_id_book_id_posting"),
        sa.CheckConstraint("settled BETWEEN 0 AND hold_amount", name="at_most_the_hold"),
        sa.CheckConstraint("(outcome = 'settled') = (settled > 0) AND (settled > 0) = (posting_id IS NOT NULL)", name="settled_by_posting"))


def downgrade():
    raise NotImplementedError("a ledger is not taken apart; go back to a backup")
