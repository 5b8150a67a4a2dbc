"""The migrations build exactly the tables of the models: same columns, constraints, indexes and triggers, on both databases."""
import re

import pytest
from alembic.migration import MigrationContext
from alembic.autogenerate import compare_metadata
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from app.base.db import db
from app.base.search import modelled
from tests.architecture import ROOT

POSTGRESQL = {
    "columns": "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity "
               "FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
                   "WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}
SQLITE = {"everything": "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"}


@pytest.fixture
def created(ground):
    """The address of a second database, built from the models."""
    ground.server.create("created")
    url = ground.server.url("created")
    engine = create_engine(url)
    with ground.app.app_context():
        db.metadata.create_all(engine)
    engine.dispose()
    yield url
    ground.server.drop("created")


def catalogue(url_or_engine) -> dict[str, set]:
    engine = create_engine(url_or_engine) if isinstance(url_or_engine, str) else url_or_engine
    queries = SQLITE if engine.dialect.name == "sqlite" else POSTGRESQL
    with engine.connect() as connection:
        found = {kind: {tuple(map(plain, row)) for row in connection.execute(text(query)) if "alembic_version" not in map(str, row)}
                 for kind, query in queries.items()}
    engine.dispose()
    return found


def plain(value):
    """SQLite keeps a table as it was written: blanks, quotes and the order of its parts say nothing."""
    if not isinstance(value, str):
        return value
    words = re.sub(r"\s+", " ", value.replace('"', "")).strip()
    if words.upper().startswith("CREATE TABLE"):
        head, body = words.split("(", 1)
        return head.strip() + "".join(sorted(part.strip() for part in parts(body.rstrip().removesuffix(")"))))
    return words


def parts(body: str) -> list[str]:
    """Split at the commas that stand in no bracket."""
    found, depth = [""], 0
    for letter in body:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return found


def test_the_migrations_build_what_the_models_say(ground, created):
    with ground.app.app_context():
        migrated = catalogue(db.engine)
    wanted = catalogue(created)
    for kind in wanted:
        assert wanted[kind] - migrated[kind] == set(), f"{kind} that no migration makes"
        assert migrated[kind] - wanted[kind] == set(), f"{kind} that no model has"


def test_alembic_sees_no_difference_either(ground):
    with ground.app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True, "include_object": modelled})
        assert compare_metadata(context, db.metadata) == []


def test_there_is_one_line_of_migrations(app):
    with app.app_context():
        script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    assert len(script.get_heads()) == 1 and len(script.get_bases()) == 1
    assert len(list(script.walk_revisions())) == len(list((ROOT / "migrations/versions").glob("*.py")))


@pytest.mark.parametrize("change", [
    "ALTER TABLE comune ADD COLUMN motto TEXT",
    "CREATE INDEX ix_extra ON comune (name)",
    "DROP TRIGGER posting_{trigger} {on}",
    "DROP {words}",
])
def test_the_comparison_bites(ground, created, change):
    on_server = "" if ground.engine.dialect.name == "sqlite" else "ON posting"
    trigger = "update" if ground.engine.dialect.name == "sqlite" else "change"
    words = "TRIGGER task_words_update" if ground.engine.dialect.name == "sqlite" else "INDEX ix_task_words"
    before = catalogue(created)
    engine = create_engine(created)
    with engine.begin() as connection:
        connection.execute(text(change.format(trigger=trigger, on=on_server, words=words)))
    engine.dispose()
    assert catalogue(created) != before
