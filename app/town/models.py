"""The places: comuni and the organisations that host community service."""
from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.db import ComuneId, Row, short


class Comune(Row):
    __tablename__ = "comune"
    name: Mapped[str] = short(80, unique=True)
    istat_code: Mapped[str] = mapped_column(String(6), unique=True)
    province: Mapped[str] = mapped_column(String(2))
    zone: Mapped[str] = short(40, default="Europe/Rome")


class Organisation(Row):
    """A municipal office or a third-sector body that hosts tasks."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("comune_id", "name"),)
    comune_id: Mapped[ComuneId]
    name: Mapped[str] = short(120)
    about: Mapped[str] = short(400, default="")
    comune: Mapped[Comune] = relationship()
