"""Reads of tasks and their shifts: public ones by their number, and those of the organisations that one publishes for."""
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.access import GRANTS, May
from app.base.clock import now, today
from app.base.db import db
from app.base.passages import Passage
from app.people.models import Person, RoleHeld
from app.tasks.models import Series, Shift, Task
from app.tasks.states import ALIVE, Shift as ShiftState, Task as TaskState

UNSEEN = (TaskState.DRAFT, TaskState.PROPOSED, TaskState.ACCEPTED)         # not yet on the board


def task(task_id: int) -> Task:
    """A task that is, or was, on the public board, or 404."""
    return db.one_or_404(select(Task).where(Task.id == task_id, Task.state.not_in(UNSEEN))
                         .options(joinedload(Task.organisation), joinedload(Task.comune)))


def own_task(task_id: int, *, seen_by: Person) -> Task:
    """A task of an organisation that one publishes for, or 404."""
    return db.one_or_404(select(Task).where(Task.id == task_id, Task.organisation_id.in_(
        seen_by.reach(May.TASK_PUBLISH).organisations)))


def own_tasks(*, seen_by: Person) -> list[Task]:
    return list(db.session.scalars(select(Task).where(Task.organisation_id.in_(seen_by.reach(May.TASK_PUBLISH).organisations))
                                   .order_by(Task.state.in_(ALIVE).desc(), Task.title, Task.id).options(joinedload(Task.organisation))))


def coming_shifts(task: Task, *, limit: int = 100) -> list[Shift]:
    """A task's shifts that have not begun, cancelled ones too, so that people see why."""
    return list(db.session.scalars(select(Shift).where(Shift.task_id == task.id, Shift.starts_at > now())
                                   .order_by(Shift.starts_at, Shift.id).limit(limit)))


def hosted_shifts(task: Task, *, limit: int = 500) -> list[Shift]:
    """A task's running and coming shifts, for its host."""
    return list(db.session.scalars(select(Shift).where(Shift.task_id == task.id, Shift.ends_at > now())
                                   .order_by(Shift.starts_at, Shift.id).limit(limit)))


def planned_shifts(task: Task, *, running: bool = False) -> list[Shift]:
    """All of a task's planned shifts to come (with `running` also those that are not over), by their ids, which is the order in which they
    are locked."""
    end = Shift.ends_at if running else Shift.starts_at
    return list(db.session.scalars(select(Shift).where(Shift.task_id == task.id, Shift.state == ShiftState.PLANNED, end > now())
                                   .order_by(Shift.id)))


def cancel_reasons(shifts: list[Shift]) -> dict[int, str]:
    """Why the cancelled ones of these shifts were called off, by the shift's id."""
    return dict(db.session.execute(select(Passage.subject_id, Passage.reason).where(
        Passage.subject == Shift.__tablename__, Passage.move == "cancel", Passage.subject_id.in_([shift.id for shift in shifts]))).all())


def own_shift(shift_id: int, *, seen_by: Person) -> Shift:
    """A shift of an organisation that one publishes for, or 404."""
    return db.one_or_404(select(Shift).join(Task).where(Shift.id == shift_id, Task.organisation_id.in_(
        seen_by.reach(May.TASK_PUBLISH).organisations)))


def has_begun(shift: Shift) -> bool:
    return shift.starts_at <= now()


def following(shift: Shift) -> list[Shift]:
    """The planned shifts of the same series from this one on, by their ids, which is the order in which they are locked."""
    return list(db.session.scalars(select(Shift).where(
        Shift.series_id == shift.series_id, Shift.series_day >= shift.series_day, Shift.state == ShiftState.PLANNED,
        Shift.starts_at > now()).order_by(Shift.id)))


def count_in(series: Series) -> int:
    """How many shifts a series has."""
    return db.session.scalar(select(func.count(Shift.id)).where(Shift.series_id == series.id))


def hosts(organisation_id: int) -> list[Person]:
    """Who publishes for an organisation today."""
    day = today()
    return list(db.session.scalars(select(Person).join(RoleHeld, RoleHeld.person_id == Person.id).where(
        RoleHeld.organisation_id == organisation_id, RoleHeld.role.in_([role for role in GRANTS if May.TASK_PUBLISH in GRANTS[role]]),
        RoleHeld.since <= day, or_(RoleHeld.until.is_(None), day < RoleHeld.until), Person.disabled_at.is_(None)).order_by(Person.id)))


def proposed(*, seen_by: Person) -> list[Task]:
    """What waits for the office, in the order of the proposals."""
    return list(db.session.scalars(select(Task).where(
        Task.comune_id.in_(seen_by.reach(May.TASK_ACCEPT).comuni), Task.state == TaskState.PROPOSED)
        .order_by(Task.declared_at, Task.id).options(joinedload(Task.organisation), joinedload(Task.declared_by))))


def task_to_decide(task_id: int, *, seen_by: Person) -> Task:
    """A task that was proposed to a comune whose proposals one decides, or 404."""
    return db.one_or_404(select(Task).where(Task.id == task_id, Task.comune_id.in_(seen_by.reach(May.TASK_ACCEPT).comuni),
                                            Task.declared_at.is_not(None)))


def last_reason(task: Task) -> str:
    """Why the office returned the draft, if that was the last thing that happened to it."""
    last = db.session.scalar(select(Passage).where(Passage.subject == Task.__tablename__, Passage.subject_id == task.id)
                             .order_by(Passage.id.desc()).limit(1))
    return last.reason if last and last.move == "return_" else ""
