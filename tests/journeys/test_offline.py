"""Hours written where there is no network: they wait on the phone, go once, and never under another name."""
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from app.base.db import db
from app.hours.models import Attendance, Evidence, Method
from app.hours.states import Attendance as State
from app.tasks import actions as tasks
from app.tasks.models import Shift
from tests.journeys.story import at
from tests.journeys.visitor import PHONE

KEPT = "caches.match('/ore/senza-rete').then(kept => Boolean(kept && navigator.serviceWorker))"
ACTIVE = "navigator.serviceWorker.getRegistration('/ore/').then(found => found?.active?.state === 'activated')"
WAITING = """new Promise(yes => { const opening = indexedDB.open('hours', 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('entries', {keyPath: 'key'})
  opening.onsuccess = () => { const asked = opening.result.transaction('entries').objectStore('entries').count()
    asked.onsuccess = () => { yes(asked.result); opening.result.close() } } })"""
HOURS = {"Giorno": "3/6", "Dalle ore": "9", "Alle ore": "12", "Pausa": "15 + 5"}


@pytest.fixture
def stored(doing):
    """What the town knows of hours: state, minutes and method of each."""
    def look():
        with doing():
            return [(row.state, row.minutes, method) for row, method in db.session.execute(
                select(Attendance, Evidence.method).join(Evidence, Evidence.attendance_id == Attendance.id).order_by(Attendance.id))]
    return look


@pytest.fixture
def anna(visit, live, town, doing):
    """On her phone, after a morning at the shelves, with the page for no coverage kept."""
    with doing():
        for shift in db.session.scalars(select(Shift).where(Shift.starts_at.in_([at(3, 9), at(4, 9)]))):
            tasks.book(shift, town.anna.row)
    live.now = at(4, 14)
    visitor = visit(width=PHONE).sign_in(town.anna.email).goto("/ore")
    until(visitor, ACTIVE)
    until(visitor, KEPT)
    visitor.goto("/ore/senza-rete")                                      # seen once where there was a network
    until(visitor, "navigator.serviceWorker.controller?.state === 'activated'")
    return visitor.goto("/ore")


def until(visitor, script: str) -> None:
    """Ask again and again; the policy of the pages forbids the browser to do so by itself."""
    for _ in range(100):
        if visitor.page.evaluate(script):
            return
        visitor.page.wait_for_timeout(100)
    raise AssertionError(f"never: {script}")


@pytest.fixture
def without_network(live):
    """Inside the block nothing that the browser does reaches the site, whoever in it tries: a page, its script or the service worker."""
    @contextmanager
    def cut(visitor):
        visitor.page.wait_for_load_state("networkidle")
        visitor.page.context.set_offline(True)
        before = len(live.heard)
        yield
        assert set(live.heard[before:]) <= {"/ore/worker.js"}, "only the browser itself, which looks for a newer worker, is not cut off"
        visitor.page.context.set_offline(False)
    return cut


def write(visitor, answers=HOURS):
    visitor.fill(answers)
    visitor.page.get_by_role("button", name="Conserva le ore").click()
    visitor.page.get_by_text("Ore su questo dispositivo").wait_for()


def gone(visitor) -> None:
    """Nothing waits on the device any more, and the page says so."""
    until(visitor, f"{WAITING}.then(number => number === 0)")
    visitor.page.get_by_text("Ore su questo dispositivo").wait_for(state="hidden")


def test_without_coverage_and_back(anna, stored, without_network):
    with without_network(anna):
        anna.goto("/ore/senza-rete")
        assert anna.heading == "Scrivi le ore senza rete" and anna.faults() == []
        write(anna)
        assert "Aspetta la rete" in anna.text and stored() == []
        anna.goto("/ore/1")                                              # any page of hers stands on the same kept one
        anna.page.get_by_text("Aspetta la rete").first.wait_for()
        assert anna.heading == "Scrivi le ore senza rete"
    gone(anna)
    assert stored() == [(State.SUBMITTED, 160, Method.OFFLINE)]
    assert anna.goto("/ore").heading == "Le mie ore" and "2 h 40 min" in anna.text
    assert anna.page.evaluate(WAITING) == 0


