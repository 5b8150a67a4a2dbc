"""The process dies at every moment of a day: between any two statements, before and after each commit.

Then the books are as they were after the last step that was told done, or after the one under way: nothing half, nothing twice. The
day is run once more with the same keys, and the books are those of a day on which nothing happened.
"""
import random
import subprocess
import sys
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from app.base import clock
from app.base.db import db
from app.base.transactions import transaction
from app.ledger.actions import postings
from app.ledger.queries import verification
from app.ledger.rules import Request
from app.people.models import SignIn
from tests.architecture import ROOT
from tests.baratto.office import NOW, Office
from tests.conftest import ledger_holds
from tests.torture.day import SIGN_IN, Day

# Everything that the day leaves behind, without the numbers of rows: after a death PostgreSQL leaves some out.
BOOKS = {
    "accounts": "SELECT unit, kind, owner, balance, held, seq, floor, ceiling FROM account",
    "postings": "SELECT p.key, p.kind, p.effective_at, p.recorded_at, r.key FROM posting p LEFT JOIN posting r ON r.id = p.reverses_id",
    "transfers": "SELECT p.key, d.kind, d.owner, c.kind, c.owner, t.amount, t.debit_seq, t.debit_balance, t.credit_seq, t.credit_balance "
                 "FROM transfer t JOIN posting p ON p.id = t.posting_id JOIN account d ON d.id = t.debit_id "
                 "JOIN account c ON c.id = t.credit_id",
    "holds": "SELECT h.key, h.amount, r.outcome, r.settled, p.key FROM hold h LEFT JOIN hold_resolution r ON r.hold_id = h.id "
             "LEFT JOIN posting p ON p.id = r.posting_id",
    "offsets": "SELECT o.state, o.act, o.minutes_used, o.amount_cents, p.key FROM tax_offset o LEFT JOIN posting p ON p.id = o.posting_id",
    "passages": "SELECT subject, subject_id, move FROM passage",
    "letters": "SELECT key, recipient FROM letter",
    "form_keys": "SELECT key, location FROM form_key",
    "sealed": "SELECT coalesce(sum(count), 0) FROM seal",
}


@pytest.fixture
def morning(ground, app, town):
    """A proposed reduction, and the tax manager's sign-in. A context manager: a copy of it to work on, as `ground` connects to it."""
    with clock.set_to(NOW), app.app_context():
        office = Office(app, town)
        office.bill(town.anna, 30000)
        office.proposal(office.pact(town.anna, office.call()), 240)
        with transaction():
            db.session.add(SignIn(person_id=town.mara.id, token_hash=SignIn.hash(SIGN_IN), browser="tests"))
    template = ground.database

    @contextmanager
    def copy():
        with ground.copy(template, "morning"):
            yield ground.server.url("morning")
        ground.database = template
        ground.server.drop("morning")
    return copy


@pytest.fixture
def die(ground, tmp_path):
    """Run the day at an address and end it at a moment (0: never): (steps told done, was it all of them)."""
    command = [sys.executable, "-m", "tests.torture.day", ground.server.url("morning"), str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(address: str, moment: int = 0) -> tuple[int, bool]:
        process.stdin.write(f"{address} {moment}\n")
        process.stdin.flush()
        answer = process.stdout.readline().split()
        assert answer, process.stderr.read()
        return int(answer[0]), answer[1] == "1"
    with process:
        yield run
        process.stdin.close()


def books(app) -> dict[str, list]:
    with app.app_context(), transaction():
        return {name: sorted(map(repr, db.session.execute(text(query)))) for name, query in BOOKS.items()}


def sound(app) -> None:
    with app.app_context(), transaction():
        ledger_holds()
        assert not list(verification.verify())


def quiet_day(app, morning) -> list[dict]:
    """The books in the morning and after each step of a day on which nothing happens."""
    with morning():
        states = [books(app)]
        Day(app).run(lambda: states.append(books(app)))
        return states


@pytest.mark.parametrize("odd", [False, True], ids=["even", "odd"])          # two halves, for two workers
def test_whenever_the_process_dies_nothing_is_lost_half_or_twice(app, morning, die, odd):
    states = quiet_day(app, morning)
    assert all(before != after for before, after in zip(states, states[1:], strict=False)), "each step leaves something behind"
    moment, deaths, over = 1 + odd, 0, False
    while not over:
        with morning() as address:
            told, over = die(address, moment)
            now = books(app)
            assert now in states[told:told + 2], f"at moment {moment} step {told} is half done"
            if not over:
                sound(app)
                assert die(address) == (len(states) - 1, True)
                assert books(app) == states[-1], f"after a death at moment {moment} the day ends otherwise"
                deaths += 1
        moment += 2
    assert now == states[-1] and deaths > 40


def test_dying_twice_is_no_worse(app, morning, die):
    """Some pairs of moments, the same ones each time; the seed is in the message."""
    states, seed = quiet_day(app, morning), 2026
    for first, second in random.Random(seed).choices([(a, b) for a in range(1, 120) for b in range(1, 120)], k=6):
        with morning() as address:
            die(address, first)
            die(address, second)
            sound(app)
            die(address)
            assert books(app) == states[-1], f"seed {seed}: death at {first}, then at {second}"


def test_a_half_step_would_be_seen(app, morning, monkeypatch):
    """A step that commits in the middle leaves books that no whole number of steps leaves."""
    states = quiet_day(app, morning)
    monkeypatch.setattr(Day, "all_or_none", lambda day: day._do(lambda: postings.post_each([
        Request(f"day:all:{n}", "test", (day._line("issued", "bruno", n + 1),)) for n in range(2)])))
    with morning():
        after = []
        Day(app).run(lambda: after.append(books(app) in states))
        assert after[:7] == [True] * 7 and not after[7]
