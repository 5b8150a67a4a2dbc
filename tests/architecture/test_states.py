"""Every life cycle, whole: each state against each move, in memory and in the database."""
from importlib import import_module
from inspect import getmembers

import pytest
from sqlalchemy import CheckConstraint, inspect as inspect_database

from app.access import May
from app.base import passages
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal
from app.base.passages import Passage
from app.base.states import Machine, Move
from app.base.transactions import transaction
from app.base.words import Labelled
from tests.architecture import APP

MODULES = [import_module(f"app.{path.parent.name}.states") for path in sorted(APP.glob("*/states.py"))]
MACHINES = {f"{module.__name__.split('.')[1]}.{name}": (machine, type(machine.start))
            for module in MODULES for name, machine in getmembers(module, lambda value: isinstance(value, Machine))}
for path in APP.glob("*/models.py"):
    import_module(f"app.{path.parent.name}.models")
WITH_STATE = sorted((mapper.class_ for mapper in db.Model.registry.mappers if hasattr(mapper.class_, "state")),
                    key=lambda model: model.__tablename__)
EVERY_MEETING = [pytest.param(machine, state, move, id=f"{name}-{state}-{move}")
                 for name, (machine, enum) in MACHINES.items() for state in enum for move in machine.moves]


def test_there_are_machines():
    assert {"tasks.BOOKING", "hours.ATTENDANCE", "baratto.OFFSET", "reconciliation.FINDING"} <= set(MACHINES)


@pytest.mark.parametrize("name", MACHINES)
def test_table_and_enum_agree(name):
    machine, enum = MACHINES[name]
    assert machine.states == set(enum), "a state that no move reaches or leaves"
    assert {move.needs for move in machine.moves.values()} <= {*May, None}
    assert all(isinstance(state, Labelled) and state.label for state in enum)
    assert all(move.label for move in machine.moves.values() if move.needs and move.name in buttons(machine))


def buttons(machine: Machine) -> set[str]:
    """The moves with words of their own; the others happen as part of something else."""
    return {move.name for move in machine.moves.values() if move.label}


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_is_reached_from_the_start(name):
    machine, enum = MACHINES[name]
    reached, edge = set(), {machine.start}
    while edge:
        reached |= edge
        edge = {move.target for move in machine.moves.values() if reached.intersection(move.sources)} - reached
    assert reached == set(enum)


@pytest.mark.parametrize("machine, state, move", EVERY_MEETING)
def test_open_moves_are_those_of_the_table(machine, state, move):
    assert (machine.moves[move] in machine.open_from(state)) is (state in machine.moves[move].sources)


def test_two_moves_with_one_name_are_no_machine():
    start = next(iter(MACHINES.values()))[0].start
    with pytest.raises(ValueError, match="share a name"):
        Machine(start, Move("go", (start,), start, None), Move("go", (start,), start, None))


@pytest.mark.parametrize("model", WITH_STATE, ids=lambda model: model.__tablename__)
def test_the_column_holds_exactly_the_states(app, model):
    """The database's own CHECK, read back from it."""
    enum = model.__table__.c.state.type.enum_class
    with app.app_context(), transaction():
        checks = {check["name"]: check["sqltext"] for check in inspect_database(db.engine).get_check_constraints(model.__tablename__)}
    [check] = [text for name, text in checks.items() if name == f"ck_{model.__tablename__}_state"]
    assert set(enum) == {word for word in check.split("'")[1::2]}
    assert any(isinstance(constraint, CheckConstraint) for constraint in model.__table__.constraints)


def finding(state):
    """A row with a state, of the table that needs the least around it."""
    from app.reconciliation.models import Finding, Night
    night = Night(comune_id=1, business_date=now().date())
    db.session.add(night)
    db.session.flush()
    row = Finding(comune_id=1, night_id=night.id, last_night_id=night.id, kind="test", subject="account 1", state=state)
    db.session.add(row)
    db.session.flush()
    return row


FINDING, FINDING_STATES = MACHINES["reconciliation.FINDING"]


@pytest.mark.parametrize("state", FINDING_STATES)
@pytest.mark.parametrize("name", FINDING.moves)
def test_every_state_meets_every_move_in_the_database(app, town, state, name):
    with app.app_context(), transaction():
        row, step = finding(state), FINDING.moves[name]
        by = town.ada.row if step.needs else None
        if state in step.sources:
            passages.move(row, FINDING, name, by=by, reason="perché")
            log = db.session.query(Passage).one()
            assert row.state is step.target
            assert (log.subject, log.subject_id, log.move, log.source, log.target, log.actor_id, log.reason) == (
                "finding", row.id, name, state, step.target, by and by.id, "perché")
        else:
            with pytest.raises(Refusal, match="non è più possibile"):
                passages.move(row, FINDING, name, by=by)
            assert row.state is state and db.session.query(Passage).count() == 0
