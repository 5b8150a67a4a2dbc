"""Disputes and late hours: both sides write, an officer decides."""
from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import May
from app.base import passages
from app.base.clock import now
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.guards import requires
from app.hours import actions, queries
from app.hours.forms import Decision, Reason, Statement, Uphold
from app.hours.views import bp
from app.hours.views.wording import HAPPENED
from app.tasks.forms import Confirm


@bp.get("/ufficio/ore")
@requires(May.HOURS_SETTLE)
def office():
    """What waits for the officer: disputes by their due date, and late hours."""
    return render_template("hours/office.html", disputes=queries.to_settle(seen_by=current_user),
                           late=queries.to_admit(seen_by=current_user), now=now())


@bp.get("/contestazioni/<int:dispute_id>")
@requires(May.AREA_SEE)
def dispute(dispute_id):
    """For the person, the host's tutors and the officer: the query says who."""
    return _page(queries.dispute(dispute_id, seen_by=current_user))


@bp.post("/contestazioni/<int:dispute_id>/rispondi")
@requires(May.AREA_SEE)
def answer(dispute_id):
    row, form = queries.dispute_to_answer(dispute_id, seen_by=current_user), Statement()
    if form.accepted():
        with refusals(form):
            actions.answer(row, form.words.data, by=current_user)
            flash(_("La tua versione è registrata."), "success")
            return redirect(url_for("hours.dispute", dispute_id=row.id), 303)
    return _page(row, statement=form, form=form)


@bp.post("/contestazioni/<int:dispute_id>/riconosci")
@requires(May.HOURS_SETTLE)
def uphold(dispute_id):
    row = queries.dispute(dispute_id, seen_by=current_user)
    form = Uphold(queries.zone_of(row.attendance))
    if form.accepted():
        with refusals(form):
            actions.uphold(row, by=current_user, **form.facts())
            return _decided(row)
    return _page(row, recognise=form, form=form)


@bp.post("/contestazioni/<int:dispute_id>/respingi")
@requires(May.HOURS_SETTLE)
def dismiss(dispute_id):
    return _decide(dispute_id, actions.dismiss)


@bp.post("/contestazioni/<int:dispute_id>/giustifica")
@requires(May.HOURS_SETTLE)
def accept_excuse(dispute_id):
    return _decide(dispute_id, actions.accept_excuse)


@bp.post("/contestazioni/<int:dispute_id>/conferma")
@requires(May.HOURS_SETTLE)
def confirm_absence(dispute_id):
    return _decide(dispute_id, actions.confirm_absence)


@bp.get("/ufficio/ore/<int:attendance_id>")
@requires(May.HOURS_SETTLE)
def late(attendance_id):
    return _late(queries.late(attendance_id, seen_by=current_user), Reason(formdata=None))


@bp.post("/ufficio/ore/<int:attendance_id>/accetta")
@requires(May.HOURS_SETTLE)
def admit(attendance_id):
    attendance, form = queries.late(attendance_id, seen_by=current_user), Confirm()
    if form.accepted():
        with refusals(form):
            actions.admit(attendance, by=current_user)
            flash(_("Ore accettate: ora le guarda il tutor."), "success")
            return redirect(url_for("hours.office"), 303)
    return _late(attendance, Reason(formdata=None), form)


@bp.post("/ufficio/ore/<int:attendance_id>/non-accettare")
@requires(May.HOURS_SETTLE)
def decline(attendance_id):
    attendance, form = queries.late(attendance_id, seen_by=current_user), Reason()
    if form.accepted():
        with refusals(form):
            actions.decline(attendance, reason=form.reason.data, by=current_user)
            flash(_("Ore non accettate. La persona legge il motivo."), "success")
            return redirect(url_for("hours.office"), 303)
    return _late(attendance, form, form)


def _decide(dispute_id, action):
    row, form = queries.dispute(dispute_id, seen_by=current_user), Decision()
    if form.accepted():
        with refusals(form):
            action(row, words=form.words.data, by=current_user)
            return _decided(row)
    return _page(row, decision=form, form=form)


def _page(row, *, form=None, statement=None, recognise=None, decision=None):
    attendance = row.attendance
    base = attendance.supplements
    settles = row.attendance.comune_id in current_user.reach(May.HOURS_SETTLE).comuni
    side = "persons_words" if current_user.id == attendance.person_id else "tutors_words"
    validates = attendance.organisation_id in current_user.reach(May.HOURS_VALIDATE).organisations
    if recognise is None and settles:
        shift = attendance.booking.shift
        claimed = (attendance.claimed_start or shift.starts_at, attendance.claimed_end or shift.ends_at)
        recognise = Uphold(queries.zone_of(attendance), formdata=None, span=claimed, break_min=base.claimed_break_min if base else
                           attendance.claimed_break_min)
    statement, decision = statement or Statement(formdata=None), decision or Decision(formdata=None)
    form = form or statement
    return render_template(
        "hours/dispute.html", row=row, attendance=attendance, base=base, form=form, statement=statement, recognise=recognise,
        decision=decision, settles=settles and row.decided_at is None, now=now(),
        answers=row.decided_at is None and not getattr(row, side) and (side == "persons_words" or validates),
        happened=HAPPENED, passages=passages.passages(attendance)), form.status


def _decided(row):
    flash(_("Decisione registrata. Abbiamo avvisato la persona."), "success")
    return redirect(url_for("hours.dispute", dispute_id=row.id), 303)


def _late(attendance, refusal, form=None):
    form = form or refusal
    return render_template("hours/late.html", attendance=attendance, refusal=refusal, form=form, happened=HAPPENED,
                           passages=passages.passages(attendance)), form.status
