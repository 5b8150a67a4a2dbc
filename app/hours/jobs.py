"""By the clock: sessions that somebody forgot to end are flagged."""
from app.base.db import db
from app.base.transactions import reading, transaction
from app.hours import queries
from app.hours.actions import leave_open
from app.hours.models import Attendance


def flag_left_open(stopping=lambda: False) -> int:
    """Flag every session that has been open too long, one transaction each; how many that were."""
    with reading():
        found = queries.open_too_long()
    flagged = 0
    for attendance_id in found:
        if stopping():
            break
        with transaction():
            flagged += leave_open(db.session.get_one(Attendance, attendance_id))
    return flagged
