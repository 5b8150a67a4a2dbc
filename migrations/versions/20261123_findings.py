"""findings have a life of their own, corrections are proposed for them, nights have a scope"""
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
INSTANT = sa.DateTime(timezone=True)


def one_of(name, *values, **options):
    return sa.Column(name, sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32), **options)


def upgrade():
    with op.batch_alter_table("night") as batch:
        batch.add_column(one_of("scope", "incremental", "full", nullable=False, server_default="incremental"))
    with op.batch_alter_table("night") as batch:
        batch.alter_column("scope", server_default=None)

    with op.batch_alter_table("finding") as batch:
        batch.add_column(sa.Column("last_night_id", sa.Integer()))
        batch.add_column(sa.Column("gone_at", INSTANT))
        batch.drop_constraint("uq_finding_night_id_kind_subject", type_="unique")
        batch.drop_constraint("state", type_="check")
    # Until now each night had findings of its own. Of those about the same thing the newest goes on; the older ones are over.
    op.execute("UPDATE finding SET last_night_id = night_id")
    op.execute("UPDATE finding SET gone_at = created_at WHERE state = 'cleared' OR EXISTS (SELECT 1 FROM finding AS later "
               "WHERE later.comune_id = finding.comune_id AND later.kind = finding.kind AND later.subject = finding.subject "
               "AND later.id > finding.id)")
    op.execute("UPDATE finding SET state = 'cleared' WHERE state = 'open' AND gone_at IS NOT NULL")
    with op.batch_alter_table("finding") as batch:
        batch.alter_column("last_night_id", nullable=False)
        batch.create_check_constraint("state", "state IN ('open', 'explained', 'corrected', 'cleared')")
        batch.create_foreign_key("fk_finding_last_night_id_night", "night", ["last_night_id"], ["id"])
    op.create_index("ix_finding_last_night_id", "finding", ["last_night_id"])
    op.create_index("uq_finding_standing", "finding", ["comune_id", "kind", "subject"], unique=True,
                    sqlite_where=sa.text("gone_at IS NULL"), postgresql_where=sa.text("gone_at IS NULL"))

    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("comune_id", sa.Integer(), sa.ForeignKey("comune.id", name="fk_correction_comune_id_comune"), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finding_id", sa.Integer(), sa.ForeignKey("finding.id", name="fk_correction_finding_id_finding"), nullable=False),
        one_of("remedy", "restate", "reverse_offset", nullable=False),
        one_of("state", "proposed", "approved", "rejected", "withdrawn", nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), sa.ForeignKey("person.id", name="fk_correction_proposed_by_id_person"), nullable=False))
    for column in ("comune_id", "finding_id"):
        op.create_index(f"ix_correction_{column}", "correction", [column])
    op.create_index("uq_correction_proposed", "correction", ["finding_id"], unique=True,
                    sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))


def downgrade():
    raise NotImplementedError("what was found and decided is not taken apart; go back to a backup")
