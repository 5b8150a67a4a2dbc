"""Searching by words, alike in both databases. One column of a table holds what `stems.terms` made of a row.

PostgreSQL keeps that column as a tsvector with a GIN index. SQLite keeps it as text, with an FTS5 table beside it that triggers hold in
step. Only rows that meet `only` are indexed. A migration alters such a table with `remade` (remade.py), which keeps the triggers.
"""
from sqlalchemy import (
    DDL, ColumnElement, Index, Select, String, Table, and_, cast, column, event, literal_column, or_, select, table as named, text)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.types import TypeDecorator

from app.base.db import db
from app.base.stems import Wanted

INDEXES: set[str] = set()


class Terms(TypeDecorator):
    """The column: text of words and blanks, a tsvector on PostgreSQL."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else String(self.impl.length))


def searchable(table: Table, name: str, *, only: str) -> None:
    """Index the words in column `name` of the rows that meet `only`, an SQL condition on columns of the row.

    The migration that makes the index says the same.
    """
    Index(f"ix_{table.name}_{name}", table.c[name], postgresql_using="gin", postgresql_where=text(only)).ddl_if(dialect="postgresql")
    INDEXES.add(f"{table.name}_{name}")
    for statement in fts5(table.name, name, only):
        event.listen(table, "after_create", DDL(statement).execute_if(dialect="sqlite"))


def fts5(table: str, name: str, only: str) -> list[str]:
    """The SQL behind `searchable` on SQLite."""
    index = f"{table}_{name}"
    state = only.split()[0]
    forget = f"INSERT INTO {index} ({index}, rowid, {name}) SELECT 'delete', old.id, old.{name} WHERE old.{only};"
    learn = f"INSERT INTO {index} (rowid, {name}) SELECT new.id, new.{name} WHERE new.{only};"
    return [f"CREATE VIRTUAL TABLE {index} USING fts5({name}, content='', tokenize='unicode61 remove_diacritics 0')",
            f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {learn} END",
            f"CREATE TRIGGER {index}_update AFTER UPDATE OF {state}, {name} ON {table} BEGIN {forget} {learn} END",
            f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {forget} END"]


def modelled(_item, name: str, kind: str, _reflected, _counterpart) -> bool:
    """Whether Alembic compares a thing by itself: not an index of words, which is a GIN index here and the tables of FTS5 there."""
    return not any(kind == "index" and name == f"ix_{index}" or kind == "table" and (name == index or name.startswith(f"{index}_"))
                   for index in INDEXES)


def found(model, name: str, wanted: list[Wanted]) -> Select:
    """A select of the ids of the rows of `model` that have all the words wanted, to begin from; see `has`."""
    if _on_server():
        return select(model.id).where(has(model, name, wanted))
    index = named(f"{model.__tablename__}_{name}", column("rowid"))
    sought = _query(wanted, '"{}"', '"{}" *', " OR ", " AND ")
    return select(model.id).join_from(index, model, index.c.rowid == model.id).where(literal_column(index.name).op("MATCH")(sought))


def has(model, name: str, wanted: list[Wanted]) -> ColumnElement[bool]:
    """Whether a row of `model` at hand has all the words wanted. Other conditions must include the `only` of `searchable`."""
    if _on_server():
        return getattr(model, name).op("@@")(cast(_query(wanted, "'{}'", "'{}':*", " | ", " & "), TSQUERY))
    words = " " + getattr(model, name) + " "
    return and_(*(or_(*(words.contains(f" {stem} ") for stem in each.stems),
                      *([words.contains(f" {each.beginning}")] if each.beginning else [])) for each in wanted))


def _on_server() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def _query(wanted: list[Wanted], exact: str, beginning: str, either: str, both: str) -> str:
    """The words wanted in the language of an index. They are letters and digits only (see `stems.fold`), so nothing needs quoting."""
    def any_of(each: Wanted) -> str:
        return either.join([*map(exact.format, each.stems), *([beginning.format(each.beginning)] if each.beginning else [])])

    return both.join(f"({any_of(each)})" for each in wanted)
