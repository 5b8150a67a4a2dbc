"""Checks that find what a test says, night after night."""
from datetime import timedelta

import pytest

from app.base import clock
from app.base.db import db
from app.base.transactions import transaction
from app.reconciliation import jobs
from app.reconciliation.queries.checks import CHECKS
from app.reconciliation.queries.comparing import Compared, Difference
from tests.reconciliation.story import founded


class Nights:
    """One night after the other in Alessandria; `found` holds what its checks find from now on: {(check, subject): (expected, found)}."""

    def __init__(self, town, begun):
        self.comune_id, self.begun, self.day, self.found = town.alessandria.id, begun, 0, {}
        with transaction():
            founded(town.alessandria.id, begun)
            founded(town.valenza.id, begun.replace(year=2100))

    def compare(self, name):
        def look(_comune_id, **_scope):
            rows = [Difference(subject, *figures, {"unit": "min", "true_seq": 1, "stored_seq": 1})
                    for (check, subject), figures in self.found.items() if check == name]
            return Compared(9, len(rows), rows)
        return look

    def run(self):
        """The next night; says how it ended."""
        self.day += 1
        with self.now():
            outcome = jobs.run_due()
        db.session.rollback()
        return outcome

    def now(self, hours: int = 0):
        return clock.set_to(self.begun + timedelta(days=self.day, hours=hours))


@pytest.fixture
def checks_that_find(monkeypatch):
    """Puts the checks of a `Nights` in place of the real ones."""
    def put(nights):
        monkeypatch.setattr(jobs, "CHECKS", tuple(check._replace(compare=nights.compare(check.name)) for check in CHECKS))
        return nights
    return put
