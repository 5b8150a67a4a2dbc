"""The rules of the baratto: pure functions on plain values, no database and no request."""
from app.baratto.rules.positions import Line, Position
from app.baratto.rules.settlement import LimitedBy, Reason, Settlement, Used, settle
from app.baratto.rules.steps import Step
from app.baratto.rules.terms import Terms
from app.baratto.rules.worktime import Session

__all__ = ["Line", "LimitedBy", "Position", "Reason", "Session", "Settlement", "Step", "Terms", "Used", "settle"]
