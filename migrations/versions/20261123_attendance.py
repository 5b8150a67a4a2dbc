"""check-in and check-out, disputes, absences, evidence"""
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

BEFORE = ("submitted", "validated", "rejected", "locked")
STATES = ("planned", "checked_in", "left_open", "checked_out", "late", "submitted", "disputed", "validated", "rejected", "locked", "voided",
          "missed", "justified", "unjustified", "cancelled")
EXCUSES = ("health", "family", "work", "travel", "host", "other")
METHODS = ("code", "daily", "tutor", "later", "offline", "paper", "file", "office")
TIMES = ("ended_at IS NOT NULL OR state IN ('planned', 'checked_in', 'left_open', 'missed', 'justified', 'unjustified', 'cancelled', "
         "'voided', 'disputed')")
LIVE = sa.text("state NOT IN ('rejected', 'voided') AND supplements_id IS NULL")
WAS_LIVE = sa.text("state <> 'rejected'")
NO_OVERLAP = ("ALTER TABLE attendance ADD CONSTRAINT ex_attendance_overlap EXCLUDE USING gist "
              "(int4range(person_id, person_id, '[]') WITH &&, tstzrange(started_at, ended_at) WITH &&) "
              "WHERE (state IN ('validated', 'locked') AND supplements_id IS NULL)")
MOMENTS = ("claimed_start", "claimed_end", "started_at", "ended_at")


def one_of(values, name):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def states(table, values):
    table.drop_constraint(op.f("ck_attendance_state"), type_="check")
    table.create_check_constraint(op.f("ck_attendance_state"), f"state IN ({', '.join(map(repr, values))})")


def upgrade():
    op.drop_index("uq_attendance_booking", "attendance")
    with op.batch_alter_table("attendance") as table:
        states(table, STATES)
        for name in MOMENTS:
            table.alter_column(name, existing_type=sa.DateTime(timezone=True), nullable=True)
        table.add_column(sa.Column("log_days", sa.Integer(), nullable=True))
        table.add_column(sa.Column("supplements_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("excuse", sa.String(32), nullable=True))
        table.create_foreign_key(op.f("fk_attendance_supplements_id_attendance"), "attendance", ["supplements_id"], ["id"])
        table.create_check_constraint(op.f("ck_attendance_excuse"), f"excuse IN ({', '.join(map(repr, EXCUSES))})")
        table.create_check_constraint(op.f("ck_attendance_times"), TIMES)
        table.create_check_constraint(op.f("ck_attendance_log_days"), "log_days >= 0")
    op.create_index(op.f("ix_attendance_supplements_id"), "attendance", ["supplements_id"])
    op.create_index("uq_attendance_booking", "attendance", ["booking_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("ck_pause_ends_after_start")),
        sa.ForeignKeyConstraint(["attendance_id"], ["attendance.id"], name=op.f("fk_pause_attendance_id_attendance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")))
    op.create_index(op.f("ix_pause_attendance_id"), "pause", ["attendance_id"])
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("method", one_of(METHODS, "method"), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("break_min", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attendance_id"], ["attendance.id"], name=op.f("fk_evidence_attendance_id_attendance")),
        sa.ForeignKeyConstraint(["operator_id"], ["person.id"], name=op.f("fk_evidence_operator_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")))
    op.create_index(op.f("ix_evidence_attendance_id"), "evidence", ["attendance_id"])
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("persons_words", sa.String(1000), nullable=False),
        sa.Column("tutors_words", sa.String(1000), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["attendance_id"], ["attendance.id"], name=op.f("fk_dispute_attendance_id_attendance")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_dispute_decided_by_id_person")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_dispute_opened_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("attendance_id", name=op.f("uq_dispute_attendance_id")))
    op.create_table(
        "logging_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comune_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("log_days", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("log_days BETWEEN 0 AND 365", name=op.f("ck_logging_rules_log_days")),
        sa.ForeignKeyConstraint(["comune_id"], ["comune.id"], name=op.f("fk_logging_rules_comune_id_comune")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_logging_rules_set_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logging_rules")))
    op.create_index(op.f("ix_logging_rules_comune_id"), "logging_rules", ["comune_id"])
    # What was logged so far becomes the first evidence of its row; who typed it was the person.
    op.execute("INSERT INTO evidence (created_at, attendance_id, method, operator_id, started_at, ended_at, break_min) "
               "SELECT created_at, id, 'later', person_id, claimed_start, claimed_end, claimed_break_min FROM attendance")
    if op.get_context().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER evidence_{what.lower()} BEFORE {what} ON evidence "
                       "BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END")
        return
    op.execute(NO_OVERLAP)
    op.execute("CREATE TRIGGER evidence_change BEFORE UPDATE OR DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER evidence_truncate BEFORE TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade():
    """Only where no attendance is in a state that is new here."""
    for table in ("logging_rules", "dispute", "evidence", "pause"):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE attendance DROP CONSTRAINT ex_attendance_overlap")
    op.drop_index("uq_attendance_booking", "attendance")
    op.drop_index(op.f("ix_attendance_supplements_id"), "attendance")
    with op.batch_alter_table("attendance") as table:
        table.drop_constraint(op.f("ck_attendance_times"), type_="check")
        table.drop_constraint(op.f("ck_attendance_log_days"), type_="check")
        table.drop_constraint(op.f("ck_attendance_excuse"), type_="check")
        table.drop_constraint(op.f("fk_attendance_supplements_id_attendance"), type_="foreignkey")
        table.drop_column("excuse")
        table.drop_column("supplements_id")
        table.drop_column("log_days")
        for name in MOMENTS:
            table.alter_column(name, existing_type=sa.DateTime(timezone=True), nullable=False)
        states(table, BEFORE)
    op.create_index("uq_attendance_booking", "attendance", ["booking_id"], unique=True, sqlite_where=WAS_LIVE, postgresql_where=WAS_LIVE)
