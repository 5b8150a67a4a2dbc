"""Where a comune's books are kept. Its table is read by name, as a foreign key names it: the ledger imports no other package."""
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import column, func, select, table

from app.base.db import db

_COMUNE = table("comune", column("id"), column("name"), column("istat_code"), column("zone"))


class Place(NamedTuple):
    comune_id: int
    name: str
    zone: ZoneInfo


def place(wanted: str) -> Place | None:
    """A comune by its name or ISTAT code."""
    row = db.session.execute(select(_COMUNE).where(
        (func.lower(_COMUNE.c.name) == wanted.lower()) | (_COMUNE.c.istat_code == wanted.zfill(6)))).first()
    return row and Place(row.id, row.name, ZoneInfo(row.zone))
