"""What the clock does in the ledger beside sealing."""
from datetime import timedelta

from app.base import clock
from app.base.transactions import transaction
from app.ledger import jobs
from app.ledger.actions import holds
from app.ledger.models import Outcome
from app.ledger.queries.postings import resolution
from app.ledger.rules import Line


def test_holds_expire_once_their_time_is_over_and_only_then(app, books):
    books.post("in", (books.issued, books.anna, 100))
    now = clock.now()
    with app.app_context():
        with transaction():
            due, kept, lasting = (holds.hold(key, "test", Line(books.anna, books.bruno, 10), expires_at=at).hold_id for key, at in (
                ("due", now + timedelta(hours=1)), ("kept", now + timedelta(hours=2)), ("lasting", None)))
        assert jobs.expire_holds() == 0
        with clock.set_to(now + timedelta(hours=1)):
            assert jobs.expire_holds(stopping=lambda: True) == 0
            assert jobs.expire_holds() == 1
            assert jobs.expire_holds() == 0
        with transaction():
            assert resolution(due).outcome is Outcome.EXPIRED
            assert resolution(kept) is None and resolution(lasting) is None
