"""How long a break was, as people write it."""
from app.base import amounts
from app.base.errors import Refusal
from app.base.words import N_


def break_minutes(text: str) -> int:
    """Minutes of a break from "30", "0:30", "30 min" or "1 h"; a bare number is minutes. Several are added: "15 + 30".

    Refuses "0,30", which has two readings.
    """
    if "+" in text:
        return sum(break_minutes(part.strip()) for part in text.split("+"))
    if text.isdecimal():
        text += " min"
    if "," in text or "." in text:
        raise Refusal(N_("Scrivi la pausa in minuti, per esempio 30, oppure così: 0:30."))
    return amounts.minutes(text)
