"""A tutor's queue, and what he decides on hours."""
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.base import passages
from app.base.errors import Refusal
from app.base.forms import refusals
from app.base.i18n import gettext as _, hours, ngettext, refused
from app.guards import requires
from app.hours import actions, queries
from app.hours.forms import ChangeHours, Reason, RejectHours, Statement
from app.hours.views import bp
from app.hours.views.wording import HAPPENED
from app.tasks.forms import Confirm


@bp.get("/tutor/ore")
@requires(May.HOURS_VALIDATE)
def to_validate():
    return _queue(Confirm())


@bp.post("/tutor/ore/<int:attendance_id>/convalida")
@requires(May.HOURS_VALIDATE)
def validate(attendance_id):
    """One press confirms hours as they were claimed."""
    attendance, form = queries.attendance(attendance_id, seen_by=current_user), Confirm()
    if form.accepted():
        with refusals(form):
            _as_claimed(attendance)
            return _decided(attendance)
    return _queue(form)


@bp.route("/tutor/ore/<int:attendance_id>", methods=["GET", "POST"])
@requires(May.HOURS_VALIDATE)
def decide(attendance_id):
    attendance = queries.attendance(attendance_id, seen_by=current_user)
    if attendance.ended_at is None:                              # a session that runs, or an absence: nothing to decide here
        return redirect(url_for("hours.absence", attendance_id=attendance.id), 303)
    return _settle(attendance, actions.validate)


@bp.post("/tutor/ore/<int:attendance_id>/correggi")
@requires(May.HOURS_VALIDATE)
def correct(attendance_id):
    """An address of its own: a tutor who comes second with a first decision must not correct the other one's."""
    return _settle(queries.attendance(attendance_id, seen_by=current_user), actions.correct)


@bp.post("/tutor/ore/<int:attendance_id>/respingi")
@requires(May.HOURS_VALIDATE)
def reject(attendance_id):
    attendance, form = queries.attendance(attendance_id, seen_by=current_user), RejectHours()
    if form.accepted():
        with refusals(form):
            actions.reject(attendance, reason=form.reason.data, by=current_user)
            flash(_("Hai respinto le ore di %(who)s. Abbiamo registrato il motivo.", who=attendance.person.short_name), "success")
            return redirect(url_for("hours.to_validate"), 303)
    return _decision(attendance, form, change=_change(attendance, formdata=None), rejection=form)


@bp.get("/tutor/ore/insieme")
@requires(May.HOURS_VALIDATE)
def preview():
    """What many ticked rows would do, before any of it is done; what cannot be validated is said and left out."""
    return _together(request.args)


@bp.post("/tutor/ore/insieme")
@requires(May.HOURS_VALIDATE)
def validate_many():
    """All that the preview showed and that still waits, or nothing."""
    form = Confirm()
    if form.accepted():
        with refusals(form):
            rows = queries.chosen(request.form.getlist("scelte", type=int), seen_by=current_user)
            for row in rows:
                _as_claimed(row)
            flash(ngettext("Hai convalidato un turno.", "Hai convalidato %(num)d turni.", len(rows)), "success")
            return redirect(url_for("hours.to_validate"), 303)
    return _together(request.form, form)


@bp.route("/tutor/ore/<int:attendance_id>/contesta", methods=["GET", "POST"])
@requires(May.HOURS_VALIDATE)
def contest(attendance_id):
    """Neither yes nor no: the tutor asks the officer."""
    attendance, form = queries.attendance(attendance_id, seen_by=current_user), Statement()
    if form.accepted():
        with refusals(form):
            row = actions.contest(attendance, form.words.data, by=current_user)
            return redirect(url_for("hours.dispute", dispute_id=row.id), 303)
    return render_template("hours/object.html", attendance=attendance, form=form), form.status


@bp.route("/tutor/ore/<int:attendance_id>/riapri", methods=["GET", "POST"])
@requires(May.HOURS_VALIDATE)
def reopen(attendance_id):
    """The tutor takes his validation back."""
    attendance, form = queries.attendance(attendance_id, seen_by=current_user), Reason()
    if form.accepted():
        with refusals(form):
            actions.reopen(attendance, reason=form.reason.data, by=current_user)
            flash(_("Hai ritirato la convalida: le ore aspettano di nuovo."), "success")
            return redirect(url_for("hours.decide", attendance_id=attendance.id), 303)
    return render_template("hours/withdraw.html", attendance=attendance, form=form), form.status


def _together(chosen, form=None):
    ready, refused_ones = [], []
    for row in queries.chosen(chosen.getlist("scelte", type=int), seen_by=current_user):
        try:
            actions.check_validation(row, by=current_user)
            ready.append(row)
        except Refusal as no:
            refused_ones.append((row, refused(no)))
    form = form or Confirm(formdata=None)
    return render_template("hours/preview.html", form=form, ready=ready, refused=refused_ones,
                           total=sum(row.claimed_minutes for row in ready)), form.status


def _as_claimed(attendance):
    actions.validate(attendance, started_at=attendance.claimed_start, ended_at=attendance.claimed_end,
                     break_min=attendance.claimed_break_min, by=current_user)


def _settle(attendance, action):
    form = _change(attendance)
    if form.accepted():
        with refusals(form):
            action(attendance, **form.facts(), by=current_user)
            return _decided(attendance)
    return _decision(attendance, form, change=form, rejection=RejectHours(formdata=None))


def _change(attendance, **options) -> ChangeHours:
    return ChangeHours(queries.zone_of(attendance), span=(attendance.started_at, attendance.ended_at), break_min=attendance.break_min,
                       **options)


def _queue(form):
    return render_template("hours/to_validate.html", form=form, waiting=queries.to_validate(seen_by=current_user),
                           decided=queries.decided(seen_by=current_user), overdue=queries.overdue,
                           to_answer=queries.to_answer(seen_by=current_user)), form.status


def _decision(attendance, form, **forms):
    return render_template("hours/decide.html", attendance=attendance, form=form, happened=HAPPENED,
                           passages=passages.passages(attendance), **forms), form.status


def _decided(attendance):
    flash(_("Registrate %(hours)s di %(who)s.", hours=hours(attendance.minutes), who=attendance.person.short_name), "success")
    return redirect(url_for("hours.to_validate"), 303)
