from dataclasses import dataclass

import pytest
from sqlalchemy import func, select, text

from app.base.db import db
from app.base.transactions import transaction
from app.ledger import jobs
from app.ledger.actions import accounts, holds, postings
from app.ledger.models import Transfer, Unit
from app.ledger.queries import seals
from app.ledger.queries.balances import balance
from app.ledger.queries.statements import statement
from app.ledger.rules import Line


@dataclass
class Books:
    """Accounts of one comune, and the ledger's verbs, each in a transaction of its own; usable from any thread."""

    app: object
    comune_id: int

    def __post_init__(self):
        self.issued = self.open(Unit.SERVICE, "issued", cached=False)
        self.anna = self.open(Unit.SERVICE, "agreement", "anna", floor=0, ceiling=600)
        self.bruno = self.open(Unit.SERVICE, "agreement", "bruno", floor=0, ceiling=600)
        self.appropriation = self.open(Unit.EUR, "appropriation", cached=False)
        self.available = self.open(Unit.EUR, "available", floor=0)
        self.giver = self.open(Unit.TIME, "member", "giver", floor=-300)
        self.taker = self.open(Unit.TIME, "member", "taker", floor=-300)

    def open(self, *args, **limits) -> int:
        with self.app.app_context(), transaction():
            return accounts.open_account(self.comune_id, *args, **limits)

    def post(self, key: str, *lines: tuple[int, int, int], kind: str = "test") -> postings.Receipt:
        with self.app.app_context(), transaction():
            return postings.post(key, kind, [Line(*line) for line in lines])

    def reverse(self, posting_id: int, key: str) -> postings.Receipt:
        with self.app.app_context(), transaction():
            return postings.reverse(posting_id, key)

    def hold(self, key: str, line: tuple[int, int, int], **options) -> int:
        """The id of the hold."""
        with self.app.app_context(), transaction():
            return holds.hold(key, "test", Line(*line), **options).hold_id

    def ask(self, query, *args, **options):
        """A query or an action, in a transaction of its own."""
        with self.app.app_context(), transaction():
            return query(*args, **options)

    def row(self, statement: str, **values):
        """The one row of a statement in plain SQL."""
        with self.app.app_context(), transaction():
            return db.session.execute(text(statement), values).one()

    def figures(self, account_id: int) -> tuple[int, int, int]:
        """(balance, held, seq) as they are stored."""
        return tuple(self.row("SELECT balance, held, seq FROM account WHERE id = :id", id=account_id))

    def count(self, table: str) -> int:
        return self.row(f"SELECT count(*) FROM {table}")[0]

    def balance(self, account_id: int) -> int:
        return self.ask(balance, account_id)

    def changes(self, account_id: int) -> list[tuple]:
        """(sequence, change, balance after), oldest first."""
        lines = self.ask(statement, account_id, limit=1000)
        return [(line.seq, line.change, line.balance) for line in reversed(lines)]


@pytest.fixture
def books(app, town) -> Books:
    return Books(app, town.alessandria.id)


@pytest.fixture
def sealed(books, monkeypatch):
    """Seven transfers under two seals, with a gap in the ids before the last; their ids."""
    monkeypatch.setattr(seals, "PER_SEAL", 4)
    books.post("a", (books.issued, books.anna, 90))
    books.post("b", (books.anna, books.bruno, 30), (books.issued, books.anna, 5))
    books.post("c", (books.bruno, books.anna, 10))
    books.post("d", (books.appropriation, books.available, 4000))
    books.post("e", (books.giver, books.taker, 60))
    town = books.open(Unit.EUR, "unused", cached=False)
    with books.app.app_context(), transaction():
        last, book = db.session.execute(select(func.max(Transfer.id), func.min(Transfer.book_id))).one()
        db.session.execute(text(
            "INSERT INTO posting (id, key, request_hash, book_id, kind, effective_at, recorded_at) "
            f"VALUES ({last + 2}, 'f', 'x', {book}, 'test', '2026-11-23 00:00:00.000000', '2026-11-23 00:00:00.120000')"))
        db.session.execute(text("INSERT INTO transfer (id, posting_id, book_id, unit, amount, debit_id, credit_id) "
                                f"VALUES ({last + 2}, {last + 2}, {book}, 'EUR', 7, {books.appropriation}, {town})"))
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text(f"SELECT setval('posting_id_seq', {last + 2}), setval('transfer_id_seq', {last + 2})"))
    with books.app.app_context():
        assert jobs.seal_new() == 7
        with transaction():
            return list(db.session.scalars(select(Transfer.id).order_by(Transfer.id)))


@pytest.fixture
def inside(app, sealed):
    """A context for the queries, beside the sealed books; the ids."""
    with app.app_context():
        yield sealed