def test_two_windows_that_come_back_at_once_send_once(anna, stored, without_network):
    other = anna.another_window().goto("/ore/senza-rete")
    with without_network(anna):
        anna.goto("/ore/senza-rete")
        write(anna)
        assert "Riordino degli scaffali" in anna.text and "3/6, 9–12" in anna.text and "Aspetta la rete" in anna.text
        other.goto("/ore/senza-rete").page.get_by_text("Aspetta la rete").wait_for()          # this one sees it too, and would send it
    for window in (anna, other):
        window.page.evaluate("dispatchEvent(new Event('online'))")                            # once more, for whoever missed it
    gone(anna)
    gone(other)
    other.goto("/ore")
    assert stored() == [(State.SUBMITTED, 160, Method.OFFLINE)]


def test_a_lost_reply_doubles_nothing(anna, live, stored, monkeypatch):
    whole, lost = live.app.wsgi_app, []

    def lose_the_first_answer(environ, start_response):
        """The town has it in its books; the phone hears only that the gateway broke."""
        if not environ["PATH_INFO"].endswith("/invia") or lost:
            return whole(environ, start_response)
        body = whole(environ, lambda status, headers, *error: lost.append(status))
        b"".join(body)
        start_response("502 Bad Gateway", [("Content-Type", "text/plain")])
        return [b""]

    monkeypatch.setattr(live.app, "wsgi_app", lose_the_first_answer)
    write(anna.goto("/ore/senza-rete"))
    anna.page.wait_for_timeout(500)
    assert (lost, len(stored())) == (["303 SEE OTHER"], 1) and "Aspetta la rete" in anna.text
    anna.goto("/ore")                                                    # opening any page of hers tries again
    gone(anna)
    assert stored() == [(State.SUBMITTED, 160, Method.OFFLINE)]
    anna.complaints.clear()                                              # of the 502


def test_what_is_refused_says_why_and_can_be_put_right(anna, stored, without_network):
    with without_network(anna):
        anna.goto("/ore/senza-rete")
        write(anna, HOURS | {"Dalle ore": "7"})
    anna.page.get_by_text("le ore di prima non contano").wait_for()
    assert "Non accettate" in anna.text and stored() == []
    assert anna.faults() == []
    anna.page.get_by_role("button", name="Correggi").click()
    assert anna.field("Dalle ore").input_value() == "7"
    write(anna, HOURS)
    gone(anna)
    assert stored() == [(State.SUBMITTED, 160, Method.OFFLINE)]
    assert [complaint.rsplit(" ", 1)[1] for complaint in anna.complaints] == ["422"]
    anna.complaints.clear()


def test_another_person_on_the_same_phone_never_sends_mine(anna, town, stored, without_network):
    with without_network(anna):
        anna.goto("/ore/senza-rete")
        write(anna)
        anna.page.context.clear_cookies()
    anna.page.get_by_text("devi accedere di nuovo").wait_for()
    assert stored() == []
    other = anna.another_window().sign_in(town.bruno.email).goto("/ore/senza-rete")
    other.page.wait_for_timeout(500)
    assert "Ore su questo dispositivo" not in other.text and stored() == [] and other.page.evaluate(WAITING) == 1
    anna.page.context.clear_cookies()
    anna.sign_in(town.anna.email).goto("/ore")
    gone(anna)
    assert stored() == [(State.SUBMITTED, 160, Method.OFFLINE)]
    anna.complaints.clear()


@pytest.mark.parametrize("sure", [False, True])
def test_signing_out_asks_and_then_forgets(anna, stored, sure, without_network):
    asked = []

    def answer(dialog):
        asked.append(dialog.message)
        (dialog.accept if sure else dialog.dismiss)()

    anna.page.on("dialog", answer)
    with without_network(anna):
        anna.goto("/ore/senza-rete")
        write(anna)
        anna.page.context.route("**/senza-rete/stato", lambda route: route.abort())        # coverage, and still nothing goes through
    anna.page.locator("form.sign-out button").click()
    if sure:
        anna.page.get_by_text("Sei uscito dal sito").wait_for()
        assert anna.page.evaluate(WAITING) == 0 and anna.page.evaluate("caches.keys()") == []
    else:
        anna.page.wait_for_timeout(300)
        assert anna.heading == "Scrivi le ore senza rete" and anna.page.evaluate(WAITING) == 1
    assert len(asked) == 1 and "non ancora inviate" in asked[0] and stored() == []
    anna.complaints.clear()


def test_without_javascript_the_plain_form_does_it(visit, anna, town, stored):
    plain = visit(javascript=False).sign_in(town.anna.email).goto("/ore")
    plain.follow("Registra le ore Riordino degli scaffali, mercoledì 3 giugno 2026")
    plain.fill(HOURS).press("Avanti: controlla").press("Invia le ore")
    assert stored() == [(State.SUBMITTED, 160, Method.LATER)]
