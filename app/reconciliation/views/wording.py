"""A finding in words."""
from typing import NamedTuple

from flask import current_app, url_for
from flask_login import current_user

from app.base.i18n import N_, euros, gettext as _, hours, ngettext, spoken
from app.reconciliation.models import Finding
from app.reconciliation.queries.checks import CHECKS
from app.reconciliation.states import Finding as State

CHECK = {check.name: check for check in CHECKS}
TONE = {State.OPEN: "warning", State.EXPLAINED: "info", State.CORRECTED: "success", State.CLEARED: "neutral"}

# What a subject is called, and the page that shows it.
SUBJECTS = {
    "account": N_("Conto del registro %(id)s"), "book": N_("Registro %(id)s"), "seal": N_("Sigillo %(id)s"),
    "transfer": N_("Movimento %(id)s"), "certificate": N_("Attestato n. interno %(id)s"),
    "attendance": N_("Turno svolto %(id)s"), "agreement": N_("Patto %(id)s, ore convalidate"),
    "agreement_certified": N_("Patto %(id)s, ore certificate"),
    "agreement_over": N_("Patto %(id)s"), "tax_offset": N_("Riduzione %(id)s"), "offset_line": N_("Riga di riduzione %(id)s"),
    "person": N_("Persona %(id)s, importo dell'anno"), "person_minutes": N_("Persona %(id)s, ore dell'anno"),
    "person_household": N_("Persona %(id)s, famiglia"), "household": N_("Famiglia %(id)s, importo dell'anno"),
    "call": N_("Bando %(id)s"), "tax_position": N_("Voce di bolletta %(id)s"), "tax_export": N_("File inviato %(id)s"),
    "tax_export_row": N_("Riga inviata %(id)s"), "letter": N_("Posta in uscita"),
}
PAGES = {"certificate": ("hours.certificate", "certificate_id"), "tax_offset": ("baratto.offset", "offset_id"),
         **{subject: ("baratto.agreement", "agreement_id") for subject in ("agreement", "agreement_certified", "agreement_over")}}
BUCKETS = {"missing_there": N_("Manca all'ufficio tributi"), "unknown_here": N_("Qui non risulta")}


class Told(NamedTuple):
    finding: Finding
    check: str                         # what should agree
    subject: str
    words: str
    url: str | None                    # of the subject's page, for whoever may open it


def told(finding: Finding) -> Told:
    kind, _colon, number = finding.subject.partition(":")
    unit = finding.detail.get("unit", "count")
    words = {**finding.detail, "expected": _written(finding.expected, unit), "found": _written(finding.found, unit)}
    if "bucket" in words:
        said = BUCKETS[words["bucket"]]
        words["bucket"] = _(said)
    check = CHECK.get(finding.kind)
    if "fault" in words:
        said = [spoken(words["fault"], **words["values"])]
    else:
        said = [spoken(check.says, **words)] if check else []
    if words.get("transfer"):
        said.append(_("Il primo movimento che non torna è il numero %(number)s.", number=words["transfer"]))
    return Told(finding, _(check.title) if check else finding.kind, spoken(SUBJECTS[kind], id=number.replace(":", " / ")), " ".join(said),
                _page(kind, number))


def _page(kind: str, number: str) -> str | None:
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
