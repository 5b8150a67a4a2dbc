"""Calls and agreements against their accounts. Minutes and cents."""
from sqlalchemy import case, func, literal, select

from app.baratto.models import Agreement, Call, Offset
from app.baratto.rules.accounts import AVAILABLE, CERTIFIED, COMMITTED, VALIDATED
from app.baratto.states import Agreement as AgreementState, GRANTED_OFFSETS
from app.hours.models import Attendance, Certificate
from app.hours.states import Attendance as AttendanceState
from app.reconciliation.queries.comparing import Compared, age_days, columns, compare, named
from app.reconciliation.queries.hours import HOLDS, MINUTES
from app.reconciliation.queries.ledger import kept, owner

OVER_DAYS = 60    # time for the last hours to be certified and reduced


def budgets(comune_id: int) -> Compared:
    """A call's appropriation is what is available, what its agreements hold, and what granted offsets used. Nothing else."""
    free, held = kept(comune_id, AVAILABLE), kept(comune_id, COMMITTED)
    available = select(free.c[AVAILABLE]).where(free.c.whose == owner("call", Call.id)).scalar_subquery()
    committed = (select(func.sum(held.c[COMMITTED])).join(Agreement, held.c.whose == owner("agreement", Agreement.ref))
                 .where(Agreement.call_id == Call.id).scalar_subquery())
    used = (select(func.sum(Offset.amount_cents)).join(Agreement, Agreement.id == Offset.agreement_id)
            .where(Agreement.call_id == Call.id, Offset.state.in_(GRANTED_OFFSETS)).scalar_subquery())
    return compare(select(*columns(named("call", Call.id), Call.budget_cents, sum(func.coalesce(each, 0) for each in (
        available, committed, used)), "cents")).where(Call.comune_id == comune_id))


def hours_held(comune_id: int) -> Compared:
    """Each agreement's two accounts of minutes: validated and not yet certified, certified and not yet redeemed."""
    held = kept(comune_id, VALIDATED, CERTIFIED)
    pending = select(func.sum(MINUTES)).where(Attendance.agreement_id == Agreement.id,
                                              Attendance.state == AttendanceState.VALIDATED).scalar_subquery()
    certified = select(func.sum(Certificate.minutes)).where(Certificate.agreement_id == Agreement.id, HOLDS).scalar_subquery()
    spent = select(func.sum(Offset.minutes_used + Offset.minutes_unused)).where(
        Offset.agreement_id == Agreement.id, Offset.state.in_(GRANTED_OFFSETS)).scalar_subquery()

    def each(subject, expected, account):
        return (select(*columns(named(subject, Agreement.id), expected, func.coalesce(held.c[account], 0), "min"))
                .outerjoin(held, held.c.whose == owner("agreement", Agreement.ref)).where(Agreement.comune_id == comune_id))

    return compare(each("agreement", func.coalesce(pending, 0), VALIDATED).union_all(
        each("agreement_certified", func.coalesce(certified, 0) - func.coalesce(spent, 0), CERTIFIED)))


def households(comune_id: int) -> Compared:
    """One person's agreements of a year count in one household. A change in the register between two of them splits the caps."""
    count = func.count(func.distinct(func.coalesce(Agreement.household_id, 0)))
    return compare(select(*columns(named("person_household", Agreement.person_id, Call.year), literal(1), count, "count"))
                   .join(Call, Call.id == Agreement.call_id).where(Agreement.comune_id == comune_id)
                   .group_by(Agreement.person_id, Call.year))


def over(comune_id: int) -> Compared:
    """An agreement whose time is over is closed, so that what is left of its money returns to the call."""
    late = age_days(Agreement.ends_on)
    return compare(select(*columns(named("agreement_over", Agreement.id), case((late > OVER_DAYS, OVER_DAYS), else_=late), late, "days"))
                   .where(Agreement.comune_id == comune_id, Agreement.state == AgreementState.ACTIVE))
