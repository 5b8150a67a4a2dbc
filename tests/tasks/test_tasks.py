"""The life of a task: written, declared, decided by the office, opened, changed, closed or called off."""
from datetime import date, time, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Forbidden, NotFound

from app.base import clock, passages
from app.base.db import db
from app.base.errors import Refusal
from app.base.passages import Passage
from app.tasks import actions, queries
from app.tasks.models import Category, CountsFor, Kind, Task
from app.tasks.states import ALIVE, BOOKING, SHIFT, TASK, Booking as Place, Shift as ShiftState, Task as State
from tests.tasks.builders import DAY, NOW, a_booking, a_draft, a_qualification, a_shift, a_task, letters

pytestmark = pytest.mark.usefixtures("context")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def draft(context, town) -> Task:
    return a_draft(town.alessandria)


def test_a_task_goes_from_the_host_to_the_office_and_to_the_board(draft, town):
    tino, olga = town.tino.row, town.olga.row
    assert draft.state is State.DRAFT
    actions.propose(draft, declared=True, by=tino)
    assert (draft.declared_by, draft.declared_at.isoformat()) == (tino, "2026-06-01T08:00:00+00:00")
    assert queries.proposed(seen_by=olga) == [draft] and queries.proposed(seen_by=town.oreste.row) == []
    actions.accept(draft, by=olga)
    [letter] = letters("decided")
    assert letter.recipient == tino.email and "ha accettato" in letter.body
    with pytest.raises(Refusal, match="almeno un turno"):
        actions.open_(draft, by=tino)
    shift = a_shift(draft)
    with pytest.raises(Refusal, match="non è aperta"):
        actions.book(shift, town.anna.row)
    actions.open_(draft, by=tino)
    assert actions.book(shift, town.anna.row).state is Place.BOOKED
    assert [passage.move for passage in passages.passages(draft)] == ["propose", "accept", "open"]


def test_without_the_declaration_there_is_no_proposal(draft, town):
    with pytest.raises(Refusal, match="Senza questa dichiarazione") as refused:
        actions.propose(draft, declared=False, by=town.tino.row)
    assert refused.value.field == "declared" and draft.state is State.DRAFT


def test_the_database_wants_the_declaration_too(draft):
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("UPDATE task SET state = 'accepted'"))


def test_a_draft_comes_back_with_a_reason_and_is_declared_anew(draft, town):
    actions.propose(draft, declared=True, by=town.tino.row)
    with pytest.raises(Refusal, match="Scrivi il motivo"):
        actions.return_(draft, reason=" ", by=town.olga.row)
    actions.return_(draft, reason="Manca l'indirizzo", by=town.olga.row)
    assert (draft.state, queries.last_reason(draft)) == (State.DRAFT, "Manca l'indirizzo")
    assert "Manca l'indirizzo" in letters("decided")[0].body
    with pytest.raises(Refusal):
        actions.propose(draft, declared=False, by=town.tino.row)
    actions.propose(draft, declared=True, by=town.tino.row)
    assert queries.last_reason(draft) == ""


def test_nobody_accepts_what_he_proposed_himself(draft, town):
    draft.declared_by, draft.declared_at = town.olga.row, draft.created_at
    db.session.flush()
    passages.move(draft, TASK, "propose")
    for decide in (lambda: actions.accept(draft, by=town.olga.row), lambda: actions.return_(draft, reason="No", by=town.olga.row)):
        with pytest.raises(Refusal, match="Hai proposto tu"):
            decide()


def test_the_office_of_another_comune_sees_nothing(draft, town):
    actions.propose(draft, declared=True, by=town.tino.row)
    assert queries.task_to_decide(draft.id, seen_by=town.olga.row) is draft
    with pytest.raises(NotFound):
        queries.task_to_decide(draft.id, seen_by=town.oreste.row)


