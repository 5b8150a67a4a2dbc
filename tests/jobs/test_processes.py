"""The jobs as processes of their own, stopped gently and not."""
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.base import clock
from app.base.db import db
from app.base.transactions import transaction
from app.reconciliation.models import Night
from app.reconciliation.queries import nights
from app.base.transactions import snapshot
from app.reconciliation.states import Night as State
from tests.conftest import ENVIRONMENT
from tests.reconciliation.story import founded

ROOT = Path(__file__).parents[2]


@pytest.fixture
def flask(ground, context, town, tmp_path):
    """Starts `flask jobs …` on this test's database, in which Alessandria has three nights to run."""
    with transaction():
        founded(town.alessandria.id, clock.now() - timedelta(days=4))
    running = []

    def start(*words) -> subprocess.Popen:
        environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": ground.server.url(ground.database), "MAIL_FOLDER": str(tmp_path)}
        running.append(subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "jobs", *words], cwd=ROOT, env=environment,
                                        stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def until(true, seconds=60):
    """Wait until `true()` is; look at what others have committed each time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def states() -> list[State]:
    with snapshot():                   # else, on SQLite, to look would be to stop the others from writing
        return [night.state for night in db.session.scalars(select(Night).order_by(Night.business_date))]


def test_a_runner_that_is_killed_leaves_a_night_that_the_next_one_ends(flask):
    killed = flask("once")
    until(lambda: killed.poll() is not None or State.RUNNING in states() or State.DONE in states())
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    with transaction():
        db.session.execute(update(Night).where(Night.state == State.RUNNING).values(
            lease_until=nights.database_now() - timedelta(seconds=1)))
    after = flask("once")
    assert after.wait(120) == 0, after.stderr.read()
    assert len(states()) >= 3 and set(states()) == {State.DONE}
    assert {night.cursor == night.total for night in db.session.scalars(select(Night))} == {True}


def test_the_process_ends_within_ten_seconds_of_sigterm_and_says_so(flask):
    process = flask("run")
    until(lambda: process.poll() is not None or State.RUNNING in states() or State.DONE in states())
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)          # a terminal and a supervisor may both say it
    assert process.wait(12) == 0, process.stderr.read()
    assert time.monotonic() - asked < 10
    assert State.RUNNING not in states()
    said = process.stderr.read()
    assert said.count("stopping on SIGTERM") == 1 and "Traceback" not in said
