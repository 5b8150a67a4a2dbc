"""When things happen. One process reads this table, `flask jobs run`; a web worker never does."""
import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, timedelta
from typing import NamedTuple

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger

from app.base import clock
from app.hours import jobs as hours
from app.jobs import actions
from app.ledger import jobs as ledger
from app.reconciliation import jobs as nights
from app.tasks import jobs as board

log = logging.getLogger(__name__)

LAST_GRACE = 9                         # seconds from SIGTERM to the end; what is in hand then is left to its lease


class Entry(NamedTuple):
    name: str
    every: timedelta
    work: Callable


# A tick asks the database what is due. So a change of clocks, a night without power or a late start lose nothing and repeat nothing.
TIMETABLE = (
    Entry("nights", timedelta(seconds=60), nights.run_due),
    Entry("seals", timedelta(seconds=60), ledger.run_due),
    Entry("holds", timedelta(seconds=60), ledger.expire_holds),
    Entry("board", timedelta(seconds=60), board.run_due),
    Entry("sessions left open", timedelta(minutes=10), hours.flag_left_open),
    Entry("letters", timedelta(seconds=30), actions.send_letters),
    Entry("form keys", timedelta(days=1), actions.forget_form_keys),
    Entry("uploads", timedelta(days=1), actions.look_after_uploads),
)


def scheduler(app, stopping: Callable[[], bool]) -> BlockingScheduler:
    """The timetable as a scheduler in memory, in UTC. A store that is shared runs jobs twice and unpickles what it holds."""
    made = BlockingScheduler(jobstores={"default": MemoryJobStore()}, timezone=UTC)
    for entry in TIMETABLE:
        made.add_job(in_context, IntervalTrigger(seconds=int(entry.every.total_seconds()), timezone=UTC), args=(app, entry, stopping),
                     id=entry.name, next_run_time=clock.now(), coalesce=True, max_instances=1, misfire_grace_time=None)
    return made


def in_context(app, entry: Entry, stopping: Callable[[], bool]) -> None:
    """One tick. What it raises is logged, and the next tick comes all the same."""
    with app.app_context():
        try:
            entry.work(stopping=stopping)
        except Exception:
            log.exception("%s: tick failed", entry.name)


def run(app) -> None:
    """Keep the timetable until SIGTERM or SIGINT; what is in hand ends cleanly first."""
    asked = threading.Event()
    made = scheduler(app, asked.is_set)
    log.info("jobs: %s", ", ".join(f"{entry.name} every {entry.every}" for entry in TIMETABLE))
    with stopped_by_signals(asked, then=lambda: made.shutdown(wait=False)):
        made.start()                   # returns when the scheduler was shut down; Python then waits for the threads at work


@contextmanager
def stopped_by_signals(asked: threading.Event, then: Callable = lambda: None):
    """Inside the block SIGTERM and SIGINT set `asked`. Whoever has not ended LAST_GRACE seconds later is ended."""
    def stop(number, _frame):
        if asked.is_set():             # asked twice, by Ctrl-C and by ./run: once is enough
            return
        log.info("stopping on %s", signal.Signals(number).name)
        asked.set()
        signal.signal(signal.SIGALRM, lambda *_: os._exit(75))
        signal.alarm(LAST_GRACE)
        then()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():       # a process on its way out must not be ended by hearing it once more
            signal.signal(number, signal.SIG_IGN if asked.is_set() else handler)
