"""What the clock does in the ledger beside sealing."""
from datetime import timedelta

from sqlalchemy import text

from app.base import clock
from app.base.db import db
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


def test_one_bad_hold_does_not_keep_the_others(app, books):
    """Its account says that nothing is held: the CHECK stops it, the night tells of it, and the next hold expires all the same."""
    books.post("in", (books.issued, books.anna, 100), (books.issued, books.bruno, 100))
    until = clock.now() + timedelta(hours=1)
    with app.app_context():
        with transaction():
            bad = holds.hold("bad", "test", Line(books.anna, books.bruno, 10), expires_at=until).hold_id
            good = holds.hold("good", "test", Line(books.bruno, books.anna, 10), expires_at=until).hold_id
            db.session.execute(text("UPDATE account SET held = 0 WHERE id = :id"), {"id": books.anna})
        with clock.set_to(until):
            assert jobs.expire_holds() == 1
        with transaction():
            assert resolution(bad) is None and resolution(good).outcome is Outcome.EXPIRED
            db.session.execute(text("UPDATE account SET held = 10 WHERE id = :id"), {"id": books.anna})
