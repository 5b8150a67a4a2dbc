"""No page asks the database more often because there is more to show."""
from types import SimpleNamespace

import pytest

from app.base.db import db
from app.tasks import actions
from app.tasks.models import Kind, Task
from app.town.models import Organisation
from tests.ledger.hearing import statements
from tests.tasks.builders import DAY, HOUR, NOW, a_booking, a_neighbour, a_proposal, a_qualification, a_shift, a_task, change


@pytest.fixture
def more(app, board, town):
    """Makes more of everything, each with people and hosts of its own."""
    made = iter(range(1000))

    def more(of_each: int) -> None:
        with change(app):
            task = db.session.get(Task, board.task)
            for number in (next(made) for _ in range(of_each)):
                shift = a_shift(task, NOW + (10 + number) * DAY, places=1)
                here, there = (SimpleNamespace(organisation=Organisation(comune_id=place.id, name=f"Ente {number}"))
                               for place in (town.alessandria, town.valenza))
                db.session.add_all([here.organisation, there.organisation])
                db.session.flush()
                neighbour = a_neighbour(number, town.alessandria.row)
                a_booking(shift, neighbour)
                actions.wait(shift, town.anna.row)
                a_booking(a_shift(task, NOW + (10 + number) * DAY + 12 * HOUR), town.anna.row)
                a_shift(a_task(there, f"Merenda {number}", lat_micro=44_913_000 + number, lon_micro=8_615_000), NOW + 5 * DAY)
                a_proposal(here, town.tino.row)
                for person, kind in ((neighbour, Kind.COURSE), (town.anna.row, Kind.SKILL)):
                    course = a_qualification(town.alessandria, f"{kind} {number}", kind)
                    actions.confirm(person, course, last_day=NOW.date() + 20 * DAY, by=town.olga.row)

    return more


@pytest.mark.parametrize("who, address", [
    *((None, view) for view in ("/attivita", "/attivita/settimana", "/attivita/mappa", "/attivita?parole=merenda&giorni=6-7&liberi=1",
                                "/attivita?comune=1&zona=Centro", "/attivita/1", "/attivita/1/avviso")),
    *(("anna", page) for page in ("/attivita/1", "/prenotazioni", "/turni/1/prenota", "/requisiti", "/area-personale")),
    *(("tino", page) for page in ("/ente/attivita", "/ente/attivita/1/turni", "/ente/attivita/1/modifica", "/area-personale")),
    *(("olga", page) for page in ("/ufficio/attivita", "/ufficio/requisiti", "/ufficio/requisiti/1", "/area-personale")),
])
def test_a_page_asks_as_often_for_one_row_as_for_seven(client, app, board, more, town, who, address):
    def asked() -> list[str]:
        with statements(app) as heard:
            assert client.get(address).status_code == 200
        return heard

    if who:
        client.sign_in(getattr(town, who))
    more(1)
    few = asked()
    more(6)
    many = asked()
    assert len(many) == len(few), "\n".join(many)
