"""How postings, transfers and the accounts they change are stored: three statements, for one row or ten thousand.

They speak to the driver: through the ORM a posting costs several times as much. To PostgreSQL the rows travel as JSON, all at once.
"""
import json
from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.ledger.rules import Request, Standing, Written

POSTING = {"key": "text", "request_hash": "text", "book_id": "integer", "kind": "text", "actor": "uuid", "effective_at": "timestamptz",
           "recorded_at": "timestamptz", "reverses_id": "bigint"}
LINE = {"posting_id": "bigint", "book_id": "integer", "unit": "text", "amount": "bigint", "debit_id": "bigint", "credit_id": "bigint",
        "debit_seq": "integer", "debit_balance": "bigint", "credit_seq": "integer", "credit_balance": "bigint"}
ACCOUNT = {"balance": "bigint", "held": "bigint", "seq": "integer", "id": "bigint"}


class Row(NamedTuple):
    """A posting that the rules allow."""

    request: Request
    request_hash: str
    written: list[Written]


def store(rows: Sequence[Row], changed: Collection[Standing]) -> dict[str, int] | None:
    """The ids of the stored postings by key; None, and nothing stored, when another transaction was faster with one of the keys."""
    connection = db.session.connection()
    try:
        with connection.begin_nested() if len(rows) > 1 else nullcontext():
            return _store(connection, rows, changed)
    except _Raced:
        return None
    except IntegrityError as error:
        raise refusal(error) from error


class _Raced(Exception):
    """A key was stored by somebody else meanwhile. Of several postings the others must not stay behind."""


def _store(connection: Connection, rows: Sequence[Row], changed: Collection[Standing]) -> dict[str, int]:
    sql, recorded_at = _SQL[connection.dialect.name], now()
    stored = connection.exec_driver_sql(sql.postings, (_json(POSTING, (_posting(row, recorded_at) for row in rows)),)).all()
    if len(stored) < len(rows):
        raise _Raced
    ids = {row.key: row.id for row in stored}
    lines = [(ids[row.request.key], *written) for row in rows for written in row.written]
    accounts = [(each.balance, each.held, each.seq, each.id) for each in changed]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(sql.lines, (_json(LINE, lines),))
        connection.exec_driver_sql(sql.accounts, (_json(ACCOUNT, accounts), len(accounts)))
    else:                              # no network between: row by row costs less there than reading JSON
        connection.exec_driver_sql(sql.lines, lines)
        if accounts:
            connection.exec_driver_sql(sql.accounts, accounts)
    return ids


def refusal(error: IntegrityError) -> Exception:
    """What a constraint's no means in words. The rules have looked before, under a lock: this is for whoever comes past them."""
    # SQLite names a CHECK by its name and a unique index by its columns; PostgreSQL's message also holds data.
    broken = error.orig.diag.constraint_name if hasattr(error.orig, "diag") else str(error.orig).rpartition(": ")[2]
    return Refusal(_REFUSALS[broken]) if broken in _REFUSALS else error


def instant(at: datetime) -> str:
    """As SQLAlchemy stores it on SQLite, which is also how PostgreSQL reads it in a session whose zone is UTC."""
    if at.tzinfo is None:
        raise ValueError(f"a naive datetime is not an instant: {at!r}")
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


_REFUSALS = {
    "ck_account_floor": N_("La disponibilità di un conto non basta."),
    "ck_account_ceiling": N_("Un conto supererebbe il suo massimo."),
    "uq_posting_reverses_id": N_("Questa registrazione è già stata stornata."),
    "posting.reverses_id": N_("Questa registrazione è già stata stornata."),
}


def _posting(row: Row, recorded_at: datetime) -> tuple:
    asked = row.request
    return (asked.key, row.request_hash, row.written[0].book_id, asked.kind, asked.actor and asked.actor.hex,
            instant(asked.effective_at or recorded_at), instant(recorded_at), asked.reverses_id)


def _json(columns: dict[str, str], rows: Iterable[tuple]) -> str:
    return json.dumps([dict(zip(columns, row, strict=True)) for row in rows])


class _Statements(NamedTuple):
    postings: str
    lines: str
    accounts: str


def _postgresql() -> _Statements:
    def rows(columns):
        return f"json_to_recordset(%s) AS asked ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
    # Without the limit PostgreSQL takes the list for long, and reads through all accounts.
    return _Statements(
        f"INSERT INTO posting ({', '.join(POSTING)}) SELECT * FROM {rows(POSTING)} ON CONFLICT (key) DO NOTHING RETURNING id, key",
        f"INSERT INTO transfer ({', '.join(LINE)}) SELECT * FROM {rows(LINE)}",
        "UPDATE account SET balance = changed.balance, held = changed.held, seq = changed.seq "
        f"FROM (SELECT * FROM {rows(ACCOUNT)} LIMIT %s) AS changed WHERE account.id = changed.id")


def _sqlite() -> _Statements:
    posting = ", ".join(f"value ->> {name!r}" for name in POSTING)
    return _Statements(
        f"INSERT INTO posting ({', '.join(POSTING)}) SELECT {posting} FROM json_each(?) WHERE true "
        "ON CONFLICT (key) DO NOTHING RETURNING id, key",
        f"INSERT INTO transfer ({', '.join(LINE)}) VALUES ({', '.join('?' * len(LINE))})",
        "UPDATE account SET balance = ?, held = ?, seq = ? WHERE id = ?")


_SQL = {"postgresql": _postgresql(), "sqlite": _sqlite()}
