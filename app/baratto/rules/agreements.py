"""What an agreement may plan, and who may decide on an offset."""
from dataclasses import dataclass
from datetime import date

from app.base.errors import Refusal
from app.base.words import Labelled, N_
from app.baratto.rules.settlement import Used
from app.baratto.rules.terms import Terms
from app.baratto.rules.value import least_minutes, value_of


class PlannedBy(Labelled):
    """What decided how much is planned. The order is the law of ties: the first that reaches the least amount."""

    DEBT = "debt", N_("Basta a coprire tutto il debito che si può ridurre: fare più ore non servirebbe.")
    CAP_PERSON = "cap_person", N_("È il massimo che il regolamento dà a una persona in un anno.")
    CAP_HOUSEHOLD = "cap_household", N_("È il massimo che il regolamento dà a una famiglia in un anno.")
    CAP_HOURS = "cap_hours", N_("È il massimo di ore che il regolamento ammette per una persona in un anno.")
    SERVICE = "service", N_("È tutto quello che il regolamento dà per il servizio completo.")
    WISH = "wish", N_("Sono le ore che la persona ha chiesto di fare.")


@dataclass(frozen=True)
class Plan:
    """The minutes to plan, the most that they take off (cents), and what decided that."""

    minutes: int
    cents: int
    debt_cents: int
    decided_by: PlannedBy
    estimated: bool = False            # on this year's bill, where the reduction will fall on the next one, which is not out yet


def plan(terms: Terms, *, debt_cents: int, used: Used = Used(), wanted_minutes: int | None = None) -> Plan:
    """What the debt needs and the year's caps still allow, and no more: working longer would be useless work.

    `used` is what of the caps is taken already. Refuses a debt below the regulation's minimum, no debt, and caps that are used up.
    """
    if debt_cents <= 0:
        raise Refusal(N_("Non c'è un debito che questo regolamento può ridurre."))
    if terms.min_debt_cents is not None and debt_cents < terms.min_debt_cents:
        raise Refusal(N_("Il debito è %(debt_cents)s: il regolamento chiede almeno %(min_cents)s."),
                      debt_cents=debt_cents, min_cents=terms.min_debt_cents)
    hours = _left(terms.cap_person_year_min, used.person_minutes)
    limits = {
        PlannedBy.DEBT: debt_cents,
        PlannedBy.CAP_PERSON: _left(terms.cap_person_year_cents, used.person_cents),
        PlannedBy.CAP_HOUSEHOLD: _left(terms.cap_household_year_cents, used.household_cents),
        PlannedBy.CAP_HOURS: None if hours is None else value_of(terms, hours, debt_cents),
    }
    limits = {name: cents for name, cents in limits.items() if cents is not None}
    decided = min(limits, key=limits.get)
    most = limits[decided]
    if most <= 0:
        raise Refusal(N_("Per quest'anno il massimo del regolamento è già raggiunto."))
    minutes = least_minutes(terms, most, debt_cents)
    if minutes is None:                                    # PERCENT and FLAT end below the debt: the whole service earns all there is
        minutes, most, decided = terms.full_minutes, value_of(terms, terms.full_minutes, debt_cents), PlannedBy.SERVICE
    if wanted_minutes is not None and wanted_minutes < minutes:
        minutes, most, decided = wanted_minutes, min(most, value_of(terms, wanted_minutes, debt_cents)), PlannedBy.WISH
    if most <= 0:
        raise Refusal(N_("Con queste ore non si arriva a nessuna riduzione."), field="wanted_minutes")
    return Plan(minutes, most, debt_cents, decided)


def check_period(starts_on: date, ends_on: date, call_year: int) -> None:
    """Refuses a period that ends before it starts, or leaves the call's year: hours of a year hit that year's budget."""
    if ends_on < starts_on:
        raise Refusal(N_("La fine viene prima dell'inizio."), field="ends_on")
    if starts_on.year != call_year or ends_on.year != call_year:
        raise Refusal(N_("Il patto deve stare dentro l'anno %(year)s del bando."), field="starts_on", year=call_year)


def check_hands(*, decides: int, proposed: int) -> None:
    """Four eyes: refuses the proposer's own decision."""
    if decides == proposed:
        raise Refusal(N_("Hai fatto tu la proposta: deve decidere un'altra persona."))


def _left(cap: int | None, used: int) -> int | None:
    return None if cap is None else max(0, cap - used)
