"""Who did not come: the tutor marks it, excuses it or not."""
from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import May
from app.base import passages
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.guards import requires
from app.hours import actions, queries
from app.hours.forms import ExcuseAbsence, Reason
from app.hours.views import bp
from app.hours.views.wording import HAPPENED


@bp.get("/tutor/prenotazioni/<int:booking_id>/assenza")
@requires(May.HOURS_VALIDATE)
def miss(booking_id):
    """Absent, or called off by the host: two buttons, and only the second one needs a reason."""
    booking = queries.hosted_booking(booking_id, seen_by=current_user)
    if attendance := queries.attendance_of(booking.id):
        return redirect(url_for("hours.absence", attendance_id=attendance.id), 303)
    return render_template("hours/miss.html", booking=booking, form=Reason(formdata=None))


@bp.post("/tutor/prenotazioni/<int:booking_id>/assente")
@requires(May.HOURS_VALIDATE)
def mark_missed(booking_id):
    booking, form = queries.hosted_booking(booking_id, seen_by=current_user), Reason(formdata=None)
    with refusals(form):
        attendance = actions.miss(booking, by=current_user)
        flash(_("Assenza registrata. Ora puoi dire se è giustificata."), "success")
        return redirect(url_for("hours.absence", attendance_id=attendance.id), 303)
    return render_template("hours/miss.html", booking=booking, form=form), form.status


@bp.post("/tutor/prenotazioni/<int:booking_id>/annullato")
@requires(May.HOURS_VALIDATE)
def call_off(booking_id):
    booking, form = queries.hosted_booking(booking_id, seen_by=current_user), Reason()
    if form.accepted():
        with refusals(form):
            attendance = actions.call_off(queries.attendance_of(booking.id) or booking, reason=form.reason.data, by=current_user)
            flash(_("Registrato: il turno non si è fatto, e non è un'assenza."), "success")
            return redirect(url_for("hours.absence", attendance_id=attendance.id), 303)
    return render_template("hours/miss.html", booking=booking, form=form), form.status


@bp.get("/tutor/assenze/<int:attendance_id>")
@requires(May.HOURS_VALIDATE)
def absence(attendance_id):
    attendance = queries.attendance(attendance_id, seen_by=current_user)
    return _absence(attendance, ExcuseAbsence(formdata=None), Reason(formdata=None))


@bp.post("/tutor/assenze/<int:attendance_id>/giustifica")
@requires(May.HOURS_VALIDATE)
def excuse(attendance_id):
    attendance, form = queries.attendance(attendance_id, seen_by=current_user), ExcuseAbsence()
    if form.accepted():
        with refusals(form):
            actions.excuse(attendance, by=current_user, **form.facts())
            flash(_("Assenza giustificata."), "success")
            return redirect(url_for("hours.absence", attendance_id=attendance.id), 303)
    return _absence(attendance, form, Reason(formdata=None), form)


@bp.post("/tutor/assenze/<int:attendance_id>/non-giustificare")
@requires(May.HOURS_VALIDATE)
def blame(attendance_id):
    attendance, form = queries.attendance(attendance_id, seen_by=current_user), Reason()
    if form.accepted():
        with refusals(form):
            actions.blame(attendance, reason=form.reason.data, by=current_user)
            flash(_("Assenza non giustificata. Abbiamo avvisato la persona, che può contestare."), "success")
            return redirect(url_for("hours.absence", attendance_id=attendance.id), 303)
    return _absence(attendance, ExcuseAbsence(formdata=None), form, form)


def _absence(attendance, excused, blamed, form=None):
    form = form or excused
    return render_template("hours/absence.html", attendance=attendance, form=form, excused=excused, blamed=blamed, happened=HAPPENED,
                           passages=passages.passages(attendance)), form.status
