"""The baratto in plain words: the keys of a regulation, the steps of a settlement, the facts behind a line of the ledger."""
from collections.abc import Iterable, Mapping
from datetime import date
from enum import EnumType
from typing import Any, NamedTuple

from app.baratto.rules import Step
from app.baratto.rules.terms import NEEDED, Terms, ValueModel
from app.base.i18n import euros, gettext as _, hours, short_day, spoken
from app.base.words import Labelled, N_
from app.taxes.models import Component, Tax

BLOCKS = {
    "terms": N_("Quanto valgono le ore, e i limiti"),
    "access": N_("Chi può partecipare"),
    "budget": N_("I fondi"),
    "procedure": N_("Come si fa"),
}
KEYS = {
    "value_model": N_("Come si dà valore alle ore"),
    "rate_cents_per_hour": N_("Quanto vale un'ora"),
    "module_minutes": N_("Durata di un modulo"),
    "module_cents": N_("Quanto vale un modulo"),
    "module_partial": N_("Un modulo fatto solo in parte"),
    "percent": N_("Parte del tributo"),
    "flat_cents": N_("Importo per il servizio intero"),
    "full_minutes": N_("Durata del servizio intero"),
    "partial": N_("Un servizio fatto solo in parte"),
    "time_granularity_min": N_("Il tempo si conta a passi di"),
    "time_round": N_("Arrotondamento del tempo"),
    "time_round_scope": N_("Dove si arrotonda il tempo"),
    "money_round": N_("Arrotondamento degli euro"),
    "payable_round": N_("Arrotondamento di quello che resta da pagare"),
    "cap_person_year_min": N_("Massimo di ore per persona in un anno"),
    "cap_person_year_cents": N_("Massimo di euro per persona in un anno"),
    "cap_household_year_cents": N_("Massimo di euro per famiglia in un anno"),
    "cap_day_min": N_("Massimo di ore in un giorno"),
    "min_debt_cents": N_("Debito minimo"),
    "eligible_taxes": N_("Tributi che si possono ridurre"),
    "eligible_components": N_("Quote che si possono ridurre"),
    "arrears_policy": N_("Di quali anni"),
    "bonus_sociale_order": N_("Bonus sociale e riduzione"),
    "offset_order": N_("Da quale rata si comincia"),
    "isee_ceiling_cents": N_("Limite ISEE"),
    "isee_operator": N_("Il limite ISEE è compreso"),
    "isee_is_priority_only": N_("L'ISEE conta solo per la precedenza"),
    "min_age": N_("Età minima (anni)"),
    "max_age": N_("Età massima (anni)"),
    "residence_required": N_("Serve la residenza"),
    "residence_months": N_("Da quanti mesi si è residenti"),
    "max_debt_cents": N_("Debito massimo"),
    "must_be_tax_compliant": N_("Bisogna essere in regola con i tributi"),
    "blameless_default_required": N_("Solo se il debito non è colpa della persona"),
    "exclude_if_litigation": N_("Escluso chi ha un ricorso in corso"),
    "criminal_bar": N_("Escluso chi ha certe condanne"),
    "medical_fitness": N_("Idoneità fisica"),
    "permit_required_non_eu": N_("Permesso di soggiorno per chi non è dell'Unione europea"),
    "associations_allowed": N_("Anche le associazioni"),
    "firms_allowed": N_("Anche le imprese"),
    "one_per_household": N_("Una sola persona per famiglia"),
    "substitute_family_member": N_("Un familiare può prendere il suo posto"),
    "year_cents": N_("Fondi per l'anno"),
    "overflow": N_("Quando i fondi non bastano per tutti"),
    "min_partial_cents": N_("Importo minimo di una parte"),
    "window_open": N_("Domande dal"),
    "window_close": N_("Domande fino al"),
    "window_days": N_("Giorni per fare domanda"),
    "reopened": N_("Termini riaperti"),
    "priority": N_("Chi ha la precedenza"),
    "run_by": N_("Chi lo gestisce"),
    "certified_by": N_("Chi certifica le ore"),
    "report_by": N_("Chi fa la relazione"),
    "insurance": N_("Assicurazione"),
    "safety": N_("Sicurezza"),
    "observation_days": N_("Giorni per le osservazioni"),
    "agreement_days": N_("Giorni per firmare il patto"),
    "self_log_limit_days": N_("Giorni per registrare le ore da soli"),
    "programme_years": N_("Durata del programma (anni)"),
    "projects_per_year": N_("Progetti in un anno"),
    "participants": N_("Partecipanti"),
}
WORDS = {
    "LE": N_("Sì: «non superiore a»"), "LT": N_("No: «inferiore a»"),
    "NONE": N_("Non richiesta"), "SELF_DECL": N_("Autodichiarazione"), "CERTIFICATE": N_("Certificato medico"),
    "COMPANY_DOCTOR": N_("Medico del lavoro"),
    "STOP": N_("Ci si ferma al primo che non ci sta"), "PARTIAL": N_("All'ultimo si dà quello che resta"),
    "SKIP_AND_FILL": N_("Si salta e si passa a chi ci sta"),
}


