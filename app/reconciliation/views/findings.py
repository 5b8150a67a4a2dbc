"""One finding: what it says, who handled it, and the ways to put it right."""
from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import May
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.base.passages import passages
from app.guards import requires
from app.reconciliation import rules
from app.reconciliation.actions import findings as actions
from app.reconciliation.forms import ExplainFinding
from app.reconciliation.queries import findings as queries
from app.reconciliation.states import Correction, Finding as State
from app.reconciliation.views import bp
from app.reconciliation.views.wording import TONE, told


@bp.get("/notti/differenze/<int:finding_id>")
@requires(May.NIGHT_SEE)
def finding(finding_id):
    found = queries.finding(finding_id, seen_by=current_user)
    waits = any(each.state is Correction.PROPOSED for each in found.corrections)
    return render_template(
        "reconciliation/finding.html", told=told(found), tone=TONE[found.state], passages=passages(found),
        corrections=[(each, passages(each)) for each in found.corrections],
        may_explain=found.state is State.OPEN and found.comune_id in current_user.reach(May.FINDING_HANDLE).comuni,
        may_correct=not waits and not found.gone_at and found.state in (State.OPEN, State.EXPLAINED)
        and rules.remedy_for(found.kind, found.subject) is not None
        and found.comune_id in current_user.reach(May.CORRECTION_PROPOSE).comuni,
        may_decide=found.comune_id in current_user.reach(May.CORRECTION_APPROVE).comuni,
        may_withdraw=found.comune_id in current_user.reach(May.CORRECTION_PROPOSE).comuni)


@bp.route("/notti/differenze/<int:finding_id>/spiega", methods=["GET", "POST"])
@requires(May.FINDING_HANDLE)
def explain(finding_id):
    found = queries.finding(finding_id, seen_by=current_user, permission=May.FINDING_HANDLE)
    form = ExplainFinding()
    if form.accepted():
        with refusals(form):
            actions.explain(found, **form.facts(), by=current_user)
            flash(_("La differenza è segnata come spiegata."), "success")
            return redirect(url_for(".finding", finding_id=found.id), 303)
    return render_template("reconciliation/explain.html", form=form, told=told(found)), form.status
