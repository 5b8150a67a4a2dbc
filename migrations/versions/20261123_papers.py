"""certificates that can be replaced, annulled and checked; sheets on paper; files that people attach"""
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

LETTERS = "23456789CDFHJKLMNPRTVWX"


def upgrade():
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.Enum("application/pdf", "image/jpeg", "image/png", name="kind", native_enum=False, create_constraint=True,
                                  length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_upload_uploaded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("name", name=op.f("uq_upload_name")),
    )
    op.create_index("ix_upload_subject", "upload", ["subject", "subject_id"])
    op.create_index("ix_upload_uploaded_by", "upload", ["uploaded_by_id", "created_at"])
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comune_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=7), nullable=False),
        sa.Column("state", sa.Enum("printed", "entered", name="state", native_enum=False, create_constraint=True, length=32),
                  nullable=False),
        sa.Column("printed_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("stated_minutes", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint("state <> 'entered' OR entered_by_id IS NOT NULL AND entered_at IS NOT NULL", name=op.f("ck_sheet_entered")),
        sa.ForeignKeyConstraint(["comune_id"], ["comune.id"], name=op.f("fk_sheet_comune_id_comune")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_sheet_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_sheet_task_id_task")),
        *(sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_sheet_{column}_person"))
          for column in ("person_id", "printed_by_id", "entered_by_id", "signed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("code", name=op.f("uq_sheet_code")),
    )
    for column in ("comune_id", "organisation_id", "person_id"):
        op.create_index(op.f(f"ix_sheet_{column}"), "sheet", [column])
    printed = sa.text("state = 'printed'")
    op.create_index("uq_sheet_printed", "sheet", ["task_id", "person_id", "month"], unique=True,
                    sqlite_where=printed, postgresql_where=printed)
    op.create_table(
        "sheet_line",
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attendance_id"], ["attendance.id"], name=op.f("fk_sheet_line_attendance_id_attendance")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name=op.f("fk_sheet_line_sheet_id_sheet")),
        sa.PrimaryKeyConstraint("attendance_id", name=op.f("pk_sheet_line")),
    )
    op.create_index(op.f("ix_sheet_line_sheet_id"), "sheet_line", ["sheet_id"])
    certificates()
    lines()


def certificates():
    """Those that exist are valid; what counts of them the offset has said or will say: they note all their minutes."""
    with op.batch_alter_table("certificate") as table:
        table.add_column(sa.Column("code", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("state", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("creditable_minutes", sa.Integer(), nullable=True))
        table.add_column(sa.Column("excluded", sa.JSON(), nullable=True))
        table.add_column(sa.Column("pending_minutes", sa.Integer(), nullable=True))
        table.add_column(sa.Column("supplements_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("supersedes_id", sa.Integer(), nullable=True))
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE certificate SET state = 'issued', creditable_minutes = minutes, excluded = '[]', "
                               "pending_minutes = 0"))
    for number in connection.scalars(sa.text("SELECT id FROM certificate")).all():
        code = "".join(secrets.choice(LETTERS) for _ in range(16))
        connection.execute(sa.text("UPDATE certificate SET code = :code WHERE id = :id"), {"code": code, "id": number})
    with op.batch_alter_table("certificate") as table:
        table.alter_column("agreement_id", existing_type=sa.Integer(), nullable=True)
        for column, kind in (("code", sa.String(length=16)), ("state", sa.String(length=32)), ("excluded", sa.JSON()),
                             ("pending_minutes", sa.Integer())):
            table.alter_column(column, existing_type=kind, nullable=False)
        table.create_check_constraint(op.f("ck_certificate_state"), "state IN ('issued', 'superseded', 'annulled')")
        table.create_check_constraint(op.f("ck_certificate_value_needs_agreement"),
                                      "(agreement_id IS NULL) = (creditable_minutes IS NULL)")
        table.create_check_constraint(op.f("ck_certificate_not_negative"), "creditable_minutes >= 0 AND pending_minutes >= 0")
        table.create_unique_constraint(op.f("uq_certificate_code"), ["code"])
        table.create_unique_constraint(op.f("uq_certificate_supersedes_id"), ["supersedes_id"])
        table.create_foreign_key(op.f("fk_certificate_supplements_id_certificate"), "certificate", ["supplements_id"], ["id"])
        table.create_foreign_key(op.f("fk_certificate_supersedes_id_certificate"), "certificate", ["supersedes_id"], ["id"])
        table.create_index(op.f("ix_certificate_supplements_id"), ["supplements_id"])


def lines():
    """A line now also keeps the hours as they were certified, and hours may stand in several certificates, live in one."""
    op.execute("CREATE TABLE line_before AS SELECT l.certificate_id, l.attendance_id, a.started_at, a.ended_at, a.break_min, l.minutes, "
               "a.tutor_id FROM certificate_line l JOIN attendance a ON a.id = l.attendance_id")
    op.drop_table("certificate_line")
    op.create_table(
        "certificate_line",
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("break_min", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("tutor_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["attendance_id"], ["attendance.id"], name=op.f("fk_certificate_line_attendance_id_attendance")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_line_certificate_id_certificate")),
        sa.ForeignKeyConstraint(["tutor_id"], ["person.id"], name=op.f("fk_certificate_line_tutor_id_person")),
        sa.PrimaryKeyConstraint("certificate_id", "attendance_id", name=op.f("pk_certificate_line")),
    )
    live = sa.text("live")
    op.create_index("uq_certificate_line_live", "certificate_line", ["attendance_id"], unique=True, sqlite_where=live,
                    postgresql_where=live)
    op.execute("INSERT INTO certificate_line (certificate_id, attendance_id, live, started_at, ended_at, break_min, minutes, tutor_id) "
               "SELECT certificate_id, attendance_id, true, started_at, ended_at, break_min, minutes, tutor_id FROM line_before")
    op.drop_table("line_before")


def downgrade():
    """Refuses while a certificate is annulled, replaced or an attestation: the older tables cannot say so."""
    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT count(*) FROM certificate WHERE state <> 'issued' OR agreement_id IS NULL")):
        raise RuntimeError("there are certificates that the older version cannot hold")
    op.execute("CREATE TABLE line_before AS SELECT attendance_id, certificate_id, minutes FROM certificate_line")
    op.drop_table("certificate_line")
    op.create_table(
        "certificate_line",
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attendance_id"], ["attendance.id"], name=op.f("fk_certificate_line_attendance_id_attendance")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_line_certificate_id_certificate")),
        sa.PrimaryKeyConstraint("attendance_id", name=op.f("pk_certificate_line")),
    )
    op.create_index(op.f("ix_certificate_line_certificate_id"), "certificate_line", ["certificate_id"])
    op.execute("INSERT INTO certificate_line SELECT attendance_id, certificate_id, minutes FROM line_before")
    op.drop_table("line_before")
    with op.batch_alter_table("certificate") as table:
        for constraint in ("ck_certificate_state", "ck_certificate_value_needs_agreement", "ck_certificate_not_negative"):
            table.drop_constraint(op.f(constraint), type_="check")
        for column in ("supplements_id", "supersedes_id"):
            table.drop_constraint(op.f(f"fk_certificate_{column}_certificate"), type_="foreignkey")
        for column in ("code", "supersedes_id"):
            table.drop_constraint(op.f(f"uq_certificate_{column}"), type_="unique")
        table.drop_index(op.f("ix_certificate_supplements_id"))
        for column in ("code", "state", "creditable_minutes", "excluded", "pending_minutes", "supplements_id", "supersedes_id"):
            table.drop_column(column)
        table.alter_column("agreement_id", existing_type=sa.Integer(), nullable=False)
    for table in ("sheet_line", "sheet", "upload"):
        op.drop_table(table)
