"""What a person is told when the answer is no: in words, beside the form, with nothing stored."""
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from app.access import Role
from app.base.db import db
from app.hours import actions as hours
from app.people import actions as people
from app.taxes.models import Position
from app.tasks import actions as tasks
from app.tasks.models import Booking, Shift, Task
from tests.journeys.story import at, bill


@pytest.fixture
def nothing_stored(live):
    """`with nothing_stored():` no row of any table is another one afterwards; sign-ins may note that somebody was seen."""
    def everything():
        with live.app.app_context():
            return {name: sorted(map(str, db.session.execute(select(table)))) for name, table in db.metadata.tables.items()
                    if name != "sign_in"}

    @contextmanager
    def watch():
        before = everything()
        yield
        assert everything() == before
    return watch


@pytest.fixture
def anna(visit, town):
    return visit().sign_in(town.anna.email)


def worked(town, *, validated=True, who=None):
    """Anna's morning at the shelves, or somebody else's, logged and perhaps validated."""
    shift = db.session.scalar(select(Shift).where(Shift.starts_at == at(3, 9)))
    booking = Booking(comune_id=shift.comune_id, shift=shift, person_id=(who or town.anna).id)
    db.session.add(booking)
    db.session.flush()
    row = hours.submit(booking, started_at=at(3, 9), ended_at=at(3, 12, 30))
    if validated:
        hours.validate(row, started_at=row.started_at, ended_at=row.ended_at, break_min=0, by=town.tino.row)
    return row


def test_the_last_place_goes_to_one(visit, town, anna, nothing_stored):
    bruno = visit().sign_in(town.bruno.email).goto("/turni/1/prenota")
    anna.goto("/turni/1/prenota").press("Conferma la prenotazione")
    with nothing_stored():
        bruno.press("Conferma la prenotazione")
    assert bruno.errors() == ["Questo turno è completo: l'ultimo posto è stato preso."] and bruno.status == 422
    assert "Completo" in bruno.goto("/attivita/1").text


def test_nobody_is_in_two_places(anna, nothing_stored):
    other = anna.another_window().goto("/turni/3/prenota")
    anna.goto("/turni/1/prenota").press("Conferma la prenotazione")
    with nothing_stored():
        other.press("Conferma la prenotazione")
    assert other.errors() == ["In quelle ore hai già un turno prenotato: 3 giu 2026, 09:00."]


@pytest.mark.parametrize("answers, message", [
    ({"Giorno": "4/6/2026"}, "Queste ore non sono ancora passate: si registrano dopo il turno."),
    ({"Alle ore": "8:30"}, "Queste ore non sono ancora passate: si registrano dopo il turno."),       # that is the next morning
    ({"Dalle ore": "10", "Alle ore": "10.00"}, "L'ora di fine è uguale all'ora di inizio."),
    ({"Dalle ore": "7"}, "Il turno è iniziato il 3 giu 2026, 09:00: le ore di prima non contano."),
    ({"Pausa": "210"}, "La pausa deve essere più corta delle ore svolte."),
    ({"Pausa": "0,30"}, "Scrivi la pausa in minuti, per esempio 30, oppure così: 0:30."),
    ({"Dalle ore": "le nove"}, "Scrivi l'ora così: 9:30."),
    ({"Giorno": "31/6/2026"}, "Il giorno 31/6/2026 non esiste nel calendario."),
    ({"Giorno": ""}, "Questo campo va compilato."),
])
def test_hours_that_cannot_be(anna, live, doing, town, nothing_stored, answers, message):
    with doing():
        booking_id = tasks.book(db.session.get(Shift, 1), town.anna.row).id
    live.now = at(3, 13)
    anna.goto(f"/ore/{booking_id}").sign_in_again().fill({"Nota per il tutor": "Con il carrello"} | answers)
    with nothing_stored():
        anna.press("Avanti: controlla")
    assert anna.errors() == [message] and anna.status == 422
    assert anna.page.title().startswith("Errore: ")
    assert all(anna.field(label).input_value() == text for label, text in answers.items()), "what was typed is gone"
    assert anna.field("Nota per il tutor").input_value() == "Con il carrello"
    assert anna.page.evaluate("document.activeElement.className") == "error-summary"
    anna.page.locator(".error-summary a").click()
    assert anna.page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"


def test_no_minute_counts_twice(anna, live, doing, town, nothing_stored):
    with doing():
        tasks.book(db.session.get(Shift, 1), town.anna.row)
        tasks.book(db.session.get(Shift, 4), town.anna.row)
    live.now = at(3, 17)
    anna.goto("/ore/1").sign_in_again().fill({"Alle ore": "14:30"}).press("Avanti: controlla").press("Invia le ore")
    anna.goto("/ore/2")
    with nothing_stored():
        anna.press("Avanti: controlla")
    assert anna.errors() == ["In quelle ore ci sono già altre attività registrate: da 3 giu 2026, 09:00 a 3 giu 2026, 14:30."]
    assert anna.fill({"Dalle ore": "14:30"}).press("Avanti: controlla").facts()["Ore da registrare"] == "1 h 30 min"


