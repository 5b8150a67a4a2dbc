"""Who sees which hours, and what waits for whom."""
from datetime import timedelta

import pytest
from werkzeug.exceptions import NotFound

from app.base import clock
from app.hours import actions, queries
from app.hours.states import Attendance as State
from tests.hours.builders import WORKED, an_agreement, logged, validated, worked
from tests.tasks.builders import NOW

pytestmark = pytest.mark.usefixtures("context")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_hours_are_seen_by_their_person_and_their_hosts_tutors(town):
    attendance = logged(worked(town.alessandria, town.anna))
    for neighbour in (town.anna, town.tino):
        assert queries.attendance(attendance.id, seen_by=neighbour.row) is attendance
    for neighbour in (town.bruno, town.ugo, town.carla, town.lino):
        with pytest.raises(NotFound):
            queries.attendance(attendance.id, seen_by=neighbour.row)


def test_logged_hours_are_open_to_whoever_handles_them_and_to_nobody_else(town):
    attendance = logged(worked(town.alessandria, town.anna))
    for neighbour in (town.anna, town.tino, town.carla, town.teo, town.mara, town.aldo):
        assert queries.logged(attendance.id, seen_by=neighbour.row) is attendance
    for neighbour in (town.bruno, town.ada, town.ugo, town.clio, town.tullia, town.lino):
        with pytest.raises(NotFound):
            queries.logged(attendance.id, seen_by=neighbour.row)


def test_the_queue_is_the_hosts_and_oldest_first(town):
    late = logged(worked(town.alessandria, town.anna))
    early = logged(worked(town.alessandria, town.bruno, WORKED - 5 * DAY))
    logged(worked(town.valenza, town.vera))
    assert queries.to_validate(seen_by=town.tino.row) == [early, late]
    assert queries.waiting(seen_by=town.tino.row) == 2
    validated(early, town.tino)
    assert (queries.to_validate(seen_by=town.tino.row), queries.decided(seen_by=town.tino.row)) == ([late], [early])


def test_what_is_to_be_logged(town):
    begun, coming = worked(town.alessandria, town.anna), worked(town.alessandria, town.anna, NOW + DAY)
    attendance = logged(worked(town.alessandria, town.anna, WORKED - DAY))
    late = worked(town.alessandria, town.anna, NOW - 40 * DAY)
    worked(town.alessandria, town.anna, NOW - 366 * DAY)
    assert queries.to_log(town.anna.row) == [late, begun]
    actions.reject(attendance, reason="Non c'era", by=town.tino.row)
    assert queries.to_log(town.anna.row) == [late, attendance.booking, begun]
    with clock.set_to(coming.shift.starts_at):
        assert coming in queries.to_log(town.anna.row)


def test_minutes_by_what_became_of_them(town):
    logged(worked(town.alessandria, town.anna), break_min=30)
    validated(logged(worked(town.alessandria, town.anna, WORKED - DAY)), town.tino)
    minutes = queries.minutes_by_state(town.anna.row)
    assert (minutes[State.SUBMITTED], minutes[State.VALIDATED], minutes[State.LOCKED]) == (150, 180, 0)


def test_certificates_are_seen_by_the_person_the_certifier_and_the_tax_office_of_the_comune(town):
    agreement = an_agreement(town, town.anna)
    validated(logged(worked(town.alessandria, town.anna)), town.tino)
    waiting, = queries.to_certify(seen_by=town.carla.row)
    assert (waiting.agreement_id, waiting.count, waiting.minutes, waiting.oldest) == (agreement.id, 1, 180, WORKED)
    assert queries.to_certify(seen_by=town.clio.row) == []
    with pytest.raises(NotFound):
        queries.to_certify_of(agreement.id, seen_by=town.clio.row)
    certificate = actions.certify(agreement.id, by=town.carla.row)
    for neighbour in (town.anna, town.carla, town.teo, town.mara, town.aldo):
        assert queries.certificate(certificate.id, seen_by=neighbour.row) is certificate
    for neighbour in (town.bruno, town.tino, town.clio, town.tullia, town.lino):
        with pytest.raises(NotFound):
            queries.certificate(certificate.id, seen_by=neighbour.row)
    assert queries.own_certificates(town.anna.row) == queries.certificates(seen_by=town.carla.row) == [certificate]
    assert queries.certificates(seen_by=town.clio.row) == []
