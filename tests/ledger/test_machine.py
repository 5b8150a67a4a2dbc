"""Whatever is done to the ledger, in any order and from two connections at once: it answers as the plain model does and holds the same.

LEDGER_EXAMPLES=2000 looks longer, and elsewhere each time.
"""
import os
from contextlib import nullcontext
from datetime import timedelta
from itertools import count
from threading import Event

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import text

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.ledger import jobs as sealer
from app.ledger.actions import accounts, direct, holds, postings
from app.ledger.actions.checkpoints import advance
from app.ledger.models import Unit
from app.ledger.queries import checkpoints, seals, verification
from app.ledger.rules import Line, Request
from tests.ledger.model import Account, Ledger, Refused
from tests.threads import together

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", 0))
BOUNDED = settings(max_examples=EXAMPLES or 25, stateful_step_count=30, deadline=None, database=None, derandomize=not EXAMPLES,
                   suppress_health_check=list(HealthCheck))
LATER = timedelta(hours=2)                 # when every hold that expires has expired

NAMES = ("town", "clearing", "anna", "bruno", "carlo", "budget", "member", "friend")
KEPT = ("anna", "bruno", "carlo", "budget", "member", "friend")
# Most requests are such that they may succeed: else hardly anything would happen.
PAIRS = st.one_of(*[st.just(pair) for pair in (
    ("town", "anna"), ("town", "bruno"), ("town", "clearing"), ("anna", "bruno"), ("bruno", "anna"), ("bruno", "carlo"), ("carlo", "town"),
    ("anna", "town"), ("member", "friend"), ("friend", "member"))], st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)))
AMOUNTS = st.one_of(st.integers(1, 12), st.integers(1, 60), st.sampled_from([0, -5, 100, 101]))
LINE = st.builds(lambda pair, amount: (*pair, amount), PAIRS, AMOUNTS)
LINES = st.one_of(LINE.map(lambda line: (line,)), st.lists(LINE, min_size=1, max_size=3).map(tuple))
LIMITS = st.sampled_from([(0, 100), (0, 100), (None, None), (-50, None), (None, 60), (10, 40), (0, 0)])
VERBS = ["post", "post", "post_each", "post_all", "reverse", "hold", "hold", "settle", "settle", "release", "expire", "set_limits",
         "close", "freeze", "thaw", "thaw"]


@st.composite
def operations(draw, model: Ledger) -> tuple:
    """Something to do: (verb, arguments…). Most keys are new, some are known; what is referred to exists."""
    new = st.integers(0, 10**6).map(lambda number: f"new{number}")
    keys = st.one_of(new, new, new, st.sampled_from(sorted(model.postings)))
    known_holds = st.sampled_from(sorted(model.holds)) if model.holds else st.just("none")
    match verb := draw(st.sampled_from(VERBS)):
        case "post":
            return verb, draw(keys), draw(LINES)
        case "post_each" | "post_all":
            return verb, draw(st.lists(st.tuples(keys, LINES), max_size=5))
        case "reverse":
            return verb, draw(st.sampled_from(sorted(model.postings))), draw(keys)
        case "hold":
            return verb, draw(st.one_of(new, new, known_holds)), draw(LINE), draw(st.booleans())
        case "settle":
            hold = draw(known_holds)
            most = model.holds[hold].line[2] if hold in model.holds else 1
            return verb, hold, draw(st.one_of(new, keys)), draw(st.one_of(st.just(most), st.integers(-1, most + 1)))
        case "release" | "expire":
            return verb, draw(known_holds)
        case "set_limits":
            return verb, draw(st.sampled_from(KEPT)), draw(LIMITS)
        case _:
            return verb, draw(st.sampled_from(NAMES))


EXAMPLE = count()


