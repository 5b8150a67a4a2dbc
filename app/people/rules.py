"""What must be true between people, whatever the matter."""
from app.base.errors import Refusal
from app.base.words import N_


def check_interest(acts, serves) -> None:
    """Refuses an act of one person for himself or for somebody of his household (L. 241/1990 art. 6-bis)."""
    if acts.id == serves.id or serves.household_id is not None and acts.household_id == serves.household_id:
        raise Refusal(N_("La pratica riguarda te o la tua famiglia: deve occuparsene un'altra persona."))
