"""Agreements (patti): the list, one of them with all that became of it, a new one, and the end of one."""
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.baratto import queries
from app.baratto.actions import agreements as actions
from app.baratto.forms import GiveReason, MakeAgreement
from app.baratto.states import Agreement as State
from app.baratto.views import bp
from app.base.clock import today
from app.base.db import db
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.base.passages import passages
from app.guards import requires
from app.people import queries as people
from app.town.queries import comuni

PER_PAGE = 50


@bp.route("/patti")
@requires(May.STATEMENT_SEE)
def agreements():
    """An office's agreements; a resident's own."""
    if not current_user.reach(May.STATEMENT_SEE).comuni:
        return redirect(url_for("baratto.statement"))
    words = request.args.get("q", "").replace("\0", "")[:100]
    found = queries.agreements(seen_by=current_user, words=words, before=request.args.get("prima", type=int), limit=PER_PAGE + 1)
    return render_template("baratto/agreements.html", agreements=found[:PER_PAGE], words=words, more=len(found) > PER_PAGE,
                           places=[each for each in comuni() if each.id in current_user.reach(May.STATEMENT_SEE).comuni])


@bp.route("/patti/<int:agreement_id>")
@requires(May.STATEMENT_SEE)
def agreement(agreement_id):
    agreement = queries.agreement(agreement_id, seen_by=current_user)
    return render_template(
        "baratto/agreement.html", agreement=agreement, standing=queries.standing(agreement), hours=queries.hours_of(agreement),
        certificates=queries.certificates_of(agreement), free=queries.free_certificates(agreement),
        offsets=queries.offsets_of(agreement), passages=passages(agreement), own=agreement.person_id == current_user.id,
        may_close=agreement.state is State.ACTIVE and _holds(May.AGREEMENT_MAKE, agreement),
        may_propose=_holds(May.OFFSET_PROPOSE, agreement))


@bp.route("/patti/nuovo", methods=["GET", "POST"])
@requires(May.AGREEMENT_MAKE)
def make_agreement():
    """First a person, then the facts, then the plan that follows from them; it is made when the plan was seen."""
    words, chosen = request.args.get("q", "").replace("\0", "")[:100], request.args.get("persona", type=int)
    if chosen is None:
        found = people.residents(seen_by=current_user, permission=May.AGREEMENT_MAKE, words=words, limit=20) if words.strip() else []
        return render_template("baratto/choose_person.html", words=words, found=found)
    person = people.resident(chosen, seen_by=current_user, permission=May.AGREEMENT_MAKE)
    home = person.home.id if person.home else None
    calls = {call.id: call for call in queries.calls(seen_by=current_user, permission=May.AGREEMENT_MAKE) if call.comune_id == home}
    form, plan = MakeAgreement(starts_on=today(), ends_on=today().replace(month=12, day=31)), None
    form.call.choices = [(call.id, call.title) for call in calls.values()]
    if form.accepted():
        with refusals(form):
            facts = {name: value for name, value in form.facts().items() if name not in ("call", "shown")}
            call = calls[form.call.data]
            plan = actions.plan(call, person, **facts, by=current_user)
            if form.shown.data == _sign(plan):
                agreement = actions.make(call, person, **facts, by=current_user)
                flash(_("Il patto con %(name)s è attivo.", name=person.display_name), "success")
                return redirect(url_for("baratto.agreement", agreement_id=agreement.id), 303)
            form.shown.data = _sign(plan)
            db.session.rollback()      # the form's key stays unused, so that the same page can send the facts again
    if form.errors or form.form_errors:
        plan, form.shown.data = None, ""
    return render_template("baratto/make_agreement.html", form=form, person=person, calls=calls, plan=plan), form.status


@bp.route("/patti/<int:agreement_id>/chiudi", methods=["GET", "POST"])
@requires(May.AGREEMENT_MAKE)
def close_agreement(agreement_id):
    agreement, form = queries.agreement(agreement_id, seen_by=current_user, permission=May.AGREEMENT_MAKE), GiveReason()
    if form.accepted():
        with refusals(form):
            actions.close(agreement, reason=form.reason.data, by=current_user)
            flash(_("Il patto è chiuso."), "success")
            return redirect(url_for("baratto.agreement", agreement_id=agreement_id), 303)
    return render_template("baratto/close_agreement.html", form=form, agreement=agreement, standing=queries.standing(agreement),
                           free=queries.free_certificates(agreement)), form.status


def _sign(plan) -> str:
    """What tells this plan from another."""
    return f"{plan.minutes}/{plan.cents}/{plan.debt_cents}"


def _holds(permission: May, agreement) -> bool:
    return agreement.comune_id in current_user.reach(permission).comuni
