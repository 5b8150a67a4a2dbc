import pytest

from app.base.errors import Refusal
from app.ledger.rules import Line, Request, Standing, apply, check_hold


def account(id, *, book_id=1, unit="SERVICE", cached=True, balance=0, held=0, seq=0, floor=None, ceiling=None, closed=False, frozen=False):
    return Standing(id, book_id, unit, cached, balance, held, seq, floor, ceiling, closed, frozen)


def run(lines, accounts, **said):
    return apply(Request("key", "kind", tuple(lines), **said), accounts)


@pytest.mark.parametrize("debit, credit, amount, why", [
    (account(1), account(2), 0, "maggiore di zero"),
    (account(1), account(2), -5, "maggiore di zero"),
    (account(1), account(1), 5, "diversi"),
    (account(1), account(2, unit="TIME"), 5, "non si mescolano"),
    (account(1, unit="EUR"), account(2), 5, "non si mescolano"),
    (account(1, balance=59, floor=0), account(2), 60, "restano"),
    (account(1, balance=-100, floor=-120), account(2), 21, "restano"),
    (account(1), account(2, balance=541, ceiling=600), 60, "massimo"),
    (account(1, closed=True), account(2), 5, "chiuso"),
    (account(1), account(2, closed=True), 5, "chiuso"),
    (account(1, cached=False, closed=True), account(2), 5, "chiuso"),
    (account(1), account(2, book_id=2), 5, "non si mescolano"),
    (account(1, frozen=True), account(2), 5, "fermo"),
    (account(1, cached=False, frozen=True), account(2), 5, "fermo"),
    (account(1, balance=60, held=1, floor=0), account(2), 60, "restano"),
])
def test_what_is_refused(debit, credit, amount, why):
    with pytest.raises(Refusal, match=why):
        run([Line(debit.id, credit.id, amount)], {debit.id: debit, credit.id: credit})


@pytest.mark.parametrize("debit, credit, amount", [
    (account(1, balance=60, floor=0), account(2), 60),
    (account(1, balance=-100, floor=-120), account(2), 20),
    (account(1), account(2, balance=540, ceiling=600), 60),
    (account(1, balance=60, held=20, floor=0), account(2), 40),
    (account(1), account(2, balance=540, held=500, ceiling=600), 60),
    (account(1), account(2, frozen=True), 60),
])
def test_limits_are_inclusive(debit, credit, amount):
    _, after = run([Line(debit.id, credit.id, amount)], {debit.id: debit, credit.id: credit})
    assert (after[1].balance, after[2].balance) == (debit.balance - amount, credit.balance + amount)


def test_a_credit_is_welcome_below_the_floor_and_a_debit_above_the_ceiling():
    below, above = account(1, balance=-50, floor=0), account(2, balance=700, ceiling=600)
    _, after = run([Line(2, 1, 20)], {1: below, 2: above})
    assert (after[1].balance, after[2].balance) == (-30, 680)


def test_a_refusal_says_how_much_is_left():
    with pytest.raises(Refusal) as no:
        run([Line(1, 2, 60)], {1: account(1, balance=45, floor=0), 2: account(2)})
    assert no.value.values == {"left_min": 45}
    with pytest.raises(Refusal) as no:
        run([Line(1, 2, 60)], {1: account(1, unit="EUR"), 2: account(2, unit="EUR", balance=30, ceiling=50)})
    assert no.value.values == {"left_cents": 20}


def test_lines_are_applied_in_order_and_each_marks_its_accounts():
    accounts = {1: account(1, balance=10, seq=4, floor=0), 2: account(2), 3: account(3, cached=False)}
    written, after = run([Line(1, 2, 10), Line(3, 1, 7), Line(1, 2, 5)], accounts)
    assert [(row.debit_seq, row.debit_balance) for row in written] == [(5, 0), (None, None), (7, 2)]
    assert [(row.credit_seq, row.credit_balance) for row in written] == [(1, 10), (6, 7), (2, 15)]
    assert (after[1].balance, after[1].seq, after[2].balance) == (2, 7, 15) and 3 not in after
    assert accounts[1].balance == 10


def test_lines_of_one_request_stay_in_one_book():
    accounts = {1: account(1), 2: account(2), 3: account(3, book_id=2), 4: account(4, book_id=2)}
    with pytest.raises(Refusal, match="non si mescolano"):
        run([Line(1, 2, 5), Line(3, 4, 5)], accounts)


def test_a_reversal_may_leave_a_frozen_account():
    _, after = run([Line(1, 2, 5)], {1: account(1, balance=5, floor=0, frozen=True), 2: account(2)}, reverses_id=9)
    assert after[1].balance == 0


@pytest.mark.parametrize("debit, credit, amount, why", [
    (account(1, floor=0), account(2), 1, "restano"),
    (account(1, balance=60, held=50, floor=0), account(2), 11, "restano"),
    (account(1, balance=60, floor=0, frozen=True), account(2), 5, "fermo"),
    (account(1, balance=60, floor=0), account(2, closed=True), 5, "chiuso"),
    (account(1, balance=60, floor=0), account(2, unit="EUR"), 5, "non si mescolano"),
    (account(1, balance=60, floor=0), account(2, book_id=2), 5, "non si mescolano"),
    (account(1, balance=60, floor=0), account(2), 0, "maggiore di zero"),
    (account(1, balance=60), account(2), 5, "non ha un minimo"),
    (account(1, cached=False), account(2), 5, "non ha un minimo"),
])
def test_what_cannot_be_held(debit, credit, amount, why):
    with pytest.raises(Refusal, match=why):
        check_hold(Line(1, 2, amount), {1: debit, 2: credit})


def test_a_ceiling_says_nothing_against_a_hold():
    """The place is asked for when the hold is settled: until then others may come and go."""
    debit = account(1, balance=60, floor=0)
    assert check_hold(Line(1, 2, 60), {1: debit, 2: account(2, balance=10, ceiling=10)}) == debit


def test_the_hash_tells_requests_apart():
    asked = [("k", [Line(1, 2, 3)], None), ("j", [Line(1, 2, 3)], None), ("k", [Line(2, 1, 3)], None),
             ("k", [Line(1, 2, 4)], None), ("k", [Line(1, 2, 3)], 9), ("k", [Line(1, 2, 3)] * 2, None), ("k", [], None)]
    hashes = [Request("key", kind, tuple(lines), reverses_id=reverses_id).hash for kind, lines, reverses_id in asked]
    assert len(set(hashes)) == len(asked)
    assert hashes[0] == Request("another key", "k", (Line(1, 2, 3),)).hash
