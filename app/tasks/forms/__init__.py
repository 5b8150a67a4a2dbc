"""What people type about tasks, shifts and bookings."""
from app.tasks.forms.board import FilterBoard
from app.tasks.forms.booking import BookPlace, Confirm
from app.tasks.forms.fields import Choice, Stretch, filled, likely, listed
from app.tasks.forms.hosting import CallOff, MoveShift, PlanSeries, PlanShift, Propose, WriteTask
from app.tasks.forms.office import ConfirmQualification, Decide, NameQualification, Return, SearchResidents, SetRules

__all__ = [
    "BookPlace", "CallOff", "Choice", "Confirm", "ConfirmQualification", "Decide", "FilterBoard", "MoveShift", "NameQualification",
    "PlanSeries", "PlanShift", "Propose", "Return", "SearchResidents", "SetRules", "Stretch", "WriteTask", "filled", "likely", "listed",
]
