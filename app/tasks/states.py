"""The lives of a task, a shift and a booking."""
from app.access import May
from app.base.states import Machine, Move
from app.base.words import Labelled, N_


class Task(Labelled):
    OPEN = "open", N_("Aperta")
    CLOSED = "closed", N_("Chiusa")


class Shift(Labelled):
    PLANNED = "planned", N_("In programma")
    CANCELLED = "cancelled", N_("Annullato dall'ente")


class Booking(Labelled):
    BOOKED = "booked", N_("Prenotato")
    CANCELLED = "cancelled", N_("Disdetto")


TASK = Machine(
    Task.OPEN,
    Move("close", (Task.OPEN,), Task.CLOSED, May.TASK_PUBLISH, N_("Chiudi l'attività")),
)
SHIFT = Machine(
    Shift.PLANNED,
    Move("cancel", (Shift.PLANNED,), Shift.CANCELLED, May.TASK_PUBLISH, N_("Annulla il turno")),
)
BOOKING = Machine(
    Booking.BOOKED,
    Move("cancel", (Booking.BOOKED,), Booking.CANCELLED, May.SHIFT_BOOK, N_("Disdici la prenotazione")),
)
