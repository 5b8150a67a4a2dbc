"""What the night writes to people: to the auditors what it found, to both hands of a correction what waits and what was decided.

A letter leaves the house: it says how many and where to look, and no name, amount or account.
"""
from datetime import date
from zoneinfo import ZoneInfo

from flask import current_app

from app.access import May, Role
from app.base import clock, outbox
from app.base.i18n import force_locale, spoken
from app.base.words import N_
from app.people import queries as people
from app.people.models import Person
from app.reconciliation.models import Correction, Night
from app.reconciliation.queries import findings as queries
from app.reconciliation.states import Scope


def night_done(night: Night) -> None:
    """To the auditors: of a night that found something new, and once a week, after the full one, how things stand."""
    new, waiting = queries.new_in(night), queries.waiting(night.comune_id)
    facts = dict(comune=night.comune.name, day=night.business_date, new=len(new), waiting=waiting)
    if new:
        _to_auditors(night, f"night:{night.id}:findings:{max(new)}", N_("La notte ha trovato differenze"), [
            N_("i controlli della notte del %(day)s per il Comune di %(comune)s hanno trovato differenze nuove: %(new)s."),
            N_("In tutto le differenze da esaminare sono %(waiting)s."),
        ], facts)
    elif night.scope is Scope.FULL:
        _to_auditors(night, f"weekly:{night.comune_id}:{_today(night)}", N_("La settimana dei controlli"), [
            N_("nella notte del %(day)s, per il Comune di %(comune)s, abbiamo ricontrollato tutto il registro."),
            N_("In tutto le differenze da esaminare sono %(waiting)s.") if waiting else N_("Tutto torna. Non devi fare niente."),
        ], facts)


def night_failed(night: Night) -> None:
    """To the auditors, at most once a day: a night could not be finished."""
    _to_auditors(night, f"failed:{night.comune_id}:{_today(night)}", N_("La notte di controllo non è riuscita"), [
        N_("i controlli della notte del %(day)s per il Comune di %(comune)s si sono fermati."),
        N_("Il sito riprova da solo. Se serve una persona, la pagina lo dice."),
    ], dict(comune=night.comune.name, day=night.business_date))


def correction_proposed(correction: Correction) -> None:
    """To all who may approve it."""
    for person in people.who_may(May.CORRECTION_APPROVE, correction.comune_id):
        if person.id != correction.proposed_by_id:
            _write(f"correction:{correction.id}:proposed:{person.id}", person, N_("Una correzione aspetta la tua decisione"), [
                N_("qualcuno ha proposto una correzione per una differenza trovata dalla notte."),
                N_("Per eseguirla serve l'approvazione di un'altra persona."),
            ], f"/notti/correzioni/{correction.id}", {})


def correction_decided(correction: Correction) -> None:
    """To whoever proposed it."""
    _write(f"correction:{correction.id}:decided", correction.proposed_by, N_("Una tua correzione è stata decisa"), [
        N_("la correzione n. %(number)s che hai proposto ora è «%(state)s»."),
    ], f"/notti/differenze/{correction.finding_id}", dict(number=correction.id, state=correction.state))


def _to_auditors(night: Night, key: str, subject: str, sentences: list[str], facts: dict) -> None:
    for person in people.who_holds({Role.AUDITOR}, night.comune_id):
        _write(f"{key}:{person.id}", person, subject, sentences, f"/notti/{night.id}", facts)


def _today(night: Night) -> date:
    return clock.today(ZoneInfo(night.comune.zone))


def _write(key: str, person: Person, subject: str, sentences: list[str], path: str, facts: dict) -> None:
    """One letter in Italian, the language of the acts; each sentence is a paragraph."""
    with force_locale("it"):
        body = [spoken(N_("Ciao %(name)s,"), name=person.given_name), *(spoken(sentence, **facts) for sentence in sentences),
                spoken(N_("Tutti i dettagli sono qui, dopo l'accesso: %(url)s"), url=current_app.config["PUBLIC_BASE_URL"] + path)]
        outbox.write(f"reconciliation:{key}", person.email, spoken(subject), "\n\n".join(body) + "\n")