def test_an_hour_that_comes_twice(anna, live, doing, town, nothing_stored):
    """In the night of 25 October 2026 clocks show 2:00 to 2:59 twice."""
    with doing():
        night = tasks.plan_shift(db.session.get(Task, 2), starts_at=at(25, 0, month=10), ends_at=at(25, 5, month=10), places=1)
        tasks.book(night, town.anna.row)
    live.now = at(25, 8, month=10)
    anna.goto("/ore/1").sign_in_again().fill({"Dalle ore": "2:30", "Alle ore": "4"})
    with nothing_stored():
        anna.press("Avanti: controlla")
    assert anna.errors() == ["Scegli se intendi la prima o la seconda volta."]
    anna.tick("La prima volta, con l'ora legale").press("Avanti: controlla")
    assert anna.facts()["Ore da registrare"] == "2 h 30 min" and "02:30 (la prima volta)" in anna.facts()["Inizio"]
    anna.press("Modifica").tick("La seconda volta, con l'ora solare").press("Avanti: controlla")
    assert anna.facts()["Ore da registrare"] == "1 h 30 min"
    anna.press("Modifica").fill({"Dalle ore": "1:30"}).press("Avanti: controlla")
    assert anna.facts()["Ore da registrare"] == "3 h 30 min"


def test_a_tutor_leaves_his_own_hours_to_a_colleague(visit, live, doing, town, nothing_stored):
    live.now = at(3, 13)
    with doing():
        number = worked(town, validated=False).id
        town.tino.row.household_id = town.anna.row.household_id
        people.grant(town.tino.row, Role.RESIDENT, comune=town.alessandria.row)
        worked(town, validated=False, who=town.tino)
    tino = visit().sign_in(town.tino.email).goto("/tutor/ore")
    assert "Sono ore tue: le decide un collega." in tino.text
    with nothing_stored():
        tino.press("Convalida", within="Anna F.")
        assert tino.errors() == ["La pratica riguarda te o la tua famiglia: deve occuparsene un'altra persona."]
        tino.goto(f"/tutor/ore/{number + 1}").press("Convalida queste ore")
        assert tino.errors() == ["La pratica riguarda te o la tua famiglia: deve occuparsene un'altra persona."]


def test_a_change_needs_a_reason_and_comes_first(visit, live, doing, town, nothing_stored):
    live.now = at(3, 13)
    with doing():
        number = worked(town, validated=False).id
    first, second = (visit().sign_in(town.tino.email).goto(f"/tutor/ore/{number}") for _ in range(2))
    with nothing_stored():
        first.fill({"Alle ore": "12"}).press("Convalida queste ore")
    assert first.errors() == ["Hai cambiato le ore: scrivi il motivo, lo leggerà anche la persona."]
    first.fill({"Motivo, se cambi le ore": "Pioveva."}).press("Convalida queste ore")
    assert "Registrate 3 h di Anna F." in first.text
    with nothing_stored():
        second.press("Convalida queste ore")
    assert len(second.errors()) == 1 and "Tino Robutti" in second.errors()[0]


@pytest.fixture
def proposed(visit, live, doing, town):
    """Teo's proposal of 26,25 € for 3 h 30; gives Teo's browser."""
    live.now = at(3, 13)
    with doing():
        row = worked(town)
        hours.certify(row.agreement_id, by=town.carla.row)
    teo = visit().sign_in(town.teo.email).goto("/riduzioni/nuova/1")
    teo.press("Proponi questa riduzione")
    assert teo.figures()["Riduzione"] == "26,25 €"
    return teo


def test_who_proposes_does_not_approve(proposed, doing, town, nothing_stored):
    with doing():
        people.grant(town.teo.row, Role.TAX_MANAGER, comune=town.alessandria.row)
    proposed.goto("/riduzioni/1/approva")
    assert "Hai fatto tu la proposta: deve decidere un'altra persona." in proposed.text
    assert proposed.page.get_by_role("button", name="Approva la riduzione").count() == 0
    with nothing_stored():
        keys = {name: proposed.page.locator(f"header .sign-out [name={name}]").input_value() for name in ("csrf_token", "form_key")}
        answer = proposed.page.request.post(proposed.page.url, form=keys | {"act": "1/2026", "act_date": "3/6/2026"})
    assert answer.status == 422 and "Hai fatto tu la proposta" in answer.text()