def test_the_office_does_not_read_drafts(draft, town):
    with pytest.raises(NotFound):
        queries.task_to_decide(draft.id, seen_by=town.olga.row)


@pytest.mark.parametrize("state, refused", [
    (State.DRAFT, None), (State.ACCEPTED, "solo le indicazioni"), (State.OPEN, "solo le indicazioni"),
    (State.PROPOSED, "non si può cambiare"), (State.CLOSED, "non si può cambiare")])
def test_what_the_office_accepted_stays_as_it_was(draft, town, state, refused):
    draft.declared_by, draft.declared_at, draft.state = town.tino.row, draft.created_at, state
    db.session.flush()
    if refused is None:
        actions.edit(draft, title="Orto a scuola")
        assert draft.title == "Orto a scuola" and "scuola" in draft.words
    else:
        with pytest.raises(Refusal, match=refused):
            actions.edit(draft, title="Orto a scuola")


def test_who_booked_hears_that_one_meets_elsewhere(town):
    task = a_task(town.alessandria)
    a_booking(a_shift(task), town.anna.row)
    actions.edit(task, tools="Guanti")
    assert letters("place") == []
    actions.edit(task, address="Piazza della Libertà 1")
    assert [(letter.recipient, "Piazza della Libertà 1" in letter.body) for letter in letters("place")] == [(town.anna.email, True)]


def test_one_hears_it_once_for_all_ones_shifts_and_again_when_it_changes_again(town):
    task = a_task(town.alessandria)
    for day in range(5, 8):
        a_booking(a_shift(task, NOW + day * DAY), town.anna.row)
    for minutes, address in enumerate(("Via Roma 1", "Via Roma 2", "Via Roma 1")):
        with clock.set_to(NOW + minutes * MINUTE):
            actions.edit(task, address=address)
    assert ["Via Roma 1", "Via Roma 2", "Via Roma 1"] == [letter.body.rsplit(": ")[1].rstrip(".") for letter in letters("place")]
    assert "dal turno di sabato 6 giugno 2026 alle 10:00 in poi" in letters("place")[0].body


def test_places_that_are_reserved_later_are_reserved_in_the_shifts_that_are_there(draft, town):
    shift, group = a_shift(draft, places=3), a_qualification(town.alessandria, "Nuovi arrivati", Kind.GROUP)
    actions.edit(draft, reserved_for=group, reserved_percent=50)
    assert (shift.reserved, shift.open_free) == (2, 1)
    actions.edit(draft, reserved_for=None, reserved_percent=0)
    assert (shift.reserved, draft.reserved_for_id) == (0, None)


def test_the_office_decides_on_what_it_read(draft, town):
    actions.propose(draft, declared=True, by=town.tino.row)
    read = draft.declared_at.isoformat()
    with clock.set_to(NOW + MINUTE):
        actions.revise(draft, by=town.tino.row)
        actions.edit(draft, summary="Un altro lavoro")
        actions.propose(draft, declared=True, by=town.tino.row)
    for decide in (lambda: actions.accept(draft, read=read, by=town.olga.row),
                   lambda: actions.return_(draft, reason="No", read=read, by=town.olga.row)):
        with pytest.raises(Refusal, match="rileggila"):
            decide()
    actions.accept(draft, read=draft.declared_at.isoformat(), by=town.olga.row)
    assert draft.state is State.ACCEPTED


def test_a_task_with_a_shift_to_come_is_not_closed_however_many_were_called_off(town):
    task = a_task(town.alessandria)
    series = actions.plan_series(task, weekdays=127, every_weeks=1, first_day=date(2026, 6, 2), last_day=date(2026, 9, 15), excepted=(),
                                 start=time(10), end=time(12), places=1)
    *gone, last = queries.planned_shifts(task)
    for shift in gone:
        shift.state = ShiftState.CANCELLED
    assert len(gone) > 100 and last.series is series
    with pytest.raises(Refusal, match="ancora turni in programma"):
        actions.close(task, by=town.tino.row)
    actions.cancel_shift(last, reason="Ferie", by=town.tino.row)
    actions.close(task, by=town.tino.row)
    assert task.state is State.CLOSED


