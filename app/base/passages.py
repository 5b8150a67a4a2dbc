"""How a row passes from one state to the next: a guarded UPDATE, and a log row that stays."""
from datetime import datetime

from flask import abort
from sqlalchemy import ForeignKey, Index, inspect, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.append_only import append_only
from app.base.clock import now
from app.base.db import Row, db, short
from app.base.errors import Refusal
from app.base.states import Machine
from app.base.words import N_


class Passage(Row):
    """Who moved what, from where to where, when and why. Written once, never changed."""

    __tablename__ = "passage"
    __table_args__ = (Index("ix_passage_subject", "subject", "subject_id"),)
    subject: Mapped[str] = short(40)                   # the table of the row that moved
    subject_id: Mapped[int]
    move: Mapped[str] = short(40)
    source: Mapped[str] = short(40)
    target: Mapped[str] = short(40)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))      # None: the system
    at: Mapped[datetime]
    reason: Mapped[str] = short(1000, default="")
    actor = relationship("Person", viewonly=True)


append_only(Passage.__table__)


def move(row, machine: Machine, name: str, *, by=None, reason: str = "") -> Passage:
    """Move `row` along `machine`, as the person `by` (None: the system).

    Refuses a move that the row's state does not allow, also when somebody else was faster: then it says who did what and when.
    A person without the move's permission gets a 403.
    """
    step = machine.moves[name]
    if by is not None and (step.needs is None or not by.may(step.needs)):
        abort(403)
    before, table = row.state, type(row)
    if before not in step.sources:
        raise _too_late(row)
    moved = db.session.execute(
        update(table).where(table.id == row.id, table.state == before).values(state=step.target),
        execution_options={"synchronize_session": False})
    if moved.rowcount != 1:
        raise _too_late(row)
    db.session.refresh(row, ["state"])
    passage = Passage(subject=table.__tablename__, subject_id=row.id, move=name, source=before, target=step.target,
                      actor_id=by.id if by is not None else None, at=now(), reason=reason)
    db.session.add(passage)
    db.session.flush()
    return passage


def passages(row) -> list[Passage]:
    """The row's history, oldest first."""
    return list(db.session.scalars(select(Passage).where(
        Passage.subject == row.__tablename__, Passage.subject_id == inspect(row).identity[0]).order_by(Passage.id)))


def _too_late(row) -> Refusal:
    db.session.refresh(row, ["state"])
    last = next(iter(reversed(passages(row))), None)
    if last is None or last.actor is None:
        return Refusal(N_("Questo passo non è più possibile: lo stato ora è «%(state)s»."), state=row.state)
    return Refusal(N_("Questo passo non è più possibile: lo stato ora è «%(state)s». Lo ha cambiato %(who)s il %(when)s."),
                   state=row.state, who=last.actor.display_name, when=last.at)
