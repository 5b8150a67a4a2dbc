"""How a settlement came about, told in order to the citizen.

Values end in `_min` or `_cents`: the page writes hours and euros.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.base.words import Labelled, N_
from app.baratto.rules.terms import Partial, Scope, Terms, TimeRound, ValueModel
from app.baratto.rules.worktime import Credit


@dataclass(frozen=True)
class Step:
    """One sentence. `text` is Italian with %(name)s placeholders, `values` are what stands in them."""

    key: str
    text: str
    values: Mapping[str, int | Labelled]


_ROUNDED = {
    TimeRound.DOWN: N_("Il tempo si arrotonda per difetto a %(granularity_min)s. Restano %(minutes_min)s."),
    TimeRound.NEAREST: N_(
        "Il tempo si arrotonda a %(granularity_min)s, al valore più vicino. Diventano %(minutes_min)s."
    ),
    TimeRound.UP: N_(
        "Il tempo si arrotonda per eccesso a %(granularity_min)s, mai oltre i massimi. Diventano %(minutes_min)s."
    ),
}
_ROUNDED_EACH = {
    TimeRound.DOWN: N_("Ogni turno si arrotonda per difetto a %(granularity_min)s. Restano %(minutes_min)s."),
    TimeRound.NEAREST: N_(
        "Ogni turno si arrotonda a %(granularity_min)s, al valore più vicino. Diventano %(minutes_min)s."
    ),
    TimeRound.UP: N_(
        "Ogni turno si arrotonda per eccesso a %(granularity_min)s, mai oltre i massimi. Diventano %(minutes_min)s."
    ),
}


def explain(terms: Terms, people: Sequence[Credit], used_min: int, figures: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps of one settlement; a step that changed nothing is left out."""
    return (*_time(terms, people, used_min, figures), _value(terms, figures), *_offset(terms, figures))


def _time(terms: Terms, people: Sequence[Credit], used_min: int, figures: Mapping[str, Any]) -> Iterator[Step]:
    worked, within_days, rounded, within_year = (sum(getattr(each, name) for each in people)
                                                 for name in ("worked", "within_days", "rounded", "within_year"))
    yield Step("worked", N_("Le ore certificate sono %(worked_min)s."), {"worked_min": worked})
    if within_days < worked:
        yield Step("day_cap", N_("In un giorno contano al massimo %(cap_min)s. Restano %(minutes_min)s."),
                   {"cap_min": terms.cap_day_min, "minutes_min": within_days})
    if rounded != within_days:
        yield Step("round_sessions", _ROUNDED_EACH[terms.time_round],
                   {"granularity_min": terms.time_granularity_min, "minutes_min": rounded})
    if within_year < rounded:
        yield Step(
            "year_cap",
            N_(
                "In un anno contano al massimo %(cap_min)s a persona. Già usati: %(used_min)s. Restano %(minutes_min)s."
            ),
            {"cap_min": terms.cap_person_year_min, "used_min": used_min, "minutes_min": within_year},
        )
    if figures["creditable_minutes"] != within_year:
        yield Step("round_total", _ROUNDED[terms.time_round],
                   {"granularity_min": terms.time_granularity_min, "minutes_min": figures["creditable_minutes"]})


def _value(terms: Terms, figures: Mapping[str, Any]) -> Step:
    values = {"minutes_min": figures["creditable_minutes"], "value_cents": figures["value_cents"]}
    match terms.value_model:
        case ValueModel.HOURLY:
            return Step("value", N_("Un'ora vale %(rate_cents)s. %(minutes_min)s valgono %(value_cents)s."),
                        {"rate_cents": terms.rate_cents_per_hour, **values})
        case ValueModel.MODULE:
            text = {
                Scope.SESSION: N_(
                    "Ogni %(module_min)s valgono %(module_cents)s, contati in ogni turno. In tutto %(value_cents)s."
                ),
                Scope.TOTAL: N_(
                    "Ogni %(module_min)s valgono %(module_cents)s. %(minutes_min)s valgono %(value_cents)s."
                ),
            }
            return Step("value", text[terms.time_round_scope],
                        {"module_min": terms.module_minutes, "module_cents": terms.module_cents, **values})
        case ValueModel.PERCENT:
            text = {
                Partial.PRORATA: N_(
                    "Con %(full_min)s si ha il %(percent)s%% di %(debt_cents)s; con meno ore, una parte. "
                    "%(minutes_min)s valgono %(value_cents)s."
                ),
                Partial.ALL_OR_NOTHING: N_(
                    "Con %(full_min)s si ha il %(percent)s%% di %(debt_cents)s; con meno ore, niente. "
                    "%(minutes_min)s valgono %(value_cents)s."
                ),
            }
            return Step("value", text[terms.partial], {"full_min": terms.full_minutes, "percent": terms.percent,
                                                       "debt_cents": figures["offsettable_cents"], **values})
        case ValueModel.FLAT:
            text = {Partial.PRORATA: N_("Con %(full_min)s si hanno %(flat_cents)s; con meno ore, una parte. "
                                        "%(minutes_min)s valgono %(value_cents)s."),
                    Partial.ALL_OR_NOTHING: N_("Con %(full_min)s si hanno %(flat_cents)s; con meno ore, niente. "
                                               "%(minutes_min)s valgono %(value_cents)s.")}
            return Step(
                "value", text[terms.partial], {"full_min": terms.full_minutes, "flat_cents": terms.flat_cents, **values}
            )


def _offset(terms: Terms, figures: Mapping[str, Any]) -> Iterator[Step]:
    yield Step(
        "debt", N_("Il debito che si può ridurre oggi è %(debt_cents)s."), {"debt_cents": figures["offsettable_cents"]}
    )
    if figures["admitted"]:
        yield Step("offset", N_("La riduzione è %(offset_cents)s. Il limite è %(limited_by)s."),
                   {"offset_cents": figures["offset_cents"], "limited_by": figures["limited_by"]})
    else:
        yield Step("min_debt", N_("Il debito è sotto il minimo di %(minimum_cents)s: non c'è riduzione."),
                   {"minimum_cents": terms.min_debt_cents})
    if figures["surplus_minutes"]:
        yield Step("surplus", N_("%(surplus_min)s non servono a questa riduzione. Non si pagano in denaro."),
                   {"surplus_min": figures["surplus_minutes"]})
    yield Step(
        "residual", N_("Sulla bolletta restano %(residual_cents)s."), {"residual_cents": figures["residual_cents"]}
    )
    if figures["payable_cents"] != figures["residual_cents"]:
        yield Step(
            "payable",
            N_("Arrotondati all'euro, sono da pagare %(payable_cents)s."),
            {"payable_cents": figures["payable_cents"]},
        )
