"""The lives of a night's run, of a finding, and of a correction that is proposed for it."""
from app.access import May
from app.base.states import Machine, Move
from app.base.words import Labelled, N_


class Scope(Labelled):
    """How far back a night goes over the ledger. Everything else it always compares in full."""

    INCREMENTAL = "incremental", N_("Solo i movimenti nuovi")
    FULL = "full", N_("Tutti i movimenti")


class Night(Labelled):
    QUEUED = "queued", N_("In attesa")
    RUNNING = "running", N_("In corso")
    DONE = "done", N_("Conclusa")
    FAILED = "failed", N_("Non riuscita")


class Finding(Labelled):
    OPEN = "open", N_("Da esaminare")
    EXPLAINED = "explained", N_("Spiegata")
    CORRECTED = "corrected", N_("Corretta")
    CLEARED = "cleared", N_("Non si ripresenta")


class Remedy(Labelled):
    """What may put a finding right. Nothing else does."""

    RESTATE = "restate", N_("Riscrivere il saldo del conto dai suoi movimenti")
    REVERSE_OFFSET = "reverse_offset", N_("Stornare la riduzione")


class Correction(Labelled):
    PROPOSED = "proposed", N_("Da decidere")
    APPROVED = "approved", N_("Eseguita")
    REJECTED = "rejected", N_("Respinta")
    WITHDRAWN = "withdrawn", N_("Ritirata")


NIGHT = Machine(
    Night.QUEUED,
    Move("start", (Night.QUEUED, Night.RUNNING, Night.FAILED), Night.RUNNING, None),     # from RUNNING: its holder's lease has lapsed
    Move("release", (Night.RUNNING,), Night.QUEUED, None),
    Move("fail", (Night.RUNNING,), Night.FAILED, None),
    Move("finish", (Night.RUNNING,), Night.DONE, None),
    Move("run_again", (Night.QUEUED, Night.DONE, Night.FAILED), Night.QUEUED, May.NIGHT_RUN, N_("Esegui ora")),
)
FINDING = Machine(
    Finding.OPEN,
    Move("explain", (Finding.OPEN,), Finding.EXPLAINED, May.FINDING_HANDLE, N_("Segna come spiegata")),
    Move("correct", (Finding.OPEN, Finding.EXPLAINED), Finding.CORRECTED, None),          # its correction was approved
    Move("clear", (Finding.OPEN,), Finding.CLEARED, None),
    Move("reopen", (Finding.EXPLAINED, Finding.CORRECTED), Finding.OPEN, None),
)
CORRECTION = Machine(
    Correction.PROPOSED,
    Move("approve", (Correction.PROPOSED,), Correction.APPROVED, May.CORRECTION_APPROVE, N_("Approva ed esegui")),
    Move("reject", (Correction.PROPOSED,), Correction.REJECTED, May.CORRECTION_APPROVE, N_("Respingi")),
    Move("withdraw", (Correction.PROPOSED,), Correction.WITHDRAWN, May.CORRECTION_PROPOSE, N_("Ritira la proposta")),
)
