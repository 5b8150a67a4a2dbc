"""What the baratto writes to people. The subject says what happened and never how much; all details are behind the sign-in."""
from flask import current_app

from app.baratto.models import Agreement, Offset
from app.base import outbox
from app.base.i18n import force_locale, spoken
from app.base.words import N_
from app.people.models import Person


def agreement_made(agreement: Agreement) -> None:
    _write(f"agreement:{agreement.id}:made", agreement.person, N_("Il tuo patto è attivo"), [
        N_("il tuo patto con il Comune di %(comune)s è attivo."),
        N_("Prevede al massimo %(planned_min)s di attività, dal %(first)s al %(last)s. Non serve farne di più."),
        N_("Quando le ore sono certificate, il tuo tributo può scendere: al massimo di %(max_cents)s."),
        N_("Puoi scegliere il primo turno dalla bacheca."),
    ], f"/patti/{agreement.id}", comune=agreement.call.comune.name, planned_min=agreement.planned_minutes,
        first=agreement.starts_on, last=agreement.ends_on, max_cents=agreement.max_cents)


def offset_approved(offset: Offset) -> None:
    _write(f"offset:{offset.id}:approved", offset.agreement.person, N_("La tua riduzione è stata approvata"), [
        N_("le tue ore hanno ridotto il tuo tributo di %(amount_cents)s. Grazie per quello che hai fatto."),
        N_("Non devi fare niente: avvisiamo noi l'ufficio tributi."),
        N_("Nella pagina trovi come abbiamo fatto il conto e quanto resta da pagare."),
    ], f"/riduzioni/{offset.id}", amount_cents=offset.amount_cents)


def offset_returned(offset: Offset, reason: str) -> None:
    """To whoever proposed it. Without the resident's name: letters leave the house."""
    key = f"offset:{offset.id}:returned:{offset.proposed_at:%Y%m%d%H%M%S}"       # once for each time that it was proposed
    _write(key, offset.proposed_by, N_("Una tua proposta è stata restituita"), [
        N_("la proposta di riduzione n. %(number)s ti è stata restituita. Motivo: %(reason)s"),
        N_("Correggila e proponila di nuovo, oppure annullala."),
    ], f"/riduzioni/{offset.id}", number=offset.id, reason=reason)


def offset_reversed(offset: Offset, reason: str) -> None:
    _write(f"offset:{offset.id}:reversed", offset.agreement.person, N_("Una tua riduzione è stata annullata"), [
        N_("l'ufficio ha annullato la riduzione n. %(number)s. Motivo: %(reason)s"),
        N_("Le tue ore non sono perse: tornano disponibili per una nuova riduzione."),
        N_("Se qualcosa non ti torna, parlane con l'ufficio tributi, anche di persona."),
    ], f"/riduzioni/{offset.id}", number=offset.id, reason=reason)


def _write(key: str, person: Person, subject: str, sentences: list[str], path: str, **values) -> None:
    """One letter in Italian, the language of the acts; each sentence is a paragraph."""
    with force_locale("it"):
        said = [spoken(sentence, **values) for sentence in sentences]
        body = [spoken(N_("Ciao %(name)s,"), name=person.given_name), *said,
                spoken(N_("Tutti i dettagli sono qui, dopo l'accesso: %(url)s"), url=current_app.config["PUBLIC_BASE_URL"] + path)]
        outbox.write(f"baratto:{key}", person.email, spoken(subject), "\n\n".join(body) + "\n")
