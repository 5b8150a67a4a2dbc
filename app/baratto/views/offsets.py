"""One offset: proposed, looked at, decided."""
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.baratto import queries
from app.baratto.actions import offsets as actions
from app.baratto.forms import ApproveOffset, GiveReason, ProposeOffset
from app.baratto.models import Offset
from app.baratto.states import OFFSET
from app.baratto.views import bp
from app.base.clock import today
from app.base.db import db
from app.base.errors import Refusal
from app.base.forms import Form, refusals
from app.base.i18n import N_, gettext as _, refused, short_day, spoken
from app.base.passages import passages
from app.guards import requires


@bp.route("/riduzioni/<int:offset_id>")
@requires(May.OFFSET_SEE)
def offset(offset_id):
    return _page(queries.offset(offset_id, seen_by=current_user))


@bp.route("/riduzioni/nuova/<int:agreement_id>", methods=["GET", "POST"])
@requires(May.OFFSET_PROPOSE)
def propose_offset(agreement_id):
    """Shows the proposal for the certificates that are ticked; makes it when it was seen."""
    agreement = queries.agreement(agreement_id, seen_by=current_user, permission=May.OFFSET_PROPOSE)
    free = queries.free_certificates(agreement)
    form, settlement = ProposeOffset(certificates=[each.id for each in free]), None
    form.certificates.choices = [
        (each.id, spoken(N_("Attestato %(name)s del %(day)s: %(worked_min)s"), name=each.name, day=short_day(each.created_at),
                         worked_min=each.minutes)) for each in free]
    chosen = [each for each in free if each.id in (form.certificates.data or ())]
    if chosen and form.certificates.data:
        settlement = queries.settlement(agreement, chosen)
    if form.accepted():
        with refusals(form):
            if settlement is None or form.shown.data == _sign(chosen, settlement):
                made = actions.propose(agreement, chosen, by=current_user)
                flash(_("La proposta è fatta: ora decide un'altra persona."), "success")
                return redirect(url_for("baratto.offset", offset_id=made.id), 303)
            db.session.rollback()      # the form's key stays unused, so that the same page can propose
    if settlement:
        form.shown.data = _sign(chosen, settlement)
    return render_template("baratto/propose_offset.html", form=form, agreement=agreement, free=free, settlement=settlement,
                           lines=_lines(settlement) if settlement else []), form.status


@bp.route("/riduzioni/<int:offset_id>/approva", methods=["GET", "POST"])
@requires(May.OFFSET_APPROVE)
def approve_offset(offset_id):
    offset = queries.offset(offset_id, seen_by=current_user, permission=May.OFFSET_APPROVE)
    form = ApproveOffset(act_date=today())
    if form.accepted():
        with refusals(form):
            actions.approve(offset, **form.facts(), by=current_user)
            flash(_("La riduzione n. %(number)s è approvata.", number=offset.id), "success")
            return redirect(url_for("baratto.offsets", vista="da-decidere"), 303)
    return render_template("baratto/approve_offset.html", form=form, offset=offset, blocked=_blocked(offset),
                           frozen=queries.is_frozen(offset.agreement),
                           settlement=actions.settlement_of(offset)), form.status


@bp.route("/riduzioni/<int:offset_id>/restituisci", methods=["GET", "POST"])
@requires(May.OFFSET_APPROVE)
def return_offset(offset_id):
    return _with_reason(offset_id, "return_", actions.send_back, May.OFFSET_APPROVE)


@bp.route("/riduzioni/<int:offset_id>/storna", methods=["GET", "POST"])
@requires(May.OFFSET_APPROVE)
def reverse_offset(offset_id):
    return _with_reason(offset_id, "reverse", actions.reverse, May.OFFSET_APPROVE)


@bp.route("/riduzioni/<int:offset_id>/annulla", methods=["GET", "POST"])
@requires(May.OFFSET_PROPOSE)
def cancel_offset(offset_id):
    return _with_reason(offset_id, "cancel", actions.cancel, May.OFFSET_PROPOSE)


@bp.post("/riduzioni/<int:offset_id>/riproponi")
@requires(May.OFFSET_PROPOSE)
def repropose_offset(offset_id):
    offset, form = queries.offset(offset_id, seen_by=current_user, permission=May.OFFSET_PROPOSE), Form()
    with refusals(form):
        actions.propose_again(offset, by=current_user)
        flash(_("La proposta è ricalcolata: ora decide un'altra persona."), "success")
        return redirect(url_for("baratto.offset", offset_id=offset_id), 303)
    return _page(queries.offset(offset_id, seen_by=current_user), form)


def _page(offset: Offset, form: Form | None = None):
    """The whole file of an offset, with the buttons of the moves that this person may make here."""
    certificates = [each.certificate for each in offset.certificates]
    moves = [move for move in OFFSET.open_from(offset.state) if move.label and _holds(move.needs, offset)]
    return render_template(
        "baratto/offset.html", offset=offset, certificates=certificates, hours=queries.certified_hours([each.id for each in certificates]),
        lines=[(line.position, told) for line, told in zip(offset.lines, offset.figures["lines"])], passages=passages(offset),
        own=offset.agreement.person_id == current_user.id, moves=moves, form=form or Form(),
        blocked=_blocked(offset) if any(move.needs is May.OFFSET_APPROVE for move in moves) else None), form.status if form else 200


def _with_reason(offset_id: int, name: str, act, permission: May):
    """A move that needs a reason: the page that asks for it, and the move."""
    offset, form = queries.offset(offset_id, seen_by=current_user, permission=permission), GiveReason()
    if form.accepted():
        with refusals(form):
            act(offset, reason=form.reason.data, by=current_user)
            flash(_("Fatto: la riduzione n. %(number)s ora è «%(state)s».", number=offset.id, state=_(offset.state.label)), "success")
            return redirect(url_for("baratto.offset", offset_id=offset_id), 303)
    return render_template("baratto/decide_offset.html", form=form, offset=offset, move=OFFSET.moves[name],
                           back=request.path.rsplit("/", 1)[0]), form.status


def _blocked(offset: Offset) -> str | None:
    """Why this person may not decide on the offset, if so."""
    try:
        actions.check_hands(offset, current_user)
    except Refusal as no:
        return refused(no)
    return None


def _holds(permission: May, offset: Offset) -> bool:
    return offset.comune_id in current_user.reach(permission).comuni


def _lines(settlement) -> list[tuple]:
    """The lines that a proposal would hit: what stands of each, what goes, what stays."""
    return [(line.position, told) for line, told in zip(settlement.lines, actions.told_lines(settlement))]


def _sign(certificates, settlement) -> str:
    """What tells this proposal from another."""
    return f"{','.join(str(each.id) for each in certificates)}/{settlement.offset_cents}/{settlement.minutes_used}"
