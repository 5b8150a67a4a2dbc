"""The figures for monitoring: only with the token, and the same that `flask jobs status` tells."""
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from app.base import clock, outbox
from app.base.db import db
from app.base.transactions import transaction
from tests.reconciliation.looks import Nights, checks_that_find     # noqa: F401 - a fixture

TOKEN = "a token for tests, of 32 characters or more"
BEGUN = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture
def told(app, town, checks_that_find, monkeypatch):             # noqa: F811
    """What /metrics says after two nights, the last with a difference, and with a letter that has waited an hour."""
    with app.app_context():
        nights = checks_that_find(Nights(town, BEGUN))
        nights.run()
        nights.found = {("letters", "letter:late"): (0, 1)}
        nights.run()
        with nights.now(), transaction():
            db.session.execute(update(outbox.Letter).values(created_at=clock.now() - timedelta(hours=1)))
    return nights


@pytest.fixture
def ask(app, client, monkeypatch):
    def get(token=TOKEN, configured=TOKEN):
        monkeypatch.setitem(app.config, "METRICS_TOKEN", configured)
        return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    return get


def figures(answer) -> dict:
    return {(sample.name, sample.labels.get("comune")): sample.value
            for family in text_string_to_metric_families(answer.text) for sample in family.samples}


def test_the_figures_are_those_of_the_nights_and_of_the_post(told, ask):
    with told.now():
        answer = ask()
    assert answer.status_code == 200 and answer.mimetype == "text/plain"
    said = figures(answer)
    assert said["ore_night_last_success_timestamp_seconds", "Alessandria"] == told.begun.timestamp() + 2 * 86400
    assert {name: said[f"ore_night_{name}", "Alessandria"] for name in ("findings", "waiting", "failed", "late", "duration_seconds")} == {
        "findings": 1, "waiting": 0, "failed": 0, "late": 0, "duration_seconds": 0}
    assert ("ore_night_last_success_timestamp_seconds", "Valenza") not in said
    assert said["ore_outbox_waiting", None] == 1 and said["ore_outbox_age_seconds", None] == 3600
    assert said["ore_ledger_unsealed_transfers", None] == 0


def test_without_the_token_there_is_nothing_to_see(ask):
    assert ask(configured="").status_code == 404
    assert ask(token="wrong").status_code == 403
    assert ask(token="").status_code == 403


def test_the_site_is_ready_whatever_the_nights_do(told, client):
    with clock.set_to(BEGUN.replace(year=2027)):               # late for a year
        assert client.get("/readyz").status_code == 200
