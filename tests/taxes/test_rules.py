
import pytest
from hypothesis import given, settings, strategies as st

from app.taxes.models import Component, Tax
from app.taxes.rules import COMPONENTS, contradiction, is_fiscal_code, oddity, reduced_cents
from tests.taxes.builders import code_of

CENTS = st.integers(0, 10 ** 9)


def line(amount=28600, paid=0, bonus=0, offset=0, tax="TARI", component="MUNICIPAL"):
    return {"tax": tax, "component": component, "amount_cents": amount, "paid_cents": paid, "bonus_cents": bonus,
            "offset_cents": offset}


@pytest.mark.parametrize("told, granted, reduced", [
    (0, 0, 0),
    (0, 21450, 21450),                            # ours, which the tax software does not know yet
    (21450, 21450, 21450),                        # the same, now that it does: taken off once
    (5000, 21450, 21450),                         # the feed knows a part of ours
    (25000, 21450, 25000),                        # and of others
])
def test_what_is_taken_off_is_taken_off_once(told, granted, reduced):
    assert reduced_cents(told, granted) == reduced


@pytest.mark.parametrize("code", ["RSSMRA80A01H501U", "RSSMRA80A01H50MM", "02438750586", code_of(1)])
def test_a_right_code_passes(code):
    assert is_fiscal_code(code)


@pytest.mark.parametrize("code", [
    "", "RSSMRA80A01H501A", "rssmra80a01h501u", "RSSMRA80A01H501", "RSSMRA80Z01H501U", "00000000001", "١٢٣٤٥٦٧٨٩٠١",
    "RSSMRA80A01H501UU", "=CMD()"])
def test_a_wrong_code_does_not(code):
    assert not is_fiscal_code(code)


@settings(deadline=None)
@given(st.integers(0, 10 ** 10 - 1), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_of_a_company_is_seen(number, place, more):
    code = code_of(number)
    wrong = code[:place] + str((int(code[place]) + more) % 10) + code[place + 1:]
    assert is_fiscal_code(code) and not is_fiscal_code(wrong)


def test_every_tax_says_which_components_it_has():
    assert set(COMPONENTS) == set(Tax)
    assert set.union(*COMPONENTS.values()) == set(Component)


@pytest.mark.parametrize("facts, column", [
    (dict(), None),
    (dict(component="UR3"), None),
    (dict(tax="IMU", component="STATE"), None),
    (dict(tax="CUP", component="SANCTION"), None),
    (dict(tax="IMU", component="UR1"), "component"),
    (dict(tax="TARI", component="STATE"), "component"),
    (dict(tax="IMU", bonus=1), "bonus_sociale_cents"),
    (dict(component="INTEREST", bonus=1), "bonus_sociale_cents"),
])
def test_what_contradicts_itself(facts, column):
    assert (contradiction(line(**facts)) or (None,))[0] == column


@pytest.mark.parametrize("facts, column", [
    (dict(paid=28600), None), (dict(paid=28601), "paid_cents"), (dict(offset=28601), "offset_cents"),
    (dict(bonus=28601), "bonus_sociale_cents"),
])
def test_what_is_odd_is_only_remarked(facts, column):
    assert (oddity(line(**facts)) or (None,))[0] == column
    assert contradiction(line(**facts)) is None
