"""Refusals: what a rule says no to, in words a citizen can read. Translated where they are shown."""
from app.base.words import N_


class Refusal(Exception):
    """A rule said no.

    `message` is Italian with %(name)s placeholders; `field` names the form field to show it at, if any. Values whose names end
    in `_min` are minutes and in `_cents` are cents: the page writes them as hours and euros.
    """

    def __init__(self, message: str, field: str | None = None, **values):
        super().__init__(message % values if values else message)
        self.message, self.field, self.values = message, field, values


def check_reason(reason: str) -> None:
    """Refuses to go against somebody, or to undo what is on record, without a reason."""
    if not reason.strip():
        raise Refusal(N_("Scrivi il motivo: lo leggerà chi è coinvolto."), field="reason")
