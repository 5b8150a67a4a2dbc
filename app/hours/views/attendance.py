"""A resident logs hours in steps, and sees what became of them."""
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.base import passages
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.base.once import repeatable
from app.guards import requires
from app.hours import actions, queries
from app.hours.forms import LogHours, SendHours, SetLogDays, Statement
from app.hours.models import Method
from app.hours.states import Attendance as State
from app.hours.views import bp
from app.hours.views.wording import HAPPENED


@bp.get("/ore")
@requires(May.HOURS_LOG)
def mine():
    running = queries.open_sessions(current_user)
    rows = [row for row in queries.own(current_user) if row not in running]
    return render_template("hours/mine.html", rows=rows, reasons=queries.reject_reasons(rows), to_log=queries.to_log(current_user),
                           now_there=queries.bookings_now(current_user), running=running,
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
    return render_template("hours/log.html", booking=booking, form=LogHours(zone_of(booking), span=(shift.starts_at, shift.ends_at)))


@bp.route("/ore/<int:booking_id>/riepilogo", methods=["GET", "POST"])
@requires(May.HOURS_LOG)
@repeatable
def check(booking_id):
    """The second step shows what would be recorded. Still nothing is stored: a reload asks again, a bookmark begins anew."""
    booking = queries.booking_to_log(booking_id, seen_by=current_user)
    if attendance := queries.attendance_of(booking.id):
        return redirect(url_for("hours.attendance", attendance_id=attendance.id), 303)
    form = LogHours(zone_of(booking))
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
    """Store them. A phone that was without coverage sends here too, with `senza_rete`: it reads the errors from the page."""
    booking = queries.booking_to_log(booking_id, seen_by=current_user)
    form = LogHours(zone_of(booking))
    if form.accepted():
        with refusals(form):
            method = Method.OFFLINE if "senza_rete" in request.form else Method.LATER
            attendance = actions.submit(booking, **form.facts(), method=method)
            return redirect(url_for("hours.attendance", attendance_id=attendance.id), 303)
    return render_template("hours/log.html", booking=booking, form=form), form.status


@bp.get("/ore/registrate/<int:attendance_id>")
@requires(May.AREA_SEE)
def attendance(attendance_id):
    attendance = queries.logged(attendance_id, seen_by=current_user)
    own = attendance.person_id == current_user.id
    return render_template("hours/attendance.html", attendance=attendance, own=own, happened=HAPPENED,
                           evidence=queries.evidence(attendance), passages=passages.passages(attendance),
                           dispute=queries.dispute_of(attendance.id), supplement=queries.supplement_of(attendance.id),
                           may_object=own and actions.may_object(attendance),
                           may_void=(attendance.state is State.VALIDATED and not own
                                     and attendance.comune_id in current_user.reach(May.CERTIFICATE_ISSUE).comuni))


@bp.route("/ore/registrate/<int:attendance_id>/invia", methods=["GET", "POST"])
@requires(May.HOURS_LOG)
def send(attendance_id):
    """What was checked out goes to the tutor when the person has seen it."""
    attendance, form = queries.own_one(attendance_id, seen_by=current_user), SendHours()
    if form.accepted():
        with refusals(form):
            actions.send(attendance, note=form.note.data, by=current_user)
            flash(_("Le ore sono state inviate."), "success")
            return redirect(url_for("hours.attendance", attendance_id=attendance.id), 303)
    return render_template("hours/send.html", attendance=attendance, form=form), form.status


@bp.route("/ore/registrate/<int:attendance_id>/contesta", methods=["GET", "POST"])
@requires(May.HOURS_LOG)
def contest_own(attendance_id):
    attendance, form = queries.own_one(attendance_id, seen_by=current_user), Statement()
    if form.accepted():
        with refusals(form):
            row = actions.dispute(attendance, form.words.data, by=current_user)
            return redirect(url_for("hours.dispute", dispute_id=row.id), 303)
    return render_template("hours/object.html", attendance=attendance, form=form), form.status


@bp.route("/regole/ore", methods=["GET", "POST"])
@requires(May.BOOKING_RULES)
def log_days():
    """How long after a shift hours can be logged without the officer's leave, as the regulation says."""
    comune = queries.comune_of_rules(seen_by=current_user)
    form = SetLogDays(log_days=queries.log_days(comune.id))
    if form.accepted():
        with refusals(form):
            actions.set_log_days(comune, form.log_days.data, by=current_user)
            flash(_("Abbiamo registrato la regola."), "success")
            return redirect(url_for("hours.log_days"), 303)
    return render_template("hours/log_days.html", form=form, comune=comune), form.status


def zone_of(booking) -> ZoneInfo:
    return ZoneInfo(booking.shift.task.comune.zone)
