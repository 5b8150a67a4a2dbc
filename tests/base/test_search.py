"""The index of words follows its rows, in both databases."""
import pytest
from sqlalchemy import delete, select, text, update

from app.base import search
from app.base.db import db
from app.base.stems import terms, wanted
from app.tasks.models import Task
from app.tasks.states import Task as State
from tests.tasks.builders import a_task

pytestmark = pytest.mark.usefixtures("context")


def found(words: str) -> set[int]:
    """The open tasks with these words, as the index says and as the rows say."""
    by_index, by_row = (set(db.session.scalars(query)) for query in (
        search.found(Task, "words", wanted(words)).where(Task.state == State.OPEN),
        select(Task.id).where(Task.state == State.OPEN, search.has(Task, "words", wanted(words)))))
    assert by_index == by_row
    return by_index


def indexed() -> int:
    """How many rows SQLite's index holds; PostgreSQL has no table for it."""
    return db.session.scalar(text("SELECT count(*) FROM task_words_docsize"))


@pytest.fixture
def garden(town) -> Task:
    return a_task(town.alessandria, "Cura del giardino")


def test_words_are_found_in_any_form_all_of_them_together(garden):
    assert found("giardini") == found("cure giardini") == found("giardini cur") == {garden.id}
    assert found("giardini sottomarino") == found("giard cura") == set()


@pytest.mark.parametrize("change", [
    {"words": terms("orto")}, {"state": State.CLOSED, "words": terms("giardino")}, {"state": State.CLOSED},
])
def test_the_index_follows_a_change(garden, change):
    db.session.execute(update(Task).where(Task.id == garden.id).values(**change))
    assert found("giardino") == set()
    assert found("orto") == ({garden.id} if "state" not in change else set())


def test_the_index_follows_a_row_that_goes(garden):
    db.session.execute(delete(Task).where(Task.id == garden.id))
    assert found("giardino") == set()


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_only_open_tasks_are_in_the_index(garden, town):
    assert indexed() == 1
    db.session.execute(update(Task).values(state=State.CLOSED))
    assert indexed() == 0
    db.session.execute(update(Task).values(state=State.OPEN))
    assert indexed() == 1 and found("giardino") == {garden.id}


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_without_its_trigger_the_index_falls_behind(garden):
    db.session.execute(text("DROP TRIGGER task_words_update"))
    db.session.execute(update(Task).values(words=terms("orto")))
    with pytest.raises(AssertionError):
        found("giardino")


def test_signs_in_words_are_no_commands(garden):
    for odd in ('"giardino', "giardino OR orto", "giardino & !cura", "giardino:*", "NEAR(giardino)", "'; DROP TABLE task", "giardino -x"):
        assert found(odd) <= {garden.id}


def test_alembic_is_told_of_the_models_tables_only():
    asked = [("task", "table"), ("task_words", "table"), ("task_words_data", "table"), ("ix_task_words", "index"), ("ix_area", "index")]
    assert [search.modelled(None, name, kind, True, None) for name, kind in asked] == [True, False, False, False, True]
