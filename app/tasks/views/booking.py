"""A resident books a place, waits for one, keeps the receipt, and gives the place up."""
from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import May
from app.base.forms import refusals
from app.base.i18n import gettext as _, refused
from app.guards import requires
from app.tasks import actions, queries
from app.tasks.forms import BookPlace, Confirm
from app.tasks.states import Booking as State
from app.tasks.views import bp


@bp.route("/turni/<int:shift_id>/prenota", methods=["GET", "POST"])
@requires(May.SHIFT_BOOK)
def book(shift_id):
    shift = queries.shift_to_book(shift_id, seen_by=current_user)
    form = BookPlace(shift.task.counts_for.instruments)
    if form.accepted():
        with refusals(form):
            booking = actions.book(shift, current_user, instrument=form.choice)
            return redirect(url_for("tasks.booking", booking_id=booking.id), 303)
    return _place(shift, form)


@bp.post("/turni/<int:shift_id>/attesa")
@requires(May.SHIFT_BOOK)
def wait(shift_id):
    shift = queries.shift_to_book(shift_id, seen_by=current_user)
    form = BookPlace(shift.task.counts_for.instruments)
    if form.accepted():
        with refusals(form):
            booking = actions.wait(shift, current_user, instrument=form.choice)
            flash(_("Sei in lista d'attesa: se si libera un posto, ti scriviamo."), "success")
            return redirect(url_for("tasks.booking", booking_id=booking.id), 303)
    return _place(shift, form)


@bp.get("/prenotazioni")
@requires(May.SHIFT_BOOK)
def bookings():
    waiting = queries.waiting_for(current_user)
    return render_template("tasks/bookings.html", coming=queries.coming_bookings(current_user), waiting=waiting,
                           turns=queries.turns(waiting), past=queries.past_bookings(current_user))


@bp.get("/prenotazioni/<int:booking_id>")
@requires(May.SHIFT_BOOK)
def booking(booking_id):
    return _receipt(queries.booking(booking_id, seen_by=current_user), Confirm())


@bp.post("/prenotazioni/<int:booking_id>/disdici")
@requires(May.SHIFT_BOOK)
def give_up(booking_id):
    return _answer(booking_id, actions.give_up, _("Hai disdetto il turno: il posto è di nuovo libero per altri."))


@bp.post("/prenotazioni/<int:booking_id>/non-posso-venire")
@requires(May.SHIFT_BOOK)
def withdraw(booking_id):
    return _answer(booking_id, actions.withdraw, _("Abbiamo avvisato l'ente, e offriamo il posto a chi aspetta."))


@bp.post("/prenotazioni/<int:booking_id>/accetta")
@requires(May.SHIFT_BOOK)
def accept_place(booking_id):
    return _answer(booking_id, actions.accept_place, _("Il posto è tuo."))


@bp.post("/prenotazioni/<int:booking_id>/rinuncia")
@requires(May.SHIFT_BOOK)
def leave(booking_id):
    return _answer(booking_id, actions.leave, _("Non sei più in lista d'attesa per questo turno."))


@bp.get("/requisiti")
@requires(May.SHIFT_BOOK)
def own_qualifications():
    held = queries.held_by(current_user, seen_by=current_user)
    return render_template("tasks/own_qualifications.html", held=held, expired=queries.expired)


def _answer(booking_id: int, action, words: str):
    """The same for every button on a booking: do it and say so, or show the booking again with every reason why not."""
    booking, form = queries.booking(booking_id, seen_by=current_user), Confirm()
    if form.accepted():
        with refusals(form):
            action(booking, by=current_user)
            flash(words, "success")
            return redirect(url_for("tasks.booking", booking_id=booking.id), 303)
    return _receipt(booking, form)


def _place(shift, form):
    """The page that says whether one can book: the form, or every reason why not, and the queue when only a place is missing."""
    booking = queries.booking_of(shift, current_user)
    reasons = [] if booking else [refused(no) for no in queries.reasons(shift, current_user, form.choice)]
    if form.form_errors and reasons:
        form.form_errors = reasons
    full = bool(reasons) and not queries.obstacles(shift, current_user, form.choice)
    return render_template("tasks/book.html", form=form, shift=shift, booking=booking, reasons=reasons, full=full,
                           ahead=len(queries.queue(shift)) if full else 0, until=queries.still_cancels_until(shift)), form.status


def _receipt(booking, form):
    shift = booking.shift
    if form.form_errors and booking.state is State.OFFERED:
        obstacles = queries.obstacles(shift, current_user, booking.instrument, offered=True)
        form.form_errors = [refused(no) for no in obstacles] or form.form_errors
    return render_template(
        "tasks/booking.html", form=form, booking=booking, shift=shift, begun=queries.has_begun(shift),
        until=queries.cancels_until(shift, moved=booking.moved), late=queries.too_late_to_cancel(booking),
        turn=queries.turns([booking]).get(booking.id),
        reason=queries.cancel_reasons([shift]).get(shift.id)), form.status
