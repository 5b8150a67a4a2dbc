"""Every state of an attendance against every move of its table, in the database; and who may make it."""
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Forbidden

from app.access import GRANTS, Role
from app.base import passages
from app.base.db import db
from app.base.errors import Refusal
from app.base.passages import Passage
from app.hours.models import Attendance
from app.hours.states import ATTENDANCE, Attendance as State
from tests.hours.builders import WORKED, worked

HANDS = {Role.RESIDENT: "anna", Role.TUTOR: "tino", Role.CERTIFIER: "carla", Role.OFFICER: "olga", Role.ADMIN: "ada"}


def hand(town, permission):
    """Somebody who holds this permission."""
    return next(getattr(town, name).row for role, name in HANDS.items() if permission in GRANTS[role])


@pytest.mark.parametrize("state", State)
def test_every_state_meets_every_move(context, town, state):
    booking = worked(town.alessandria, town.anna)
    row = Attendance(comune_id=booking.comune_id, organisation_id=booking.shift.task.organisation_id, booking=booking, person=town.anna.row,
                     state=state, claimed_start=WORKED, claimed_end=WORKED + timedelta(hours=1), started_at=WORKED,
                     ended_at=WORKED + timedelta(hours=1))
    db.session.add(row)
    db.session.flush()
    before = db.session.query(Passage).count()
    for name, step in ATTENDANCE.moves.items():
        by = hand(town, step.needs) if step.needs else None
        with db.session.begin_nested() as undone:
            if state in step.sources:
                passages.move(row, ATTENDANCE, name, by=by, reason="perché")
                assert row.state is step.target, name
            else:
                with pytest.raises(Refusal, match="non è più possibile"):
                    passages.move(row, ATTENDANCE, name, by=by)
                assert db.session.query(Passage).count() == before, name
            undone.rollback()
        db.session.refresh(row)
        if step.needs:
            with pytest.raises(Forbidden):
                passages.move(row, ATTENDANCE, name, by=town.lino.row)


@pytest.mark.parametrize("state", sorted({State.SUBMITTED, State.LATE, State.CHECKED_OUT, State.VALIDATED, State.LOCKED}))
def test_what_counts_has_an_end(context, town, state):
    """The database's own CHECK."""
    booking = worked(town.alessandria, town.anna)
    db.session.add(Attendance(comune_id=booking.comune_id, organisation_id=booking.shift.task.organisation_id, booking=booking,
                              person=town.anna.row, state=state, started_at=WORKED, claimed_start=WORKED))
    with pytest.raises(IntegrityError, match="ck_attendance_times"):
        db.session.flush()
