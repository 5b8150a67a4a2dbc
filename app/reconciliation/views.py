"""The nights as the auditor and the administrator see them. The web only reads and queues: the jobs process does the work."""
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import May
from app.base import clock
from app.base.forms import refusals
from app.base.i18n import N_, euros, gettext as _, hours, ngettext, short_day, spoken
from app.guards import requires
from app.reconciliation import actions
from app.reconciliation.forms import ExplainFinding, RunAgain
from app.reconciliation.models import Finding, Night
from app.reconciliation.queries import nights as queries
from app.reconciliation.queries.checks import CHECKS
from app.reconciliation.states import Night as State

bp = Blueprint("reconciliation", __name__, template_folder="templates")

RELOAD = {"Refresh": "5"}              # seconds, while a night waits or runs
BY_NAME = {check.name: check for check in CHECKS}

# What a subject is called, and the page that shows it.
SUBJECTS = {
    "account": N_("Conto del registro %(id)s"), "unit": N_("Unità %(id)s"), "certificate": N_("Attestato n. interno %(id)s"),
    "attendance": N_("Turno svolto %(id)s"), "agreement": N_("Patto %(id)s, ore convalidate"),
    "agreement_certified": N_("Patto %(id)s, ore certificate"), "tax_offset": N_("Riduzione %(id)s"),
    "offset_line": N_("Riga di riduzione %(id)s"), "person": N_("Persona %(id)s, importo dell'anno"),
    "person_minutes": N_("Persona %(id)s, ore dell'anno"), "household": N_("Famiglia %(id)s, importo dell'anno"),
    "call": N_("Bando %(id)s"),
    "tax_position": N_("Voce di bolletta %(id)s"), "tax_export": N_("File inviato %(id)s"), "tax_export_row": N_("Riga inviata %(id)s"),
    "letter": N_("Posta in uscita"),
}
PAGES = {"certificate": ("hours.certificate", "certificate_id"), "tax_offset": ("baratto.offset", "offset_id"),
         "agreement": ("baratto.agreement", "agreement_id"), "agreement_certified": ("baratto.agreement", "agreement_id")}
BUCKETS = {"missing_there": N_("Manca all'ufficio tributi"), "unknown_here": N_("Qui non risulta")}


class Told(NamedTuple):
    """A finding in words."""

    finding: Finding
    subject: str
    words: str
    url: str | None


@bp.route("/notti")
@requires(May.NIGHT_SEE)
def nights():
    found = {comune: queries.latest(comune.id) for comune in queries.comuni(seen_by=current_user)}
    shown = [night for each in found.values() for night in each]
    page = render_template("reconciliation/nights.html", nights=found, still_open=queries.still_open(night.id for night in shown),
                           tone=tone, duration=duration)
    return page, RELOAD if any(map(moving, shown)) else {}


@bp.route("/notti/<int:night_id>")
@requires(May.NIGHT_SEE)
def night(night_id):
    found = queries.night(night_id, seen_by=current_user)
    findings = {}
    for each in found.findings:
        findings.setdefault(each.kind, []).append(told(each))
    page = render_template("reconciliation/night.html", night=found, checks=CHECKS, findings=findings, tone=tone, duration=duration,
                           explanations=queries.explanations(found), history=queries.history(found))
    return page, RELOAD if moving(found) else {}


@bp.route("/notti/differenze/<int:finding_id>", methods=["GET", "POST"])
@requires(May.FINDING_HANDLE)
def finding(finding_id):
    found = queries.finding(finding_id, seen_by=current_user)
    form = ExplainFinding()
    if form.accepted():
        with refusals(form):
            actions.explain(found, **form.facts(), by=current_user)
            flash(_("La differenza è segnata come spiegata."), "success")
            return redirect(url_for(".night", night_id=found.night_id), 303)
    return render_template("reconciliation/finding.html", form=form, told=told(found), check=BY_NAME.get(found.kind)), form.status


@bp.route("/notti/esegui/<int:comune_id>", methods=["GET", "POST"])
@requires(May.NIGHT_RUN)
def run_again(comune_id):
    """Queue yesterday's night from its beginning, with a reason."""
    comune = queries.comune(comune_id, seen_by=current_user)
    yesterday = clock.today(ZoneInfo(comune.zone)) - timedelta(days=1)
    form = RunAgain()
    if form.accepted():
        with refusals(form):
            queued = actions.run_again(comune, yesterday, **form.facts(), by=current_user)
            flash(_("La notte del %(day)s è in coda. Parte entro un minuto.", day=short_day(yesterday)), "success")
            return redirect(url_for(".night", night_id=queued.id), 303)
    return render_template("reconciliation/run_again.html", form=form, comune=comune, yesterday=yesterday), form.status


def told(finding: Finding) -> Told:
    kind, _colon, number = finding.subject.partition(":")
    unit = finding.detail.get("unit", "count")
    words = {**finding.detail, "expected": _written(finding.expected, unit), "found": _written(finding.found, unit)}
    if "bucket" in words:
        said = BUCKETS[words["bucket"]]
        words["bucket"] = _(said)
    check = BY_NAME.get(finding.kind)
    return Told(finding, spoken(SUBJECTS[kind], id=number.replace(":", " / ")), spoken(check.says, **words) if check else "",
                _page(kind, number))


def tone(night: Night) -> str:
    if night.state is State.DONE:
        return "warning" if night.wrong else "success"
    return {State.FAILED: "danger", State.RUNNING: "info", State.QUEUED: "neutral"}[night.state]


def duration(night: Night) -> str:
    if not night.started_at or not night.finished_at:
        return "–"
    return _("%(seconds)s secondi", seconds=max(0, int((night.finished_at - night.started_at).total_seconds())))


def moving(night: Night) -> bool:
    return night.state in (State.QUEUED, State.RUNNING)


def _page(kind: str, number: str) -> str | None:
    """The page of a finding's subject, for whoever may open it."""
    endpoint, argument = PAGES.get(kind, (None, None))
    view = current_app.view_functions.get(endpoint)
    return url_for(endpoint, **{argument: int(number.split(":")[0])}) if view and current_user.may(view.permission) else None


def _written(figure: int | None, unit: str) -> str:
    match figure, unit:
        case None, _unit:
            return "–"
        case _figure, "min":
            return hours(figure)
        case _figure, "cents":
            return euros(figure)
        case _figure, "days":
            return ngettext("%(num)s giorno", "%(num)s giorni", figure)
    return str(figure)