class Ours:
    """The same operations on the real ledger. Keys and owners carry the number of the example, so that one database serves them all."""

    def __init__(self, books, model: Ledger):
        self.books, self.number = books, next(EXAMPLE)
        self.ids = {name: books.open(Unit(each.unit), "model", f"{self.number}:{name}", floor=each.floor, ceiling=each.ceiling,
                                     cached=each.cached) for name, each in model.accounts.items()}

    def key(self, key: str) -> str:
        return f"{self.number}:{key}"

    def lines(self, lines) -> list[Line]:
        return [Line(self.ids[debit], self.ids[credit], amount) for debit, credit, amount in lines]

    def post(self, key, lines):
        return postings.post(self.key(key), "test", self.lines(lines)).first

    def _requests(self, requests) -> list[Request]:
        return [Request(self.key(key), "test", tuple(self.lines(lines))) for key, lines in requests]

    def post_each(self, requests):
        return [None if isinstance(answer, Refusal) else answer.first for answer in postings.post_each(self._requests(requests))]

    def post_all(self, requests):
        try:
            return [answer.first for answer in postings.post_all(self._requests(requests))]
        except Refusal as no:
            return no.place

    def reverse(self, reversed_key, key):
        return postings.reverse(self._id("posting", reversed_key), self.key(key)).first

    def hold(self, key, line, expires):
        until = clock.now() + timedelta(hours=1) if expires else None
        return holds.hold(self.key(key), "test", self.lines([line])[0], expires_at=until).first

    def settle(self, hold_key, key, amount):
        return holds.settle(self._id("hold", hold_key), self.key(key), amount=amount).first

    def release(self, hold_key):
        holds.release(self._id("hold", hold_key))

    def expire(self, hold_key):
        with clock.set_to(clock.now() + LATER):
            return holds.expire(self._id("hold", hold_key))

    def set_limits(self, name, limits):
        accounts.set_limits(self.ids[name], floor=limits[0], ceiling=limits[1])

    def close(self, name):
        accounts.close(self.ids[name])

    def freeze(self, name):
        accounts.freeze([self.ids[name]])

    def thaw(self, name):
        accounts.thaw(self.ids[name])

    def _id(self, table: str, key: str) -> int:
        found = db.session.scalar(text(f"SELECT id FROM {table} WHERE key = :key"), {"key": self.key(key)})
        if found is None:
            raise LookupError
        return found

    def figures(self) -> dict:
        """Of each account what its row says and what its transfers say."""
        names = {id: name for name, id in self.ids.items()}
        ids = ",".join(map(str, names))
        moves = {name: [] for name in self.ids}
        for debit, credit, amount, *after in db.session.execute(text(
                "SELECT debit_id, credit_id, amount, debit_balance, debit_seq, credit_balance, credit_seq FROM transfer "
                f"WHERE debit_id IN ({ids}) ORDER BY id")):
            moves[names[debit]].append((-amount, *after[:2]))
            moves[names[credit]].append((amount, *after[2:]))
        rows = db.session.execute(text(f"SELECT id, balance, held, seq, floor, ceiling, closed_at IS NOT NULL, frozen_at IS NOT NULL "
                                       f"FROM account WHERE id IN ({ids})")).all()
        return {names[row[0]]: (*row[1:6], bool(row[6]), bool(row[7]), moves[names[row[0]]]) for row in rows}

    def held(self) -> dict[str, int]:
        rows = db.session.execute(text(
            "SELECT debit_id, sum(amount) FROM hold WHERE NOT EXISTS (SELECT 1 FROM hold_resolution WHERE hold_id = id) GROUP BY debit_id"))
        open_holds = {account_id: int(amount) for account_id, amount in rows}
        return {name: open_holds.get(id, 0) for name, id in self.ids.items()}


