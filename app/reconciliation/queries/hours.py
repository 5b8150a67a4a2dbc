"""Hours and certificates against each other and against the ledger. Minutes."""
from sqlalchemy import and_, case, func, literal, null, select
from sqlalchemy.orm import aliased

from app.baratto.rules.accounts import CERTIFIED, VALIDATED
from app.hours.models import Attendance, Certificate, CertificateLine, Dispute
from app.hours.rules import DECISION, OVERDUE
from app.hours.states import COUNTED, OPEN, Attendance as State, Certificate as CertificateState
from app.reconciliation.queries.comparing import Compared, age_days, columns, compare, named, seconds
from app.reconciliation.queries.ledger import moved

HOLDS = Certificate.state == CertificateState.ISSUED

MINUTES = (seconds(Attendance.ended_at) - seconds(Attendance.started_at)) // 60 - Attendance.break_min


def presence(table):
    """The hours of one presence: a row, and what supplements it."""
    return func.coalesce(table.supplements_id, table.id)


def certificate_totals(comune_id: int) -> Compared:
    total = select(func.sum(CertificateLine.minutes)).where(CertificateLine.certificate_id == Certificate.id).scalar_subquery()
    return compare(select(*columns(named("certificate", Certificate.id), func.coalesce(total, 0), Certificate.minutes, "min"))
                   .where(Certificate.comune_id == comune_id))


def certificate_lines(comune_id: int) -> Compared:
    """Of the certificates that hold: what a withdrawn one said may have been corrected since."""
    return compare(select(*columns(named("attendance", Attendance.id), MINUTES, CertificateLine.minutes, "min",
                                   certificate=CertificateLine.certificate_id))
                   .join(CertificateLine, CertificateLine.attendance_id == Attendance.id)
                   .where(Attendance.comune_id == comune_id, CertificateLine.live))


def certified_once(comune_id: int) -> Compared:
    lines = select(func.count()).where(CertificateLine.attendance_id == Attendance.id, CertificateLine.live).scalar_subquery()
    wanted = case((Attendance.state == State.LOCKED, 1), else_=0)
    return compare(select(*columns(named("attendance", Attendance.id), wanted, lines, "count"))
                   .where(Attendance.comune_id == comune_id))


def validated_in_ledger(comune_id: int) -> Compared:
    key = named("attendance", Attendance.id, Attendance.version)
    counts = and_(Attendance.state.in_(COUNTED), Attendance.agreement_id.is_not(None))
    return compare(select(*columns(named("attendance", Attendance.id), case((counts, MINUTES), else_=0),
                                   moved(key, into=VALIDATED), "min")).where(Attendance.comune_id == comune_id))


def certificates_in_ledger(comune_id: int) -> Compared:
    """An attestation, without an agreement, is not in the ledger."""
    return compare(select(*columns(named("certificate", Certificate.id), case((HOLDS, Certificate.minutes), else_=0),
                                   moved(named("certificate", Certificate.id), into=CERTIFIED), "min"))
                   .where(Certificate.comune_id == comune_id, Certificate.agreement_id.is_not(None)))


def overlaps(comune_id: int) -> Compared:
    """No two validated attendances of one person share time, also when the other one was in another comune.

    What supplements other hours shares their time by its nature, and nobody else's.
    """
    other = aliased(Attendance)
    clash = (select(func.min(other.id)).where(
        other.person_id == Attendance.person_id, presence(other) != presence(Attendance), other.state.in_(COUNTED),
        other.started_at < Attendance.ended_at, Attendance.started_at < other.ended_at).scalar_subquery())
    return compare(select(*columns(named("attendance", Attendance.id), null(), clash, "id"))
                   .where(Attendance.comune_id == comune_id, Attendance.state.in_(COUNTED)))


def supplements(comune_id: int) -> Compared:
    """With what supplements them, hours never make more minutes than the officer recognised for the whole presence."""
    base = aliased(Attendance)
    worked = (seconds(base.ended_at) - seconds(base.started_at)) // 60 - base.break_min
    span = (seconds(Attendance.ended_at) - seconds(Attendance.started_at)) // 60
    return compare(select(*columns(named("attendance", Attendance.id), case((worked + MINUTES > span, span), else_=worked + MINUTES),
                                   worked + MINUTES, "min"))
                   .join(base, base.id == Attendance.supplements_id)
                   .where(Attendance.comune_id == comune_id, Attendance.state.in_(COUNTED), base.state.in_(COUNTED)))


def waiting(comune_id: int) -> Compared:
    """Hours that no tutor has looked at for too long."""
    age = age_days(Attendance.created_at)
    return compare(select(*columns(named("attendance", Attendance.id), case((age > OVERDUE.days, OVERDUE.days), else_=age), age, "days"))
                   .where(Attendance.comune_id == comune_id, Attendance.state == State.SUBMITTED))


def undecided(comune_id: int) -> Compared:
    """Disputes that no officer has decided in time."""
    age = age_days(Dispute.created_at)
    return compare(select(*columns(named("attendance", Dispute.attendance_id), case((age > DECISION.days, DECISION.days), else_=age), age,
                                   "days"))
                   .join(Attendance, Attendance.id == Dispute.attendance_id)
                   .where(Attendance.comune_id == comune_id, Dispute.decided_at.is_(None)))


def left_open(comune_id: int) -> Compared:
    """Sessions without an end. The hours job flags them; nobody invents the end."""
    return compare(select(*columns(named("attendance", Attendance.id), literal(0), case((Attendance.state == State.LEFT_OPEN, 1), else_=0),
                                   "count"))
                   .where(Attendance.comune_id == comune_id, Attendance.state.in_(OPEN)))
