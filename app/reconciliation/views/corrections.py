"""A correction: proposed by one person, decided by another."""
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.base.errors import Refusal
from app.base.forms import Form, refusals
from app.base.i18n import gettext as _, refused
from app.guards import requires
from app.reconciliation import rules
from app.reconciliation.actions import corrections as actions
from app.reconciliation.forms import DecideCorrection, ProposeCorrection
from app.reconciliation.models import Correction
from app.reconciliation.queries import findings as queries
from app.reconciliation.views import bp
from app.reconciliation.views.wording import told


@bp.route("/notti/differenze/<int:finding_id>/correggi", methods=["GET", "POST"])
@requires(May.CORRECTION_PROPOSE)
def propose_correction(finding_id):
    found = queries.finding(finding_id, seen_by=current_user, permission=May.CORRECTION_PROPOSE)
    form = ProposeCorrection()
    if form.accepted():
        with refusals(form):
            actions.propose(found, **form.facts(), by=current_user)
            flash(_("La correzione è proposta: ora decide un'altra persona."), "success")
            return redirect(url_for(".finding", finding_id=found.id), 303)
    return render_template("reconciliation/propose_correction.html", form=form, told=told(found),
                           remedy=rules.remedy_for(found.kind, found.subject)), form.status


@bp.route("/notti/correzioni/<int:correction_id>", methods=["GET", "POST"])
@requires(May.CORRECTION_APPROVE)
def decide_correction(correction_id):
    """Approve, which carries the correction out at once, or turn it down with a reason."""
    correction = queries.correction(correction_id, seen_by=current_user, permission=May.CORRECTION_APPROVE)
    form = DecideCorrection()
    if form.accepted():
        with refusals(form):
            decide = actions.reject if request.form.get("decision") == "reject" else actions.approve
            decide(correction, **form.facts(), by=current_user)
            flash(_("Fatto: la correzione ora è «%(state)s».", state=_(correction.state.label)), "success")
            return redirect(url_for(".finding", finding_id=correction.finding_id), 303)
    return render_template("reconciliation/decide_correction.html", form=form, correction=correction, told=told(correction.finding),
                           blocked=_blocked(correction)), form.status


@bp.post("/notti/correzioni/<int:correction_id>/ritira")
@requires(May.CORRECTION_PROPOSE)
def withdraw_correction(correction_id):
    correction = queries.correction(correction_id, seen_by=current_user, permission=May.CORRECTION_PROPOSE)
    form, finding_id = Form(), correction.finding_id
    with refusals(form):
        actions.withdraw(correction, by=current_user)
        flash(_("La proposta è ritirata."), "success")
        return redirect(url_for(".finding", finding_id=finding_id), 303)
    return render_template("reconciliation/withdrawn_late.html", form=form, told=told(correction.finding)), form.status


def _blocked(correction: Correction) -> str | None:
    """Why this person may not decide, if so."""
    try:
        rules.check_hands(decides=current_user.id, proposed=correction.proposed_by_id)
    except Refusal as no:
        return refused(no)
    return None
