"""The database handle, the parent of every table, and how a connection of each kind is set up."""
import sqlite3
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum as PyEnum
from typing import Annotated

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, Enum, ForeignKey, MetaData, String, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from app.base.clock import now

# Outside a request (jobs, commands) every transaction may write; a GET sets this and then cannot. See transactions.py.
only_reads: ContextVar[bool] = ContextVar("only_reads", default=False)

# SQLite ignores FOR UPDATE: a writer must own the database from its first statement, or two of them read the same balance.
BEGIN_WRITE = "BEGIN IMMEDIATE"


class Instant(TypeDecorator):
    """An instant in UTC. A naive datetime is refused on the way in and never comes out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime is not an instant: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: Instant})


db = SQLAlchemy(model_class=Base)


class Row(db.Model):
    """The parent of every table that has an id of its own."""

    __abstract__ = True
    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-3)
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=-1)


ComuneId = Annotated[int, mapped_column(ForeignKey("comune.id"), index=True, sort_order=-2)]


def one_of(enum: type[PyEnum], name: str = "state", **options):
    """A column that holds the values of `enum`, kept by a CHECK of the same name."""
    kind = Enum(enum, native_enum=False, create_constraint=True, name=name, length=32, validate_strings=True,
                values_callable=lambda members: [m.value for m in members])
    return mapped_column(kind, **options)


def short(length: int = 200, **options):
    """A column of text with a bound: what people type never grows a row without limit."""
    return mapped_column(String(length), **options)


@event.listens_for(Engine, "connect")
def set_up_connection(connection, _record):
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None             # we say BEGIN ourselves, below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON",
                       "recursive_triggers=ON"):      # else INSERT OR REPLACE deletes without firing a trigger
            connection.execute(f"PRAGMA {pragma}")
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '10s'; SET lock_timeout = '5s'; "
                       "SET idle_in_transaction_session_timeout = '30s'; SET timezone = 'UTC'; SET datestyle = 'ISO'")
    connection.commit()


@event.listens_for(Engine, "begin")
def begin(connection):
    """Open the transaction in the mode of the entrance: a GET cannot write, a write on SQLite takes its turn at once."""
    reads = only_reads.get()
    if connection.dialect.name == "sqlite":
        if connection.info.get("query_only") is not reads:       # it stays as it is until somebody changes it
            connection.exec_driver_sql(f"PRAGMA query_only = {int(reads)}")
            connection.info["query_only"] = reads
        connection.exec_driver_sql("BEGIN" if reads else BEGIN_WRITE)
    elif reads:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def insert_once(model, values: dict, *, unique: tuple[str, ...]) -> bool:
    """Insert one row unless one with the same `unique` columns is there; says whether it did.

    Waits for a transaction that is inserting the same row, so the answer holds.
    """
    dialect = {"postgresql": postgresql, "sqlite": sqlite}[db.session.get_bind().dialect.name]
    statement = dialect.insert(model).values(**values).on_conflict_do_nothing(index_elements=unique)
    # What comes back tells it: for an insert the drivers do not agree on the row count.
    return db.session.execute(statement.returning(getattr(model, unique[0]))).first() is not None
