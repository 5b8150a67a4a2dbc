"""The nights as the auditor and the administrator see them. The web only reads and queues: the jobs process does the work."""
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.base import clock
from app.base.forms import refusals
from app.base.i18n import gettext as _, short_day
from app.guards import requires
from app.ledger.queries import seals
from app.reconciliation.actions import nights as actions
from app.reconciliation.forms import RunAgain
from app.reconciliation.models import Night
from app.reconciliation.queries import findings, nights as queries
from app.reconciliation.queries.checks import CHECKS
from app.reconciliation.states import Night as State
from app.reconciliation.views import bp
from app.reconciliation.views.wording import TONE, told

RELOAD_SECONDS = 5                     # while a night waits or runs


@bp.get("/notti")
@requires(May.NIGHT_SEE)
def nights():
    found = {comune: queries.latest(comune.id) for comune in queries.comuni(seen_by=current_user)}
    shown = [night for each in found.values() for night in each]
    oldest = min((night.business_date for night in shown), default=clock.today())
    page = render_template(
        "reconciliation/nights.html", nights=found, tone=tone, duration=duration, plot=plot, moving=any(map(moving, shown)), **_seal(),
        still_open=findings.still_open([comune.id for comune in found], oldest), to_decide=findings.to_decide(seen_by=current_user))
    return page, _reload(any(map(moving, shown)))


@bp.get("/notti/<int:night_id>")
@requires(May.NIGHT_SEE)
def night(night_id):
    found = queries.night(night_id, seen_by=current_user)
    rows, by_check = findings.of_night(found), {}
    for each in rows:
        by_check.setdefault(each.kind, []).append(told(each))
    page = render_template(
        "reconciliation/night.html", night=found, checks=CHECKS, findings=by_check, tone=tone, finding_tone=TONE, duration=duration,
        moving=moving(found), explanations=findings.explanations(rows), history=queries.history(found))
    return page, _reload(moving(found))


@bp.route("/notti/esegui/<int:comune_id>", methods=["GET", "POST"])
@requires(May.NIGHT_RUN)
def run_again(comune_id):
    """Queue yesterday's night from its beginning, with a reason, over the new transfers or all of them."""
    comune = queries.comune(comune_id, seen_by=current_user)
    yesterday = clock.today(ZoneInfo(comune.zone)) - timedelta(days=1)
    form = RunAgain()
    if form.accepted():
        with refusals(form):
            queued = actions.run_again(comune, yesterday, **form.facts(), by=current_user)
            flash(_("La notte del %(day)s è in coda. Parte entro un minuto.", day=short_day(yesterday)), "success")
            return redirect(url_for(".night", night_id=queued.id), 303)
    return render_template("reconciliation/run_again.html", form=form, comune=comune, yesterday=yesterday), form.status


class Plot(NamedTuple):
    """The nights as components/plots.html draws them, and the same in words."""

    items: list[tuple[int, str, str]]
    ends: tuple[str, str]
    summary: str


def plot(newest_first: list[Night]) -> Plot:
    shown = newest_first[::-1]
    shapes = [("marked" if night.wrong else "plain") if night.state is State.DONE else "hollow" for night in shown]
    items = [(seconds(night) or 0, shape, f"{short_day(night.business_date)}: {duration(night)}, {_(night.state.label)}")
             for night, shape in zip(shown, shapes, strict=True)]
    return Plot(items, (short_day(shown[0].business_date), short_day(shown[-1].business_date)), _(
        "Notti senza differenze: %(clean)s. Con differenze: %(found)s. Non concluse: %(open)s. La più lunga: %(most)s secondi.",
        clean=shapes.count("plain"), found=shapes.count("marked"), open=shapes.count("hollow"), most=max(item[0] for item in items)))


def tone(night: Night) -> str:
    if night.state is State.DONE:
        return "warning" if night.wrong else "success"
    return {State.FAILED: "danger", State.RUNNING: "info", State.QUEUED: "neutral"}[night.state]


def seconds(night: Night) -> int | None:
    """How long a night took, in whole seconds; None while it has not ended."""
    if not night.started_at or not night.finished_at:
        return None
    return max(0, int((night.finished_at - night.started_at).total_seconds()))


def duration(night: Night) -> str:
    took = seconds(night)
    return "–" if took is None else _("%(seconds)s secondi", seconds=took)


def moving(night: Night) -> bool:
    return night.state in (State.QUEUED, State.RUNNING)


def _seal() -> dict:
    """The last seal, its head in groups that people can compare."""
    seal = seals.latest()
    head = seal.head if seal else ""
    return dict(seal=seal, seal_head=" ".join(head[at:at + 8] for at in range(0, len(head), 8)))


def _reload(moves: bool) -> dict:
    """A page of a night that moves loads itself again, unless the reader stopped it. That is no click: it does not prolong the sign-in."""
    if not moves or request.args.get("aggiorna") == "no":
        return {}
    return {"Refresh": f"{RELOAD_SECONDS};url={request.path}?aggiorna=si"}
