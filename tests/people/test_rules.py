"""Nobody acts for himself or for his household."""
from types import SimpleNamespace

import pytest

from app.base.errors import Refusal, check_reason
from app.people.rules import check_interest


def one(number: int, household: int | None = None):
    return SimpleNamespace(id=number, household_id=household)


@pytest.mark.parametrize("acts, serves", [(one(1), one(1)), (one(1, 7), one(1, 7)), (one(1, 7), one(2, 7))])
def test_nobody_acts_for_himself_or_his_household(acts, serves):
    with pytest.raises(Refusal, match="te o la tua famiglia"):
        check_interest(acts, serves)


@pytest.mark.parametrize("acts, serves", [(one(1), one(2)), (one(1, 7), one(2)), (one(1), one(2, 7)), (one(1, 7), one(2, 8))])
def test_strangers_may(acts, serves):
    check_interest(acts, serves)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_says_something(reason):
    with pytest.raises(Refusal) as refused:
        check_reason(reason)
    assert refused.value.field == "reason"
    check_reason("Pioveva")
