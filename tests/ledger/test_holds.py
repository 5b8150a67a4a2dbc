"""Holds: set aside, then moved in part or whole, given back, or given back by themselves; once, whoever comes at the same time."""
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError

from app.base import clock
from app.base.errors import Refusal
from app.ledger.actions import accounts, holds
from app.ledger.models import Outcome
from app.ledger.queries.postings import resolution
from tests.threads import together

MANY = 16


@pytest.fixture
def rich(books):
    books.post("in", (books.issued, books.anna, 100))
    return books


def ends(books) -> list[tuple]:
    with books.app.app_context():
        return [(end.outcome, end.settled) for end in [resolution(books.held)] if end]


@pytest.fixture
def held(rich):
    rich.held = rich.hold("h", (rich.anna, rich.bruno, 40))
    return rich


def test_a_hold_reserves_and_moves_nothing(held):
    assert held.figures(held.anna) == (100, 40, 1) and held.figures(held.bruno) == (0, 0, 0)


def test_what_is_held_cannot_be_spent_otherwise(held):
    with pytest.raises(Refusal, match="restano") as no:
        held.post("out", (held.anna, held.bruno, 61))
    assert no.value.values == {"left_min": 60}
    with pytest.raises(Refusal, match="restano"):
        held.hold("more", (held.anna, held.bruno, 61))
    held.post("out", (held.anna, held.bruno, 60))
    held.ask(holds.settle, held.held, "s")
    assert held.figures(held.anna) == (0, 0, 3) and held.balance(held.bruno) == 100


def test_a_reversal_does_not_take_what_is_held(held):
    paid = held.row("SELECT id FROM posting")[0]
    with pytest.raises(Refusal, match="restano"):
        held.reverse(paid, "back")


@pytest.mark.parametrize("amount, left", [(None, 60), (40, 60), (15, 85)])
def test_settled_in_whole_or_in_part_the_rest_is_free(held, amount, left):
    receipt = held.ask(holds.settle, held.held, "s", amount=amount)
    assert receipt.first and held.figures(held.anna) == (left, 0, 2) and held.balance(held.bruno) == 100 - left
    assert ends(held) == [(Outcome.SETTLED, 100 - left)]


@pytest.mark.parametrize("amount", [41, 0, -1])
def test_never_more_than_was_set_aside(held, amount):
    with pytest.raises(Refusal):
        held.ask(holds.settle, held.held, "s", amount=amount)
    assert held.figures(held.anna) == (100, 40, 1) and ends(held) == []


def test_past_the_rules_the_constraint_refuses(held, monkeypatch):
    """The hold looks larger than it is; the database knows better."""
    real = holds._locked

    def swollen(hold_id):
        hold = real(hold_id)
        holds.db.session.expunge(hold)
        hold.amount = 41
        return hold
    monkeypatch.setattr(holds, "_locked", swollen)
    with pytest.raises(IntegrityError):
        held.ask(holds.settle, held.held, "s")
    assert held.figures(held.anna) == (100, 40, 1)


def test_settled_once_and_the_same_key_has_the_first_receipt(held):
    first = held.ask(holds.settle, held.held, "s", amount=15)
    assert held.ask(holds.settle, held.held, "s", amount=15) == (first.posting_id, False)
    for key, amount in (("s", 14), ("other", 15), ("s", None)):
        with pytest.raises(Refusal, match="già chiusa"):
            held.ask(holds.settle, held.held, key, amount=amount)
    with pytest.raises(Refusal, match="già chiusa"):
        held.ask(holds.release, held.held)
    assert held.figures(held.anna) == (85, 0, 2)


def test_a_posting_does_not_lend_its_key_to_a_settle(held):
    """The same request under the same key is not the settle of this hold: otherwise it would end without moving anything."""
    held.post("s", (held.anna, held.bruno, 40))
    with pytest.raises(Refusal, match="già stata fatta"):
        held.ask(holds.settle, held.held, "s")
    assert held.figures(held.anna) == (60, 40, 2) and ends(held) == []


def test_released_it_is_free_and_releasing_again_does_nothing(held):
    for _ in range(2):
        held.ask(holds.release, held.held)
        assert held.figures(held.anna) == (100, 0, 1) and ends(held) == [(Outcome.RELEASED, 0)]
    with pytest.raises(Refusal, match="già chiusa"):
        held.ask(holds.settle, held.held, "s")


def test_a_hold_is_made_once_per_key(rich):
    line = (rich.anna, rich.bruno, 40)
    assert rich.hold("h", line) == rich.hold("h", line)
    for other in ((rich.anna, rich.bruno, 41), (rich.anna, rich.issued, 40)):
        with pytest.raises(Refusal, match="diversa"):
            rich.hold("h", other)
    assert rich.count("hold") == 1 and rich.figures(rich.anna) == (100, 40, 1)


def test_a_replayed_hold_answers_also_when_nothing_is_left(rich):
    first = rich.hold("h", (rich.anna, rich.bruno, 100))
    assert rich.hold("h", (rich.anna, rich.bruno, 100)) == first


def test_a_hold_that_does_not_exist_is_an_error(books):
    for act in (lambda: holds.settle(99, "s"), lambda: holds.release(99), lambda: holds.expire(99)):
        with pytest.raises(LookupError):
            books.ask(act)


