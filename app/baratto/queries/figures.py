"""The figures that decide: what is owed, what the caps and the budget leave, and what the regulation makes of it. Minutes and cents."""
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from app.baratto.models import Agreement, Call
from app.baratto.queries.agreements import zone_of
from app.baratto.queries.offsets import certificates_of, granted_certificates, offsets_of
from app.baratto.rules import Position, Session, Settlement, Used, accounts, settle
from app.baratto.rules.positions import eligible
from app.baratto.rules.terms import ArrearsPolicy
from app.baratto.rules.worktime import credited
from app.baratto.states import GRANTED_OFFSETS, Agreement as AgreementState
from app.base.db import db
from app.base.words import N_
from app.hours.models import Attendance, Certificate, CertificateLine
from app.hours.states import Attendance as AttendanceState
from app.ledger.queries import balances
from app.people.models import Person
from app.taxes import queries as taxes
from app.taxes.models import Tax
from app.taxes.rules import reduced_cents


def bill(person: Person, comune_id: int, tax: Tax) -> list[Position]:
    """What the person owes of `tax` now: what is paid, and what offsets have taken already, is off.

    Lines in litigation or with the collection agent are left out: they cannot be reduced while that lasts.
    """
    rows = [row for row in taxes.positions_of(person, tax=tax, comune_id=comune_id) if not row.litigation and not row.collection_stage]
    granted = balances.by_owner(comune_id, "EUR", accounts.RELIEF, [accounts.of_position(row.id) for row in rows])
    return [Position(tax=row.tax, year=row.year, due=row.due_date, instalment=row.instalment, component=row.component,
                     amount_cents=row.amount_cents, bonus_cents=row.bonus_cents, ref=row.id,
                     paid_cents=row.paid_cents + reduced_cents(row.offset_cents, granted.get(accounts.of_position(row.id), 0)))
            for row in rows]


def debt(call: Call, person: Person, tax: Tax) -> int:
    """What the call's regulation could take off the person's open lines of `tax` now, in cents."""
    terms = call.regulation.terms
    return sum(line.reducible_cents(terms) for line in eligible(terms, bill(person, call.comune_id, tax), call.year))


def estimated_debt(call: Call, person: Person, tax: Tax) -> int:
    """Where hours of this year reduce next year's tax, and its bill is not out yet: this year's, paid or not. Elsewhere 0. In cents."""
    terms = call.regulation.terms
    if terms.arrears_policy is not ArrearsPolicy.NEXT_YEAR:
        return 0
    rows = taxes.positions_of(person, tax=tax, comune_id=call.comune_id, paid_too=True)
    return sum(max(0, row.amount_cents - row.bonus_cents) for row in rows
               if row.year == call.year and row.tax in terms.eligible_taxes and row.component in terms.eligible_components)


def promised(call: Call, person: Person) -> Used:
    """What of the year's caps is taken already: by granted offsets, and by what is set aside for other live agreements."""
    live = db.session.scalars(select(Agreement).join(Agreement.call).where(
        Agreement.comune_id == call.comune_id, Call.year == call.year, Agreement.state == AgreementState.ACTIVE,
        or_(Agreement.person_id == person.id,
            and_(Agreement.household_id.is_not(None), Agreement.household_id == person.household_id)))).all()
    aside = {each: committed_cents(each) for each in live}
    taken = _taken(call, person, person.household_id)
    return Used(person_minutes=taken.person_minutes,
                person_cents=taken.person_cents + sum(aside[each] for each in live if each.person_id == person.id),
                household_cents=taken.household_cents + sum(aside[each] for each in live if each.household_id is not None
                                                            and each.household_id == person.household_id))


def used(agreement: Agreement) -> Used:
    """What granted offsets of the call's year took of the person's and the household's caps."""
    return _taken(agreement.call, agreement.person, agreement.household_id)


def committed_cents(agreement: Agreement) -> int:
    """What of the budget is still set aside for the agreement."""
    return balances.balance(balances.account_id(agreement.comune_id, "EUR", accounts.COMMITTED, accounts.of_agreement(agreement)))


def available_cents(call: Call) -> int:
    """What of the call's budget is not yet set aside."""
    return balances.balance(balances.account_id(call.comune_id, "EUR", accounts.AVAILABLE, accounts.of_call(call)))


class Budget(NamedTuple):
    """A call's cents: what was appropriated is available, set aside for agreements, or used by granted offsets."""

    appropriated: int
    available: int
    committed: int

    @property
    def used(self) -> int:
        return self.appropriated - self.available - self.committed


def budget(call: Call) -> Budget:
    """From the ledger."""
    owners = [accounts.of_agreement(each) for each in db.session.scalars(select(Agreement).where(Agreement.call_id == call.id))]
    return Budget(call.budget_cents, available_cents(call),
                  sum(balances.by_owner(call.comune_id, "EUR", accounts.COMMITTED, owners).values()))


