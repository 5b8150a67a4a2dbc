"""How a row passes from state to state: guarded, logged, and told to whoever came too late."""
import pytest
from sqlalchemy import select, update
from werkzeug.exceptions import Forbidden

from app.base import passages
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.baratto.models import Call, Regulation
from app.baratto.states import CALL, Call as State
from tests.threads import together

MANY = 16


@pytest.fixture
def call(app, town) -> int:
    """The id of a running call, which the administrator may finish."""
    with app.app_context(), transaction():
        regulation = Regulation(comune_id=town.alessandria.id, version=1, title="Regolamento", document={}, digest="x")
        db.session.add(regulation)
        db.session.flush()
        call = Call(comune_id=town.alessandria.id, regulation=regulation, year=2026, title="Bando", budget_cents=100)
        db.session.add(call)
        db.session.flush()
        return call.id


def finish(app, call: int, by, reason=""):
    with app.app_context(), transaction():
        passages.move(db.session.get(Call, call), CALL, "finish", by=by and by.row, reason=reason)
        return "done"


def test_a_move_is_logged(app, town, call):
    finish(app, call, town.ada, "Fondi esauriti")
    with app.app_context(), transaction():
        [passage] = passages.passages(db.session.get(Call, call))
        assert (passage.move, passage.source, passage.target, passage.reason) == ("finish", "running", "finished", "Fondi esauriti")
        assert passage.actor.id == town.ada.id and abs((now() - passage.at).total_seconds()) < 60


def test_the_late_one_is_told_who_and_when(app, town, call):
    finish(app, call, town.ada)
    with pytest.raises(Refusal, match="Lo ha cambiato") as no:
        finish(app, call, town.ada)
    assert no.value.values["who"] == town.ada.name and no.value.values["state"] is State.FINISHED


def test_who_may_not_is_forbidden(app, town, call):
    for nobody in (town.anna, town.mara, town.lino):
        with pytest.raises(Forbidden):
            finish(app, call, nobody)
    assert state_of(app, call) is State.RUNNING


def test_the_system_may(app, call):
    assert finish(app, call, None) == "done"


def test_of_sixteen_one_wins(app, town, call):
    results = together(*[lambda: finish(app, call, town.ada)] * MANY)
    assert results.count("done") == 1 and sum(isinstance(result, Refusal) for result in results) == MANY - 1
    with app.app_context(), transaction():
        assert len(passages.passages(db.session.get(Call, call))) == 1


def test_a_row_read_long_ago_does_not_win(app, town, call):
    """The row in memory says running; the guarded UPDATE asks the database."""
    with app.app_context(), transaction():
        row = db.session.get(Call, call)
        db.session.execute(update(Call).where(Call.id == call).values(state=State.FINISHED),
                           execution_options={"synchronize_session": False})
        assert row.state is State.RUNNING
        with pytest.raises(Refusal, match="non è più possibile"):
            passages.move(row, CALL, "finish", by=town.ada.row)


def state_of(app, call):
    with app.app_context(), transaction():
        return db.session.scalar(select(Call.state).where(Call.id == call))