def test_the_ceiling_of_the_other_side_is_looked_at_when_it_settles(rich):
    rich.ask(accounts.set_limits, rich.bruno, floor=0, ceiling=30)
    hold = rich.hold("h", (rich.anna, rich.bruno, 40))
    with pytest.raises(Refusal, match="massimo"):
        rich.ask(holds.settle, hold, "s")
    assert rich.ask(holds.settle, hold, "s", amount=30).first


class TestItsTime:
    @pytest.fixture
    def lent(self, rich):
        rich.until = clock.now() + timedelta(hours=1)
        rich.held = rich.hold("h", (rich.anna, rich.bruno, 40), expires_at=rich.until)
        return rich

    def test_before_it_is_over_nothing_expires(self, lent):
        with clock.set_to(lent.until - timedelta(seconds=1)):
            assert lent.ask(holds.expire, lent.held) is False
        assert lent.figures(lent.anna) == (100, 40, 1)

    def test_from_then_on_it_expires_once_and_settles_no_more(self, lent):
        with clock.set_to(lent.until):
            with pytest.raises(Refusal, match="tempo"):
                lent.ask(holds.settle, lent.held, "s")
            assert [lent.ask(holds.expire, lent.held) for _ in range(2)] == [True, False]
        assert lent.figures(lent.anna) == (100, 0, 1) and ends(lent) == [(Outcome.EXPIRED, 0)]

    def test_settled_in_time_it_still_has_its_receipt_later(self, lent):
        first = lent.ask(holds.settle, lent.held, "s")
        with clock.set_to(lent.until + timedelta(days=1)):
            assert lent.ask(holds.settle, lent.held, "s") == (first.posting_id, False)
            assert lent.ask(holds.expire, lent.held) is False

    def test_without_a_time_it_stands_for_ever(self, held):
        with clock.set_to(clock.now() + timedelta(days=4000)):
            assert held.ask(holds.expire, held.held) is False


class TestAtOnce:
    def test_sixteen_settles_are_one(self, held):
        results = together(*[lambda n=n: held.ask(holds.settle, held.held, f"s{n}") for n in range(MANY)])
        assert sum(not isinstance(each, Exception) for each in results) == 1
        assert {type(each) for each in results if isinstance(each, Exception)} == {Refusal}
        assert held.figures(held.anna) == (60, 0, 2) and held.balance(held.bruno) == 40

    def test_sixteen_with_one_key_have_one_receipt(self, held):
        results = together(*[lambda: held.ask(holds.settle, held.held, "s")] * MANY)
        assert len({each.posting_id for each in results}) == 1 and sum(each.first for each in results) == 1

    def test_settle_release_and_expire_race_and_one_of_them_wins(self, rich):
        for turn in range(4):
            rich.held = rich.hold(f"h{turn}", (rich.anna, rich.bruno, 10), expires_at=clock.now() + timedelta(hours=1))
            before = rich.figures(rich.anna)

            def expire():
                with clock.set_to(clock.now() + timedelta(hours=2)):
                    return rich.ask(holds.expire, rich.held)
            results = together(*[lambda: rich.ask(holds.settle, rich.held, f"s{turn}"), lambda: rich.ask(holds.release, rich.held),
                                 expire] * 5)
            assert {type(each) for each in results if isinstance(each, Exception)} <= {Refusal}
            [(outcome, settled)] = ends(rich)
            assert results.count(True) == (outcome is Outcome.EXPIRED) and settled == (10 if outcome is Outcome.SETTLED else 0)
            assert rich.figures(rich.anna)[:2] == (before[0] - settled, before[1] - 10)

    def test_sixteen_holds_stop_exactly_at_the_floor(self, rich):
        results = together(*[lambda n=n: rich.hold(f"h{n}", (rich.anna, rich.bruno, 10)) for n in range(MANY)])
        assert sum(isinstance(each, Refusal) for each in results) == MANY - 10 and rich.figures(rich.anna) == (100, 100, 1)

    def test_sixteen_with_one_key_are_one_hold(self, rich):
        results = together(*[lambda: rich.hold("h", (rich.anna, rich.bruno, 10))] * MANY)
        assert len(set(results)) == 1 and rich.figures(rich.anna) == (100, 10, 1)

    def test_holds_and_postings_share_what_there_is(self, rich):
        results = together(*[lambda n=n: rich.hold(f"h{n}", (rich.anna, rich.bruno, 10)) for n in range(MANY // 2)],
                           *[lambda n=n: rich.post(f"p{n}", (rich.anna, rich.bruno, 10)) for n in range(MANY // 2)])
        assert sum(isinstance(each, Refusal) for each in results) == MANY - 10
        balance, held, _seq = rich.figures(rich.anna)
        assert balance == held

    @pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
    def test_the_lock_bites_and_behind_it_the_primary_key(self, held, monkeypatch):
        """Without the lock both find the hold open; the second one to end it meets the primary key, and what it did is undone."""
        both_have_looked, real = Barrier(2), holds._set_aside

        def wait(*change):
            both_have_looked.wait(timeout=5)
            real(*change)
        monkeypatch.setattr(holds.accounts, "lock", lambda _ids: {})
        monkeypatch.setattr(holds, "_set_aside", wait)
        results = together(*[lambda: held.ask(holds.release, held.held)] * 2)
        assert [type(each) for each in results if each is not None] == [IntegrityError]
        assert held.figures(held.anna) == (100, 0, 1)
