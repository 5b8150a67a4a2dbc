"""The lives of a call, an agreement and an offset."""
from app.access import May
from app.base.states import Machine, Move
from app.base.words import Labelled, N_


class Call(Labelled):
    RUNNING = "running", N_("In corso")
    FINISHED = "finished", N_("Concluso")


class Agreement(Labelled):
    ACTIVE = "active", N_("Attivo")
    CLOSED = "closed", N_("Chiuso")


class Offset(Labelled):
    PROPOSED = "proposed", N_("Proposta")
    RETURNED = "returned", N_("Restituita all'ufficio")
    CANCELLED = "cancelled", N_("Annullata")
    APPROVED = "approved", N_("Approvata")
    EXPORTED = "exported", N_("Inviata ai tributi")
    REVERSED = "reversed", N_("Stornata")


CALL = Machine(
    Call.RUNNING,
    Move("finish", (Call.RUNNING,), Call.FINISHED, May.CALL_OPEN, N_("Concludi il bando")),
)
AGREEMENT = Machine(
    Agreement.ACTIVE,
    Move("close", (Agreement.ACTIVE,), Agreement.CLOSED, May.AGREEMENT_MAKE, N_("Chiudi il patto")),
)
OFFSET = Machine(
    Offset.PROPOSED,
    Move("return_", (Offset.PROPOSED,), Offset.RETURNED, May.OFFSET_APPROVE, N_("Restituisci")),
    Move("approve", (Offset.PROPOSED,), Offset.APPROVED, May.OFFSET_APPROVE, N_("Approva")),
    Move("repropose", (Offset.RETURNED,), Offset.PROPOSED, May.OFFSET_PROPOSE, N_("Proponi di nuovo")),
    Move("cancel", (Offset.PROPOSED, Offset.RETURNED), Offset.CANCELLED, May.OFFSET_PROPOSE, N_("Annulla la proposta")),
    Move("export", (Offset.APPROVED,), Offset.EXPORTED, May.OFFSET_EXPORT),
    Move("reverse", (Offset.APPROVED, Offset.EXPORTED), Offset.REVERSED, May.OFFSET_APPROVE, N_("Storna")),
)

LIVE_OFFSETS = (Offset.PROPOSED, Offset.RETURNED, Offset.APPROVED, Offset.EXPORTED)
GRANTED_OFFSETS = (Offset.APPROVED, Offset.EXPORTED)
