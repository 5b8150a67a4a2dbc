"""How a check compares: one statement gives every row that it looks at with two figures; those whose figures differ are found."""
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, extract, func, literal, select

from app.base import clock
from app.base.db import db

MOST = 500        # differences kept for one check of one night; the count stays true


class Difference(NamedTuple):
    """`subject` is a table and an id, such as "tax_offset:12"; `detail` holds what the words of the check need, and its unit."""

    subject: str
    expected: int | None
    found: int | None
    detail: dict


class Proven(NamedTuple):
    """All transfers up to `to` were looked at: sealed ones, so none of them is still to come. `anew`: from the first one on."""

    to: int
    anew: bool


class Compared(NamedTuple):
    seen: int                          # rows looked at
    wrong: int                         # of which differ
    differences: list[Difference]      # of a statement the first MOST of them
    proven: Proven | None = None       # what the ledger's checkpoints may vouch for, if nothing is wrong


def compare(statement: Select) -> Compared:
    """Run a statement with the columns `subject`, `expected`, `found` and any others, which become the detail."""
    rows = statement.subquery()
    differs = rows.c.expected.is_distinct_from(rows.c.found)
    seen, wrong = db.session.execute(select(func.count(), func.count().filter(differs)).select_from(rows)).one()
    found = db.session.execute(select(rows).where(differs).order_by(func.length(rows.c.subject), rows.c.subject).limit(MOST)
                               ).mappings() if wrong else ()
    return Compared(seen, wrong, [_difference(dict(row)) for row in found])


def found(seen: int, differences: list[Difference], proven: Proven | None = None) -> Compared:
    """The same answer where Python had to do the comparing."""
    return Compared(seen, len(differences), differences, proven)


def columns(subject: ColumnElement, expected, found, unit, **detail) -> tuple[ColumnElement, ...]:
    """The columns of a check's statement. `unit` says what the figures are: min, cents, days, count or id; a word or a column."""
    figures = (cast(expected, BigInteger).label("expected"), cast(found, BigInteger).label("found"))
    unit = literal(unit, String) if isinstance(unit, str) else unit
    return (subject.label("subject"), *figures, unit.label("unit"), *(column.label(name) for name, column in detail.items()))


def named(prefix: str, *ids: ColumnElement) -> ColumnElement[str]:
    """"prefix:1:2" in SQL: a finding's subject, and how the ledger names keys and owners."""
    words = literal(prefix, String)
    for each in ids:
        words = words + literal(":", String) + cast(each, String)
    return words


def seconds(instant) -> ColumnElement[int]:
    """An instant as whole seconds since 1970."""
    return cast(extract("epoch", instant), BigInteger)


def age_days(instant) -> ColumnElement[int]:
    """Whole days between an instant column and now."""
    return (literal(int(clock.now().timestamp()), BigInteger) - seconds(instant)) // literal(86400, BigInteger)


def _difference(row: dict) -> Difference:
    return Difference(row.pop("subject"), row.pop("expected"), row.pop("found"), row)
