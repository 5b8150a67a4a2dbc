"""What a task must say before the office sees it, and what may still change afterwards."""
from datetime import datetime

from app.base.errors import Refusal
from app.base.words import N_
from app.tasks.rules.instruments import CountsFor
from app.tasks.states import Task

# Of an open task only what helps people to find it may change: the rest is what the office accepted.
PRACTICAL = {"address", "directions", "tools", "description", "audience", "step_free", "lat_micro", "lon_micro"}


def check_facts(*, youth: bool, counts_for: CountsFor, min_age: int | None, reserved_percent: int, reserved: bool) -> None:
    """Refuses barter hours for who is under age, an age that cannot be, and reserved places for nobody."""
    if youth and CountsFor(counts_for) in {CountsFor.BARATTO, CountsFor.BOTH}:
        raise Refusal(N_("Le attività per giovani accompagnati non contano per il baratto: scegli la banca del tempo o l'attestato."),
                      field="counts_for")
    if min_age is not None and not 14 <= min_age <= 99:
        raise Refusal(N_("L'età minima deve essere tra 14 e 99 anni."), field="min_age")
    if not 0 <= reserved_percent <= 100:
        raise Refusal(N_("La quota deve essere tra 0 e 100."), field="reserved_percent")
    if bool(reserved_percent) != reserved:
        raise Refusal(N_("Per i posti riservati servono sia il gruppo sia la quota."), field="reserved_percent")


def check_edit(state: Task, changed: set[str]) -> None:
    """Refuses to change what the office is reading, or has accepted, behind its back."""
    if state is Task.DRAFT:
        return
    if state not in {Task.ACCEPTED, Task.OPEN}:
        raise Refusal(N_("Ora questa attività non si può cambiare."))
    if changed - PRACTICAL:
        raise Refusal(N_("Il Comune ha accettato l'attività così: ora puoi cambiare solo le indicazioni pratiche."))


def check_proposal(*, declared: bool) -> None:
    """Refuses a task whose host does not declare that it replaces no staff and no contract (Corte dei conti; art. 201 D.Lgs. 36/2023)."""
    if not declared:
        raise Refusal(N_("Senza questa dichiarazione il Comune non può accettare l'attività."), field="declared")


def check_decision(*, declared_by: int | None, by: int, declared_at: datetime, read: str | None = None) -> None:
    """Nobody decides on what he proposed himself, nor on words that he did not read: `read` names the proposal that he looked at."""
    if read is not None and read != declared_at.isoformat():
        raise Refusal(N_("Nel frattempo l'ente ha cambiato l'attività e l'ha proposta di nuovo: rileggila."))
    if declared_by == by:
        raise Refusal(N_("Hai proposto tu questa attività: deve decidere un'altra persona."))


def check_opening(*, planned: int) -> None:
    """Refuses to open a task without a shift to book."""
    if not planned:
        raise Refusal(N_("Aggiungi almeno un turno, poi apri le prenotazioni."))
