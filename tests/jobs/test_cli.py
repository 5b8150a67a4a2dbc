"""What an operator's commands answer, and with which exit code."""
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.base import clock, outbox
from app.base.db import db
from app.base.passages import Passage
from app.base.transactions import transaction
from app.jobs.cli import group
from app.reconciliation import jobs
from app.reconciliation.actions import nights as actions
from app.reconciliation.models import Night
from app.reconciliation.queries import nights
from app.reconciliation.states import Night as State
from tests.reconciliation import story

MORNING = story.NOW


@pytest.fixture
def flask(app, context, town):
    """Runs `flask jobs …`; in both comuni one night is due."""
    with transaction():
        for place in (town.alessandria, town.valenza):
            story.founded(place.id, MORNING - timedelta(days=1))
    runner = app.test_cli_runner()

    def run(*words):
        with clock.set_to(MORNING):
            return runner.invoke(group, words)
    return run


def test_once_exits_with_0_when_all_agrees(flask):
    assert flask("once").exit_code == 0
    assert {night.state for night in db.session.scalars(select(Night))} == {State.DONE}


def test_once_exits_with_1_when_something_differs(flask, app, town):
    with transaction():
        outbox.write("vecchia", "anna@example.org", "Vecchia", "…")
        db.session.execute(update(outbox.Letter).values(created_at=MORNING - timedelta(days=2)))
    assert flask("once", "--comune", "006003").exit_code == 1
    status = flask("status")
    assert status.exit_code == 1 and "Alessandria: ultima notte 2026-07-09 in 0 s, attese 0, non riuscite 0, differenze 1" in status.output


def test_once_exits_with_2_when_it_cannot_run(flask, monkeypatch):
    def fail(_comune_id):
        raise ValueError
    monkeypatch.setattr(jobs, "CHECKS", [jobs.CHECKS[0]._replace(compare=fail)])
    assert flask("once").exit_code == 2
    assert flask("once", "--comune", "Atlantide").exit_code == 2


def test_once_exits_with_75_when_another_process_is_at_it(flask, town):
    with clock.set_to(MORNING), transaction():
        actions.plan(town.alessandria.row)
        actions.take(town.alessandria.row, "the other", 1)
    assert flask("once").exit_code == 75


def test_status_speaks_to_people_and_to_machines(flask):
    assert flask("status").exit_code == 0              # the night is due since this morning, that is not late
    flask("once")
    assert "Alessandria: ultima notte 2026-07-09" in flask("status").output
    *lines, installation = [json.loads(line) for line in flask("status", "--json").output.splitlines()]
    assert installation == {"unsealed": 0, "letters": 0, "letter_age": 0}
    assert [(line["comune"], line["last_done"], line["failed"], line["outcome"]) for line in lines] == [
        ("Alessandria", "2026-07-09", 0, 0), ("Valenza", "2026-07-09", 0, 0)]


def test_status_exits_with_2_when_nights_are_missing(flask):
    with transaction():
        for comune in nights.towns("Valenza"):
            story.founded(comune.id, MORNING - timedelta(days=3))
    assert flask("status").exit_code == 2


def test_retry_queues_a_night_from_its_beginning(flask):
    flask("once")
    assert flask("retry", "9/7/2026", "--comune", "Valenza").exit_code == 0
    assert {(night.comune.name, night.state, night.cursor) for night in db.session.scalars(select(Night))} == {
        ("Alessandria", State.DONE, len(jobs.CHECKS)), ("Valenza", State.QUEUED, 0)}
    assert db.session.scalar(select(Passage.reason).where(Passage.move == "run_again")) == "flask jobs retry"
    assert flask("once").exit_code == 0


@pytest.mark.parametrize("words", [("2026-07-10",), ("2027-07-09",), ("2026-07-01",), ("ieri",), ("2026-07-09", "--comune", "Atlantide")])
def test_retry_refuses_a_day_that_is_not_over_or_unknown(flask, words):
    result = flask("retry", *words)
    assert result.exit_code == 2 and result.output
    assert db.session.scalar(select(Night)) is None
