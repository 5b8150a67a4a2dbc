"""How a settlement is explained: in order, only what happened, and never a sentence without its values."""
import pytest

from app.baratto.rules import Used
from app.baratto.rules.terms import Partial, Scope, ValueModel
from tests.baratto.builders import bill, days, settled


def test_the_explanation_of_a_case_where_everything_happens():
    terms = {
        "cap_day_min": 100,
        "cap_person_year_min": 170,
        "time_granularity_min": 15,
        "payable_round": "EURO_L296",
    }
    result = settled(terms, days(110, 110), [bill(40), bill(77, component="TEFA")], used=Used(person_minutes=10))
    assert [step.text % step.values for step in result.steps] == [
        "Le ore certificate sono 220.",
        "In un giorno contano al massimo 100. Restano 200.",
        "In un anno contano al massimo 170 a persona. Già usati: 10. Restano 160.",
        "Il tempo si arrotonda per difetto a 15. Restano 150.",
        "Un'ora vale 60. 150 valgono 150.",
        "Il debito che si può ridurre oggi è 40.",
        "La riduzione è 40. Il limite è debt.",
        "105 non servono a questa riduzione. Non si pagano in denaro.",
        "Sulla bolletta restano 77.",
        "Arrotondati all'euro, sono da pagare 100.",
    ]


def test_what_changed_nothing_is_not_told():
    assert [step.key for step in settled({}, days(60)).steps] == ["worked", "value", "debt", "offset", "residual"]


@pytest.mark.parametrize("model", ValueModel)
@pytest.mark.parametrize("partial", Partial)
@pytest.mark.parametrize("scope", Scope)
def test_every_sentence_has_its_values(model, partial, scope):
    terms = {"value_model": model, "partial": partial, "time_round_scope": scope, "min_debt_cents": 9000}
    for amount in (100, 10_000):
        result = settled(terms, days(5000), [bill(amount)])
        assert all(step.text % step.values for step in result.steps)
        assert any(step.key == ("min_debt" if amount == 100 else "offset") for step in result.steps)
