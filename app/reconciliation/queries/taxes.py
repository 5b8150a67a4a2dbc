"""Reductions against the tax office: the files that we sent, the positions that it sends, and what our books gave. Cents."""
import hashlib
from datetime import timedelta

from sqlalchemy import String, case, cast, func, literal, or_, select

from app.baratto.models import Offset, OffsetLine
from app.baratto.rules.accounts import RELIEF
from app.baratto.states import GRANTED_OFFSETS, Offset as State
from app.base.db import db
from app.reconciliation.queries.comparing import Compared, Difference, columns, compare, found, named, seconds
from app.reconciliation.queries.ledger import kept, owner
from app.taxes.models import Export, ExportRow, Position

APPLIED_WITHIN = timedelta(days=30)     # the tax office's time to take a file in, before its silence is a finding


def row_ref(line_id, what: str = "R"):
    """How an export names the line of an offset, and with "S" its reversal: see baratto.actions.offsets."""
    return literal(what, String) + cast(line_id, String)


def exported_lines(comune_id: int) -> Compared:
    """Each line of an offset that was sent stands in a file with its amount; of one that was not sent, none does."""
    sent = select(func.sum(ExportRow.amount_cents)).where(ExportRow.row_ref == row_ref(OffsetLine.id)).scalar_subquery()
    wanted = case((Offset.state == State.EXPORTED, OffsetLine.amount_cents), else_=0)
    return compare(select(*columns(named("offset_line", OffsetLine.id), wanted, func.coalesce(sent, 0), "cents"))
                   .join(Offset, Offset.id == OffsetLine.offset_id)
                   .where(Offset.comune_id == comune_id, Offset.state != State.REVERSED))       # it may have been sent before


def export_rows(comune_id: int) -> Compared:
    """Each line of a file tells of a line of an offset that was granted, on the same position, or takes one back that was reversed."""
    def line(ref, sign, *states):
        return (select(OffsetLine.amount_cents * sign).join(Offset, Offset.id == OffsetLine.offset_id).where(
            ref == ExportRow.row_ref, OffsetLine.position_id == ExportRow.position_id, Offset.state.in_(states)).scalar_subquery())
    told = func.coalesce(line(row_ref(OffsetLine.id), 1, State.EXPORTED, State.REVERSED),
                         line(row_ref(OffsetLine.id, "S"), -1, State.REVERSED), 0)
    return compare(select(*columns(named("tax_export_row", ExportRow.id), told, ExportRow.amount_cents, "cents",
                                   export=ExportRow.export_id))
                   .join(Export, Export.id == ExportRow.export_id).where(Export.comune_id == comune_id))


def export_totals(comune_id: int) -> Compared:
    total = select(func.sum(ExportRow.amount_cents)).where(ExportRow.export_id == Export.id).scalar_subquery()
    return compare(select(*columns(named("tax_export", Export.id), func.coalesce(total, 0), Export.total_cents, "cents"))
                   .where(Export.comune_id == comune_id))


def export_files(comune_id: int) -> Compared:
    """The text of each file still has the fingerprint that it was sent with."""
    seen, changed = 0, []
    for number, sha256, content in db.session.execute(select(Export.id, Export.sha256, Export.content).where(
            Export.comune_id == comune_id).order_by(Export.id).execution_options(yield_per=20)):
        seen += 1
        if hashlib.sha256(content.encode()).hexdigest() != sha256:
            changed.append(Difference(f"tax_export:{number}", None, None, {"unit": "count"}))
    return found(seen, changed)


def reliefs(comune_id: int) -> Compared:
    """What the ledger took off each position, and the granted offsets' lines on it."""
    held = kept(comune_id, RELIEF)
    booked = func.coalesce(held.c[RELIEF], 0)
    return compare(select(*columns(named("tax_position", Position.id), func.coalesce(_granted(), 0), booked, "cents"))
                   .outerjoin(held, held.c.whose == owner("position", Position.id)).where(Position.comune_id == comune_id))


def feed(comune_id: int) -> Compared:
    """The reductions that the tax office says it applied, and those that we sent it: matched, missing there, or unknown here.

    A file that is younger than APPLIED_WITHIN at the extraction may be in the feed or not. A reduction that we reversed after sending it is
    unknown here for as long as the tax office shows it.
    """
    def sent(older_than: timedelta):
        age = seconds(Position.extracted_at) - seconds(Export.created_at)
        return func.coalesce(
            select(func.sum(ExportRow.amount_cents)).join(Export, Export.id == ExportRow.export_id)
            .join(OffsetLine, row_ref(OffsetLine.id) == ExportRow.row_ref).join(Offset, Offset.id == OffsetLine.offset_id)
            .where(ExportRow.position_id == Position.id, Offset.state == State.EXPORTED, age >= int(older_than.total_seconds()))
            .scalar_subquery(), 0)

    rows = select(Position.id, Position.offset_cents.label("there"), sent(APPLIED_WITHIN).label("least"), sent(timedelta()).label("most")
                  ).where(Position.comune_id == comune_id).subquery()
    expected = case((rows.c.there < rows.c.least, rows.c.least), (rows.c.there > rows.c.most, rows.c.most), else_=rows.c.there)
    bucket = case((rows.c.there > rows.c.most, "unknown_here"), else_="missing_there")
    return compare(select(*columns(named("tax_position", rows.c.id), expected, rows.c.there, "cents", bucket=bucket))
                   .where(or_(rows.c.there > 0, rows.c.most > 0)))


def residuals(comune_id: int) -> Compared:
    """On a position that we reduced, the reduction and what was paid are not more than was due."""
    granted = func.coalesce(_granted(), 0)
    rows = select(Position.id, Position.offset_cents, granted.label("ours"), case(
        (Position.amount_cents > Position.paid_cents, Position.amount_cents - Position.paid_cents), else_=0).label("room")).where(
        Position.comune_id == comune_id).subquery()
    taken = case((rows.c.offset_cents > rows.c.ours, rows.c.offset_cents), else_=rows.c.ours)
    return compare(select(*columns(named("tax_position", rows.c.id), case((taken > rows.c.room, rows.c.room), else_=taken), taken, "cents"))
                   .where(rows.c.ours > 0))


def _granted():
    return (select(func.sum(OffsetLine.amount_cents)).join(Offset, Offset.id == OffsetLine.offset_id).where(
        OffsetLine.position_id == Position.id, Offset.state.in_(GRANTED_OFFSETS)).scalar_subquery())
