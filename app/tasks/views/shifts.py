"""The shifts of a task, for its host: one by one or from a rule; who comes, who waits; moved and called off."""
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import May
from app.base.forms import refusals
from app.base.i18n import gettext as _, ngettext
from app.guards import requires
from app.tasks import actions, queries
from app.tasks.forms import CallOff, Confirm, MoveShift, PlanSeries, PlanShift
from app.tasks.states import ALIVE
from app.tasks.views import bp


@bp.route("/ente/attivita/<int:task_id>/turni", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def shifts(task_id):
    task = queries.own_task(task_id, seen_by=current_user)
    form = PlanShift(ZoneInfo(task.comune.zone))
    if form.accepted():
        with refusals(form):
            actions.plan_shift(task, **form.facts())
            flash(_("Il turno è in programma."), "success")
            return redirect(url_for("tasks.shifts", task_id=task.id), 303)
    return _page(task, form)


@bp.post("/ente/attivita/<int:task_id>/riprendi")
@requires(May.TASK_PUBLISH)
def revise(task_id):
    return _move(task_id, actions.revise, _("L'attività è di nuovo una bozza: cambiala e proponila ancora."))


@bp.post("/ente/attivita/<int:task_id>/apri")
@requires(May.TASK_PUBLISH)
def open_(task_id):
    return _move(task_id, actions.open_, _("L'attività è in bacheca: da ora si può prenotare."))


@bp.post("/ente/attivita/<int:task_id>/chiudi")
@requires(May.TASK_PUBLISH)
def close(task_id):
    return _move(task_id, actions.close, _("L'attività non è più in bacheca."))


@bp.route("/ente/attivita/<int:task_id>/ripeti", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def repeat(task_id):
    task = queries.own_task(task_id, seen_by=current_user)
    form = PlanSeries(ZoneInfo(task.comune.zone))
    if form.accepted():
        with refusals(form):
            series = actions.plan_series(task, **form.facts())
            count = queries.count_in(series)
            flash(ngettext("%(num)d turno è in programma.", "%(num)d turni sono in programma.", count), "success")
            return redirect(url_for("tasks.shifts", task_id=task.id), 303)
    return render_template("tasks/repeat.html", form=form, task=task), form.status


@bp.route("/ente/turni/<int:shift_id>/sposta", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def move_shift(shift_id):
    shift = queries.own_shift(shift_id, seen_by=current_user)
    form = MoveShift(ZoneInfo(shift.task.comune.zone), in_series=shift.series_id is not None, span=(shift.starts_at, shift.ends_at),
                     places=shift.places)
    if form.accepted():
        with refusals(form):
            if form.follows:
                actions.move_following(shift, **form.wall())
            else:
                actions.move_shift(shift, **form.facts())
            flash(_("Il cambio è fatto. Abbiamo scritto a chi aveva prenotato."), "success")
            return redirect(url_for("tasks.shifts", task_id=shift.task_id), 303)
    return render_template("tasks/move_shift.html", form=form, shift=shift, **_people(shift)), form.status


@bp.route("/ente/turni/<int:shift_id>/annulla", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def cancel_shift(shift_id):
    shift = queries.own_shift(shift_id, seen_by=current_user)
    form = CallOff(in_series=shift.series_id is not None)
    if form.accepted():
        with refusals(form):
            (actions.cancel_following if form.follows else actions.cancel_shift)(shift, reason=form.reason.data, by=current_user)
            flash(_("Il turno è annullato. Abbiamo scritto a chi aveva prenotato."), "success")
            return redirect(url_for("tasks.shifts", task_id=shift.task_id), 303)
    return render_template("tasks/cancel_shift.html", form=form, shift=shift, **_people(shift)), form.status


def _move(task_id: int, action, words: str):
    """A button that only moves the task to its next state. What stands in the way is said above the shifts."""
    task, form = queries.own_task(task_id, seen_by=current_user), Confirm()
    with refusals(form):
        action(task, by=current_user)
        flash(words, "success")
        return redirect(url_for("tasks.shifts", task_id=task_id), 303)
    return _page(task, form)


def _page(task, form):
    """A task with its state and its shifts. The form to add a shift is drawn anew when another one was refused."""
    planned = queries.hosted_shifts(task)
    add = form if isinstance(form, PlanShift) else PlanShift(ZoneInfo(task.comune.zone), formdata=None)
    return render_template(
        "tasks/shifts.html", form=form, add=add, task=task, shifts=planned, people=queries.people_in(planned),
        reasons=queries.cancel_reasons(planned), returned=queries.last_reason(task), alive=task.state in ALIVE), form.status


def _people(shift) -> dict:
    return {"people": queries.booked_people([shift])[shift.id], "following": len(queries.following(shift)) if shift.series_id else 0}
