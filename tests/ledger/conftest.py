from dataclasses import dataclass

import pytest

from app.base.transactions import transaction
from app.ledger import actions, queries
from app.ledger.models import Unit
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
            return actions.open_account(self.comune_id, *args, **limits)

    def post(self, key: str, *lines: tuple[int, int, int], kind: str = "test") -> actions.Receipt:
        with self.app.app_context(), transaction():
            return actions.post(key, kind, [Line(*line) for line in lines])

    def reverse(self, posting_id: int, key: str) -> actions.Receipt:
        with self.app.app_context(), transaction():
            return actions.reverse(posting_id, key)

    def ask(self, query, *args, **options):
        with self.app.app_context(), transaction():
            return query(*args, **options)

    def balance(self, account_id: int) -> int:
        return self.ask(queries.balance, account_id)

    def changes(self, account_id: int) -> list[tuple]:
        """(sequence, change, balance after), oldest first."""
        lines = self.ask(queries.statement, account_id, limit=1000)
        return [(line.seq, line.change, line.balance) for line in reversed(lines)]


@pytest.fixture
def books(app, town) -> Books:
    return Books(app, town.alessandria.id)