class Standing(NamedTuple):
    """An agreement in figures, minutes and cents: what was done, and what became of it."""

    validated: int                     # confirmed by a tutor, not yet certified
    certified: int                     # certified, not yet in a granted offset
    used: int                          # what granted offsets took of the certified minutes
    unused: int                        # certified minutes that a granted offset did not need
    waiting: int                       # logged, and no tutor has decided yet
    granted_cents: int
    committed_cents: int
    frozen: bool                       # the night found figures that disagree: no reduction until they agree

    @property
    def done(self) -> int:
        """Every minute that a tutor has confirmed."""
        return self.validated + self.certified + self.used + self.unused


def standing(agreement: Agreement) -> Standing:
    """Balances from the ledger; what was granted from the offsets that the ledger posted."""
    owner = accounts.of_agreement(agreement)
    granted = [each for each in offsets_of(agreement) if each.state in GRANTED_OFFSETS]
    waiting = db.session.scalars(select(Attendance).where(
        Attendance.agreement_id == agreement.id, Attendance.state.in_((AttendanceState.LATE, AttendanceState.SUBMITTED))))
    return Standing(
        validated=balances.balance(balances.account_id(agreement.comune_id, "SERVICE", accounts.VALIDATED, owner)),
        certified=balances.balance(balances.account_id(agreement.comune_id, "SERVICE", accounts.CERTIFIED, owner)),
        used=sum(each.minutes_used for each in granted), unused=sum(each.minutes_unused for each in granted),
        waiting=sum(each.minutes for each in waiting), granted_cents=sum(each.amount_cents for each in granted),
        committed_cents=committed_cents(agreement), frozen=is_frozen(agreement))


def is_frozen(agreement: Agreement) -> bool:
    """Whether the night has stopped one of the accounts that a reduction for this agreement debits."""
    return balances.is_frozen(agreement.comune_id, [accounts.of_agreement(agreement)])


class Counted(NamedTuple):
    """Of a certificate's minutes: those that count, and the others by why they do not."""

    minutes: int
    excluded: list[tuple[int, str]]


def credit(agreement: Agreement, certificate: Certificate) -> Counted:
    """What the regulation lets count of a certificate's minutes, after the agreement's earlier ones. The offset decides in the end."""
    granted = granted_certificates(agreement)
    earlier = [each for each in certificates_of(agreement) if each.valid and each is not certificate]
    used_min = used(agreement).person_minutes + sum(each.creditable_minutes for each in earlier if each not in granted)
    [found] = credited(agreement.call.regulation.terms, _sessions(agreement, [certificate]), used_min, zone_of(agreement),
                       _on_days(agreement, earlier))
    counting = min(found.minutes, found.worked)     # time that a rounding added was never certified
    left, excluded = found.worked - counting, []
    for minutes, text in ((found.worked - found.within_days, N_("oltre il massimo di ore al giorno")),
                          (found.rounded - found.within_year, N_("oltre il massimo di ore all'anno")),
                          (left, N_("per l'arrotondamento del regolamento"))):
        taken = min(minutes, left)
        left -= taken
        if taken > 0:
            excluded.append((taken, text))
    return Counted(counting, excluded)


def settlement(agreement: Agreement, certificates: Sequence[Certificate]) -> Settlement:
    """What the regulation makes of these certificates today: hours, debt, caps and budget as they are now."""
    # The minimum debt was asked when the agreement was made: what an offset or a payment has reduced since is still to be reduced.
    terms = replace(agreement.call.regulation.terms, min_debt_cents=None)
    earlier = [each for each in granted_certificates(agreement) if each not in certificates]
    return settle(terms, year=agreement.call.year, sessions=_sessions(agreement, certificates),
                  positions=bill(agreement.person, agreement.comune_id, agreement.tax),
                  used=replace(used(agreement), on_days=_on_days(agreement, earlier)),
                  budget_left=committed_cents(agreement), zone=zone_of(agreement))


def _on_days(agreement: Agreement, certificates: Sequence[Certificate]) -> Counter[date]:
    """The minutes of certificates by local day."""
    return sum((Counter(each.by_day(zone_of(agreement))) for each in _sessions(agreement, certificates)), Counter())


def _sessions(agreement: Agreement, certificates: Sequence[Certificate]) -> list[Session]:
    """The hours of certificates as they were certified, earliest first.

    What supplements other hours lies within their time and adds its minutes to that day: it has no time of its own.
    """
    lines = db.session.scalars(select(CertificateLine).where(CertificateLine.certificate_id.in_([each.id for each in certificates]))
                               .order_by(CertificateLine.started_at).options(joinedload(CertificateLine.attendance)))
    person, zone = str(agreement.person_id), zone_of(agreement)
    return [Session(person=person, day=line.started_at.astimezone(zone).date(), minutes=line.minutes) if line.attendance.supplements_id
            else Session(person=person, start=line.started_at, end=line.ended_at, break_min=line.break_min) for line in lines]


def _taken(call: Call, person: Person, household_id: int | None) -> Used:
    def balance(unit, kind, owner):
        return balances.balance(balances.account_id(call.comune_id, unit, kind, owner))
    own = accounts.of_person(person.ref, call.year)
    household = accounts.of_household(household_id, call.year) if household_id else None
    return Used(person_minutes=balance("SERVICE", accounts.PERSON_MINUTES, own), person_cents=balance("EUR", accounts.PERSON_CENTS, own),
                household_cents=balance("EUR", accounts.HOUSEHOLD_CENTS, household) if household else 0)
