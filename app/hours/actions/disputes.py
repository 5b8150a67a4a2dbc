"""Disputes: both sides say what they have to say, an officer decides, and what nobody disputes goes on meanwhile."""
from datetime import datetime

from app.base import passages
from app.base.announce import announce
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal, check_reason
from app.base.localtime import minutes_between
from app.base.words import N_
from app.hours import queries, rules
from app.hours.actions import letters
from app.hours.actions.attendance import opened, state_times
from app.hours.actions.decisions import confirm
from app.hours.events import HoursClaimed
from app.hours.models import Attendance, Dispute, Method
from app.hours.states import ATTENDANCE, COUNTED, Attendance as State
from app.people import actions as people
from app.people.models import Person
from app.people.rules import check_interest


def dispute(attendance: Attendance, words: str, *, by: Person) -> Dispute:
    """The person objects: to hours that were cut or turned down, or to an absence.

    Of hours that were cut only the difference is disputed, in a row of its own: the minutes that the tutor confirmed go on to their
    certificate. Refuses a second dispute of the same hours, and what `rules.check_objection` refuses.
    """
    people.lock(attendance.person)
    db.session.refresh(attendance)
    _check_objection(attendance)
    subject = _difference(attendance) if attendance.state in COUNTED else attendance
    return _open(subject, "dispute", by=by, persons_words=words)


def may_object(attendance: Attendance) -> bool:
    """Whether the person's page offers to contest this."""
    if attendance.state not in (*COUNTED, *(state for state in ATTENDANCE.moves["dispute"].sources if state is not State.PLANNED)):
        return False
    try:
        _check_objection(attendance)
    except Refusal:
        return False
    return True


def contest(attendance: Attendance, words: str, *, by: Person) -> Dispute:
    """A tutor neither confirms hours nor turns them down: an officer is to decide."""
    people.lock(attendance.person)
    db.session.refresh(attendance)
    check_interest(by, attendance.person)
    attendance.tutor_id = by.id
    return _open(attendance, "contest", by=by, tutors_words=words)


def answer(row: Dispute, words: str, *, by: Person) -> None:
    """The other side's statement, once, while the dispute is open."""
    people.lock(row.attendance.person)
    db.session.refresh(row)
    side = "persons_words" if by.id == row.attendance.person_id else "tutors_words"
    check_reason(words)
    if row.decided_at or getattr(row, side):
        raise Refusal(N_("Qui non si può più scrivere: la tua versione c'è già, o l'ufficio ha deciso."))
    if side == "tutors_words":
        check_interest(by, row.attendance.person)
    setattr(row, side, words.strip())
    db.session.flush()


def uphold(row: Dispute, *, started_at: datetime, ended_at: datetime, break_min: int, words: str, by: Person) -> None:
    """The officer recognises hours: the times are those of the whole presence, also where a part of it is validated already.

    Refuses what a tutor's validation refuses, and times that add nothing to the undisputed minutes.
    """
    attendance = _deciding(row, words, by)
    base, shift = attendance.supplements, attendance.booking.shift
    absent = attendance.claimed_end is None
    if absent:                                                   # an absence that was none; what counts has times
        attendance.started_at, attendance.ended_at, attendance.break_min = started_at, ended_at, break_min
        attendance.claimed_start, attendance.claimed_end, attendance.claimed_break_min = started_at, ended_at, break_min
        db.session.flush()
    passages.move(attendance, ATTENDANCE, "uphold", by=by, reason=words)
    rules.check_claim(started_at=started_at, ended_at=ended_at, break_min=break_min, shift_start=shift.starts_at, shift_end=shift.ends_at,
                      now=now())
    rules.check_overlap(started_at, ended_at, queries.times(attendance.person_id, but=attendance.presence_id))
    if base:
        break_min = rules.supplementary_break(started_at, ended_at, undisputed_min=base.minutes,
                                              total_min=minutes_between(started_at, ended_at) - break_min)
    if absent:
        announce(HoursClaimed(attendance.id, attendance.person_id))
    confirm(attendance, started_at, ended_at, break_min, method=Method.OFFICE, by=by)
    _decided(row, words, by)


def dismiss(row: Dispute, *, words: str, by: Person) -> None:
    """The officer does not recognise the hours in dispute."""
    passages.move(_deciding(row, words, by), ATTENDANCE, "dismiss", by=by, reason=words)
    _decided(row, words, by)


def accept_excuse(row: Dispute, *, words: str, by: Person) -> None:
    """The officer excuses a disputed absence. Refuses it for hours, as they are no absence."""
    _settle_absence(row, "accept_excuse", words, by)


def confirm_absence(row: Dispute, *, words: str, by: Person) -> None:
    """The officer confirms that a disputed absence is not excused."""
    _settle_absence(row, "confirm_absence", words, by)


def _check_objection(attendance: Attendance) -> None:
    if attendance.supplements_id or queries.dispute_of(attendance.id) or queries.supplement_of(attendance.id):
        raise Refusal(N_("Hai già contestato: decide l'ufficio."))
    if attendance.state not in COUNTED and (other := queries.attendance_of(attendance.booking_id)) and other is not attendance:
        raise Refusal(N_("Per questo turno hai già registrato altre ore: aspetta che siano decise."))
    rules.check_objection(since=queries.decided_at(attendance), now=now(),
                          claimed_min=attendance.claimed_minutes if attendance.claimed_end else None,
                          validated_min=attendance.minutes if attendance.state in COUNTED else None)


def _difference(base: Attendance) -> Attendance:
    """A row for what the person claims above the minutes that were validated."""
    attendance = opened(base.booking, supplements_id=base.id)
    attendance.agreement_id, attendance.note = base.agreement_id, base.note
    state_times(attendance, base.claimed_start, base.claimed_end, rules.supplementary_break(
        base.claimed_start, base.claimed_end, total_min=base.claimed_minutes, undisputed_min=base.minutes),
        method=Method.LATER, by=base.person)
    return attendance


def _open(attendance: Attendance, move: str, *, by: Person, persons_words: str = "", tutors_words: str = "") -> Dispute:
    words = persons_words or tutors_words
    check_reason(words)
    passages.move(attendance, ATTENDANCE, move, by=by, reason=words)
    row = Dispute(attendance=attendance, opened_by_id=by.id, persons_words=persons_words, tutors_words=tutors_words,
                  due_at=now() + rules.DECISION)
    db.session.add(row)
    db.session.flush()
    if by.id != attendance.person_id:
        letters.hours_contested(row)
    return row


def _deciding(row: Dispute, words: str, by: Person) -> Attendance:
    """The attendance, locked. Refuses the officer's own household, and whoever has had a say in it as a tutor."""
    attendance = row.attendance
    people.lock(attendance.person)
    db.session.refresh(attendance)
    check_interest(by, attendance.person)
    if by.id in (attendance.tutor_id, attendance.supplements and attendance.supplements.tutor_id):
        raise Refusal(N_("Su queste ore hai già deciso come tutor: deve occuparsene un collega."))
    check_reason(words)
    return attendance


def _settle_absence(row: Dispute, move: str, words: str, by: Person) -> None:
    attendance = _deciding(row, words, by)
    if attendance.claimed_end:
        raise Refusal(N_("Qui si discute di ore e non di un'assenza."))
    passages.move(attendance, ATTENDANCE, move, by=by, reason=words)
    _decided(row, words, by)


def _decided(row: Dispute, words: str, by: Person) -> None:
    row.decided_at, row.decided_by_id, row.decision = now(), by.id, words.strip()
    db.session.flush()
    letters.dispute_decided(row)
