"""On the spot: the person's code page, and the tutor's codes and list of the day."""
from datetime import timedelta

import segno
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from app.access import May
from app.base.clock import now, today
from app.base.errors import Refusal
from app.base.forms import refusals
from app.base.i18n import N_, gettext as _, hours
from app.base.localtime import minutes_between
from app.guards import requires
from app.hours import actions, queries, rules
from app.hours.forms import ChooseDay, Leave, Reason, TypeCode
from app.hours.models import Method
from app.hours.states import OPEN
from app.hours.views import bp
from app.tasks.forms import Confirm


@bp.get("/ore/presenza")
@requires(May.HOURS_LOG)
def presence():
    """Where a QR code leads, and where its code is typed: shows what a press would record, and records nothing."""
    form = TypeCode(request.args)
    if form.code.data and form.validate():
        with refusals(form):
            booking, _method = actions.read_code(form.code.data, by=current_user)
            seen = queries.attendance_of(booking.id)
            return render_template("hours/presence_check.html", form=form, booking=booking, attendance=seen, arrival=seen is None,
                                   at=_arrival(booking) if seen is None else now(), minutes=None if seen is None else _so_far(seen))
    return _code_page(form)


@bp.post("/ore/presenza")
@requires(May.HOURS_LOG)
def record_presence():
    """Check in with the code, or out when one is in. The code is read again: it may have run out meanwhile."""
    form = TypeCode()
    if form.accepted():
        with refusals(form):
            booking, method = actions.read_code(form.code.data, by=current_user)
            if attendance := queries.attendance_of(booking.id):
                actions.check_out(attendance, method=method, by=current_user)
                flash(_("Uscita registrata: %(hours)s.", hours=hours(attendance.minutes)), "success")
                return redirect(url_for("hours.send", attendance_id=attendance.id), 303)
            actions.check_in(booking, method=method, by=current_user)
            flash(_("Entrata registrata. Quando vai via, torna qui con il codice."), "success")
            return redirect(url_for("hours.mine"), 303)
    return _code_page(form)


@bp.post("/ore/registrate/<int:attendance_id>/pausa")
@requires(May.HOURS_LOG)
def pause(attendance_id):
    """A break begins, or, when one is running, ends."""
    attendance, form = queries.own_one(attendance_id, seen_by=current_user), Confirm()
    if form.accepted():
        with refusals(form):
            if actions.open_pause(attendance):
                actions.resume(attendance, by=current_user)
                flash(_("Pausa finita."), "success")
            else:
                actions.pause(attendance, by=current_user)
                flash(_("Pausa iniziata. Quando riprendi, dillo qui."), "success")
            return redirect(url_for("hours.mine"), 303)
    return _refused(form, "hours.mine")


@bp.route("/ore/registrate/<int:attendance_id>/uscita", methods=["GET", "POST"])
@requires(May.HOURS_LOG)
def leave(attendance_id):
    """Without a code the person states when it ended: a session that was left open, or a tutor who is not there."""
    attendance = queries.own_one(attendance_id, seen_by=current_user)
    return _leave(attendance, Method.LATER, "hours.send")


@bp.get("/tutor/giorno")
@requires(May.HOURS_VALIDATE)
def day():
    """The tutor's list of a day: who is expected, who is there, who did not come."""
    form = ChooseDay(request.args)
    chosen = form.day.data if form.validate() and form.day.data else today()
    return render_template("hours/day.html", form=form, day=chosen, shifts=queries.on_day(chosen, seen_by=current_user), now=now(),
                           left_open=queries.left_open(seen_by=current_user), early=rules.EARLY, one_day=timedelta(days=1)), form.status


@bp.get("/tutor/turni/<int:shift_id>/codice")
@requires(May.HOURS_VALIDATE)
def code(shift_id):
    """The rotating code, large, with its QR. The script fetches this page again; without it there is a button."""
    shift = queries.hosted_shift(shift_id, seen_by=current_user)
    return render_template("hours/code.html", shift=shift, **_shown(actions.codes_now(shift)[0]))


@bp.get("/tutor/turni/<int:shift_id>/foglio-codice")
@requires(May.HOURS_VALIDATE)
def code_sheet(shift_id):
    """The code of the day to print, one for each day that the shift touches."""
    shift = queries.hosted_shift(shift_id, seen_by=current_user)
    return render_template("hours/code_sheet.html", shift=shift,
                           days=[(day, _shown(actions.code_of_day(shift, day))) for day in queries.days_of(shift)])


