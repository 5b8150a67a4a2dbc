import pytest

from app.base.transactions import transaction
from app.taxes import actions, schemas


@pytest.fixture
def bring(app, town):
    """Import a file of Alessandria in a transaction of its own."""
    def bring(data: bytes, dry_run: bool = False) -> actions.Outcome:
        feed = schemas.read_positions(data)
        with app.app_context(), transaction():
            return actions.import_positions(town.alessandria.row, feed, "tari.csv", by=town.teo.row, dry_run=dry_run)
    return bring
