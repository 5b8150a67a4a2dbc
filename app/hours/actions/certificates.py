"""A certificate locks validated hours. It is replaced or annulled, never changed, and its hours are free again then."""
import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from app.base import outbox, passages
from app.base.announce import announce
from app.base.clock import today
from app.base.db import db
from app.base.errors import Refusal, check_reason
from app.base.i18n import force_locale, gettext as _
from app.base.words import N_
from app.hours import queries
from app.hours.events import CertificateIssued, CertificateWithdrawn
from app.hours.models import Attendance, Certificate, CertificateLine
from app.hours.states import ATTENDANCE, CERTIFICATE
from app.people.models import Person
from app.people.rules import check_interest
from app.town import actions as town


def certify(agreement_id: int, *, seen: str | None = None, by: Person) -> Certificate:
    """Turn an agreement's validated hours into the comune's next certificate; from then on nobody changes them.

    Hours of different years make different certificates: this one takes the oldest year. Hours that were decided after a certificate
    of later ones make a supplementary certificate. Refuses when there are none, when they are not those whose digest the certifier has
    `seen`, and the certifier's own or his household's hours.
    """
    return _issue(queries.of_oldest_year(queries.certifiable(agreement_id, lock=True)), seen=seen, by=by)


def attest(person: Person, comune_id: int, *, seen: str | None = None, by: Person) -> Certificate:
    """The same for validated hours that count for no agreement: an attestation, which reduces nothing. Refuses what `certify` refuses."""
    return _issue(queries.of_oldest_year(queries.attestable(person.id, comune_id, lock=True)), seen=seen, by=by)


def annul(certificate: Certificate, *, reason: str, by: Person) -> None:
    """Take a certificate back; its hours are validated ones again. The person is told.

    Refuses without a reason, for oneself or one's household, and a certificate on which a granted reduction stands.
    """
    _withdraw(certificate, "annul", reason, by)
    _tell(certificate, reason)


def replace(certificate: Certificate, *, keep: Iterable[int], reason: str, by: Person) -> Certificate:
    """Issue another certificate in the place of this one, with those of its hours whose numbers are in `keep`. The person is told.

    The others are validated hours again, for the tutor to correct. Refuses what `annul` refuses, and to keep none: that is annulling.
    """
    kept = set(keep)
    rows = [line.attendance for line in certificate.lines if line.attendance_id in kept]
    if not rows:
        raise Refusal(N_("Scegli almeno un turno da tenere. Se non ne resta nessuno, annulla l'attestato."), field="keep")
    _withdraw(certificate, "supersede", reason, by)
    successor = _issue(rows, supersedes=certificate, by=by)
    _tell(certificate, reason)
    return successor


def credit(certificate: Certificate, *, creditable: int, excluded: list[dict]) -> None:
    """Note how many of the certificate's minutes the regulation lets count, and why the others do not: [{"minutes": …, "text": …}]."""
    certificate.creditable_minutes, certificate.excluded = creditable, excluded
    db.session.flush()


def digest(rows: Sequence[Attendance]) -> str:
    """SHA-256 over the lines, in order: what a printed certificate can be compared with."""
    said = "\n".join(f"{row.id} {row.started_at.isoformat()} {row.ended_at.isoformat()} {row.break_min} {row.minutes}" for row in rows)
    return hashlib.sha256(said.encode()).hexdigest()


def _issue(rows: list[Attendance], *, seen: str | None = None, supersedes: Certificate | None = None, by: Person) -> Certificate:
    if not rows:
        raise Refusal(N_("Non ci sono ore convalidate da certificare."))
    if seen not in (None, digest(rows)):
        raise Refusal(N_("Nel frattempo un tutor ha convalidato o cambiato delle ore: ricontrolla l'elenco."))
    first, zone = rows[0], queries.zone_of(rows[0])
    check_interest(by, first.person)
    comune = first.organisation.comune
    town.lock(comune.id)
    completed = supersedes.supplements if supersedes else queries.supplemented(first)
    certificate = Certificate(
        comune_id=comune.id, year=today(zone).year, person_id=first.person_id, agreement_id=first.agreement_id, issued_by_id=by.id,
        supersedes_id=supersedes.id if supersedes else None,
        minutes=sum(row.minutes for row in rows), creditable_minutes=None if first.agreement_id is None else 0, digest=digest(rows),
        pending_minutes=sum(row.minutes for row in queries.of_same_year(first, queries.undecided(first))),
        supplements_id=completed.id if completed else None,
        lines=[CertificateLine.of(row) for row in rows])
    certificate.number = 1 + (db.session.scalar(select(func.max(Certificate.number)).where(
        Certificate.comune_id == comune.id, Certificate.year == certificate.year)) or 0)
    db.session.add(certificate)
    db.session.flush()
    for row in rows:
        passages.move(row, ATTENDANCE, "lock", by=by, reason=certificate.name)
    if certificate.agreement_id is not None:
        announce(CertificateIssued(certificate.id, certificate.agreement_id, certificate.minutes, by.ref))
    return certificate


def _withdraw(certificate: Certificate, move: str, reason: str, by: Person) -> None:
    check_interest(by, certificate.person)
    check_reason(reason)
    passages.move(certificate, CERTIFICATE, move, by=by, reason=reason.strip())
    if certificate.agreement_id is not None:
        announce(CertificateWithdrawn(certificate.id, certificate.agreement_id, certificate.name, by.ref))
    for line in certificate.lines:
        passages.move(line.attendance, ATTENDANCE, "unlock", by=by, reason=certificate.name)
        line.live = False
    db.session.flush()


def _tell(certificate: Certificate, reason: str) -> None:
    db.session.refresh(certificate, ["superseded_by"])
    person, successor = certificate.person, certificate.superseded_by
    with force_locale("it"):
        if successor:
            after = _("Al suo posto vale l'attestato %(name)s.", name=successor.name)
        else:
            after = _("Le tue ore non sono perse: un tutor le ricontrolla e poi avrai un nuovo attestato.")
        outbox.write(f"certificate {certificate.id} withdrawn", person.email,
                     _("Il tuo attestato %(name)s non vale più", name=certificate.name),
                     _("Ciao %(who)s,\nl'attestato %(name)s non vale più.\nMotivo: %(reason)s\n%(after)s\n"
                       "Se qualcosa non ti torna, parlane con l'ufficio.",
                       who=person.given_name, name=certificate.name, reason=reason.strip(), after=after))
