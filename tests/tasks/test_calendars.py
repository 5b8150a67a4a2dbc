"""Shifts in other calendars: a secret address that can be revoked, and one file for each shift."""
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import func, select, update

from app.base import clock
from app.base.db import db
from app.people.models import Person
from app.tasks import actions
from app.tasks.actions.calendars import token_hash
from app.tasks.models import CalendarFeed, Shift, Task
from app.tasks.queries.calendars import KEPT
from app.tasks.states import Task as TaskState
from tests.tasks.builders import DAY, NOW, a_shift, a_task, change

MAKE = "Crea l'indirizzo"


@pytest.fixture
def feed(client, board, book, town):
    """The path of Anna's feed, with one booked shift; the client is signed in as Anna."""
    book(board.shift, town.anna)
    return address(client.submit(client.sign_in(town.anna).visit("/calendario"), button=MAKE))


def address(page) -> str:
    return page.soup.find(id="address")["value"].removeprefix("http://localhost")


def events(client, path: str) -> list:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    return Calendar.from_ical(answer.data).walk("VEVENT")


def stranger(app):
    """Somebody's calendar program, which signs in nowhere."""
    return app.test_client()


def test_a_calendar_reads_ones_shifts_without_signing_in(app, feed, board):
    (event,) = events(stranger(app), feed)
    assert event.decoded("dtstart") == NOW + 5 * DAY and event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=3)
    assert event["summary"] == "Riordino della biblioteca" and event["status"] == "CONFIRMED"
    assert event["location"] == "Piazza Vittorio Veneto 1, Alessandria"
    assert event["url"] == "http://localhost/prenotazioni/1" and event["uid"] == "prenotazione-1@localhost"
    assert [alarm.decoded("trigger") for alarm in event.walk("VALARM")] == [timedelta(days=-1), timedelta(hours=-2)]


def test_the_feed_says_nothing_about_anybody(app, feed, book, board, town):
    book(board.shift, town.bruno)
    text = stranger(app).get(feed).get_data(as_text=True)
    assert not [name for name in ("Anna", "Ferraris", "Bruno", "Cavanna", "ATTENDEE", "ORGANIZER", town.anna.email) if name in text]


def test_the_address_is_kept_as_a_hash_only(app, feed):
    token = feed.removeprefix("/calendario/").removesuffix(".ics")
    with app.app_context():
        (row,) = db.session.scalars(select(CalendarFeed))
        assert len(token) >= 43 and token not in (row.token_hash, "")
        assert row.token_hash == token_hash(token)


def test_only_who_made_the_address_sees_it_and_only_until_he_signs_out(client, app, feed, town):
    assert address(client.visit("/calendario")) == feed
    elsewhere = stranger(app).sign_in(town.anna).visit("/calendario")
    assert elsewhere.soup.find(id="address") is None and "non possiamo mostrarlo di nuovo" in elsewhere.words


def test_a_new_address_ends_the_old_one(client, app, feed):
    renewed = address(client.submit(client.visit("/calendario"), button="Crea un indirizzo nuovo"))
    assert renewed != feed
    assert stranger(app).get(feed).status_code == 404 and len(events(stranger(app), renewed)) == 1


def test_a_revoked_address_leads_nowhere(client, app, feed):
    page = client.submit(client.visit("/calendario"), button="Revoca l'indirizzo")
    assert "non vale più" in page.response.get_data(as_text=True) and page.soup.find(id="address") is None
    assert stranger(app).get(feed).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(func.count(CalendarFeed.id))) == 0


def test_a_revoked_address_stays_dead_for_calendars_that_remember_it_and_when_there_is_a_new_one(client, app, feed):
    known = {"If-None-Match": stranger(app).get(feed).headers["ETag"]}
    page = client.submit(client.visit("/calendario"), button="Revoca l'indirizzo")
    assert stranger(app).get(feed, headers=known).status_code == 404
    assert address(client.submit(page, button=MAKE)) != feed
    assert stranger(app).get(feed, headers=known).status_code == 404


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "..%2f"])
def test_a_guessed_address_leads_nowhere(app, feed, token):
    assert stranger(app).get(f"/calendario/{token}.ics").status_code == 404


def test_a_person_who_can_no_longer_sign_in_has_no_feed(app, feed, town):
    with change(app):
        db.session.execute(update(Person).where(Person.id == town.anna.id).values(disabled_at=NOW))
    assert stranger(app).get(feed).status_code == 404


def test_what_is_called_off_or_moved_is_told(app, feed, board, town):
    with change(app):
        shift = db.session.get(Shift, board.shift)
        actions.cancel_shift(shift, reason="Piove", by=town.tino.row)
    (event,) = events(stranger(app), feed)
    assert event["status"] == "CANCELLED" and event["summary"].startswith("Annullato: ") and event["sequence"] == 1
    assert not event.walk("VALARM")


def test_what_one_gave_up_is_gone(client, app, feed):
    client.submit(client.visit("/prenotazioni/1"), button="Disdici la prenotazione")
    assert events(stranger(app), feed) == []


def test_a_shift_that_was_moved_has_a_higher_number(app, feed, board):
    with change(app):
        db.session.execute(update(Shift).where(Shift.id == board.shift).values(version=2, starts_at=NOW + 5 * DAY + timedelta(hours=1)))
    (event,) = events(stranger(app), feed)
    assert event["sequence"] == 2 and event.decoded("dtstart") == NOW + 5 * DAY + timedelta(hours=1)


def test_old_shifts_leave_the_calendar(app, feed):
    with clock.set_to(NOW + KEPT):
        assert len(events(stranger(app), feed)) == 1
    with clock.set_to(NOW + 6 * DAY + KEPT):
        assert events(stranger(app), feed) == []


def test_a_calendar_that_asks_again_gets_no_second_copy(app, feed, book, board, town):
    first = stranger(app).get(feed)
    assert first.headers["ETag"] and "private" in first.headers["Cache-Control"] and first.headers["X-Robots-Tag"] == "noindex"
    again = stranger(app).get(feed, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    book(board.last_place, town.anna)
    assert stranger(app).get(feed, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_hours_are_right_on_the_night_when_clocks_go_back(client, app, town):
    """From 1:00 to 4:00 on the wall, which that night are four hours."""
    with change(app):
        shift = a_shift(a_task(town.alessandria), NOW.replace(month=10, day=24, hour=23), hours=4).id
    (event,) = events(client, f"/turni/{shift}/turno.ics")
    assert event["dtstart"].to_ical() == b"20261024T230000Z" and event["dtend"].to_ical() == b"20261025T030000Z"


def test_one_shift_is_a_file_for_everybody(client, board):
    answer = client.get(f"/turni/{board.shift}/turno.ics")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=turno-{board.shift}.ics"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["url"] == f"http://localhost/attivita/{board.task}"
    assert client.get("/turni/999/turno.ics").status_code == 404


def test_a_shift_that_is_not_on_the_board_yet_is_no_file(client, app, board):
    with change(app):
        db.session.execute(update(Task).where(Task.id == board.task).values(state=TaskState.DRAFT))
    assert client.get(f"/turni/{board.shift}/turno.ics").status_code == 404
    assert client.get(f"/attivita/{board.task}").status_code == 404


def test_who_books_no_shifts_has_no_calendar(client, town):
    assert client.get("/calendario").status_code == 302
    assert client.sign_in(town.tino).get("/calendario").status_code == 403
