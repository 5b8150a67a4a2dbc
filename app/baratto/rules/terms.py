"""The terms of a regulation: what certified time is worth, how it is rounded, and what limits it.

Cents and minutes are integers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from app.base.errors import Refusal
from app.base.words import Labelled, N_


class ValueModel(Labelled):
    HOURLY = "HOURLY", N_("Un importo per ogni ora")
    MODULE = "MODULE", N_("Un importo per ogni modulo di ore")
    PERCENT = "PERCENT", N_("Una percentuale del tributo")
    FLAT = "FLAT", N_("Un importo fisso per tutto il servizio")


class ModulePartial(Labelled):
    NONE = "NONE", N_("Contano solo i moduli interi")
    PRORATA = "PRORATA", N_("Conta anche una parte di modulo")


class Partial(Labelled):
    PRORATA = "PRORATA", N_("In proporzione al tempo fatto")
    ALL_OR_NOTHING = "ALL_OR_NOTHING", N_("Solo se il servizio è completo")


class TimeRound(Labelled):
    DOWN = "DOWN", N_("Per difetto")
    NEAREST = "NEAREST", N_("Al più vicino; a metà si sale")
    UP = "UP", N_("Per eccesso")


class Scope(Labelled):
    TOTAL = "TOTAL", N_("Sul totale")
    SESSION = "SESSION", N_("Su ogni turno")


class MoneyRound(Labelled):
    DOWN = "DOWN", N_("Al centesimo inferiore")
    HALF_UP = "HALF_UP", N_("Al centesimo più vicino")


class PayableRound(Labelled):
    NONE = "NONE", N_("Al centesimo")
    EURO_L296 = "EURO_L296", N_("All'euro: fino a 49 centesimi si scende, da 50 si sale")


class ArrearsPolicy(Labelled):
    CURRENT_YEAR = "CURRENT_YEAR", N_("Tributi dell'anno del bando")
    NEXT_YEAR = "NEXT_YEAR", N_("Tributi dell'anno dopo il bando")
    PREVIOUS_YEAR = "PREVIOUS_YEAR", N_("Tributi dell'anno prima del bando")
    ANY_ARREARS = "ANY_ARREARS", N_("Tributi dell'anno del bando e di tutti gli anni prima")

    def admits(self, tax_year: int, call_year: int) -> bool:
        """Whether a tax of `tax_year` may be reduced in a call of `call_year`."""
        match self:
            case ArrearsPolicy.CURRENT_YEAR:
                return tax_year == call_year
            case ArrearsPolicy.NEXT_YEAR:
                return tax_year == call_year + 1
            case ArrearsPolicy.PREVIOUS_YEAR:
                return tax_year == call_year - 1
            case ArrearsPolicy.ANY_ARREARS:
                # "Any" widens the current year backwards; a tax of a year to come is never an arrear.
                return tax_year <= call_year


class BonusOrder(Labelled):
    BEFORE = "BEFORE", N_("Prima il bonus sociale, poi la riduzione")
    AFTER = "AFTER", N_("Prima la riduzione, poi il bonus sociale")


class OffsetOrder(Labelled):
    OLDEST_FIRST = "OLDEST_FIRST", N_("Dalla scadenza più vecchia")
    LATEST_FIRST = "LATEST_FIRST", N_("Dalla scadenza più lontana")


GRANULARITIES = (1, 15, 30, 60)
_HIGHEST = 10 ** 12     # far above any town's budget, and low enough to compute with at once


def _one_of(words: type[Labelled], default: Labelled) -> Any:
    return field(default=default, metadata={"words": words})


def _number(default: int | None, *, low: int = 1, high: int = _HIGHEST) -> Any:
    return field(default=default, metadata={"low": low, "high": high})


def _limit() -> Any:
    return field(default=None, metadata={"low": 0, "high": _HIGHEST})


def _names(*default: str) -> Any:
    return field(default=default, metadata={"names": True})


@dataclass(frozen=True, kw_only=True)
class Terms:
    """One version of a regulation's terms. A limit of None does not exist; everything else always has a value.

    Refuses, naming the key: an unknown key, a word outside its list, a number out of range, and a null where the
    value model needs the number.
    """

    value_model: ValueModel = _one_of(ValueModel, ValueModel.HOURLY)
    rate_cents_per_hour: int | None = _number(750)
    module_minutes: int | None = _number(240)
    module_cents: int | None = _number(3000)
    module_partial: ModulePartial = _one_of(ModulePartial, ModulePartial.NONE)
    percent: int | None = _number(50, high=100)
    flat_cents: int | None = _number(25000)
    full_minutes: int | None = _number(4320)
    partial: Partial = _one_of(Partial, Partial.PRORATA)
    time_granularity_min: int = field(default=1, metadata={"choices": GRANULARITIES})
    time_round: TimeRound = _one_of(TimeRound, TimeRound.DOWN)
    time_round_scope: Scope = _one_of(Scope, Scope.TOTAL)
    money_round: MoneyRound = _one_of(MoneyRound, MoneyRound.DOWN)
    payable_round: PayableRound = _one_of(PayableRound, PayableRound.NONE)
    cap_person_year_min: int | None = _limit()
    cap_person_year_cents: int | None = _limit()
    cap_household_year_cents: int | None = _limit()
    cap_day_min: int | None = _limit()
    min_debt_cents: int | None = _limit()
    eligible_taxes: tuple[str, ...] = _names("TARI")
    eligible_components: tuple[str, ...] = _names("MUNICIPAL")
    arrears_policy: ArrearsPolicy = _one_of(ArrearsPolicy, ArrearsPolicy.CURRENT_YEAR)
    bonus_sociale_order: BonusOrder = _one_of(BonusOrder, BonusOrder.BEFORE)
    offset_order: OffsetOrder = _one_of(OffsetOrder, OffsetOrder.OLDEST_FIRST)

    def __post_init__(self):
        for key in fields(self):
            needed = key.name != "value_model" and key.name in NEEDED[self.value_model]     # the model is the first key
            object.__setattr__(self, key.name, _checked(key.name, getattr(self, key.name), key.metadata, needed=needed))

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "Terms":
        """Terms from plain values, as a file or a row holds them. What is not named keeps its default."""
        known = {key.name for key in fields(cls)}
        for key in mapping:
            if key not in known:
                raise Refusal(N_("La voce «%(key)s» non esiste in un regolamento."), field=str(key), key=str(key))
        return cls(**mapping)

    def as_mapping(self) -> dict[str, Any]:
        """Every key with a plain value: `Terms.from_mapping(terms.as_mapping()) == terms`."""
        values = {key.name: getattr(self, key.name) for key in fields(self)}
        return {name: value.value if isinstance(value, Labelled) else list(value) if isinstance(value, tuple) else value
                for name, value in values.items()}


# What each value model cannot do without.
NEEDED = {
    ValueModel.HOURLY: ("rate_cents_per_hour",),
    ValueModel.MODULE: ("module_minutes", "module_cents"),
    ValueModel.PERCENT: ("percent", "full_minutes"),
    ValueModel.FLAT: ("flat_cents", "full_minutes"),
}


def missing(mapping: Mapping[str, Any]) -> tuple[str, ...]:
    """The numbers that the value model of `mapping` needs and `mapping` does not state.

    An act has to say them; a default must not speak for it.
    """
    model = mapping.get("value_model", ValueModel.HOURLY)
    return tuple(key for key in NEEDED.get(model, ()) if mapping.get(key) is None)


def _checked(name: str, value: Any, rule: Mapping[str, Any], *, needed: bool) -> Any:
    """`value` in its own type, or a refusal that names the key."""
    if "words" in rule and value in list(rule["words"]):
        return rule["words"](value)
    if "words" in rule or "choices" in rule and (type(value) is not int or value not in rule["choices"]):
        allowed = ", ".join(map(str, rule.get("words") or rule["choices"]))
        raise Refusal(N_("«%(key)s» può essere solo: %(allowed)s."), field=name, key=name, allowed=allowed)
    if "names" in rule:
        names = tuple(value) if isinstance(value, (list, tuple)) else ()
        if (
            not names
            or not all(isinstance(each, str) and each.strip() for each in names)
            or len(set(names)) < len(names)
        ):
            raise Refusal(N_("«%(key)s» è un elenco di nomi, almeno uno e tutti diversi."), field=name, key=name)
        return names
    if value is None and needed:
        raise Refusal(N_("Con questo modo di dare valore alle ore serve «%(key)s»."), field=name, key=name)
    if value is not None and "low" in rule and (type(value) is not int or not rule["low"] <= value <= rule["high"]):
        raise Refusal(N_("«%(key)s» deve essere un numero intero da %(low)s a %(high)s."),
                      field=name, key=name, low=rule["low"], high=rule["high"])
    return value
