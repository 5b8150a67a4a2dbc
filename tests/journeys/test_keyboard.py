"""Without a mouse: shifts are booked and waited for, hours logged and validated, with Tab, Enter, Space and the letters alone."""
import pytest
from sqlalchemy import select

from app.base.db import db
from app.hours import actions as hours
from app.tasks import actions as tasks
from app.tasks.models import Booking, Shift
from tests.journeys.hands import Hands
from tests.journeys.story import at
from tests.town import PASSWORD


@pytest.mark.parametrize("width", [1280, 390])
def test_a_shift_is_booked_and_its_hours_logged(visit, live, town, width):
    visitor = visit(width=width).goto("/accedi")
    hands = Hands(visitor)
    hands.tab_to("Vai ai contenuti").enter()
    hands.tab_to("Indirizzo e-mail").type(town.anna.email).tab_to("Password").type(PASSWORD).tab_to("Accedi").enter()
    visitor.goto("/attivita")
    hands.tab_to("Vai ai contenuti").enter().tab_to("Riordino degli scaffali").enter()
    hands.tab_to("Prenota").enter().tab_to("Conferma la prenotazione").enter()
    assert visitor.heading == "Turno prenotato"

    live.now = at(3, 13)
    visitor.goto("/accedi?next=/ore")
    hands.tab_to("Indirizzo e-mail").type(town.anna.email).tab_to("Password").type(PASSWORD).enter()
    hands.tab_to("Vai ai contenuti").enter().tab_to("Registra le ore").enter()
    hands.tab_to("Dalle ore").type("9").tab_to("Alle ore").type("ieri").tab_to("Pausa").type("15").enter()
    assert hands.name().startswith("C'è un problema"), "the errors take the focus"
    hands.tab_to("Scrivi l'ora così").enter()
    assert hands.name().startswith("Alle ore"), "an error leads to its field"
    hands.type("12:30").tab_to("Avanti: controlla").enter().tab_to("Invia le ore").enter()
    assert visitor.heading == "Ore registrate" and visitor.facts()["Ore"] == "3 h 15 min"


@pytest.mark.parametrize("width", [1280, 390])
def test_one_waits_for_a_place_and_takes_it(visit, live, town, doing, width):
    with doing():
        shift = db.session.scalar(select(Shift).where(Shift.starts_at == at(3, 9)))
        booking_id, task_id = tasks.book(shift, town.bruno.row).id, shift.task_id
    visitor = visit(width=width).sign_in(town.anna.email).goto(f"/attivita/{task_id}")
    hands = Hands(visitor)
    hands.tab_to("Vai ai contenuti").enter().tab_to("Lista d'attesa").enter().tab_to("Mettimi in lista d'attesa").enter()
    assert visitor.heading == "Sei in lista d'attesa"
    with doing():
        tasks.give_up(db.session.get(Booking, booking_id), by=town.bruno.row)
    visitor.goto("/prenotazioni")
    hands.tab_to("Vai ai contenuti").enter().tab_to("Riordino degli scaffali").enter().tab_to("Accetta il posto").enter()
    assert visitor.heading == "Turno prenotato"


@pytest.mark.parametrize("width", [1280, 390])
def test_many_hours_are_validated_together(visit, live, town, doing, width):
    with doing():
        shifts = db.session.scalars(select(Shift).where(Shift.starts_at.in_([at(3, 9), at(3, 14), at(4, 9)])).order_by(Shift.starts_at))
        bookings = [tasks.book(shift, each.row).id for shift, each in zip(shifts, (town.anna, town.bruno, town.anna), strict=True)]
    live.now = at(4, 14)
    with doing():
        for booking in map(db.session.get_one, [Booking] * 3, bookings):
            hours.submit(booking, started_at=booking.shift.starts_at, ended_at=booking.shift.ends_at)
    visitor = visit(width=width).sign_in(town.tino.email).goto("/tutor/ore")
    hands = Hands(visitor)
    hands.tab_to("Vai ai contenuti").enter()
    for who in ("Anna F., mercoledì 3 giugno", "Bruno C., mercoledì 3 giugno"):
        hands.tab_to(f"Scegli {who}").keyboard.press("Space")
    hands.tab_to("Controlla le scelte insieme").enter()
    assert visitor.heading == "Convalida insieme" and visitor.rows("Ore da convalidare insieme")[-1][-1] == "5 h 30 min"
    hands.tab_to("Convalida 2 turni").enter()
    assert "Hai convalidato 2 turni." in visitor.text and len(visitor.rows("Ore da convalidare")) == 2


def test_the_menu_of_a_phone(visit, town):
    visitor = visit(width=390).sign_in(town.anna.email)
    hands = Hands(visitor)
    visitor.goto("/")
    hands.tab_to("Apri il menu").keyboard.press("Enter")
    visitor.page.locator("#main-menu.expanded").wait_for()
    visitor.page.keyboard.press("Escape")
    visitor.page.locator("#main-menu:not(.expanded)").wait_for(state="attached")
    visitor.page.locator("[aria-label='Apri il menu']:focus").wait_for()
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#main-menu.expanded").wait_for()
    hands.tab_to("Le mie ore").enter()
    assert visitor.path == "/ore"
