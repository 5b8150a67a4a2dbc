"""The lives of a task, a shift and a booking."""
from app.access import May
from app.base.states import Machine, Move
from app.base.words import Labelled, N_


class Task(Labelled):
    DRAFT = "draft", N_("Bozza")
    PROPOSED = "proposed", N_("Proposta al Comune")
    ACCEPTED = "accepted", N_("Accettata")
    OPEN = "open", N_("Aperta")
    CLOSED = "closed", N_("Chiusa")
    CANCELLED = "cancelled", N_("Annullata")


class Shift(Labelled):
    PLANNED = "planned", N_("In programma")
    CANCELLED = "cancelled", N_("Annullato dall'ente")


class Booking(Labelled):
    WAITING = "waiting", N_("In lista d'attesa")
    OFFERED = "offered", N_("Posto offerto")
    BOOKED = "booked", N_("Prenotato")
    CANCELLED = "cancelled", N_("Disdetto")
    LEFT = "left", N_("Uscito dalla lista d'attesa")
    LAPSED = "lapsed", N_("Scaduto")
    WITHDRAWN = "withdrawn", N_("Ha avvisato che non viene")
    REPLACED = "replaced", N_("Sostituito")


ALIVE = (Task.DRAFT, Task.PROPOSED, Task.ACCEPTED, Task.OPEN)
LIVE = (Booking.WAITING, Booking.OFFERED, Booking.BOOKED)      # one of these at most, for a person and a shift

TASK = Machine(
    Task.DRAFT,
    Move("propose", (Task.DRAFT,), Task.PROPOSED, May.TASK_PUBLISH, N_("Proponi al Comune")),
    Move("revise", (Task.PROPOSED, Task.ACCEPTED), Task.DRAFT, May.TASK_PUBLISH, N_("Riprendi la bozza")),
    Move("return_", (Task.PROPOSED,), Task.DRAFT, May.TASK_ACCEPT, N_("Restituisci all'ente")),
    Move("accept", (Task.PROPOSED,), Task.ACCEPTED, May.TASK_ACCEPT, N_("Accetta")),
    Move("open", (Task.ACCEPTED,), Task.OPEN, May.TASK_PUBLISH, N_("Apri le prenotazioni")),
    Move("close", (Task.OPEN,), Task.CLOSED, May.TASK_PUBLISH, N_("Chiudi l'attività")),
    Move("cancel", ALIVE, Task.CANCELLED, May.TASK_PUBLISH, N_("Annulla l'attività")),
)
SHIFT = Machine(
    Shift.PLANNED,
    Move("cancel", (Shift.PLANNED,), Shift.CANCELLED, May.TASK_PUBLISH, N_("Annulla il turno")),
)
# Who finds a free place begins at BOOKED. After the cut-off one no longer cancels: one withdraws, and whoever comes instead replaces.
BOOKING = Machine(
    Booking.WAITING,
    Move("offer", (Booking.WAITING,), Booking.OFFERED, None),
    Move("accept", (Booking.OFFERED,), Booking.BOOKED, May.SHIFT_BOOK, N_("Accetta il posto")),
    Move("leave", (Booking.WAITING, Booking.OFFERED), Booking.LEFT, May.SHIFT_BOOK, N_("Esci dalla lista d'attesa")),
    Move("lapse", (Booking.WAITING, Booking.OFFERED), Booking.LAPSED, None),
    Move("cancel", (Booking.BOOKED,), Booking.CANCELLED, May.SHIFT_BOOK, N_("Disdici la prenotazione")),
    Move("withdraw", (Booking.BOOKED,), Booking.WITHDRAWN, May.SHIFT_BOOK, N_("Non posso venire")),
    Move("replace", (Booking.WITHDRAWN,), Booking.REPLACED, None),
)
