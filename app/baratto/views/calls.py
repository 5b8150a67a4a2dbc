"""Calls (bandi) and what is left of their budgets."""
from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import May
from app.baratto import queries
from app.baratto.actions import regulations as actions
from app.baratto.forms import OpenCall
from app.baratto.views import bp
from app.base.clock import today
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.guards import requires


@bp.route("/bandi")
@requires(May.CALL_OPEN)
def calls():
    found = queries.calls(seen_by=current_user, permission=May.CALL_OPEN)
    return render_template("baratto/calls.html", calls=[(call, queries.budget(call)) for call in found])


@bp.route("/bandi/nuovo", methods=["GET", "POST"])
@requires(May.CALL_OPEN)
def open_call():
    here = current_user.reach(May.CALL_OPEN).comuni
    offered = {each.id: each for each in queries.regulations(seen_by=current_user) if each.comune_id in here}
    form = OpenCall(year=today().year)
    form.regulation.choices = [
        (each.id, _("%(comune)s, versione %(version)s: %(title)s", comune=each.comune.name, version=each.version, title=each.title))
        for each in offered.values()]
    if form.accepted():
        with refusals(form):
            call = actions.open_call(offered[form.regulation.data], year=form.year.data, title=form.title.data, act=form.act.data,
                                     budget_cents=form.budget_cents.data, by=current_user)
            flash(_("Il bando «%(title)s» è aperto.", title=call.title), "success")
            return redirect(url_for("baratto.calls"), 303)
    return render_template("baratto/open_call.html", form=form, offered=offered), form.status


@bp.post("/bandi/<int:call_id>/concludi")
@requires(May.CALL_OPEN)
def finish_call(call_id):
    call = queries.call(call_id, seen_by=current_user, permission=May.CALL_OPEN)
    actions.finish_call(call, by=current_user)
    flash(_("Il bando «%(title)s» è concluso.", title=call.title), "success")
    return redirect(url_for("baratto.calls"), 303)
