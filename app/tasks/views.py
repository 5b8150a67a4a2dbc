"""The public board, a resident's bookings, and the pages of the hosts."""
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.guards import public, requires
from app.tasks import actions, queries
from app.tasks.forms import CallOff, Confirm, FilterBoard, PlanShift, PublishTask, listed
from app.town import queries as town

bp = Blueprint("tasks", __name__, template_folder="templates")


@bp.get("/attivita")
@public
def board():
    form = FilterBoard(request.args, areas=queries.areas(), comuni=town.comuni())
    page = queries.board(form.facts(), page=request.args.get("pagina", 1, type=int))
    kept = {field.name: request.args[field.name] for field in form if request.args.get(field.name)}
    links = [(number, url_for("tasks.board", **kept, pagina=number), number == page.number) for number in page.near]
    return render_template("tasks/board.html", form=form, page=page, links=links), form.status


@bp.get("/attivita/<int:task_id>")
@public
def task(task_id):
    task = queries.task(task_id)
    shifts = queries.coming_shifts(task)
    resident = current_user.is_authenticated and current_user.may(May.SHIFT_BOOK)
    return render_template("tasks/task.html", task=task, shifts=shifts, reasons=queries.cancel_reasons(shifts), resident=resident,
                           home=current_user.home if resident else None,
                           bookings=queries.own_bookings(shifts, current_user) if resident else {})


@bp.route("/turni/<int:shift_id>/prenota", methods=["GET", "POST"])
@requires(May.SHIFT_BOOK)
def book(shift_id):
    shift = queries.shift_to_book(shift_id, seen_by=current_user)
    form = Confirm()
    if form.accepted():
        with refusals(form):
            booking = actions.book(shift, current_user)
            return redirect(url_for("tasks.booking", booking_id=booking.id), 303)
    return render_template("tasks/book.html", form=form, shift=shift, booking=queries.booking_of(shift, current_user)), form.status


@bp.get("/prenotazioni/<int:booking_id>")
@requires(May.SHIFT_BOOK)
def booking(booking_id):
    return _booking(queries.booking(booking_id, seen_by=current_user), Confirm())


@bp.post("/prenotazioni/<int:booking_id>/disdici")
@requires(May.SHIFT_BOOK)
def give_up(booking_id):
    booking, form = queries.booking(booking_id, seen_by=current_user), Confirm()
    if form.accepted():
        with refusals(form):
            actions.give_up(booking, by=current_user)
            flash(_("Hai disdetto il turno: il posto è di nuovo libero per altri."), "success")
            return redirect(url_for("tasks.booking", booking_id=booking.id), 303)
    return _booking(booking, form)


def _booking(booking, form):
    shift = booking.shift
    return render_template("tasks/booking.html", form=form, booking=booking, shift=shift,
                           begun=queries.has_begun(shift), reason=queries.cancel_reasons([shift]).get(shift.id)), form.status


@bp.get("/ente/attivita")
@requires(May.TASK_PUBLISH)
def own_tasks():
    return render_template("tasks/own_tasks.html", tasks=queries.own_tasks(seen_by=current_user))


@bp.route("/ente/attivita/nuova", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def publish():
    hosts = {host.id: host for host in town.organisations(current_user.reach(May.TASK_PUBLISH).organisations)}
    form = PublishTask()
    form.organisation.choices = listed({host.id: host.name for host in hosts.values()})
    if form.accepted():
        with refusals(form):
            task = actions.publish(hosts[form.organisation.data], **form.facts())
            flash(_("«%(title)s» è in bacheca appena aggiungi il primo turno.", title=task.title), "success")
            return redirect(url_for("tasks.shifts", task_id=task.id), 303)
    return render_template("tasks/publish.html", form=form), form.status


@bp.route("/ente/attivita/<int:task_id>/turni", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def shifts(task_id):
    task = queries.own_task(task_id, seen_by=current_user)
    form = PlanShift(ZoneInfo(task.comune.zone))
    if form.accepted():
        with refusals(form):
            actions.plan_shift(task, **form.facts())
            flash(_("Il turno è in bacheca: si può prenotare da subito."), "success")
            return redirect(url_for("tasks.shifts", task_id=task.id), 303)
    planned = queries.hosted_shifts(task)
    return render_template("tasks/shifts.html", form=form, task=task, shifts=planned, people=queries.booked_people(planned),
                           reasons=queries.cancel_reasons(planned)), form.status


@bp.post("/ente/attivita/<int:task_id>/chiudi")
@requires(May.TASK_PUBLISH)
def close(task_id):
    task = queries.own_task(task_id, seen_by=current_user)
    actions.close(task, by=current_user)
    flash(_("«%(title)s» non è più in bacheca.", title=task.title), "success")
    return redirect(url_for("tasks.own_tasks"), 303)


@bp.route("/ente/turni/<int:shift_id>/annulla", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def cancel_shift(shift_id):
    shift = queries.own_shift(shift_id, seen_by=current_user)
    form = CallOff()
    if form.accepted():
        with refusals(form):
            actions.cancel_shift(shift, reason=form.reason.data, by=current_user)
            flash(_("Il turno è annullato. Abbiamo scritto a chi aveva prenotato."), "success")
            return redirect(url_for("tasks.shifts", task_id=shift.task_id), 303)
    return render_template("tasks/cancel_shift.html", form=form, shift=shift, people=queries.booked_people([shift])[shift.id]), form.status
