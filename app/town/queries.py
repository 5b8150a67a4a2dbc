"""Which comuni and organisations there are."""
from sqlalchemy import select

from app.base.db import db
from app.town.models import Comune, Organisation


def comuni() -> list[Comune]:
    """All comuni of this installation, by name. Public."""
    return list(db.session.scalars(select(Comune).order_by(Comune.name)))


def organisations(organisation_ids) -> list[Organisation]:
    return list(db.session.scalars(select(Organisation).where(Organisation.id.in_(organisation_ids)).order_by(Organisation.name)))


def comune_named(name: str) -> Comune | None:
    return db.session.scalar(select(Comune).where(Comune.name == name))


def organisation_named(comune: Comune, name: str) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.comune_id == comune.id, Organisation.name == name))
