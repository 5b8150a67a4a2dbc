"""The rules of the board: pure functions on plain values, no database and no request."""
from app.tasks.rules.shifts import asked_twice, check_calling_off, check_moving, check_shift, span

__all__ = ["asked_twice", "check_calling_off", "check_moving", "check_shift", "span"]
