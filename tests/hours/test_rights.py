"""Who sees and does what with hours: on every page, in every state."""
from datetime import timedelta

import pytest

from app.access import Role
from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.hours import actions
from app.hours.models import Attendance, Dispute, Method
from app.hours.states import Attendance as State
from app.people import actions as people
from tests.hours.builders import WORKED, logged, validated, worked
from tests.tasks.builders import NOW, change

HOUR = timedelta(hours=1)
RUNNING = {State.CHECKED_IN, State.LEFT_OPEN}
NO_TIMES = {State.MISSED, State.JUSTIFIED, State.UNJUSTIFIED, State.CANCELLED}
OWN = ("/ore", "/ore/registrate/{0}", "/ore/registrate/{0}/invia", "/ore/registrate/{0}/contesta", "/ore/registrate/{0}/uscita")
TUTORS = ("/tutor/ore", "/tutor/giorno?giorno=30/5/2026", "/tutor/ore/{0}", "/tutor/ore/{0}/contesta", "/tutor/ore/{0}/riapri",
          "/tutor/ore/{0}/uscita", "/tutor/ore/{0}/togli", "/tutor/assenze/{0}", "/tutor/ore/insieme?scelte={0}", "/ore/registrate/{0}")
OFFICERS = ("/ufficio/ore", "/ufficio/ore/{0}", "/ore/registrate/{0}")


@pytest.mark.parametrize("state", sorted(set(State) - {State.PLANNED}))
def test_no_page_breaks_in_any_state(app, client, town, state):
    with change(app):
        booking = worked(town.alessandria, town.anna)
        row = Attendance(comune_id=booking.comune_id, organisation_id=booking.shift.task.organisation_id, booking=booking,
                         person=town.anna.row, state=state, validated_at=NOW)
        if state not in NO_TIMES:
            row.claimed_start = row.started_at = WORKED
        if state not in NO_TIMES | RUNNING:
            row.claimed_end = row.ended_at = WORKED + HOUR
        db.session.add(row)
        db.session.flush()
        number = row.id
    for neighbour, paths in ((town.anna, OWN), (town.tino, TUTORS), (town.olga, OFFICERS), (town.carla, (f"/ore/registrate/{number}",))):
        client.sign_in(neighbour)
        for path in paths:
            if neighbour is town.carla and state in NO_TIMES | RUNNING:
                client.unread |= {404}
            assert client.get(path.format(number)).status_code in {200, 303, 404}, (neighbour.name, path)


@pytest.mark.parametrize("neighbour, status", [("anna", 200), ("olga", 200), ("tino", 200), ("teo", 404), ("carla", 404), ("aldo", 404)])
def test_why_somebody_was_absent_is_not_for_the_tax_office(app, client, town, neighbour, status):
    with change(app):
        number = actions.miss(worked(town.alessandria, town.anna), by=town.tino.row).id
    assert client.sign_in(getattr(town, neighbour)).get(f"/ore/registrate/{number}").status_code == status


def test_an_officer_is_no_side_of_a_dispute(app, client, town):
    with change(app):
        row = validated(logged(worked(town.alessandria, town.anna)), town.tino, ended_at=WORKED + 2 * HOUR, reason="Via prima")
        number = actions.dispute(row, "Sono rimasta", by=town.anna.row).id
    page = client.sign_in(town.tino).visit(f"/contestazioni/{number}")
    form = {field["name"]: field["value"] for field in page.soup.select("form[action$=rispondi] input[type=hidden]")}
    client.sign_in(town.olga)
    fresh = client.visit(f"/contestazioni/{number}").soup.select_one("input[name=csrf_token]")["value"]
    answer = client.post(f"/contestazioni/{number}/rispondi", data=form | {"csrf_token": fresh, "words": "Parlo per il tutor"})
    assert answer.status_code == 404
    with change(app):
        assert db.session.get(Dispute, number).tutors_words == ""


@pytest.mark.parametrize("neighbour, status", [("carla", 200), ("clio", 404), ("tino", 403), ("olga", 403)])
def test_who_takes_hours_out_for_good(app, client, town, neighbour, status):
    with change(app):
        number = validated(logged(worked(town.alessandria, town.anna)), town.tino).id
    assert client.sign_in(getattr(town, neighbour)).get(f"/certificati/ore/{number}/annulla").status_code == status


def test_a_certifier_takes_hours_out_with_a_reason(app, client, town):
    with change(app):
        number = validated(logged(worked(town.alessandria, town.anna)), town.tino).id
    page = client.sign_in(town.carla).visit(f"/ore/registrate/{number}")
    page = client.visit(page.link("Annulla le ore"))
    assert client.submit(page, button="Annulla le ore").status == 422
    page = client.submit(page, {"Motivo": "Mai svolte"}, button="Annulla le ore")
    assert page.path == "/certificati"
    with change(app):
        assert db.session.get(Attendance, number).state is State.VOIDED
    assert "Mai svolte" in client.sign_in(town.anna).visit(f"/ore/registrate/{number}").words


def test_no_tutor_writes_his_own_times_as_a_tutor(app, town):
    """He is a resident too, and booked a shift of the host whose tutor he is: he needs the code or a colleague, like everybody."""
    with change(app), clock.set_to(NOW + 2 * HOUR):
        people.grant(town.tino.row, Role.RESIDENT, comune=town.alessandria.row)
        booking = worked(town.alessandria, town.tino, NOW + 2 * HOUR)
        with pytest.raises(Refusal, match="te o la tua famiglia"):
            actions.check_in(booking, method=Method.TUTOR, by=town.tino.row)
        attendance = actions.check_in(booking, method=Method.CODE, by=town.tino.row)
        with clock.set_to(NOW + 3 * HOUR), pytest.raises(Refusal, match="te o la tua famiglia"):
            actions.check_out(attendance, method=Method.TUTOR, by=town.tino.row)