@bp.post("/tutor/prenotazioni/<int:booking_id>/entrata")
@requires(May.HOURS_VALIDATE)
def receive(booking_id):
    booking, form = queries.hosted_booking(booking_id, seen_by=current_user), Confirm()
    if form.accepted():
        with refusals(form):
            actions.check_in(booking, method=Method.TUTOR, by=current_user)
            flash(_("%(who)s è entrato.", who=booking.person.short_name), "success")
            return _back_to_day(booking.shift)
    return _refused(form, "hours.day")


@bp.post("/tutor/ore/<int:attendance_id>/uscita-adesso")
@requires(May.HOURS_VALIDATE)
def see_out(attendance_id):
    attendance, form = queries.attendance(attendance_id, seen_by=current_user), Confirm()
    if form.accepted():
        with refusals(form):
            actions.check_out(attendance, method=Method.TUTOR, by=current_user)
            flash(_("%(who)s è uscito: %(hours)s.", who=attendance.person.short_name, hours=hours(attendance.minutes)), "success")
            return _back_to_day(attendance.booking.shift)
    return _refused(form, "hours.day")


@bp.route("/tutor/ore/<int:attendance_id>/uscita", methods=["GET", "POST"])
@requires(May.HOURS_VALIDATE)
def state_leaving(attendance_id):
    """The tutor says when a session ended."""
    return _leave(queries.attendance(attendance_id, seen_by=current_user), Method.TUTOR, "hours.day")


@bp.post("/tutor/ore/<int:attendance_id>/invia")
@requires(May.HOURS_VALIDATE)
def hand_in(attendance_id):
    """For who has no telephone: the tutor sends what was checked out."""
    attendance, form = queries.attendance(attendance_id, seen_by=current_user), Confirm()
    if form.accepted():
        with refusals(form):
            actions.send(attendance, note=attendance.note, by=current_user)
            flash(_("Le ore sono state inviate."), "success")
            return redirect(url_for("hours.to_validate"), 303)
    return _refused(form, "hours.day")


@bp.route("/tutor/ore/<int:attendance_id>/togli", methods=["GET", "POST"])
@requires(May.HOURS_VALIDATE)
def withdraw(attendance_id):
    """What was marked by mistake is taken away; it stays in the log."""
    attendance, form = queries.attendance(attendance_id, seen_by=current_user), Reason()
    if form.accepted():
        with refusals(form):
            actions.withdraw(attendance, reason=form.reason.data, by=current_user)
            flash(_("Tolto. Resta scritto nella storia, con il motivo."), "success")
            return _back_to_day(attendance.booking.shift)
    return render_template("hours/withdraw.html", attendance=attendance, form=form), form.status


def _code_page(form):
    return render_template("hours/presence.html", form=form, bookings=queries.bookings_now(current_user)), form.status


def _arrival(booking):
    shift = booking.shift
    return rules.check_arrival(cancelled=False, shift_start=shift.starts_at, shift_end=shift.ends_at, now=now())


def _so_far(attendance) -> int:
    """Minutes from the arrival until now, less the breaks. Refuses a row that is not open."""
    if attendance.state not in OPEN:
        raise Refusal(N_("Le ore di questo turno sono già registrate."))
    ended_at = rules.leaving(started_at=attendance.started_at, now=now(), stated=None)
    return minutes_between(attendance.started_at, ended_at) - actions.paused_min(attendance, ended_at)


def _leave(attendance, method, then):
    if attendance.state not in OPEN:
        return redirect(url_for("hours.attendance", attendance_id=attendance.id), 303)
    zone = queries.zone_of(attendance)
    latest = min(now(), max(attendance.booking.shift.ends_at, attendance.started_at))
    form = Leave(zone, span=(attendance.started_at, latest), break_min=actions.paused_min(attendance, latest))
    if form.accepted():
        with refusals(form):
            actions.check_out(attendance, method=method, by=current_user, **form.facts())
            flash(_("Uscita registrata: %(hours)s.", hours=hours(attendance.minutes)), "success")
            return redirect(url_for(then, attendance_id=attendance.id) if then == "hours.send" else url_for(then), 303)
    return render_template("hours/leave.html", attendance=attendance, form=form), form.status


def _shown(code: str) -> dict:
    """A code as people type it, and the address behind its QR, drawn without any style."""
    address = url_for("hours.presence", codice=code, _external=True)
    drawn = segno.make(address, error="m").svg_inline(scale=6, border=2, omitsize=True, dark="#000", light="#fff")
    return {"code": rules.grouped(code), "qr": Markup(drawn)}


def _back_to_day(shift):
    return redirect(url_for("hours.day", giorno=shift.starts_at.astimezone(queries.zone_of_shift(shift)).date().isoformat()), 303)


def _refused(form, endpoint):
    """A button's refusal: said at the top of the page that it came from."""
    return render_template("hours/refused.html", form=form, back=url_for(endpoint)), form.status or 422
