"""Offsets against what they come from, what they may be, and what the ledger holds. Minutes and cents."""
from sqlalchemy import BigInteger, case, cast, func, null, select, union_all

from app.baratto.models import Agreement, Call, Offset, OffsetCertificate, OffsetLine, Regulation
from app.baratto.rules.accounts import CERTIFIED, COMMITTED, HOUSEHOLD_CENTS, PERSON_CENTS, PERSON_MINUTES
from app.baratto.states import GRANTED_OFFSETS, LIVE_OFFSETS, Offset as State
from app.base.db import db
from app.hours.models import Certificate
from app.people.models import Person
from app.reconciliation.queries.comparing import Compared, age_days, columns, compare, named
from app.reconciliation.queries.ledger import kept, moved, owner

PROPOSAL_DAYS = EXPORT_DAYS = 30
MINUTES = Offset.minutes_used + Offset.minutes_unused
GRANTED = Offset.state.in_(GRANTED_OFFSETS)


def offset_minutes(comune_id: int) -> Compared:
    certified = (select(func.sum(Certificate.minutes)).join(OffsetCertificate, OffsetCertificate.certificate_id == Certificate.id)
                 .where(OffsetCertificate.offset_id == Offset.id).scalar_subquery())
    return compare(_each(func.coalesce(certified, 0), MINUTES, "min").where(Offset.comune_id == comune_id))


def offset_lines(comune_id: int) -> Compared:
    total = select(func.sum(OffsetLine.amount_cents)).where(OffsetLine.offset_id == Offset.id).scalar_subquery()
    return compare(_each(func.coalesce(total, 0), Offset.amount_cents, "cents").where(Offset.comune_id == comune_id))


def offset_value(comune_id: int) -> Compared:
    """An offset takes no more than its hours were worth, and no more than the debt was, when it was proposed."""
    value, debt = (Offset.figures[name].as_integer() for name in ("value_cents", "offsettable_cents"))
    most = case((value < debt, value), else_=debt)
    return compare(_each(case((Offset.amount_cents > most, most), else_=Offset.amount_cents), Offset.amount_cents, "cents")
                   .where(Offset.comune_id == comune_id))


def live_certificates(comune_id: int) -> Compared:
    """A certificate is bound by the offsets that are alive, and by no other."""
    return compare(select(*columns(named("tax_offset", Offset.id, OffsetCertificate.certificate_id),
                                   case((Offset.state.in_(LIVE_OFFSETS), 1), else_=0), case((OffsetCertificate.live, 1), else_=0), "count"))
                   .join(OffsetCertificate, OffsetCertificate.offset_id == Offset.id).where(Offset.comune_id == comune_id))


def euros_in_ledger(comune_id: int) -> Compared:
    return compare(_each(case((GRANTED, Offset.amount_cents), else_=0), moved(named("offset", Offset.id), out_of=COMMITTED), "cents")
                   .where(Offset.comune_id == comune_id))


def minutes_in_ledger(comune_id: int) -> Compared:
    return compare(_each(case((GRANTED, MINUTES), else_=0), moved(named("offset", Offset.id), out_of=CERTIFIED), "min")
                   .where(Offset.comune_id == comune_id))


def caps(comune_id: int) -> Compared:
    """What granted offsets gave a person or a household in a year, and the most that the regulation allows."""
    terms = {row.id: row.terms for row in db.session.scalars(select(Regulation).where(Regulation.comune_id == comune_id))}

    def yearly(subject, cap: str, taken, unit):
        limits = {number: getattr(each, cap) for number, each in terms.items() if getattr(each, cap) is not None}
        most = func.max(case(limits, value=Call.regulation_id)) if limits else cast(null(), BigInteger)
        total = func.sum(taken)
        return _granted(comune_id, columns(subject, case((total > most, most), else_=total), total, unit)).group_by("subject")

    person, household = named("person", Person.id, Call.year), named("household", Agreement.household_id, Call.year)
    return compare(union_all(
        yearly(person, "cap_person_year_cents", Offset.amount_cents, "cents"),
        yearly(named("person_minutes", Person.id, Call.year), "cap_person_year_min", Offset.minutes_used, "min"),
        yearly(household, "cap_household_year_cents", Offset.amount_cents, "cents").where(Agreement.household_id.is_not(None))))


def cap_counters(comune_id: int) -> Compared:
    """The ledger's counters of the year, on which the caps are set, and the granted offsets."""
    counters = kept(comune_id, PERSON_CENTS, PERSON_MINUTES, HOUSEHOLD_CENTS)

    def counted(subject, whose, kind, taken, unit):
        counter = func.coalesce(func.max(counters.c[kind]), 0)
        return (_granted(comune_id, columns(subject, func.sum(taken), counter, unit))
                .outerjoin(counters, counters.c.whose == whose).group_by("subject"))

    person, household = owner("person", Person.ref, Call.year), owner("household", Agreement.household_id, Call.year)
    return compare(union_all(
        counted(named("person", Person.id, Call.year), person, PERSON_CENTS, Offset.amount_cents, "cents"),
        counted(named("person_minutes", Person.id, Call.year), person, PERSON_MINUTES, Offset.minutes_used, "min"),
        counted(named("household", Agreement.household_id, Call.year), household, HOUSEHOLD_CENTS, Offset.amount_cents, "cents")
        .where(Agreement.household_id.is_not(None))))


def proposals_waiting(comune_id: int) -> Compared:
    return _waiting(comune_id, Offset.state.in_((State.PROPOSED, State.RETURNED)), age_days(Offset.proposed_at), PROPOSAL_DAYS)


def exports_waiting(comune_id: int) -> Compared:
    return _waiting(comune_id, Offset.state == State.APPROVED, age_days(Offset.decided_at), EXPORT_DAYS)


def _each(expected, found, unit):
    return select(*columns(named("tax_offset", Offset.id), expected, found, unit))


def _granted(comune_id, what):
    return (select(*what).select_from(Offset).join(Agreement, Agreement.id == Offset.agreement_id).join(Call, Call.id == Agreement.call_id)
            .join(Person, Person.id == Agreement.person_id).where(Offset.comune_id == comune_id, GRANTED))


def _waiting(comune_id, which, age, most) -> Compared:
    return compare(_each(case((age > most, most), else_=age), age, "days").where(Offset.comune_id == comune_id, which))
