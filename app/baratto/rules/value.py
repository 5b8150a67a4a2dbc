"""What creditable minutes are worth under the four value models.

Amounts stay exact fractions of a cent until the one division.
"""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction

from app.baratto.rules.terms import ModulePartial, MoneyRound, Partial, Scope, Terms, ValueModel
from app.baratto.rules.worktime import Credit


def shares(terms: Terms, people: Sequence[Credit], debt_cents: int) -> list[Fraction]:
    """The exact value in cents of each person's minutes, in the given order.

    `debt_cents` is what PERCENT takes its part of.
    """
    match terms.value_model:
        case ValueModel.HOURLY:
            return [Fraction(each.minutes * terms.rate_cents_per_hour, 60) for each in people]
        case ValueModel.MODULE if terms.module_partial is ModulePartial.PRORATA:
            return [Fraction(each.minutes * terms.module_cents, terms.module_minutes) for each in people]
        case ValueModel.MODULE:
            return [Fraction(_whole_modules(terms, each) * terms.module_cents) for each in people]
        case ValueModel.PERCENT:
            return _parts(terms, people, Fraction(terms.percent * debt_cents, 100))
        case ValueModel.FLAT:
            return _parts(terms, people, Fraction(terms.flat_cents))


def to_cents(terms: Terms, exact: Fraction) -> int:
    """The one division of an amount.

    Amounts are never negative, so down is towards zero and half up is away from it.
    """
    if terms.money_round is MoneyRound.HALF_UP:
        exact += Fraction(1, 2)
    return exact.numerator // exact.denominator


def value_of(terms: Terms, minutes: int, debt_cents: int) -> int:
    """The value in cents of `minutes` creditable minutes, done by one person in one session."""
    alone = Credit("", minutes, minutes, minutes, minutes, minutes, (minutes,))
    return to_cents(terms, sum(shares(terms, [alone], debt_cents)))


def least_minutes(terms: Terms, cents: int, debt_cents: int) -> int | None:
    """The least minutes, a multiple of the granularity, that are worth at least `cents`, caps ignored.

    None where no time is worth that.
    """
    match terms.value_model:
        case ValueModel.HOURLY:
            enough = -(-cents * 60 // terms.rate_cents_per_hour)
        case ValueModel.MODULE:
            enough = -(-cents // terms.module_cents) * terms.module_minutes
        case ValueModel.PERCENT | ValueModel.FLAT:
            enough = terms.full_minutes
    step = terms.time_granularity_min
    # More time is never worth less, so the search may halve; half-cent rounding is what makes a closed form unclear.
    candidates = range(0, enough + step, step)
    found = bisect_left(candidates, cents, key=lambda minutes: value_of(terms, minutes, debt_cents))
    return candidates[found] if found < len(candidates) else None


def _whole_modules(terms: Terms, credit: Credit) -> int:
    """Modules of one person: in each session, or on the sum of the person's minutes."""
    if terms.time_round_scope is Scope.SESSION:
        return sum(minutes // terms.module_minutes for minutes in credit.sessions)
    return credit.minutes // terms.module_minutes


def _parts(terms: Terms, people: Sequence[Credit], whole: Fraction) -> list[Fraction]:
    """`whole` as far as everyone together has earned it, divided among them by minutes.

    The service is one, whoever does it.
    """
    total = sum(each.minutes for each in people)
    earned = min(total, terms.full_minutes)
    if terms.partial is Partial.ALL_OR_NOTHING and earned < terms.full_minutes:
        earned = 0
    return [
        whole * Fraction(earned * each.minutes, terms.full_minutes * total) if total else Fraction(0) for each in people
    ]
