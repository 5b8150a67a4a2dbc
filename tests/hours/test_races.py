"""Several hands on the same hours at one moment: one of them wins, the others hear why not, and the figures agree."""
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.hours import actions
from app.hours.models import Attendance, Certificate, Dispute, Sheet
from app.hours.states import Attendance as State, Certificate as CertificateState
from app.tasks.models import Booking
from tests.hours.builders import WORKED, an_agreement, logged, validated, worked
from tests.hours.paper import a_sheet, entered, entry
from tests.tasks.builders import NOW, change
from tests.threads import together

pytestmark = pytest.mark.usefixtures("context")
HOUR = timedelta(hours=1)


def at_once(app, *jobs) -> list:
    """Each job in a thread and a transaction of its own; what they answered, by the names of their types."""
    def press(job):
        with clock.set_to(NOW), change(app):
            job()
            return None
    results = together(*(lambda job=job: press(job) for job in jobs))
    assert all(result is None or isinstance(result, Refusal) for result in results), results
    return [result is None for result in results]


def row(number: int) -> Attendance:
    return db.session.get(Attendance, number)


def count(model, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


@pytest.fixture
def cut(town) -> int:
    """Three hours of Anna's, of which the tutor validated two."""
    with transaction():
        return validated(logged(worked(town.alessandria, town.anna)), town.tino, ended_at=WORKED + 2 * HOUR, reason="Via prima").id


def test_a_dispute_and_a_correction(app, town, cut):
    def correct():
        actions.correct(row(cut), started_at=WORKED, ended_at=WORKED + HOUR, break_min=0, reason="Meno", by=town.tino.row)

    at_once(app, lambda: actions.dispute(row(cut), "Sono rimasta", by=town.anna.row), correct)
    with transaction():
        base, parts = row(cut), db.session.scalars(select(Attendance).where(Attendance.supplements_id == cut)).all()
        assert base.minutes + sum(part.minutes for part in parts) == 180         # what was cut is disputed, all of it and once


def test_a_dispute_and_a_validation_taken_back(app, town, cut):
    done = at_once(app, lambda: actions.dispute(row(cut), "Sono rimasta", by=town.anna.row),
                   lambda: actions.reopen(row(cut), reason="Riga sbagliata", by=town.tino.row))
    assert done.count(True) == 1
    with transaction():
        assert (row(cut).state, count(Dispute)) in {(State.VALIDATED, 1), (State.SUBMITTED, 0)}


def test_a_dispute_and_a_certificate_both_stand(app, town):
    with transaction():
        agreement = an_agreement(town, town.anna).id
        number = validated(logged(worked(town.alessandria, town.anna)), town.tino, ended_at=WORKED + 2 * HOUR, reason="Via prima").id
    assert at_once(app, lambda: actions.dispute(row(number), "Sono rimasta", by=town.anna.row),
                   lambda: actions.certify(agreement, by=town.carla.row)) == [True, True]
    with transaction():
        assert (row(number).state, row(number).minutes, count(Dispute)) == (State.LOCKED, 120, 1)


def test_two_disputes(app, town, cut):
    assert at_once(app, *[lambda: actions.dispute(row(cut), "Sono rimasta", by=town.anna.row)] * 4).count(True) == 1


def test_two_officers(app, town, cut):
    with transaction():
        dispute = actions.dispute(row(cut), "Sono rimasta", by=town.anna.row).id

    def uphold():
        actions.uphold(db.session.get(Dispute, dispute), started_at=WORKED, ended_at=WORKED + 3 * HOUR, break_min=0, words="Sì",
                       by=town.olga.row)

    assert at_once(app, uphold, lambda: actions.dismiss(db.session.get(Dispute, dispute), words="No", by=town.olga.row)).count(True) == 1
    with transaction():
        found = db.session.get(Dispute, dispute)
        assert (found.decision, found.attendance.state) in {("Sì", State.VALIDATED), ("No", State.REJECTED)}


def test_a_yes_and_a_no(app, town):
    with transaction():
        number = logged(worked(town.alessandria, town.anna)).id
    times = dict(started_at=WORKED, ended_at=WORKED + 3 * HOUR, break_min=0)
    assert at_once(app, lambda: actions.validate(row(number), **times, by=town.tino.row),
                   lambda: actions.reject(row(number), reason="No", by=town.tino.row),
                   lambda: actions.contest(row(number), "Non so", by=town.tino.row)).count(True) == 1


def test_two_certifiers_make_one_certificate(app, town):
    with transaction():
        agreement = an_agreement(town, town.anna).id
        validated(logged(worked(town.alessandria, town.anna)), town.tino)
    assert at_once(app, *[lambda: actions.certify(agreement, by=town.carla.row)] * 4).count(True) == 1
    with transaction():
        assert count(Certificate) == 1


def test_a_certificate_is_annulled_or_replaced(app, town):
    with transaction():
        agreement = an_agreement(town, town.anna).id
        number = validated(logged(worked(town.alessandria, town.anna)), town.tino).id
        certificate = actions.certify(agreement, by=town.carla.row).id

    def annul():
        actions.annul(db.session.get(Certificate, certificate), reason="Errore", by=town.carla.row)

    def replace():
        actions.replace(db.session.get(Certificate, certificate), keep=[number], reason="Errore", by=town.carla.row)

    assert at_once(app, annul, replace, annul).count(True) == 1
    with transaction():
        assert count(Certificate, Certificate.state == CertificateState.ISSUED) == (row(number).state is State.LOCKED)


def test_a_sheet_is_entered_while_the_person_logs_the_same_hours(app, town):
    with transaction():
        booking = worked(town.alessandria, town.anna)
        sheet, number = a_sheet(town, town.anna, task=booking.shift.task).id, booking.id
    at_once(app, lambda: logged(db.session.get(Booking, number)),
            lambda: entered(town, db.session.get(Sheet, sheet), entry(30, "10", "13")))
    with transaction():
        assert count(Attendance) == 1
