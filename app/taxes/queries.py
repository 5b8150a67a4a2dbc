"""Reads of tax positions and of the files that came and went. A row of another comune is a 404."""
from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import defer, joinedload

from app.access import May
from app.base.db import db
from app.people.models import Person
from app.taxes.models import Export, Import, Position, Tax

IN_ORDER = (Position.due_date, Position.instalment, Position.id)


def positions_of(person: Person, *, tax: Tax, comune_id: int, paid_too: bool = False) -> list[Position]:
    """The person's lines of `tax` on which the tax software still sees something to pay, or all of them; the earliest due first."""
    query = select(Position).where(Position.person_id == person.id, Position.comune_id == comune_id, Position.tax == tax)
    if not paid_too:
        query = query.where(Position.amount_cents > Position.paid_cents + Position.bonus_cents + Position.offset_cents)
    return list(db.session.scalars(query.order_by(*IN_ORDER)))


def lock_positions(ids: Iterable[int]) -> list[Position]:
    """The positions as they are now, locked until the transaction ends. In id order: two never wait for each other."""
    return list(db.session.scalars(select(Position).where(Position.id.in_(set(ids))).order_by(Position.id)
                                   .with_for_update().execution_options(populate_existing=True)))


def positions(*, seen_by: Person, words: str = "", tax: Tax | None = None, year: int | None = None,
              offset: int = 0, limit: int = 50) -> list[Position]:
    """Positions by surname, unknown holders last. Each of `words` is part of a name, an account or a notice."""
    query = _positions(seen_by).outerjoin(Position.person)
    for word in words.split():
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in (
            Person.given_name, Person.family_name, Position.account_ref, Position.notice_no))))
    if tax:
        query = query.where(Position.tax == tax)
    if year:
        query = query.where(Position.year == year)
    in_order = (Person.id.is_(None), Person.family_name, Person.given_name, Position.account_ref, *IN_ORDER)
    query = query.order_by(*in_order).offset(offset).limit(limit)
    return list(db.session.scalars(query.options(joinedload(Position.person))))


def imports(*, seen_by: Person, limit: int = 50) -> list[Import]:
    """The files that came in, the newest first."""
    return list(db.session.scalars(select(Import).where(
        Import.comune_id.in_(seen_by.reach(May.TAXES_SEE).comuni)).order_by(Import.id.desc()).limit(limit)))


def exports(*, seen_by: Person, limit: int = 100) -> list[Export]:
    """The files that went out, the newest first, without their text."""
    query = _exports(seen_by).order_by(Export.id.desc()).limit(limit)
    return list(db.session.scalars(query.options(defer(Export.content))))


def export(export_id: int, *, seen_by: Person) -> Export:
    return db.one_or_404(_exports(seen_by).where(Export.id == export_id))


def _positions(seen_by: Person):
    return select(Position).where(Position.comune_id.in_(seen_by.reach(May.TAXES_SEE).comuni))


def _exports(seen_by: Person):
    return select(Export).where(Export.comune_id.in_(seen_by.reach(May.OFFSET_EXPORT).comuni))
