"""The clock drives one process, and never the web."""
import threading
from datetime import UTC

from apscheduler.schedulers.base import BaseScheduler
from flask.testing import FlaskClient

from app.jobs import timetable
from app.jobs.timetable import TIMETABLE, Entry


def test_every_entry_is_a_tick_that_is_never_dropped_and_never_runs_beside_itself(app):
    made = timetable.scheduler(app, lambda: False)
    jobs = {job.id: job for job in made.get_jobs()}
    assert set(jobs) == {entry.name for entry in TIMETABLE} == {
        "nights", "seals", "holds", "board", "sessions left open", "letters", "form keys", "uploads"}
    for entry in TIMETABLE:
        job = jobs[entry.name]
        assert (job.trigger.interval, job.coalesce, job.max_instances, job.misfire_grace_time) == (entry.every, True, 1, None)
    assert made.timezone is UTC


def test_a_tick_that_fails_is_logged_and_does_no_harm(app, caplog):
    def fail(stopping):
        raise ConnectionError("the database is away")
    timetable.in_context(app, Entry("nights", TIMETABLE[0].every, fail), lambda: False)
    assert "nights: tick failed" in caplog.text


def test_the_web_starts_no_scheduler(app, monkeypatch):
    started = []
    monkeypatch.setattr(BaseScheduler, "start", lambda self, *_, **__: started.append(self))
    client, before = FlaskClient(app), set(threading.enumerate())
    for _visit in range(100):
        assert client.get("/").status_code == 200
    assert not started and set(threading.enumerate()) == before
