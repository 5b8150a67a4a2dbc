"""The tax office's queues: what to propose, what to decide, what to send; and what is done for many files at once."""
from datetime import timedelta
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.baratto import queries
from app.baratto.actions import offsets as actions
from app.baratto.forms import ApproveOffsets, ExportOffsets, ProposeOffsets
from app.baratto.states import Offset as State
from app.baratto.views import bp
from app.base.clock import now, today
from app.base.errors import Refusal
from app.base.forms import refusals
from app.base.i18n import N_, gettext as _, ngettext, refused
from app.guards import requires
from app.town.queries import comuni

LATE = timedelta(days=30)
PER_PAGE = 50
MOST_TOLD = 8                          # notices travel in a cookie


class View(NamedTuple):
    """A tab of the queue: the states that it lists, and whose it is first."""

    label: str
    states: tuple[State, ...]
    first_for: May | None = None


PROPOSE = "da-proporre"
VIEWS = {
    PROPOSE: View(N_("Da proporre"), (), May.OFFSET_PROPOSE),
    "da-decidere": View(N_("Da decidere"), (State.PROPOSED,), May.OFFSET_APPROVE),
    "restituite": View(N_("Restituite"), (State.RETURNED,)),
    "da-inviare": View(N_("Da inviare ai tributi"), (State.APPROVED,)),
    "tutte": View(N_("Tutte"), ()),
}


@bp.route("/riduzioni")
@requires(May.OFFSET_SEE)
def offsets():
    """An office's queue; a resident's own offsets."""
    if not current_user.reach(May.OFFSET_SEE).comuni:
        return render_template("baratto/own_offsets.html", offsets=queries.own_offsets(current_user))
    return _queue(_chosen())


@bp.post("/riduzioni/proponi")
@requires(May.OFFSET_PROPOSE)
def propose_offsets():
    """Proposals for many agreements at once, each with all its certificates that wait."""
    form, waiting = ProposeOffsets(), {each.agreement.id: each.agreement for each in queries.to_propose(seen_by=current_user)}
    if form.accepted():
        with refusals(form):
            chosen = [waiting[number] for number in _some(form.agreements.data, "agreements") if number in waiting]
            refused_ = actions.each_of(chosen, lambda agreement: actions.propose(
                agreement, queries.free_certificates(agreement), by=current_user))
            _report(len(chosen) - len(refused_), refused_, lambda agreement: agreement.person.display_name)
            return redirect(url_for("baratto.offsets", vista=PROPOSE), 303)
    return _queue(PROPOSE, form)


@bp.post("/riduzioni/approva")
@requires(May.OFFSET_APPROVE)
def approve_offsets():
    """Many proposals under one determina; what may not be approved stays, with its reason."""
    form = ApproveOffsets()
    if form.accepted():
        with refusals(form):
            found = queries.chosen_offsets(_some(form.offsets.data, "offsets"), State.PROPOSED, seen_by=current_user,
                                           permission=May.OFFSET_APPROVE)
            refused_ = actions.each_of(found, lambda offset: actions.approve(
                offset, act=form.act.data, act_date=form.act_date.data, by=current_user))
            _report(len(found) - len(refused_), refused_, lambda offset: offset.agreement.person.display_name)
            return redirect(url_for("baratto.offsets", vista="da-decidere"), 303)
    return _queue("da-decidere", form)


@bp.post("/riduzioni/esporta")
@requires(May.OFFSET_EXPORT)
def export_offsets():
    form = _export_form()
    if form.accepted():
        with refusals(form):
            export = actions.export(form.comune.data, by=current_user)
            flash(_("Il file %(name)s è pronto.", name=export.name), "success")
            return redirect(url_for("taxes.exports"), 303)
    return _queue("da-inviare", form)


def _queue(name: str, form=None):
    """The page of one tab; `form` is one that was refused."""
    view, words, beyond = VIEWS[name], request.args.get("q", "").replace("\0", "")[:100], request.args.get("dopo", type=int)
    newest_first = name == "tutte"
    waiting = queries.to_propose(seen_by=current_user, words=words) if name == PROPOSE else []
    found = [] if name == PROPOSE else queries.offsets(
        *view.states, seen_by=current_user, words=words, newest_first=newest_first, beyond=beyond, limit=PER_PAGE + 1)
    counts = queries.counts(seen_by=current_user)
    tabs = [(_(each.label), url_for("baratto.offsets", vista=key), key == name,
             sum(counts.get(state, 0) for state in each.states)) for key, each in VIEWS.items()
            if key != PROPOSE or current_user.may(May.OFFSET_PROPOSE)]
    may = {"approve": current_user.may(May.OFFSET_APPROVE), "export": current_user.may(May.OFFSET_EXPORT)}
    page = render_template(
        "baratto/offsets.html", view=name, tabs=tabs, words=words, waiting=waiting, offsets=found[:PER_PAGE],
        more=len(found) > PER_PAGE, all_ticked=request.args.get("scelte") == "tutte", late_before=now() - LATE, may=may,
        form=form or _form_of(name), sending=_export_form())
    return page, form.status if form else 200


def _form_of(name: str):
    return ProposeOffsets() if name == PROPOSE else ApproveOffsets(formdata=None, act_date=today())


def _export_form() -> ExportOffsets:
    form = ExportOffsets()
    here = current_user.reach(May.OFFSET_EXPORT).comuni
    form.comune.choices = [(comune.id, comune.name) for comune in comuni() if comune.id in here]
    return form


def _chosen() -> str:
    """The tab in the address; without one, the first that this person has work in."""
    asked = request.args.get("vista")
    if asked in VIEWS:
        return asked
    return next((key for key, view in VIEWS.items() if view.first_for and current_user.may(view.first_for)), "tutte")


def _some(numbers: list[int], field: str) -> list[int]:
    if not numbers:
        raise Refusal(N_("Scegli almeno una riga."), field=field)
    return numbers


def _report(done: int, refused_: list, name) -> None:
    if done:
        flash(ngettext("Fatto: %(num)d pratica.", "Fatto: %(num)d pratiche.", done), "success")
    for thing, no in refused_[:MOST_TOLD]:
        flash(f"{name(thing)}: {refused(no)}", "danger")
    if len(refused_) > MOST_TOLD:
        flash(_("Altre %(n)s pratiche sono ancora qui: aprile per vedere il motivo.", n=len(refused_) - MOST_TOLD), "danger")
