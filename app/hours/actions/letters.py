"""What happened to somebody's hours, by letter. The subject says what happened and never how much; details are behind the sign-in."""
from flask import current_app

from app.base import outbox
from app.base.i18n import force_locale, spoken
from app.base.words import N_
from app.hours import queries
from app.hours.models import Attendance, Dispute


def hours_changed(attendance: Attendance, reason: str) -> None:
    _write(f"{attendance.id}:changed:{attendance.version}", attendance, N_("Il tutor ha cambiato le tue ore"), [
        N_("il tutor ha convalidato le tue ore del %(day)s con altri orari. Motivo: %(reason)s"),
        N_("Se non sei d'accordo puoi contestare dalla pagina. Le ore convalidate restano valide."),
    ], day=attendance.started_at.astimezone(queries.zone_of(attendance)).date(), reason=reason)


def hours_rejected(attendance: Attendance, reason: str) -> None:
    _write(f"{attendance.id}:rejected", attendance, N_("Il tutor ha respinto le tue ore"), [
        N_("il tutor non ha convalidato le ore che hai registrato. Motivo: %(reason)s"),
        N_("Se pensi che sia un errore puoi contestare dalla pagina: decide l'ufficio."),
    ], reason=reason)


def hours_withdrawn(attendance: Attendance, reason: str) -> None:
    _write(f"{attendance.id}:withdrawn:{attendance.version}", attendance, N_("Alcune tue ore non sono più convalidate"), [
        N_("delle ore già convalidate sono state riaperte o annullate. Motivo: %(reason)s"),
        N_("Nella pagina trovi che cosa è successo."),
    ], reason=reason)


def hours_contested(row: Dispute) -> None:
    _write(f"{row.attendance_id}:contested", row.attendance, N_("Sulle tue ore decide l'ufficio"), [
        N_("il tutor ha chiesto all'ufficio di decidere sulle ore che hai registrato."),
        N_("Puoi scrivere anche tu come sono andate le cose. L'ufficio decide entro il %(day)s."),
    ], day=row.due_at.astimezone(queries.zone_of(row.attendance)).date())


def dispute_decided(row: Dispute) -> None:
    _write(f"{row.attendance_id}:decided", row.attendance, N_("L'ufficio ha deciso sulla tua contestazione"), [
        N_("l'ufficio ha deciso. Ecco la risposta: %(words)s"),
    ], words=row.decision)


def absence_marked(attendance: Attendance) -> None:
    _write(f"{attendance.id}:missed", attendance, N_("Sei risultato assente a un turno"), [
        N_("il tutor ti ha segnato assente a un turno prenotato."),
        N_("Se avevi un motivo, diglielo: può giustificare l'assenza. Se c'eri, puoi contestare dalla pagina."),
    ])


def absence_unexcused(attendance: Attendance, reason: str) -> None:
    _write(f"{attendance.id}:unexcused", attendance, N_("La tua assenza non è giustificata"), [
        N_("l'assenza a un turno prenotato risulta non giustificata. Motivo: %(reason)s"),
        N_("Se non sei d'accordo puoi contestare dalla pagina: decide l'ufficio."),
    ], reason=reason)


def called_off(attendance: Attendance, reason: str) -> None:
    _write(f"{attendance.id}:called_off", attendance, N_("Il turno non si è fatto"), [
        N_("il turno è stato annullato dall'ente. Motivo: %(reason)s"),
        N_("Non è un'assenza, e non devi fare niente."),
    ], reason=reason)


def _write(key: str, attendance: Attendance, subject: str, sentences: list[str], **values) -> None:
    """One letter in Italian, the language of the acts, to the person of these hours; each sentence is a paragraph."""
    person, path = attendance.person, f"/ore/registrate/{attendance.id}"
    with force_locale("it"):
        said = [spoken(sentence, **values) for sentence in sentences]
        body = [spoken(N_("Ciao %(name)s,"), name=person.given_name), *said,
                spoken(N_("Tutti i dettagli sono qui, dopo l'accesso: %(url)s"), url=current_app.config["PUBLIC_BASE_URL"] + path)]
        outbox.write(f"hours:{key}", person.email, spoken(subject), "\n\n".join(body) + "\n")
