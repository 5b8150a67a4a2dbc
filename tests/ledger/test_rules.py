import pytest

from app.base.errors import Refusal
from app.ledger.rules import Line, Standing, apply, request_hash


def account(id, *, unit="SERVICE", cached=True, balance=0, seq=0, floor=None, ceiling=None, closed=False):
    return Standing(id, unit, cached, balance, seq, floor, ceiling, closed)


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
])
def test_what_is_refused(debit, credit, amount, why):
    with pytest.raises(Refusal, match=why):
        apply([Line(debit.id, credit.id, amount)], {debit.id: debit, credit.id: credit})


@pytest.mark.parametrize("debit, credit, amount", [
    (account(1, balance=60, floor=0), account(2), 60),
    (account(1, balance=-100, floor=-120), account(2), 20),
    (account(1), account(2, balance=540, ceiling=600), 60),
])
def test_limits_are_inclusive(debit, credit, amount):
    _, after = apply([Line(debit.id, credit.id, amount)], {debit.id: debit, credit.id: credit})
    assert (after[1].balance, after[2].balance) == (debit.balance - amount, credit.balance + amount)


def test_a_credit_is_welcome_below_the_floor_and_a_debit_above_the_ceiling():
    below, above = account(1, balance=-50, floor=0), account(2, balance=700, ceiling=600)
    _, after = apply([Line(2, 1, 20)], {1: below, 2: above})
    assert (after[1].balance, after[2].balance) == (-30, 680)


def test_a_refusal_says_how_much_is_left():
    with pytest.raises(Refusal) as no:
        apply([Line(1, 2, 60)], {1: account(1, balance=45, floor=0), 2: account(2)})
    assert no.value.values == {"left_min": 45}
    with pytest.raises(Refusal) as no:
        apply([Line(1, 2, 60)], {1: account(1, unit="EUR"), 2: account(2, unit="EUR", balance=30, ceiling=50)})
    assert no.value.values == {"left_cents": 20}


def test_lines_are_applied_in_order_and_each_marks_its_accounts():
    accounts = {1: account(1, balance=10, seq=4, floor=0), 2: account(2), 3: account(3, cached=False)}
    written, after = apply([Line(1, 2, 10), Line(3, 1, 7), Line(1, 2, 5)], accounts)
    assert [(row.debit_seq, row.debit_balance) for row in written] == [(5, 0), (None, None), (7, 2)]
    assert [(row.credit_seq, row.credit_balance) for row in written] == [(1, 10), (6, 7), (2, 15)]
    assert (after[1].balance, after[1].seq, after[2].balance, after[3]) == (2, 7, 15, accounts[3])
    assert accounts[1].balance == 10


def test_the_hash_tells_requests_apart():
    asked = [("k", [Line(1, 2, 3)], None), ("j", [Line(1, 2, 3)], None), ("k", [Line(2, 1, 3)], None),
             ("k", [Line(1, 2, 4)], None), ("k", [Line(1, 2, 3)], 9), ("k", [Line(1, 2, 3)] * 2, None), ("k", [], None)]
    assert len({request_hash(*one) for one in asked}) == len(asked)
    assert request_hash(*asked[0]) == request_hash(*asked[0])
