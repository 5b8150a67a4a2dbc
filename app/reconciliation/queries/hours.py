"""Hours and certificates against each other and against the ledger. Minutes."""
from sqlalchemy import and_, case, func, null, select
from sqlalchemy.orm import aliased

from app.baratto.rules.accounts import CERTIFIED, VALIDATED
from app.hours.models import Attendance, Certificate, CertificateLine
from app.hours.states import Attendance as State
from app.reconciliation.queries.comparing import Compared, age_days, columns, compare, named, seconds
from app.reconciliation.queries.ledger import moved

COUNTED = (State.VALIDATED, State.LOCKED)
WAITING_DAYS = 10

MINUTES = (seconds(Attendance.ended_at) - seconds(Attendance.started_at)) // 60 - Attendance.break_min


def certificate_totals(comune_id: int) -> Compared:
    total = select(func.sum(CertificateLine.minutes)).where(CertificateLine.certificate_id == Certificate.id).scalar_subquery()
    return compare(select(*columns(named("certificate", Certificate.id), func.coalesce(total, 0), Certificate.minutes, "min"))
                   .where(Certificate.comune_id == comune_id))


def certificate_lines(comune_id: int) -> Compared:
    return compare(select(*columns(named("attendance", Attendance.id), MINUTES, CertificateLine.minutes, "min",
                                   certificate=CertificateLine.certificate_id))
                   .join(CertificateLine, CertificateLine.attendance_id == Attendance.id).where(Attendance.comune_id == comune_id))


def certified_once(comune_id: int) -> Compared:
    lines = select(func.count()).where(CertificateLine.attendance_id == Attendance.id).scalar_subquery()
    wanted = case((Attendance.state == State.LOCKED, 1), else_=0)
    return compare(select(*columns(named("attendance", Attendance.id), wanted, lines, "count"))
                   .where(Attendance.comune_id == comune_id))


def validated_in_ledger(comune_id: int) -> Compared:
    key = named("attendance", Attendance.id, Attendance.version)
    counts = and_(Attendance.state.in_(COUNTED), Attendance.agreement_id.is_not(None))
    return compare(select(*columns(named("attendance", Attendance.id), case((counts, MINUTES), else_=0),
                                   moved(key, into=VALIDATED), "min")).where(Attendance.comune_id == comune_id))


def certificates_in_ledger(comune_id: int) -> Compared:
    return compare(select(*columns(named("certificate", Certificate.id), Certificate.minutes,
                                   moved(named("certificate", Certificate.id), into=CERTIFIED), "min"))
                   .where(Certificate.comune_id == comune_id))


def overlaps(comune_id: int) -> Compared:
    """No two validated attendances of one person share time, also when the other one was in another comune."""
    other = aliased(Attendance)
    clash = (select(func.min(other.id)).where(
        other.person_id == Attendance.person_id, other.id != Attendance.id, other.state.in_(COUNTED),
        other.started_at < Attendance.ended_at, Attendance.started_at < other.ended_at).scalar_subquery())
    return compare(select(*columns(named("attendance", Attendance.id), null(), clash, "id"))
                   .where(Attendance.comune_id == comune_id, Attendance.state.in_(COUNTED)))


def waiting(comune_id: int) -> Compared:
    """Hours that no tutor has looked at for too long."""
    age = age_days(Attendance.created_at)
    return compare(select(*columns(named("attendance", Attendance.id), case((age > WAITING_DAYS, WAITING_DAYS), else_=age), age, "days"))
                   .where(Attendance.comune_id == comune_id, Attendance.state == State.SUBMITTED))
