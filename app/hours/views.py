"""A resident logs hours in steps; a tutor decides on them; a certifier locks them."""
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import May
from app.base import passages
from app.base.forms import refusals
from app.base.i18n import N_, gettext as _, hours
from app.base.once import repeatable
from app.guards import requires
from app.hours import actions, queries
from app.hours.forms import Certify, ChangeHours, LogHours, RejectHours
from app.tasks.forms import Confirm

bp = Blueprint("hours", __name__, template_folder="templates")

# What a move of hours is called in their timeline.
HAPPENED = {"validate": N_("Ore convalidate"), "correct": N_("Ore corrette"), "reject": N_("Ore respinte"), "lock": N_("Ore certificate")}


@bp.get("/ore")
@requires(May.HOURS_LOG)
def mine():
    rows = queries.own(current_user)
    return render_template("hours/mine.html", rows=rows, reasons=queries.reject_reasons(rows), to_log=queries.to_log(current_user),
                           minutes=queries.minutes_by_state(current_user), certificates=queries.own_certificates(current_user))


@bp.route("/ore/<int:booking_id>", methods=["GET", "POST"])
@requires(May.HOURS_LOG)
@repeatable
def log(booking_id):
    """The first step. A POST comes back from the check page with the answers: nothing is stored, so it uses no form key."""
    booking = queries.booking_to_log(booking_id, seen_by=current_user)
    if attendance := queries.attendance_of(booking.id):
        return redirect(url_for("hours.attendance", attendance_id=attendance.id), 303)
    shift = booking.shift
    return render_template("hours/log.html", booking=booking, form=LogHours(_zone(booking), span=(shift.starts_at, shift.ends_at)))


@bp.route("/ore/<int:booking_id>/riepilogo", methods=["GET", "POST"])
@requires(May.HOURS_LOG)
@repeatable
def check(booking_id):
    """The second step shows what would be recorded. Still nothing is stored: a reload asks again, a bookmark begins anew."""
    booking = queries.booking_to_log(booking_id, seen_by=current_user)
    if attendance := queries.attendance_of(booking.id):
        return redirect(url_for("hours.attendance", attendance_id=attendance.id), 303)
    form = LogHours(_zone(booking))
    if form.accepted():
        with refusals(form):
            actions.check(booking, **form.claim())
            return render_template("hours/check.html", booking=booking, form=form, **form.claim(), net=form.net)
    if not form.errors:
        return redirect(url_for("hours.log", booking_id=booking.id), 303)
    return render_template("hours/log.html", booking=booking, form=form), form.status


@bp.post("/ore/<int:booking_id>/invia")
@requires(May.HOURS_LOG)
def submit(booking_id):
    booking = queries.booking_to_log(booking_id, seen_by=current_user)
    if attendance := queries.attendance_of(booking.id):
        return redirect(url_for("hours.attendance", attendance_id=attendance.id), 303)
    form = LogHours(_zone(booking))
    if form.accepted():
        with refusals(form):
            attendance = actions.submit(booking, **form.facts())
            return redirect(url_for("hours.attendance", attendance_id=attendance.id), 303)
    return render_template("hours/log.html", booking=booking, form=form), form.status


@bp.get("/ore/registrate/<int:attendance_id>")
@requires(May.AREA_SEE)
def attendance(attendance_id):
    attendance = queries.logged(attendance_id, seen_by=current_user)
    return render_template("hours/attendance.html", attendance=attendance, own=attendance.person_id == current_user.id,
                           happened=HAPPENED, passages=passages.passages(attendance))


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
            actions.validate(attendance, started_at=attendance.claimed_start, ended_at=attendance.claimed_end,
                             break_min=attendance.claimed_break_min, by=current_user)
            return _decided(attendance)
    return _queue(form)


@bp.route("/tutor/ore/<int:attendance_id>", methods=["GET", "POST"])
@requires(May.HOURS_VALIDATE)
def decide(attendance_id):
    return _settle(queries.attendance(attendance_id, seen_by=current_user), actions.validate)


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


@bp.get("/certificati")
@requires(May.CERTIFICATE_ISSUE)
def certificates():
    return render_template("hours/certificates.html", waiting=queries.to_certify(seen_by=current_user),
                           issued=queries.certificates(seen_by=current_user))


@bp.route("/certificati/patto/<int:agreement_id>", methods=["GET", "POST"])
@requires(May.CERTIFICATE_ISSUE)
def certify(agreement_id):
    waiting = queries.to_certify_of(agreement_id, seen_by=current_user)
    form = Certify()
    if form.accepted():
        with refusals(form):
            certificate = actions.certify(agreement_id, seen=form.seen.data, by=current_user)
            return redirect(url_for("hours.certificate", certificate_id=certificate.id), 303)
    rows = queries.of_oldest_year(waiting)
    return render_template("hours/certify.html", form=form, rows=rows, later=len(waiting) - len(rows), agreement_id=agreement_id,
                           seen=actions.digest(rows)), form.status


@bp.get("/certificati/<int:certificate_id>")
@requires(May.AREA_SEE)
def certificate(certificate_id):
    """For the person, the certifier and the tax office: the query says who."""
    return render_template("hours/certificate.html", certificate=queries.certificate(certificate_id, seen_by=current_user))


def _zone(booking) -> ZoneInfo:
    return ZoneInfo(booking.shift.task.comune.zone)


def _settle(attendance, action):
    form = _change(attendance)
    if form.accepted():
        with refusals(form):
            action(attendance, **form.facts(), by=current_user)
            return _decided(attendance)
    return _decision(attendance, form, change=form, rejection=RejectHours(formdata=None))


def _change(attendance, **options) -> ChangeHours:
    return ChangeHours(_zone(attendance.booking), span=(attendance.started_at, attendance.ended_at), break_min=attendance.break_min,
                       **options)


def _queue(form):
    return render_template("hours/to_validate.html", form=form, waiting=queries.to_validate(seen_by=current_user),
                           decided=queries.decided(seen_by=current_user), overdue=queries.overdue), form.status


def _decision(attendance, form, **forms):
    return render_template("hours/decide.html", attendance=attendance, form=form, happened=HAPPENED,
                           passages=passages.passages(attendance), **forms), form.status


def _decided(attendance):
    flash(_("Registrate %(hours)s di %(who)s.", hours=hours(attendance.minutes), who=attendance.person.short_name), "success")
    return redirect(url_for("hours.to_validate"), 303)
