"""The lines of a tax bill: which may be reduced, what is open on each, and where a reduction falls."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.base.errors import Refusal
from app.base.words import N_
from app.baratto.rules.terms import BonusOrder, OffsetOrder, Terms


@dataclass(frozen=True, kw_only=True)
class Position:
    """One line of a bill, in cents.

    `bonus_cents` is the national waste bonus on this line; `ref` is the caller's own name for it.
    """

    tax: str
    year: int
    due: date
    amount_cents: int
    instalment: int = 1
    component: str = "MUNICIPAL"
    paid_cents: int = 0
    bonus_cents: int = 0
    ref: object = None

    def __post_init__(self):
        for name in ("amount_cents", "paid_cents", "bonus_cents"):
            if getattr(self, name) < 0:
                raise Refusal(N_("Un importo della bolletta non può essere meno di zero."), field=name)

    def reducible_cents(self, terms: Terms) -> int:
        """What an offset may take from this line now. With the bonus AFTER, the offset does not know of the bonus."""
        bonus = self.bonus_cents if terms.bonus_sociale_order is BonusOrder.BEFORE else 0
        return max(0, self.amount_cents - self.paid_cents - bonus)

    def left_cents(self, offset_cents: int) -> int:
        """What stays to be paid of this line.

        The bonus counts in either order; what it exceeds the line by is not refunded.
        """
        return max(0, self.amount_cents - self.paid_cents - self.bonus_cents - offset_cents)


@dataclass(frozen=True)
class Line:
    """The part of an offset that falls on one position."""

    position: Position
    amount_cents: int

    def as_mapping(self) -> dict:
        hit = self.position
        return {"tax": hit.tax, "year": hit.year, "instalment": hit.instalment, "component": hit.component,
                "amount_cents": self.amount_cents}


def eligible(terms: Terms, positions: Sequence[Position], year: int) -> list[Position]:
    """The positions that the regulation lets a call of `year` reduce, in the order in which they are reduced.

    Lines of equal due date keep the order in which they stand on the bill.
    """
    hit = [
        each
        for each in positions
        if each.tax in terms.eligible_taxes
        and each.component in terms.eligible_components
        and terms.arrears_policy.admits(each.year, year)
    ]
    return sorted(hit, key=lambda each: each.due, reverse=terms.offset_order is OffsetOrder.LATEST_FIRST)


def allocate(terms: Terms, positions: Sequence[Position], offset_cents: int) -> list[int]:
    """How much of `offset_cents` falls on each of `positions`, already in order: each is filled before the next."""
    parts = []
    for each in positions:
        parts.append(min(each.reducible_cents(terms), offset_cents))
        offset_cents -= parts[-1]
    return parts
