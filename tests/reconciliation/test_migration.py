"""Findings of the time when each night had its own come through: of those about one thing the newest goes on, the others are over."""
import flask_migrate
import pytest
from sqlalchemy import select, text

from app.base.db import db
from app.base.transactions import transaction
from app.reconciliation.models import Finding, Night
from app.reconciliation.states import Finding as State, Scope

AT = "2026-06-01 08:00:00.000000"
# night, subject, state: the database numbers them in this order
FINDINGS = ((1, "account:1", "open"), (1, "account:2", "explained"), (1, "account:3", "cleared"),
            (2, "account:1", "open"), (2, "account:2", "explained"))


@pytest.fixture
def old(ground):
    """A database at revision 0004, with the rows above; the app works on it."""
    with ground.at_revision("0004"):
        with ground.app.app_context(), transaction():
            db.session.execute(text("INSERT INTO comune (created_at, name, istat_code, province, zone) "
                                    f"VALUES ('{AT}', 'Alessandria', '006003', 'AL', 'Europe/Rome')"))
            for day in (1, 2):
                db.session.execute(text("INSERT INTO night (comune_id, created_at, business_date, state, owner, fence, cursor, total, "
                                        f"attempts, figures, error) VALUES (1, '{AT}', '2026-06-0{day}', 'done', '', 1, 1, 1, 1, "
                                        "'{}', '')"))
            for night_id, subject, state in FINDINGS:
                db.session.execute(text("INSERT INTO finding (comune_id, created_at, night_id, kind, subject, detail, state) "
                                        f"VALUES (1, '{AT}', {night_id}, 'balances', '{subject}', '{{}}', '{state}')"))
        yield ground


def test_what_the_nights_had_found_comes_through(old):
    with old.app.app_context():
        flask_migrate.upgrade()
        with transaction():
            rows = [(row.night_id, row.last_night_id, row.subject[-1], row.state, row.gone_at is None)
                    for row in db.session.scalars(select(Finding).order_by(Finding.id))]
            assert rows == [(1, 1, "1", State.CLEARED, False), (1, 1, "2", State.EXPLAINED, False), (1, 1, "3", State.CLEARED, False),
                            (2, 2, "1", State.OPEN, True), (2, 2, "2", State.EXPLAINED, True)]
            assert set(db.session.scalars(select(Night.scope))) == {Scope.INCREMENTAL}
