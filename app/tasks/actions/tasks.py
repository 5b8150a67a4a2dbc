"""A task's life: written by the host, decided by the office, opened, closed."""
from app.base import passages
from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal, check_reason
from app.base.stems import terms
from app.base.words import N_
from app.people.models import Person
from app.tasks import queries
from app.tasks.actions import letters
from app.tasks.actions.shifts import cancel_shift, lock_task, set_places
from app.tasks.models import Category, CountsFor, Qualification, Task
from app.tasks.rules import tasks as life
from app.tasks.states import TASK, Task as TaskState
from app.town.models import Organisation


def draft(organisation: Organisation, **facts) -> Task:
    """Write a task of a host organisation. Nobody sees it on the board until the office accepted it and the host opened it."""
    task = Task(comune_id=organisation.comune_id, organisation=organisation, state=TaskState.DRAFT, reserved_percent=0,
                counts_for=CountsFor.BARATTO, words="")
    db.session.add(task)
    _set(task, facts)
    return task


def publish(organisation: Organisation, **facts) -> Task:
    """Put a task on the board at once: one that the office accepted elsewhere, as on paper or before this site. Its shifts follow."""
    task = draft(organisation, **facts)
    task.state = TaskState.OPEN
    db.session.flush()
    return task


def edit(task: Task, **facts) -> None:
    """Change a draft; of an accepted or open task only what helps people to find it. Who is booked hears of another place."""
    lock_task(task)
    changed = {name for name, value in facts.items() if getattr(task, name) != value}
    life.check_edit(task.state, changed)
    _set(task, facts)
    if "reserved_percent" in changed:
        for shift in queries.planned_shifts(task):
            set_places(shift, shift.places)
    if "address" in changed and task.state is TaskState.OPEN:
        letters.place_changed(task, queries.planned_shifts(task))


def propose(task: Task, *, declared: bool, by: Person) -> None:
    """Hand a draft to the office, with the host's declaration that it replaces no staff and no contract."""
    life.check_proposal(declared=declared)
    task.declared_by, task.declared_at = by, now()
    db.session.flush()
    passages.move(task, TASK, "propose", by=by)


def revise(task: Task, *, by: Person) -> None:
    """Take a proposal, or an accepted task, back to change it; the office decides again."""
    passages.move(task, TASK, "revise", by=by)


def accept(task: Task, *, by: Person, read: str | None = None) -> None:
    """The office accepts; the host is told. Refuses who proposed it himself.

    `read`: which proposal the office looked at (its `declared_at`); another one, written meanwhile, is refused.
    """
    _check_decision(task, by, read)
    passage = passages.move(task, TASK, "accept", by=by)
    letters.task_decided(task, str(passage.id))


def return_(task: Task, *, reason: str, by: Person, read: str | None = None) -> None:
    """The office gives the draft back with a reason; the host is told. Refuses what `accept` refuses."""
    check_reason(reason)
    _check_decision(task, by, read)
    passage = passages.move(task, TASK, "return_", by=by, reason=reason)
    letters.task_decided(task, str(passage.id), reason)


def open_(task: Task, *, by: Person) -> None:
    """Let people book. Refuses a task without a shift to come."""
    life.check_opening(planned=len(queries.planned_shifts(task)))
    passages.move(task, TASK, "open", by=by)


def close(task: Task, *, by: Person) -> None:
    """Take a task off the board for good. Refuses while shifts are still to come: whoever booked must hear it shift by shift."""
    lock_task(task)
    if queries.planned_shifts(task, running=True):
        raise Refusal(N_("Ci sono ancora turni in programma: annullali prima, così chi ha prenotato lo sa."))
    passages.move(task, TASK, "close", by=by)


def cancel(task: Task, *, reason: str, by: Person) -> None:
    """Call the whole task off, with all its shifts to come: everybody in them gets the reason."""
    check_reason(reason)
    lock_task(task)
    for shift in queries.planned_shifts(task):
        cancel_shift(shift, reason=reason, by=by)
    passages.move(task, TASK, "cancel", by=by, reason=reason)


def _check_decision(task: Task, by: Person, read: str | None) -> None:
    lock_task(task)
    life.check_decision(declared_by=task.declared_by_id, by=by.id, declared_at=task.declared_at, read=read)


def _set(task: Task, facts: dict) -> None:
    """Give a task its facts. A group without a share, or the other way round, is refused with the rest of `check_facts`."""
    for name, value in facts.items():
        setattr(task, name, value)
    life.check_facts(youth=task.category is Category.YOUTH, counts_for=task.counts_for, min_age=task.min_age,
                     reserved_percent=task.reserved_percent, reserved=task.reserved_for is not None)
    _check_own(task)
    task.words = terms(task.title, task.summary, task.description or "", task.area, task.address, task.organisation.name)
    db.session.flush()


def _check_own(task: Task) -> None:
    """Refuses a requirement, or a group, of another comune."""
    asked: list[Qualification] = [*task.needs, *([task.reserved_for] if task.reserved_for else [])]
    if any(each.comune_id != task.comune_id for each in asked):
        raise Refusal(N_("Questo requisito è di un altro Comune."))
