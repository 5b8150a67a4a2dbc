"""The lives of a night's run and of a finding."""
from app.access import May
from app.base.states import Machine, Move
from app.base.words import Labelled, N_


class Night(Labelled):
    QUEUED = "queued", N_("In attesa")
    RUNNING = "running", N_("In corso")
    DONE = "done", N_("Conclusa")
    FAILED = "failed", N_("Non riuscita")


class Finding(Labelled):
    OPEN = "open", N_("Da esaminare")
    EXPLAINED = "explained", N_("Spiegata")
    CLEARED = "cleared", N_("Non si ripresenta")


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
    Move("clear", (Finding.OPEN,), Finding.CLEARED, None),
    Move("reopen", (Finding.EXPLAINED, Finding.CLEARED), Finding.OPEN, None),
)