def test_a_debt_that_changed_is_computed_anew(visit, proposed, doing, town, nothing_stored):
    mara = visit().sign_in(town.mara.email).goto("/riduzioni/1/approva").fill({"Numero della determina": "3/2026"})
    with doing():
        for position in db.session.scalars(select(Position).where(Position.instalment < 3)):
            position.paid_cents = position.amount_cents
        db.session.scalar(select(Position).where(Position.instalment == 3, Position.component == "MUNICIPAL")).paid_cents = 1000
    with nothing_stored():
        mara.press("Approva la riduzione")
    assert mara.status == 422 and len(mara.errors()) == 1
    assert "sono cambiati dopo la proposta" in mara.errors()[0] and "invece di 26,25 €" in mara.errors()[0]
    assert mara.figures()["Proposta"] == "26,25 €" and mara.figures()["Oggi"] != "26,25 €"


def test_a_call_promises_no_more_than_it_has(visit, doing, town, nothing_stored):
    with doing():
        bill(town.bruno, town.alessandria)
        number = town.bruno.row.id
    olga = visit().sign_in(town.olga.email).goto(f"/patti/nuovo?persona={number}")
    olga.fill({"Numero della polizza di assicurazione": "INAIL 8"}).press("Calcola il piano")
    assert "87,38 €" in olga.text
    with nothing_stored():
        olga.press("Conferma il patto")
    assert len(olga.errors()) == 1 and olga.status == 422


@pytest.mark.parametrize("who, path, status, words", [
    ("vera", "/turni/1/prenota", 404, "Questa pagina non c'è"),
    ("marzio", "/riduzioni/1", 404, "Questa pagina non c'è"),
    ("clio", "/certificati/1", 404, "Questa pagina non c'è"),
    ("ugo", "/tutor/ore/1", 404, "Questa pagina non c'è"),
    ("oreste", "/patti/1", 404, "Questa pagina non c'è"),
    ("bruno", "/ore/registrate/1", 404, "Questa pagina non c'è"),
    ("anna", "/tutor/ore", 403, "Non puoi aprire questa pagina"),
    ("tino", "/certificati", 403, "Non puoi aprire questa pagina"),
    ("teo", "/riduzioni/1/approva", 403, "Non puoi aprire questa pagina"),
    ("aldo", "/tributi/importa", 403, "Non puoi aprire questa pagina"),
])
def test_doors_that_stay_shut(visit, proposed, town, nothing_stored, who, path, status, words):
    visitor = visit().sign_in(getattr(town, who).email)
    with nothing_stored():
        visitor.goto(path)
    assert (visitor.status, visitor.heading) == (status, words)
    assert visitor.follow("Vai alla tua area personale").status == 200


def test_sent_twice_is_done_once(anna, live, doing):
    anna.goto("/turni/1/prenota")
    key = anna.key("Conferma la prenotazione")
    anna.press("Conferma la prenotazione")
    receipt = anna.path
    anna.back()
    assert "Hai già un posto in questo turno." in anna.text
    anna.goto("/turni/5/prenota").resend("Conferma la prenotazione", key, to="/turni/1/prenota")
    assert anna.path == receipt and "Questo modulo era già stato registrato" in anna.text
    with doing():
        assert db.session.scalar(select(db.func.count(Booking.id))) == 1


def test_a_used_key_opens_nothing_else(anna, nothing_stored):
    anna.goto("/turni/1/prenota")
    key = anna.key("Conferma la prenotazione")
    anna.press("Conferma la prenotazione").goto("/turni/5/prenota")
    with nothing_stored():
        anna.resend("Conferma la prenotazione", key)
    assert anna.status == 409 and "Questo modulo è già stato inviato con altri dati." in anna.text


def test_a_wrong_password(visit, town, nothing_stored):
    anna = visit().goto("/accedi").fill({"Indirizzo e-mail": town.anna.email, "Password": "una frase sbagliata"})
    with nothing_stored():
        anna.press("Accedi", within="main")
    assert anna.errors() == ["L'indirizzo o la password non sono giusti."] and anna.status == 422
    assert anna.field("Indirizzo e-mail").input_value() == town.anna.email and anna.field("Password").input_value() == ""
    assert anna.fill({"Password": "una frase lunga di prova"}).press("Accedi", within="main").path == "/area-personale"


def test_a_page_that_outlived_its_sign_in(visit, town, anna, nothing_stored):
    anna.goto("/turni/1/prenota")
    other = anna.another_window()
    other.goto("/").press("Esci")
    with nothing_stored():
        anna.press("Conferma la prenotazione")
    assert anna.status == 400 and "non abbiamo registrato nulla" in anna.text