def answer(there, operation, *errors):
    """What an operation answers; None stands for a refusal, as it does in a batch."""
    name, *arguments = operation
    try:
        return getattr(there, name)(*arguments), "done"
    except errors:
        return "refused"


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self, books):
        super().__init__()
        self.model = Ledger({
            "town": Account("SERVICE", cached=False), "clearing": Account("SERVICE", cached=False),
            "anna": Account("SERVICE", floor=0, ceiling=100), "bruno": Account("SERVICE", floor=0, ceiling=100),
            "carlo": Account("SERVICE", floor=-50),
            "budget": Account("EUR", floor=0), "member": Account("TIME", "bank", floor=-60), "friend": Account("TIME", "bank", floor=-60)})
        self.books, self.ours = books, Ours(books, self.model)
        for name in ("anna", "bruno"):
            self.operate(("post", f"in:{name}", (("town", name, 60),)))

    def expected(self, operation):
        name, *arguments = operation
        if name == "set_limits":
            operation = (name, arguments[0], *arguments[1])
        return answer(self.model, operation, Refused, KeyError)

    def done(self, operation, *, before_the_end=nullcontext, keep: bool = True):
        """Run an operation in a transaction of its own, which is kept or given up."""
        try:
            with self.books.app.app_context(), transaction():
                result = answer(self.ours, operation)
                before_the_end()
                if not keep:
                    raise ZeroDivisionError
        except (Refusal, LookupError):
            return "refused"
        except ZeroDivisionError:
            return "given up"
        return result

    @rule(data=st.data())
    def one(self, data):
        self.operate(data.draw(operations(self.model)))

    def operate(self, operation):
        assert self.done(operation) == self.expected(operation), operation

    @rule(data=st.data(), keep=st.booleans())
    def two_at_once(self, data, keep):
        """The second begins while the first is still open: it has to see all of the first, or, if that is given up, nothing of it."""
        first, second = data.draw(operations(self.model)), data.draw(operations(self.model))
        begun, over = Event(), Event()

        def one():
            def let_the_other_in():
                begun.set()
                over.wait(timeout=0.02)
            try:
                return self.done(first, before_the_end=let_the_other_in, keep=keep)
            finally:
                begun.set()

        def other():
            begun.wait(timeout=5)
            result = self.done(second)
            over.set()
            return result
        told_first, told_second = together(one, other)
        if keep:
            assert told_first == self.expected(first), (first, second)
        assert told_second == self.expected(second), (first, second, keep)

    @precondition(lambda self: self.model.postings)
    @rule(data=st.data())
    def the_same_again(self, data):
        """A known key with its own request has the first receipt, whatever became of the accounts since."""
        key = data.draw(st.sampled_from(sorted(self.model.postings)))
        kind, lines, reverses = self.model.postings[key]
        again = ("reverse", reverses, key) if reverses else ("post", key, lines)
        assert self.done(again) == self.expected(again) == (False, "done")

    @rule()
    def seal(self):
        with self.books.app.app_context():
            before = seals.latest()
            sealer.seal_new()
            assert not seals.unsealed() and not list(verification.verify(before.seal if before else 0))
            db.session.rollback()

    @rule(full=st.booleans())
    def night(self, full):
        """Nothing drifts, each book sums to zero, and the checkpoints move up to now."""
        comune_id = self.books.comune_id
        with self.books.app.app_context(), transaction():
            assert not checkpoints.look(comune_id, full=full).drifts and not any(checkpoints.sums(comune_id).values())
            advance(comune_id, seals.mark().last_id, anew=full)

    @invariant()
    def both_hold_the_same(self):
        with self.books.app.app_context(), transaction():
            figures, held = self.ours.figures(), self.ours.held()
        for name, each in self.model.accounts.items():
            moves = [(change, after, seq) if each.cached else (change, None, None) for seq, (change, after) in enumerate(each.moves, 1)]
            row = (each.balance, each.held, len(moves)) if each.cached else (0, 0, 0)
            assert figures[name] == (*row, each.floor, each.ceiling, each.closed, each.frozen, moves), name
            assert held[name] == each.held
        for unit in Unit:
            assert sum(each.balance for each in self.model.accounts.values() if each.unit == unit) == 0
        for each in self.model.accounts.values():
            assert each.balance == sum(change for change, _ in each.moves) and each.held >= 0
            assert each.floor is None or each.balance - each.held >= each.floor
            assert each.ceiling is None or each.balance <= each.ceiling


def test_it_answers_as_the_model_does_and_holds_what_that_holds(books):
    run_state_machine_as_test(lambda: LedgerMachine(books), settings=BOUNDED)


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_so_does_the_long_way_alone(books, monkeypatch):
    """PostgreSQL has a short way for the usual posting; both ways answer as the model does, and so as each other."""
    monkeypatch.setattr(direct, "post", lambda request: None)
    run_state_machine_as_test(lambda: LedgerMachine(books), settings=BOUNDED)
