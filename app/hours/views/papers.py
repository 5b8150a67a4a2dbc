"""What documents about hours say. They are Italian acts, in whatever language the page around them is read."""
from collections.abc import Iterable
from datetime import date

from flask import current_app, url_for

from app.base import documents, passages
from app.base.clock import ROME
from app.base.i18n import clock_time, day, force_locale, gettext as _, hours, month as of_month, short_day, weekday
from app.hours import queries
from app.hours.forms.sheets import MORE
from app.hours.models import Certificate, CertificateLine, Sheet
from app.hours.rules.sheets import days_of_month, written
from app.hours.states import Certificate as State
from app.tasks.models import Shift


def certificate_pdf(certificate: Certificate) -> bytes:
    """The certificate as it was issued, with a stamp when it no longer holds."""
    with force_locale("it"):
        return documents.pdf("hours/documents/certificate.typ", _certificate(certificate), made_at=certificate.created_at)


def sheets_pdf(sheets: list[Sheet]) -> bytes:
    """One page for each sheet, to be filled in by hand."""
    comune, month, planned = sheets[0].task.comune.name, sheets[0].month, queries.planned(sheets)
    with force_locale("it"):
        return documents.pdf("hours/documents/sheet.typ", dict(
            comune=_("Comune di %(name)s", name=comune), title=_("Foglio presenze"), number=of_month(month),
            sheets=[_sheet(each, planned[each.id]) for each in sheets]), made_at=max(each.created_at for each in sheets))


def address(path: str) -> str:
    """Where somebody with the paper in hand finds the page."""
    return current_app.config["PUBLIC_BASE_URL"].rstrip("/") + path


def digits(minutes: int) -> str:
    """"12:30", as tables of hours are added up."""
    return f"{minutes // 60}:{minutes % 60:02}"


def described(line: CertificateLine) -> str:
    """A line of a certificate in a few words, to choose it from a list."""
    return _("%(day)s, %(task)s: %(hours)s", day=short_day(line.started_at), task=line.attendance.booking.shift.task.title,
             hours=hours(line.minutes))


def _certificate(certificate: Certificate) -> dict:
    lines, barter = certificate.lines, certificate.agreement_id is not None
    check = address(url_for("hours.verified", code=certificate.code))
    facts = [(_("Persona"), certificate.person.display_name),
             (_("Patto"), _("n. %(number)s", number=certificate.agreement_id)) if barter else
             (_("Patto"), _("Nessuno: ore donate alla comunità, che non riducono tributi")),
             (_("Periodo"), _("dal %(first)s al %(last)s", first=short_day(lines[0].started_at), last=short_day(lines[-1].ended_at))),
             (_("Ore in tutto"), _total(certificate.minutes))]
    if barter:
        facts.append((_("Contano per la riduzione"), _total(certificate.creditable_minutes)))
    if certificate.supersedes:
        facts.append((_("Sostituisce"), _("l'attestato %(name)s", name=certificate.supersedes.name)))
    if certificate.supplements:
        facts.append((_("Integra"), _("l'attestato %(name)s: queste ore sono state decise dopo", name=certificate.supplements.name)))
    told = dict(
        comune=_("Comune di %(name)s", name=certificate.comune.name), title=_("Attestato delle ore"),
        number=_("n. %(name)s", name=certificate.name), qr=documents.qr(check), qr_alt=_("Codice QR che apre la pagina di verifica"),
        qr_words=_("Verifica: %(host)s, codice %(code)s", host=address(url_for("hours.verify")).split("://")[1],
                   code=written(certificate.code)),
        lead=_("Il Comune attesta che le ore qui elencate sono state svolte regolarmente e convalidate dal tutor indicato."),
        facts=facts, lines=[_line(line) for line in lines], total=hours(certificate.minutes),
        excluded=[(hours(minutes), _(text)) for minutes, text in certificate.not_counted], notes=[],
        day=day(certificate.created_at), certifier=certificate.issued_by.display_name, digest=certificate.digest)
    if certificate.pending_minutes:
        told["notes"].append(_("Altre ore erano registrate e non ancora decise: %(hours)s. Se saranno riconosciute seguirà un attestato "
                               "integrativo.", hours=hours(certificate.pending_minutes)))
    if not certificate.valid:
        told["stamp"] = _stamp(certificate)
    return told


def _sheet(sheet: Sheet, planned: dict) -> dict:
    code = written(sheet.code)
    return dict(
        comune=_("Comune di %(name)s", name=sheet.task.comune.name), office=sheet.task.organisation.name, title=_("Foglio presenze"),
        number=of_month(sheet.month), qr=documents.qr(address(url_for("hours.sheet", code=sheet.code))),
        qr_alt=_("Codice QR che apre il foglio"), qr_words=_("Per l'ufficio"), code=code,
        facts=[(_("Persona"), _("%(name)s (n. %(number)s)", name=sheet.person.display_name, number=sheet.person_id)),
               (_("Attività"), sheet.task.title), (_("Luogo"), sheet.task.address)],
        days=[_day(each, planned.get(each, ())) for each in days_of_month(sheet.month)] + [("", "")] * MORE)


def _day(each: date, shifts: Iterable[Shift]) -> tuple[str, str]:
    return (f"{weekday(each).split()[0]} {each.day}",
            ", ".join(f"{clock_time(shift.starts_at)}–{clock_time(shift.ends_at)}" for shift in shifts))


def _stamp(certificate: Certificate) -> str:
    when = short_day(passages.passages(certificate)[-1].at)
    if certificate.state is State.SUPERSEDED:
        return _("SOSTITUITO il %(day)s dall'attestato %(name)s: questo non vale più", day=when, name=certificate.superseded_by.name)
    return _("ANNULLATO il %(day)s: questo attestato non vale più", day=when)


def _line(line: CertificateLine) -> tuple[str, ...]:
    start, end = line.started_at, line.ended_at
    same_day = start.astimezone(ROME).date() == end.astimezone(ROME).date()
    return (short_day(start), line.attendance.booking.shift.task.title, clock_time(start),
            clock_time(end) if same_day else f"{clock_time(end)} ({short_day(end)})", hours(line.break_min) if line.break_min else "–",
            hours(line.minutes), line.tutor.display_name if line.tutor else "–")


def _total(minutes: int) -> str:
    return _("%(hours)s (%(digits)s, %(minutes)s minuti)", hours=hours(minutes), digits=digits(minutes), minutes=minutes)
