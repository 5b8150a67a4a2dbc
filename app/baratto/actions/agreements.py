"""Agreements (patti): made by an officer, filled by validated and certified hours, closed."""
from dataclasses import replace
from datetime import date

from app.baratto import queries
from app.baratto.actions import books, letters, offsets
from app.baratto.models import Agreement, Call
from app.baratto.rules import agreements as rules
from app.baratto.rules.agreements import Plan
from app.baratto.states import AGREEMENT, Call as CallState
from app.base import passages
from app.base.db import db
from app.base.errors import Refusal, check_reason
from app.base.words import N_
from app.hours import actions as hours, queries as hours_queries
from app.hours.models import Certificate
from app.people import actions as people
from app.people.models import Person
from app.people.rules import check_interest
from app.tasks.models import Instrument
from app.taxes.models import Tax


def plan(call: Call, person: Person, *, tax: Tax, starts_on: date, ends_on: date, insurance: str, wanted_minutes: int | None = None,
         by: Person) -> Plan:
    """What an agreement with these facts would plan today. Changes nothing; refuses all that `make` refuses, but for the budget.

    That is: a call that is over, a second live agreement in it, no insurance, the officer's own household, and what `rules.plan` and
    `rules.check_period` refuse.
    """
    check_interest(by, person)
    if call.state is not CallState.RUNNING:
        raise Refusal(N_("Questo bando è concluso."), field="call")
    if queries.live_agreement(person.id, call_id=call.id):
        raise Refusal(N_("Questa persona ha già un patto attivo in questo bando."))
    if not insurance.strip():
        raise Refusal(N_("Serve la polizza di assicurazione prima del primo turno."), field="insurance")
    rules.check_period(starts_on, ends_on, call.year)
    known = queries.debt(call, person, tax)
    planned = rules.plan(call.regulation.terms, debt_cents=known or queries.estimated_debt(call, person, tax),
                         used=queries.promised(call, person), wanted_minutes=wanted_minutes)
    return replace(planned, estimated=not known)


def make(call: Call, person: Person, *, tax: Tax, starts_on: date, ends_on: date, insurance: str, wanted_minutes: int | None = None,
         by: Person) -> Agreement:
    """Agree with a resident on service for a reduction of `tax`. Plans no more minutes than the debt needs, and sets the euros aside.

    Refuses what `plan` refuses, and a budget that does not hold the agreement.
    """
    people.lock(person)
    planned = plan(call, person, tax=tax, starts_on=starts_on, ends_on=ends_on, insurance=insurance, wanted_minutes=wanted_minutes, by=by)
    agreement = Agreement(comune_id=call.comune_id, call=call, person=person, household_id=person.household_id, tax=tax,
                          planned_minutes=planned.minutes, max_cents=planned.cents, starts_on=starts_on, ends_on=ends_on,
                          insurance=insurance.strip(), made_by=by)
    db.session.add(agreement)
    db.session.flush()
    books.commit(agreement, actor=by.ref)
    letters.agreement_made(agreement)
    return agreement


def close(agreement: Agreement, *, reason: str, by: Person) -> None:
    """End an agreement: what it did not use goes back to the call.

    Refuses without a reason, and while hours or an offset are still on their way.
    """
    check_interest(by, agreement.person)
    check_reason(reason)
    queries.lock_agreement(agreement)
    if queries.unsettled(agreement):
        raise Refusal(N_("Ci sono ancora ore o riduzioni da concludere per questo patto."))
    passages.move(agreement, AGREEMENT, "close", by=by, reason=reason)
    books.release(agreement, actor=by.ref)


def attach_hours(event) -> None:
    """Hours logged by somebody with a live agreement count for it, from its first day to its last, if they were booked for the baratto."""
    attendance = hours_queries.changed(event.attendance_id)
    if attendance.booking.instrument is not Instrument.BARATTO:
        return
    agreement = queries.live_agreement(event.person_id, on=attendance.started_at, comune_id=attendance.comune_id)
    if agreement:
        hours.attach(attendance, agreement.id, log_days=agreement.call.regulation.self_log_limit_days)


def enter_hours(event) -> None:
    """Validated hours go to the agreement's account."""
    if event.agreement_id is not None:
        attendance = hours_queries.changed(event.attendance_id)
        books.credit_hours(db.session.get(Agreement, event.agreement_id), event.attendance_id, event.version, event.minutes,
                           actor=event.actor, effective_at=attendance.ended_at)


def withdraw_hours(event) -> None:
    """Hours that lose their validation leave the agreement's account."""
    if event.agreement_id is not None:
        books.withdraw_hours(event.attendance_id, event.version, actor=event.actor)


def enter_certificate(event) -> None:
    """A certificate's minutes pass from validated to certified; the certificate is told how many of them the regulation lets count."""
    agreement, certificate = db.session.get(Agreement, event.agreement_id), db.session.get(Certificate, event.certificate_id)
    books.certify(agreement, event.certificate_id, event.minutes, actor=event.actor)
    counted = queries.credit(agreement, certificate)
    hours.credit(certificate, creditable=counted.minutes, excluded=[
        {"minutes": minutes, "text": text} for minutes, text in counted.excluded])


def withdraw_certificate(event) -> None:
    """A certificate that no longer holds: its minutes are merely validated again, and no proposal may stand on it."""
    offsets.block(db.session.get(Agreement, event.agreement_id), event.certificate_id, event.name)
    books.uncertify(event.certificate_id, actor=event.actor)
