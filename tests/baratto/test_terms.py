"""Terms refuse what no regulation can say, and come back from plain values as they went."""
import pytest

from app.base.errors import Refusal
from app.baratto.rules import Terms


@pytest.mark.parametrize(
    "mapping, field",
    [
        ({"rate": 1}, "rate"),
        ({3: 1}, "3"),
        ({"value_model": "HOURS"}, "value_model"),
        ({"value_model": None}, "value_model"),
        ({"value_model": []}, "value_model"),
        ({"value_model": "HOURLY", "rate_cents_per_hour": None}, "rate_cents_per_hour"),
        ({"value_model": "MODULE", "module_cents": None}, "module_cents"),
        ({"value_model": "FLAT", "full_minutes": None}, "full_minutes"),
        ({"value_model": "PERCENT", "percent": 101}, "percent"),
        ({"rate_cents_per_hour": 7.5}, "rate_cents_per_hour"),
        ({"rate_cents_per_hour": "750"}, "rate_cents_per_hour"),
        ({"rate_cents_per_hour": 0}, "rate_cents_per_hour"),
        ({"rate_cents_per_hour": True}, "rate_cents_per_hour"),
        ({"time_granularity_min": 10}, "time_granularity_min"),
        ({"time_granularity_min": True}, "time_granularity_min"),
        ({"time_granularity_min": None}, "time_granularity_min"),
        ({"cap_day_min": -1}, "cap_day_min"),
        ({"eligible_taxes": []}, "eligible_taxes"),
        ({"eligible_taxes": "TARI"}, "eligible_taxes"),
        ({"eligible_taxes": ["TARI", "TARI"]}, "eligible_taxes"),
        ({"eligible_components": [1]}, "eligible_components"),
    ],
)
def test_what_is_wrong_is_named(mapping, field):
    with pytest.raises(Refusal) as refused:
        Terms.from_mapping(mapping)
    assert refused.value.field == field
    assert field in str(refused.value)


def test_a_number_that_the_model_does_not_use_may_be_null():
    assert Terms.from_mapping({"module_cents": None}).module_cents is None


def test_plain_values_and_back():
    terms = Terms.from_mapping({"value_model": "MODULE", "eligible_taxes": ["TARI", "IMU"], "cap_day_min": 240})
    assert Terms.from_mapping(terms.as_mapping()) == terms
    assert terms.as_mapping()["eligible_taxes"] == ["TARI", "IMU"]
