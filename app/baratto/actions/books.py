"""The baratto in the ledger: which accounts there are, and the postings that its facts make.

SERVICE minutes   served ──validate──▶ validated(agreement) ──certify──▶ certified(agreement) ──approve──▶ redeemed | unused
EUR cents         appropriation ──open──▶ available(call) ──make──▶ committed(agreement) ──approve──▶ relief(position)
Caps              cap_source ──approve──▶ person_cents | household_cents | person_minutes   (per year, with a ceiling)

`available`, `committed`, `validated` and `certified` have a floor of 0 and the caps a ceiling, so that the ledger itself refuses an offset
beyond the hours, the budget or the caps, whatever the rules above it computed.
"""
from app.baratto.models import Agreement, Call, Offset
from app.baratto.rules.accounts import (
    APPROPRIATION, AVAILABLE, CAP_SOURCE, CERTIFIED, COMMITTED, HOUSEHOLD_CENTS, PERSON_CENTS, PERSON_MINUTES, REDEEMED, RELIEF, SERVED,
    UNUSED, VALIDATED, of_agreement, of_call, of_household, of_person, of_position)
from app.baratto.rules.terms import Terms
from app.ledger.actions import accounts, postings
from app.ledger.actions.postings import Receipt
from app.ledger.models import Unit
from app.ledger.queries import balances
from app.ledger.queries.balances import balance
from app.ledger.queries.postings import posting_id
from app.ledger.queries.statements import statement
from app.ledger.rules import Line


def open_call(call: Call, *, actor) -> Receipt:
    """Put the appropriation at the call's disposal."""
    comune_id = call.comune_id
    return postings.post(f"call:{call.id}:open", "appropriation", [
        Line(_town(comune_id, Unit.EUR, APPROPRIATION), _kept(comune_id, Unit.EUR, AVAILABLE, of_call(call)), call.budget_cents),
    ], actor=actor)


def commit(agreement: Agreement, *, actor) -> Receipt:
    """Set the agreement's maximum aside. Refused where the call's budget does not hold it."""
    comune_id = agreement.comune_id
    return postings.post(f"agreement:{agreement.id}:commit", "commitment", [
        Line(_kept(comune_id, Unit.EUR, AVAILABLE, of_call(agreement.call)),
             _kept(comune_id, Unit.EUR, COMMITTED, of_agreement(agreement)), agreement.max_cents),
    ], actor=actor)


def release(agreement: Agreement, *, actor) -> Receipt | None:
    """Give back to the call what the agreement no longer needs. After a reversal there may be something to give back once more."""
    comune_id = agreement.comune_id
    committed = _kept(comune_id, Unit.EUR, COMMITTED, of_agreement(agreement))
    if (left := balance(committed)) == 0:
        return None
    key = f"agreement:{agreement.id}:release"
    if posting_id(key):
        key = f"{key}:{statement(committed, limit=1)[0].seq}"
    return postings.post(key, "release", [
        Line(committed, _kept(comune_id, Unit.EUR, AVAILABLE, of_call(agreement.call)), left),
    ], actor=actor)


def credit_hours(agreement: Agreement, attendance_id: int, version: int, minutes: int, *, actor, effective_at) -> Receipt:
    """Enter validated minutes. A later version reverses the one before it, unless that is done, and enters the new figure."""
    comune_id = agreement.comune_id
    if version > 1:
        withdraw_hours(attendance_id, version - 1, actor=actor)
    return postings.post(_hours(attendance_id, version), "validated_hours", [
        Line(_town(comune_id, Unit.SERVICE, SERVED), _kept(comune_id, Unit.SERVICE, VALIDATED, of_agreement(agreement)), minutes),
    ], actor=actor, effective_at=effective_at)


def withdraw_hours(attendance_id: int, version: int, *, actor) -> Receipt:
    """Undo the minutes that were entered for this version, once. Refused by the account's floor when they are certified already."""
    key = _hours(attendance_id, version)
    return postings.reverse(posting_id(key), f"{key}:reversed", actor=actor)


def certify(agreement: Agreement, certificate_id: int, minutes: int, *, actor) -> Receipt:
    """Move a certificate's minutes from validated to certified."""
    comune_id, owner = agreement.comune_id, of_agreement(agreement)
    return postings.post(f"certificate:{certificate_id}", "certificate", [
        Line(_kept(comune_id, Unit.SERVICE, VALIDATED, owner), _kept(comune_id, Unit.SERVICE, CERTIFIED, owner), minutes),
    ], actor=actor)


def uncertify(certificate_id: int, *, actor) -> Receipt:
    """Give a withdrawn certificate's minutes back to the validated ones. Refused where an offset has redeemed them."""
    return postings.reverse(posting_id(f"certificate:{certificate_id}"), f"certificate:{certificate_id}:reversed", actor=actor)


def grant(offset: Offset, terms: Terms, *, actor) -> Receipt:
    """Post an approved offset: minutes redeemed, euros to the tax positions, and the year's caps, all in one posting."""
    agreement, comune_id = offset.agreement, offset.comune_id
    year, owner = agreement.call.year, of_agreement(agreement)
    certified = _kept(comune_id, Unit.SERVICE, CERTIFIED, owner)
    committed = _kept(comune_id, Unit.EUR, COMMITTED, owner)
    lines = [Line(certified, _town(comune_id, Unit.SERVICE, REDEEMED), offset.minutes_used),
             Line(certified, _town(comune_id, Unit.SERVICE, UNUSED), offset.minutes_unused)]
    lines += [Line(committed, _kept(comune_id, Unit.EUR, RELIEF, of_position(line.position_id)), line.amount_cents)
              for line in offset.lines]
    euro_source, time_source = _town(comune_id, Unit.EUR, CAP_SOURCE), _town(comune_id, Unit.SERVICE, CAP_SOURCE)
    person = of_person(agreement.person.ref, year)
    lines.append(Line(euro_source, _cap(comune_id, Unit.EUR, PERSON_CENTS, person, terms.cap_person_year_cents), offset.amount_cents))
    lines.append(Line(time_source, _cap(comune_id, Unit.SERVICE, PERSON_MINUTES, person, terms.cap_person_year_min), offset.minutes_used))
    if agreement.household_id:
        household = of_household(agreement.household_id, year)
        lines.append(Line(euro_source, _cap(comune_id, Unit.EUR, HOUSEHOLD_CENTS, household, terms.cap_household_year_cents),
                          offset.amount_cents))
    return postings.post(f"offset:{offset.id}", "offset",
                       [line for line in lines if line.amount], actor=actor)


def take_back(offset: Offset, *, actor) -> Receipt:
    """Undo a granted offset: minutes, budget, positions and caps stand as before it."""
    return postings.reverse(offset.posting_id, f"offset:{offset.id}:reversed", actor=actor)


def _hours(attendance_id: int, version: int) -> str:
    return f"attendance:{attendance_id}:{version}"


def _town(comune_id: int, unit: Unit, kind: str) -> int:
    return accounts.open_account(comune_id, unit, kind, cached=False)


def _kept(comune_id: int, unit: Unit, kind: str, owner: str) -> int:
    return accounts.open_account(comune_id, unit, kind, owner, floor=0)


def _cap(comune_id: int, unit: Unit, kind: str, owner: str, ceiling: int | None) -> int:
    """A year's counter, with the ceiling that the regulation gives now."""
    account = accounts.open_account(comune_id, unit, kind, owner, floor=0, ceiling=ceiling)
    if balances.ceiling(account) != ceiling:
        accounts.set_limits(account, floor=0, ceiling=ceiling)
    return account
