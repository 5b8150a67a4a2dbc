"""The lives of an attendance (the hours of one shift) and of a certificate."""
from app.access import May
from app.base.states import Machine, Move
from app.base.words import Labelled, N_


class Attendance(Labelled):
    SUBMITTED = "submitted", N_("Da convalidare")
    VALIDATED = "validated", N_("Convalidate")
    REJECTED = "rejected", N_("Respinte")
    LOCKED = "locked", N_("Certificate")


ATTENDANCE = Machine(
    Attendance.SUBMITTED,
    Move("validate", (Attendance.SUBMITTED,), Attendance.VALIDATED, May.HOURS_VALIDATE, N_("Convalida")),
    Move("reject", (Attendance.SUBMITTED,), Attendance.REJECTED, May.HOURS_VALIDATE, N_("Respingi")),
    Move("correct", (Attendance.VALIDATED,), Attendance.VALIDATED, May.HOURS_VALIDATE, N_("Correggi")),
    Move("lock", (Attendance.VALIDATED,), Attendance.LOCKED, May.CERTIFICATE_ISSUE),
)
