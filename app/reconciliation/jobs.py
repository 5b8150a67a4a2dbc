"""The night's work: what is due, comune by comune, check by check. Called by the timetable and by `flask jobs once`."""
import logging
import os
import secrets
import socket
from collections.abc import Callable

from app.base.transactions import snapshot, transaction
from app.reconciliation import rules
from app.reconciliation.actions import nights as actions
from app.reconciliation.actions.nights import FencedOut, Held
from app.reconciliation.queries import nights
from app.reconciliation.queries.checks import CHECKS
from app.reconciliation.rules import Outcome

log = logging.getLogger(__name__)


def run_due(*, comune: str = "", stopping: Callable[[], bool] = lambda: False) -> Outcome:
    """Run every night that is due, oldest first, of all comuni or of the one with this name or ISTAT code.

    What fails in one comune does not touch the next. `stopping` is asked between checks: then the night in hand is given back.
    """
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    with snapshot():
        comuni = [(each.id, each.name) for each in nights.towns(comune)]
    if comune and not comuni:
        log.error("no comune %s", comune)
        return Outcome.FAILED
    outcomes = []
    for comune_id, name in comuni:
        try:
            outcomes += _comune(comune_id, owner, stopping)
        except Exception as error:     # the database is away, or a bug: the night is still due at the next start
            log.exception("%s: %s", name, type(error).__name__)
            outcomes.append(Outcome.FAILED)
    return rules.overall(outcomes)


def _comune(comune_id: int, owner: str, stopping: Callable[[], bool]) -> list[Outcome]:
    outcomes = []
    while len(outcomes) < rules.RUNS_PER_START and not stopping():
        with transaction():
            comune = nights.town(comune_id)
            actions.plan(comune)
            held = actions.take(comune, owner, len(CHECKS))
        if held is None:
            break
        outcomes.append(_night(held, stopping))
    with snapshot():
        return outcomes or ([Outcome.HELD] if nights.is_held(comune_id) else [])


def _night(held: Held, stopping: Callable[[], bool]) -> Outcome:
    try:
        for check in CHECKS:
            if check.name in held.done:
                continue
            if stopping():
                with transaction():
                    actions.release(held)
                return Outcome.HELD
            try:
                with snapshot():
                    compared = check.run(held.comune_id, full=held.full)
            except Exception as error:
                log.exception("night %s stopped at %s", held.night_id, check.name)
                with transaction():
                    actions.fail(held, f"{check.name}: {type(error).__name__}")
                return Outcome.FAILED
            with transaction():
                actions.record(held, check.name, compared)
        with transaction():
            outcome = actions.finish(held)
        log.info("night %s: %s", held.night_id, outcome.name.lower())
        return outcome
    except FencedOut as late:
        log.warning("fenced out, somebody else went on: %s", late)
        return Outcome.HELD
