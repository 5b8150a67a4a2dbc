"""The office decides on proposed tasks, confirms what people can do, and sets the rules for bookings."""
from dataclasses import asdict

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.guards import requires
from app.people import queries as people
from app.tasks import actions, queries
from app.tasks.forms import ConfirmQualification, Decide, NameQualification, Return, SearchResidents, SetRules, listed
from app.tasks.models import Kind
from app.tasks.views import bp
from app.town import queries as town


@bp.get("/ufficio/attivita")
@requires(May.TASK_ACCEPT)
def proposals():
    return render_template("tasks/proposals.html", tasks=queries.proposed(seen_by=current_user))


@bp.get("/ufficio/attivita/<int:task_id>")
@requires(May.TASK_ACCEPT)
def proposal(task_id):
    return _proposal(queries.task_to_decide(task_id, seen_by=current_user), Return())


@bp.post("/ufficio/attivita/<int:task_id>/accetta")
@requires(May.TASK_ACCEPT)
def accept(task_id):
    task, form = queries.task_to_decide(task_id, seen_by=current_user), Decide()
    with refusals(form):
        actions.accept(task, read=form.read.data, by=current_user)
        flash(_("«%(title)s» è accettata: abbiamo scritto all'ente.", title=task.title), "success")
        return redirect(url_for("tasks.proposals"), 303)
    return _proposal(task, Return(formdata=None), form)


@bp.post("/ufficio/attivita/<int:task_id>/restituisci")
@requires(May.TASK_ACCEPT)
def return_(task_id):
    task, form = queries.task_to_decide(task_id, seen_by=current_user), Return()
    if form.accepted():
        with refusals(form):
            actions.return_(task, reason=form.reason.data, read=form.read.data, by=current_user)
            flash(_("«%(title)s» torna all'ente con il tuo motivo.", title=task.title), "success")
            return redirect(url_for("tasks.proposals"), 303)
    return _proposal(task, form)


@bp.route("/ufficio/requisiti", methods=["GET", "POST"])
@requires(May.QUALIFICATION_CONFIRM)
def qualifications():
    comuni = _comuni(May.QUALIFICATION_CONFIRM)
    form, search = NameQualification(), SearchResidents(request.args)
    form.comune.choices = listed({comune.id: comune.name for comune in comuni.values()})
    if form.accepted():
        with refusals(form):
            actions.name_qualification(comuni[form.comune.data], Kind(form.kind.data), form.name.data)
            flash(_("Il requisito è aggiunto: gli enti possono chiederlo."), "success")
            return redirect(url_for("tasks.qualifications"), 303)
    return render_template("tasks/qualifications.html", form=form, search=search, known=queries.qualifications(set(comuni)),
                           expiring=queries.expiring(seen_by=current_user), expired=queries.expired,
                           residents=people.residents(seen_by=current_user, permission=May.QUALIFICATION_CONFIRM,
                                                      words=search.words.data or "")), form.status


@bp.route("/ufficio/requisiti/<int:person_id>", methods=["GET", "POST"])
@requires(May.QUALIFICATION_CONFIRM)
def qualify(person_id):
    person = queries.resident_to_qualify(person_id, seen_by=current_user)
    known = {each.id: each for each in queries.qualifications({person.home.id})}
    form = ConfirmQualification()
    form.qualification.choices = listed({each.id: f"{_(each.kind.label)}: {each.name}" for each in known.values()})
    if form.accepted():
        with refusals(form):
            actions.confirm(person, known[form.qualification.data], last_day=form.last_day.data, by=current_user)
            flash(_("Il requisito è confermato."), "success")
            return redirect(url_for("tasks.qualify", person_id=person.id), 303)
    return render_template("tasks/qualify.html", form=form, person=person, held=queries.held_by(person, seen_by=current_user),
                           expired=queries.expired, born_on=queries.born_on(person)), form.status


@bp.post("/ufficio/requisiti/confermati/<int:held_id>/ritira")
@requires(May.QUALIFICATION_CONFIRM)
def withdraw_qualification(held_id):
    held = queries.held_row(held_id, seen_by=current_user)
    actions.withdraw_qualification(held)
    flash(_("Il requisito non vale più."), "success")
    return redirect(url_for("tasks.qualify", person_id=held.person_id), 303)


@bp.route("/bacheca/regole", methods=["GET", "POST"])
@requires(May.BOOKING_RULES)
def booking_rules():
    comuni = _comuni(May.BOOKING_RULES)
    asked = request.args.get("comune", 0, type=int)
    comune = comuni.get(asked) or next(iter(comuni.values()))
    form = SetRules(data={"comune": comune.id} | asdict(queries.limits(comune.id)))
    form.comune.choices = listed({each.id: each.name for each in comuni.values()})
    if form.accepted():
        with refusals(form):
            actions.set_rules(comuni[form.comune.data], form.facts(), by=current_user)
            flash(_("Le regole valgono da ora, per le prossime prenotazioni."), "success")
            return redirect(url_for("tasks.booking_rules", comune=form.comune.data), 303)
    return render_template("tasks/booking_rules.html", form=form, comune=comune), form.status


def _comuni(permission: May) -> dict:
    reached = current_user.reach(permission).comuni
    return {comune.id: comune for comune in town.comuni() if comune.id in reached}


def _proposal(task, form, refused=None):
    shown, form.read.data = refused or form, task.declared_at.isoformat()
    return render_template("tasks/proposal.html", form=form, shown=shown, task=task, shifts=queries.hosted_shifts(task)), shown.status
