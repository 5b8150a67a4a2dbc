"""What the wall keeps apart: two comuni, each with hours and euros of the town, and time banks with hours of their own."""
import itertools
from typing import NamedTuple

import pytest
from sqlalchemy import text

from app.base.db import db
from app.base.transactions import transaction
from app.ledger.actions import accounts
from app.ledger.models import Unit


class Compartment(NamedTuple):
    """Two accounts that may exchange; none of them may with another compartment's."""

    book_id: int
    unit: str
    one: int
    other: int


class Compartments(list):
    """Every compartment of the installation; each account has 100 minutes or cents and a floor of -1000, so that nothing lacks."""

    def __init__(self, app, town):
        self.app = app
        self.comuni = [town.alessandria.id, town.valenza.id]
        for comune_id in self.comuni:
            for unit, bank in [(Unit.SERVICE, ""), (Unit.EUR, ""), (Unit.TIME, ""), (Unit.TIME, "Vicini")]:
                self.append(self._open(comune_id, unit, bank))

    def _open(self, comune_id: int, unit: Unit, bank: str) -> Compartment:
        with self.app.app_context(), transaction():
            one, other = (accounts.open_account(comune_id, unit, "wall", owner, bank=bank, floor=-1000) for owner in ("one", "other"))
            book_id = db.session.scalar(text("SELECT book_id FROM account WHERE id = :id"), {"id": one})
        return Compartment(book_id, unit, one, other)

    def crossings(self) -> list[tuple[Compartment, Compartment]]:
        """Every pair between which nothing may ever move."""
        return list(itertools.permutations(self, 2))

    def totals(self) -> dict[tuple[int, str], int]:
        """Minutes or cents of all accounts by book and unit, counted from the accounts' side of each transfer: 0 while nothing crossed."""
        with self.app.app_context(), transaction():
            rows = db.session.execute(text(
                "SELECT a.book_id, a.unit, sum(t.change) FROM account a JOIN (SELECT credit_id AS id, amount AS change FROM transfer "
                "UNION ALL SELECT debit_id, -amount FROM transfer) t ON t.id = a.id GROUP BY a.book_id, a.unit")).all()
        return {(book_id, unit): int(total) for book_id, unit, total in rows}

    def mixed_postings(self) -> list:
        """Postings that touch the time bank and something else, or two books."""
        with self.app.app_context(), transaction():
            return db.session.execute(text(
                "SELECT t.posting_id FROM transfer t JOIN account a ON a.id IN (t.debit_id, t.credit_id) GROUP BY t.posting_id "
                "HAVING count(DISTINCT a.book_id) > 1 OR (count(DISTINCT a.unit) > 1 AND max(CASE a.unit WHEN 'TIME' THEN 1 END) = 1)"
            )).all()

    def hold(self) -> bool:
        return not any(self.totals().values()) and not self.mixed_postings()


@pytest.fixture
def compartments(app, town) -> Compartments:
    return Compartments(app, town)
