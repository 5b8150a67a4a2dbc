"""Which nights are due, how far they look and when a failed one is tried again; which remedy fits a finding, and who may approve it.

Plain values; the clock is an argument.
"""
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from app.base.errors import Refusal
from app.base.words import N_
from app.reconciliation.states import Remedy, Scope

DUE_AT = time(4, 10)                   # local: after every hour that a change of clocks skips or repeats
RUNS_PER_START = 31                    # of one comune, so that a long pause is caught up in parts
ATTEMPTS = 5                           # then a night waits for a person
FIRST_PAUSE = timedelta(minutes=10)    # doubled with each attempt
LEASE = timedelta(seconds=120)
FULL_ON = 6                            # Sunday: its night goes over the whole ledger

_DAY = timedelta(days=1)


class Outcome(IntEnum):
    """How a run ended; the numbers are exit codes."""

    CLEAN = 0
    FINDINGS = 1
    FAILED = 2
    HELD = 75                          # another process is at it (EX_TEMPFAIL)


def overall(outcomes) -> Outcome:
    """The worst of several, by what a person has to do about it."""
    return max(outcomes, key=(Outcome.CLEAN, Outcome.FINDINGS, Outcome.HELD, Outcome.FAILED).index, default=Outcome.CLEAN)


def last_due(now: datetime, zone: ZoneInfo) -> date:
    """The latest business date whose night may run: a date is due from 04:10 of the day after."""
    local = now.astimezone(zone)
    return local.date() - (_DAY if local.time() >= DUE_AT else 2 * _DAY)


def missing(since: date, known: date | None, last: date) -> list[date]:
    """Business dates without a night, oldest first: from `since`, or from the day after the last one `known`, to `last`."""
    start = known + _DAY if known else since
    return [start + n * _DAY for n in range((last - start).days + 1)]


def scope_of(day: date) -> Scope:
    """How far back the night of a day looks: once a week over everything."""
    return Scope.FULL if day.weekday() == FULL_ON else Scope.INCREMENTAL


def check_date(day: date, *, since: date, today: date) -> None:
    """Refuses a night of a day that is not over, and one before the comune was here."""
    if day >= today:
        raise Refusal(N_("Il giorno %(day)s non è ancora finito: la sua notte non si può eseguire."), field="day", day=day)
    if day < since:
        raise Refusal(N_("Il Comune usa il sito dal %(since)s: prima non ci sono conti."), field="day", since=since)


def retry_at(failed_at: datetime, attempts: int) -> datetime | None:
    """When a failed night is tried again by itself; None: never, a person must ask for it."""
    return None if attempts >= ATTEMPTS else failed_at + FIRST_PAUSE * 2 ** (attempts - 1)


# What may put a finding right, by its check and the table it names. What is not here a person puts right where it was done.
_REMEDIES = {
    ("balances", "account"): Remedy.RESTATE,
    **{(check, "tax_offset"): Remedy.REVERSE_OFFSET for check in (
        "offset_minutes", "offset_lines", "offset_value", "offset_minutes_in_ledger", "offset_euros_in_ledger")},
}


def remedy_for(kind: str, subject: str) -> Remedy | None:
    return _REMEDIES.get((kind, subject.partition(":")[0]))


def check_hands(*, decides: int, proposed: int) -> None:
    """Two people: refuses the proposer's own decision."""
    if decides == proposed:
        raise Refusal(N_("Hai fatto tu la proposta: deve decidere un'altra persona."))
