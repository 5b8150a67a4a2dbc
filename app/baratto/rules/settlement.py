"""The settlement: from validated sessions and open tax positions to one offset, to the minute and the cent."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.base.words import Labelled, N_
from app.baratto.rules.positions import Line, Position, allocate, eligible
from app.baratto.rules.steps import Step, explain
from app.baratto.rules.terms import PayableRound, Terms
from app.baratto.rules.value import least_minutes, shares, to_cents
from app.baratto.rules.worktime import Session, credited


class LimitedBy(Labelled):
    """What decided the offset. The order is the law of ties: the first that reaches the least amount."""

    VALUE = "value", N_("il valore delle ore")
    DEBT = "debt", N_("il debito aperto")
    CAP_PERSON = "cap_person", N_("il massimo per persona in un anno")
    CAP_HOUSEHOLD = "cap_household", N_("il massimo per famiglia in un anno")
    BUDGET = "budget", N_("quello che resta dei fondi")


class Reason(Labelled):
    """Why a debt is not admitted."""

    MIN_DEBT = "MIN_DEBT", N_("Il debito è sotto il minimo del regolamento.")


@dataclass(frozen=True, kw_only=True)
class Used:
    """What earlier offsets of the same year took. The person's figures count against each person of the settlement."""

    person_minutes: int = 0
    person_cents: int = 0
    household_cents: int = 0
    on_days: Mapping[date, int] = field(default_factory=dict)       # minutes that they hold, by local day: the day's cap counts them too


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """Every figure of one settlement.

    A debt that is not admitted has a reason, no offset, and nothing that limited it.
    """

    admitted: bool
    reason: Reason | None
    worked_minutes: int             # validated, before any cap or rounding
    creditable_minutes: int         # after day cap, year cap and rounding of time
    value_cents: int                # of the creditable minutes, before the limits
    offsettable_cents: int          # open eligible debt now
    offset_cents: int
    limited_by: LimitedBy | None
    lines: tuple[Line, ...]         # in the order in which they are reduced
    residual_cents: int             # open over all positions, eligible or not
    payable_cents: int              # the residual as it is paid
    needed_minutes: int | None      # least minutes worth the offsettable debt, caps ignored; None where none are
    surplus_minutes: int            # creditable minutes that this offset did not need
    minutes_used: int               # creditable less surplus: what counts against the person's year
    steps: tuple[Step, ...]


def settle(terms: Terms, *, year: int, sessions: Sequence[Session], positions: Sequence[Position], used: Used = Used(),
           budget_left: int | None = None, zone: ZoneInfo) -> Settlement:
    """What `sessions` take off `positions` in the call of `year`. `budget_left` is in cents; None is no limit.

    All sessions handed in count, whatever their date: which hours belong to a call is decided where they are certified.
    Refuses overlapping sessions of one person.
    """
    people = credited(terms, sessions, used.person_minutes, zone, used.on_days)
    creditable = sum(each.minutes for each in people)
    order = eligible(terms, positions, year)
    debt = sum(each.reducible_cents(terms) for each in order)
    exact = shares(terms, people, debt)
    value = to_cents(terms, sum(exact, Fraction(0)))

    # The minimum is asked of the debt that could be reduced now; a debt of exactly the minimum is admitted.
    reason = Reason.MIN_DEBT if terms.min_debt_cents is not None and debt < terms.min_debt_cents else None
    offset, limited_by = 0, None
    if reason is None:
        limits = {LimitedBy.VALUE: value, LimitedBy.DEBT: debt, LimitedBy.CAP_PERSON: _person_limit(terms, exact, used),
                  LimitedBy.CAP_HOUSEHOLD: _left(terms.cap_household_year_cents, used.household_cents),
                  LimitedBy.BUDGET: _left(budget_left, 0)}
        offset, limited_by = _decide(limits)

    parts = allocate(terms, order, offset)
    freed = sum(each.left_cents(0) - each.left_cents(part) for each, part in zip(order, parts))
    residual = sum(each.left_cents(0) for each in positions) - freed
    payable = (residual + 50) // 100 * 100 if terms.payable_round is PayableRound.EURO_L296 else residual
    # The least minutes are a multiple of the granularity; a cap that is none may have left the person fewer.
    surplus = 0 if limited_by is LimitedBy.VALUE else max(0, creditable - least_minutes(terms, offset, debt))
    figures = dict(
        admitted=reason is None,
        reason=reason,
        worked_minutes=sum(each.worked for each in people),
        creditable_minutes=creditable,
        value_cents=value,
        offsettable_cents=debt,
        offset_cents=offset,
        limited_by=limited_by,
        lines=tuple(Line(each, part) for each, part in zip(order, parts) if part),
        residual_cents=residual,
        payable_cents=payable,
        needed_minutes=least_minutes(terms, debt, debt),
        surplus_minutes=surplus,
        minutes_used=creditable - surplus,
    )
    return Settlement(**figures, steps=explain(terms, people, used.person_minutes, figures))


def _decide(limits: dict[LimitedBy, int | None]) -> tuple[int, LimitedBy]:
    """The least of the limits that exist, and the first that has it."""
    existing = {name: cents for name, cents in limits.items() if cents is not None}
    decided = min(existing, key=existing.get)
    return existing[decided], decided


def _person_limit(terms: Terms, exact: Sequence[Fraction], used: Used) -> int | None:
    """What the persons may have together when the value of each stops at what is left of the yearly cap in cents.

    The cap is set against exact values, so that several persons still have one division.
    """
    left = _left(terms.cap_person_year_cents, used.person_cents)
    return None if left is None else to_cents(terms, sum((min(value, Fraction(left)) for value in exact), Fraction(0)))


def _left(cap: int | None, used: int) -> int | None:
    return None if cap is None else max(0, cap - used)

