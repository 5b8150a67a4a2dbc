"""the board's search: stems of words in an index, the order of the shifts, and the addresses for calendars"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from app.base.stems import terms

revision = "0007"
down_revision = "0006"

FTS5 = (
    "CREATE VIRTUAL TABLE task_words USING fts5(words, content='', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER task_words_insert AFTER INSERT ON task BEGIN "
    "INSERT INTO task_words (rowid, words) SELECT new.id, new.words WHERE new.state = 'open'; END",
    "CREATE TRIGGER task_words_update AFTER UPDATE OF state, words ON task BEGIN "
    "INSERT INTO task_words (task_words, rowid, words) SELECT 'delete', old.id, old.words WHERE old.state = 'open'; "
    "INSERT INTO task_words (rowid, words) SELECT new.id, new.words WHERE new.state = 'open'; END",
    "CREATE TRIGGER task_words_delete AFTER DELETE ON task BEGIN "
    "INSERT INTO task_words (task_words, rowid, words) SELECT 'delete', old.id, old.words WHERE old.state = 'open'; END",
)


def upgrade():
    connection = op.get_bind()
    on_server = connection.dialect.name == "postgresql"
    texts = connection.execute(sa.text("SELECT id, words FROM task")).all()
    if on_server:
        op.alter_column("task", "words", type_=TSVECTOR(), postgresql_using="''::tsvector")
    stored = "CAST(:words AS tsvector)" if on_server else ":words"
    for task_id, words in texts:
        connection.execute(sa.text(f"UPDATE task SET words = {stored} WHERE id = :id"), {"id": task_id, "words": terms(words)})
    if on_server:
        op.create_index("ix_task_words", "task", ["words"], postgresql_using="gin", postgresql_where=sa.text("state = 'open'"))
    else:
        for statement in FTS5:
            op.execute(statement)
        op.execute("INSERT INTO task_words (rowid, words) SELECT id, words FROM task WHERE state = 'open'")
    op.create_index("ix_task_comune_id_state_area", "task", ["comune_id", "state", "area"])
    op.drop_index("ix_shift_starts_at", "shift")
    op.drop_index("ix_shift_task_id", "shift")
    op.create_index("ix_shift_starts_at_id", "shift", ["starts_at", "id"])
    op.create_index("ix_shift_comune_id_starts_at_id", "shift", ["comune_id", "starts_at", "id"])
    op.create_index("ix_shift_task_id_starts_at", "shift", ["task_id", "starts_at"])
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_feed_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")))


def downgrade():
    """The words are not what they were before: the search that read them must write them anew."""
    on_server = op.get_context().dialect.name == "postgresql"
    op.drop_table("calendar_feed")
    for name in ("ix_shift_task_id_starts_at", "ix_shift_comune_id_starts_at_id", "ix_shift_starts_at_id"):
        op.drop_index(name, "shift")
    op.create_index("ix_shift_task_id", "shift", ["task_id"])
    op.create_index("ix_shift_starts_at", "shift", ["starts_at"])
    op.drop_index("ix_task_comune_id_state_area", "task")
    if on_server:
        op.drop_index("ix_task_words", "task")
        op.alter_column("task", "words", type_=sa.String(6000),
                        postgresql_using="array_to_string(tsvector_to_array(words), ' ')")
    else:
        for name in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER task_words_{name}")
        op.execute("DROP TABLE task_words")