class Said(NamedTuple):
    """One key of a regulation as a page shows it."""

    key: str
    label: str
    value: str
    source: str
    note: str
    stated: bool                       # False: the file does not say it, and the default of the rules holds


def block(name: str, document: Mapping[str, Any]) -> list[Said]:
    """A block of a stored regulation: each key that it states, and of the terms also those left to their defaults.

    A default that this way of valuing hours never looks at is left out.
    """
    stated = document.get(name) or {}
    complete = _complete(stated) if name == "terms" else {}
    return [Said(key, _(KEYS.get(key, key)), value_in_words(key, stated[key]["value"] if key in stated else complete[key]),
                 stated.get(key, {}).get("source", ""), stated.get(key, {}).get("note", ""), key in stated)
            for key in (complete or stated)]


def changes(before: Terms | None, after: Terms) -> list[tuple[str, str, str]]:
    """What differs between two versions: the key, the value before, the value after, in words."""
    if before is None:
        return []
    old, new = before.as_mapping(), after.as_mapping()
    return [(_(KEYS[key]), value_in_words(key, old[key]), value_in_words(key, new[key])) for key in new if old[key] != new[key]]


def value_in_words(key: str, value: Any) -> str:
    """The value of a key with its unit."""
    default = Terms.__dataclass_fields__[key].default if key in Terms.__dataclass_fields__ else None
    if value is None:
        return _("nessun limite")
    if isinstance(default, Labelled):
        return _(type(default)(value).label)
    if isinstance(value, bool):
        return _("Sì") if value else _("No")
    if isinstance(value, (list, tuple)):
        return ", ".join(_label(Component if key == "eligible_components" else Tax, each) for each in value)
    if isinstance(value, int):
        return euros(value) if "cents" in key else hours(value) if key.endswith(("_min", "_minutes")) else (
            f"{value} %" if key == "percent" else str(value))
    if key in ("window_open", "window_close"):
        return short_day(date.fromisoformat(str(value)))
    return _(WORDS[value]) if value in WORDS else str(value)


def sentences(steps: Iterable[Step | Mapping]) -> list[str]:
    """The steps of a settlement, as it was just made or as an offset has stored it, in words."""
    told = [(step["text"], step["values"]) if isinstance(step, Mapping) else (step.text, step.values) for step in steps]
    return [spoken(text, **{name: _worded(value) for name, value in values.items()}) for text, values in told]


def _worded(value):
    """A value of a step as it is said: a stored label is translated, a number is left to `spoken`."""
    if isinstance(value, Mapping):
        label = value["label"]
        return _(label)
    return value


def _complete(stated: Mapping[str, Any]) -> dict[str, Any]:
    terms = Terms.from_mapping({key: each["value"] for key, each in stated.items()})
    only_for = {"module_partial": (ValueModel.MODULE,), "partial": (ValueModel.PERCENT, ValueModel.FLAT)}
    for model, keys in NEEDED.items():
        for key in keys:
            only_for[key] = (*only_for.get(key, ()), model)
    return {key: value for key, value in terms.as_mapping().items()
            if key in stated or terms.value_model in only_for.get(key, ValueModel)}


def _label(words: EnumType, name: str) -> str:
    return _(words(name).label) if name in set(words) else name
