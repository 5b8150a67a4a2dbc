"""The lives of an attendance (the hours of one shift) and of a certificate."""
from app.access import May
from app.base.states import Machine, Move
from app.base.words import Labelled, N_


class Attendance(Labelled):
    """PLANNED is the booking itself: a row is made when something happens to it, and leaves this state in the same transaction."""

    PLANNED = "planned", N_("In programma")
    CHECKED_IN = "checked_in", N_("In corso")
    LEFT_OPEN = "left_open", N_("Senza uscita")
    CHECKED_OUT = "checked_out", N_("Da inviare")
    LATE = "late", N_("Aspettano l'ufficio")
    SUBMITTED = "submitted", N_("Da convalidare")
    DISPUTED = "disputed", N_("Contestate")
    VALIDATED = "validated", N_("Convalidate")
    REJECTED = "rejected", N_("Respinte")
    LOCKED = "locked", N_("Certificate")
    VOIDED = "voided", N_("Annullate")
    MISSED = "missed", N_("Assenza")
    JUSTIFIED = "justified", N_("Assenza giustificata")
    UNJUSTIFIED = "unjustified", N_("Assenza non giustificata")
    CANCELLED = "cancelled", N_("Annullato dall'ente")


A = Attendance
OPEN = (A.CHECKED_IN, A.LEFT_OPEN)                        # no end yet
ABSENT = (A.MISSED, A.JUSTIFIED, A.UNJUSTIFIED)
COUNTED = (A.VALIDATED, A.LOCKED)                         # only these minutes are worth anything
ON_THEIR_WAY = (A.LATE, A.SUBMITTED, A.DISPUTED, A.VALIDATED)              # something is still to be decided or certified
DEAD = (A.REJECTED, A.VOIDED)                             # the booking is free for another row
TAKES_TIME = (*OPEN, A.CHECKED_OUT, A.LATE, A.SUBMITTED, A.DISPUTED, *COUNTED)         # nothing else of the person may overlap it

# Where one step has two names, the first is the person's own and the second the tutor's for him.
ATTENDANCE = Machine(
    A.PLANNED,
    Move("check_in", (A.PLANNED,), A.CHECKED_IN, May.HOURS_LOG, N_("Registra l'entrata")),
    Move("receive", (A.PLANNED,), A.CHECKED_IN, May.HOURS_VALIDATE, N_("Segna l'entrata")),
    Move("leave_open", (A.CHECKED_IN,), A.LEFT_OPEN, None),
    Move("check_out", OPEN, A.CHECKED_OUT, May.HOURS_LOG, N_("Registra l'uscita")),
    Move("see_out", OPEN, A.CHECKED_OUT, May.HOURS_VALIDATE, N_("Segna l'uscita")),
    Move("submit", (A.PLANNED, A.CHECKED_OUT), A.SUBMITTED, May.HOURS_LOG, N_("Invia le ore")),
    Move("hand_in", (A.PLANNED, A.CHECKED_OUT), A.SUBMITTED, May.HOURS_VALIDATE, N_("Invia per la persona")),
    Move("submit_late", (A.PLANNED, A.CHECKED_OUT), A.LATE, May.HOURS_LOG),
    Move("admit", (A.LATE,), A.SUBMITTED, May.HOURS_SETTLE, N_("Accetta il ritardo")),
    Move("decline", (A.LATE,), A.REJECTED, May.HOURS_SETTLE, N_("Non accettare")),
    Move("validate", (A.SUBMITTED,), A.VALIDATED, May.HOURS_VALIDATE, N_("Convalida")),
    Move("enter", (A.PLANNED,), A.SUBMITTED, May.SHEET_ENTER),                  # from paper, by an operator
    Move("sign", (A.SUBMITTED,), A.VALIDATED, May.SHEET_ENTER),                 # the tutor signed that paper
    Move("reject", (A.SUBMITTED,), A.REJECTED, May.HOURS_VALIDATE, N_("Respingi")),
    Move("contest", (A.SUBMITTED,), A.DISPUTED, May.HOURS_VALIDATE, N_("Chiedi all'ufficio")),
    Move("correct", (A.VALIDATED,), A.VALIDATED, May.HOURS_VALIDATE, N_("Correggi")),
    Move("reopen", (A.VALIDATED,), A.SUBMITTED, May.HOURS_VALIDATE, N_("Riapri")),
    Move("dispute", (A.PLANNED, A.REJECTED, A.MISSED, A.UNJUSTIFIED), A.DISPUTED, May.HOURS_LOG, N_("Contesta")),
    Move("uphold", (A.DISPUTED,), A.VALIDATED, May.HOURS_SETTLE, N_("Riconosci le ore")),
    Move("dismiss", (A.DISPUTED,), A.REJECTED, May.HOURS_SETTLE, N_("Non riconoscere le ore")),
    Move("accept_excuse", (A.DISPUTED,), A.JUSTIFIED, May.HOURS_SETTLE, N_("Giustifica l'assenza")),
    Move("confirm_absence", (A.DISPUTED,), A.UNJUSTIFIED, May.HOURS_SETTLE, N_("Conferma l'assenza")),
    Move("lock", (A.VALIDATED,), A.LOCKED, May.CERTIFICATE_ISSUE),
    Move("unlock", (A.LOCKED,), A.VALIDATED, May.CERTIFICATE_ISSUE),            # its certificate was annulled
    Move("void", (A.VALIDATED,), A.VOIDED, May.CERTIFICATE_ISSUE, N_("Annulla le ore")),
    Move("miss", (A.PLANNED,), A.MISSED, May.HOURS_VALIDATE, N_("Segna l'assenza")),
    Move("excuse", (A.MISSED, A.UNJUSTIFIED), A.JUSTIFIED, May.HOURS_VALIDATE, N_("Giustifica")),
    Move("blame", (A.MISSED,), A.UNJUSTIFIED, May.HOURS_VALIDATE, N_("Non giustificare")),
    Move("call_off", (A.PLANNED, *OPEN, A.MISSED, A.UNJUSTIFIED), A.CANCELLED, May.HOURS_VALIDATE, N_("Annullato dall'ente")),
    Move("withdraw", (*OPEN, A.CHECKED_OUT, *ABSENT, A.CANCELLED), A.VOIDED, May.HOURS_VALIDATE, N_("Togli, è un errore")),
)


class Certificate(Labelled):
    ISSUED = "issued", N_("Valido")
    SUPERSEDED = "superseded", N_("Sostituito")
    ANNULLED = "annulled", N_("Annullato")


CERTIFICATE = Machine(
    Certificate.ISSUED,
    Move("supersede", (Certificate.ISSUED,), Certificate.SUPERSEDED, May.CERTIFICATE_ISSUE, N_("Sostituisci")),
    Move("annul", (Certificate.ISSUED,), Certificate.ANNULLED, May.CERTIFICATE_ISSUE, N_("Annulla l'attestato")),
)


class Sheet(Labelled):
    PRINTED = "printed", N_("Da inserire")
    ENTERED = "entered", N_("Inserito")


SHEET = Machine(
    Sheet.PRINTED,
    Move("enter", (Sheet.PRINTED,), Sheet.ENTERED, May.SHEET_ENTER, N_("Registra il foglio")),
)
