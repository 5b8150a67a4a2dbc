"""Places come into being; and the lock that numbers are drawn under."""
from sqlalchemy import select

from app.base.db import db
from app.town.models import Comune, Organisation


def found(name: str, istat_code: str, province: str) -> Comune:
    """Add a comune to this installation."""
    comune = Comune(name=name, istat_code=istat_code, province=province)
    db.session.add(comune)
    db.session.flush()
    return comune


def host(comune: Comune, name: str, about: str = "") -> Organisation:
    """Add an organisation that hosts tasks in a comune."""
    organisation = Organisation(comune=comune, name=name, about=about)
    db.session.add(organisation)
    db.session.flush()
    return organisation


def lock(comune_id: int) -> None:
    """Hold the comune's row until the commit: whoever draws the next number of a series in this comune waits here.

    Rows that only name the comune can still be inserted meanwhile.
    """
    db.session.execute(select(Comune.id).where(Comune.id == comune_id).with_for_update(key_share=True))