def test_a_task_is_called_off_with_its_shifts_and_everybody_hears_why(town):
    task = a_task(town.alessandria)
    shifts = [a_shift(task), a_shift(task, a_shift(task).starts_at + DAY)]
    a_booking(shifts[0], town.anna.row)
    with pytest.raises(Refusal, match="Scrivi il motivo"):
        actions.cancel(task, reason="", by=town.tino.row)
    actions.cancel(task, reason="La scuola chiude", by=town.tino.row)
    assert task.state is State.CANCELLED and {shift.state for shift in shifts} == {ShiftState.CANCELLED}
    assert ["La scuola chiude" in letter.body for letter in letters("cancelled")] == [True]
    with pytest.raises(Refusal, match="chiusa"):
        a_shift(task)


@pytest.mark.parametrize("facts, field", [
    ({"category": Category.YOUTH, "counts_for": CountsFor.BARATTO}, "counts_for"),
    ({"category": Category.YOUTH, "counts_for": CountsFor.BOTH}, "counts_for"),
    ({"min_age": 13}, "min_age"),
    ({"min_age": 100}, "min_age"),
    ({"reserved_percent": 101}, "reserved_percent"),
    ({"reserved_percent": 20}, "reserved_percent"),                           # for nobody
])
def test_facts_that_cannot_be_are_refused_beside_their_field(town, facts, field):
    a_draft(town.alessandria, category=Category.YOUTH, counts_for=CountsFor.TIMEBANK, min_age=16)
    with pytest.raises(Refusal) as refused:
        a_draft(town.alessandria, **facts)
    assert refused.value.field == field


def test_requirements_are_the_own_comunes(town):
    there, group = a_qualification(town.valenza), a_qualification(town.valenza, "Nuovi arrivati", Kind.GROUP)
    for facts in ({"needs": [there]}, {"reserved_for": group, "reserved_percent": 10}):
        with pytest.raises(Refusal, match="altro Comune"):
            a_draft(town.alessandria, **facts)


MACHINES = {"task": (TASK, State), "shift": (SHIFT, ShiftState), "booking": (BOOKING, Place)}
MEETINGS = [(name, state, move) for name, (machine, states) in MACHINES.items() for state in states for move in machine.moves]


@pytest.mark.parametrize("name, state, move", MEETINGS)
def test_every_state_meets_every_move_in_the_database(town, name, state, move):
    shift = a_shift(a_task(town.alessandria))
    row = {"task": shift.task, "shift": shift, "booking": actions.book(shift, town.anna.row)}[name]
    if name == "task":
        row.declared_by, row.declared_at = town.tino.row, row.created_at
    if name == "booking":
        row.offered_until = shift.starts_at
    row.state = state
    db.session.flush()
    machine, step = MACHINES[name][0], MACHINES[name][0].moves[move]
    if state in step.sources:
        passages.move(row, machine, move)
        assert row.state is step.target and db.session.query(Passage).filter_by(subject=name).count() == 1
    else:
        with pytest.raises(Refusal, match="non è più possibile"):
            passages.move(row, machine, move)
        assert row.state is state and db.session.query(Passage).filter_by(subject=name).count() == 0


def test_each_move_asks_for_its_permission(draft, town):
    with pytest.raises(Forbidden):
        actions.propose(draft, declared=True, by=town.anna.row)
    actions.propose(draft, declared=True, by=town.tino.row)
    with pytest.raises(Forbidden):
        passages.move(draft, TASK, "accept", by=town.carla.row)


def test_a_task_dies_from_every_living_state():
    assert set(TASK.moves["cancel"].sources) == set(ALIVE) == set(State) - {State.CLOSED, State.CANCELLED}
