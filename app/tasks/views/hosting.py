"""The pages of the hosts: their tasks, and what happens to them until they are closed."""
from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import May
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.guards import requires
from app.tasks import actions, queries
from app.tasks.forms import CallOff, Propose, WriteTask
from app.tasks.views import bp
from app.town import queries as town


@bp.get("/ente/attivita")
@requires(May.TASK_PUBLISH)
def own_tasks():
    return render_template("tasks/own_tasks.html", tasks=queries.own_tasks(seen_by=current_user))


@bp.route("/ente/attivita/nuova", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def write():
    hosts = {host.id: host for host in town.organisations(current_user.reach(May.TASK_PUBLISH).organisations)}
    form = WriteTask({host.id: host.name for host in hosts.values()}, queries.qualifications({host.comune_id for host in hosts.values()}))
    if form.accepted():
        with refusals(form):
            task = actions.draft(hosts[form.organisation.data], **form.facts())
            flash(_("La bozza è salvata. Ora aggiungi i turni, poi proponila al Comune."), "success")
            return redirect(url_for("tasks.shifts", task_id=task.id), 303)
    return render_template("tasks/write.html", form=form, task=None), form.status


@bp.route("/ente/attivita/<int:task_id>/modifica", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def edit(task_id):
    task = queries.own_task(task_id, seen_by=current_user)
    form = WriteTask({}, queries.qualifications({task.comune_id}), task)
    if form.accepted():
        with refusals(form):
            actions.edit(task, **form.facts())
            flash(_("Le modifiche sono salvate."), "success")
            return redirect(url_for("tasks.shifts", task_id=task.id), 303)
    return render_template("tasks/write.html", form=form, task=task), form.status


@bp.route("/ente/attivita/<int:task_id>/proponi", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def propose(task_id):
    task = queries.own_task(task_id, seen_by=current_user)
    form = Propose()
    if form.accepted():
        with refusals(form):
            actions.propose(task, declared=form.declared.data, by=current_user)
            flash(_("L'attività è proposta al Comune: ti scriviamo quando decide."), "success")
            return redirect(url_for("tasks.shifts", task_id=task.id), 303)
    return render_template("tasks/propose.html", form=form, task=task), form.status


@bp.route("/ente/attivita/<int:task_id>/annulla", methods=["GET", "POST"])
@requires(May.TASK_PUBLISH)
def cancel(task_id):
    task = queries.own_task(task_id, seen_by=current_user)
    form = CallOff()
    if form.accepted():
        with refusals(form):
            actions.cancel(task, reason=form.reason.data, by=current_user)
            flash(_("L'attività è annullata. Abbiamo scritto a chi aveva prenotato."), "success")
            return redirect(url_for("tasks.own_tasks"), 303)
    return render_template("tasks/cancel_task.html", form=form, task=task, planned=len(queries.planned_shifts(task))), form.status
