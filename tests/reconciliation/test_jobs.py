"""The runner: each night once, whoever runs it, whatever stops it."""
import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app.base import clock
from app.base.db import db
from app.base.passages import Passage
from app.base.transactions import transaction
from app.reconciliation import jobs, rules
from app.reconciliation.actions import nights as actions
from app.reconciliation.models import Night
from app.reconciliation.queries import nights
from app.reconciliation.queries.checks import Check
from app.reconciliation.queries.findings import of_night
from app.reconciliation.queries.comparing import Compared, Difference
from app.reconciliation.rules import Outcome
from app.reconciliation.states import Night as State
from tests.reconciliation.story import founded
from tests.threads import together

BEGUN = datetime(2026, 5, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


class Looks:
    """Checks that count how often they look, and do what a test wants."""

    def __init__(self, monkeypatch, *names):
        self.seen, self.does, self.lock = [], {}, threading.Lock()
        monkeypatch.setattr(jobs, "CHECKS", tuple(Check(name, name, name, self._look(name)) for name in names))

    def _look(self, name):
        def look(comune_id):
            with self.lock:
                self.seen.append((comune_id, name))
            found = self.does.get(name, lambda comune_id: None)(comune_id)
            return found or Compared(1, 0, [])
        return look


@pytest.fixture
def looks(monkeypatch):
    return Looks(monkeypatch, "one", "two", "three")


@pytest.fixture
def alone(town, context):
    """Only Alessandria has nights to run: Valenza comes in the far future."""
    with transaction():
        founded(town.alessandria.id, BEGUN)
        founded(town.valenza.id, BEGUN.replace(year=2100))
    return town.alessandria.id


def at(days: int, hour: int = 4):
    return clock.set_to(BEGUN.replace(hour=hour) + days * DAY)       # 4:00 UTC is 6:00 in Rome


def all_nights(**where) -> list[Night]:
    db.session.rollback()
    return list(db.session.scalars(select(Night).filter_by(**where).order_by(Night.comune_id, Night.business_date)))


def age_lease() -> None:
    """The holder's lease lapses, as if two minutes had passed."""
    with transaction():
        db.session.execute(update(Night).where(Night.state == State.RUNNING).values(
            lease_until=nights.database_now() - timedelta(seconds=1)))


def test_two_runners_do_thirty_nights_once_each(app, alone, looks):
    def runner():
        with app.app_context(), at(30):
            return jobs.run_due()
    outcomes = together(runner, runner)
    assert set(outcomes) <= {Outcome.CLEAN, Outcome.HELD}, outcomes
    done = all_nights()
    assert [night.business_date for night in done] == [date(2026, 5, 1) + n * DAY for n in range(30)]
    assert {(night.state, night.attempts, night.fence, night.cursor) for night in done} == {(State.DONE, 1, 1, 3)}
    assert len(looks.seen) == 90


def test_a_holder_that_stalls_past_its_lease_is_fenced_out(app, alone, looks):
    def stall(_comune_id):
        del looks.does["two"]
        age_lease()
        with transaction():
            assert actions.take(nights.town(alone), "the other", 3).fence == 2
        return Compared(1, 1, [Difference("account:1", 0, 1, {})])
    looks.does["two"] = stall
    with at(1):
        assert jobs.run_due() == Outcome.HELD
    [night] = all_nights()
    assert (night.owner, night.cursor, night.figures.keys(), of_night(night)) == ("the other", 1, {"one"}, [])
    age_lease()
    with at(1):
        assert jobs.run_due() == Outcome.CLEAN
    assert [name for _comune, name in looks.seen] == ["one", "two", "two", "three"]


def test_a_live_lease_keeps_others_out(alone, looks):
    with at(1):
        with transaction():
            actions.plan(nights.town(alone))
            actions.take(nights.town(alone), "the other", 3)
        assert jobs.run_due() == Outcome.HELD == 75
    assert looks.seen == []


def test_a_runner_that_is_asked_to_stop_ends_the_check_in_hand_and_gives_the_night_back(alone, looks):
    with at(1):
        assert jobs.run_due(stopping=lambda: len(looks.seen) == 1) == Outcome.HELD
        [night] = all_nights()
        assert (night.state, night.cursor, night.attempts, night.lease_until) == (State.QUEUED, 1, 0, None)
        assert jobs.run_due() == Outcome.CLEAN
    assert [name for _comune, name in looks.seen] == ["one", "two", "three"]


def test_three_nights_off_are_run_in_order_each_with_its_own_date(alone, looks):
    with at(1):
        jobs.run_due()
    with at(4):
        jobs.run_due()
    ran = db.session.scalars(select(Passage.subject_id).where(Passage.move == "start").order_by(Passage.id)).all()
    assert [night.id for night in all_nights()] == ran and len(ran) == 4


def test_four_hundred_days_with_two_changes_of_clocks_are_four_hundred_nights(alone, looks, monkeypatch):
    Looks(monkeypatch, "one")
    for days in range(401):
        midnight = BEGUN.replace(hour=0) + days * DAY
        around_a_change = midnight.date() in {date(2026, 10, 25), date(2027, 3, 28)}
        for hour in range(24) if around_a_change else (3,):
            with clock.set_to(midnight + timedelta(hours=hour, minutes=30)):
                assert jobs.run_due(comune="Alessandria") == Outcome.CLEAN
    done = all_nights(state=State.DONE)
    assert [night.business_date for night in done] == [date(2026, 5, 1) + n * DAY for n in range(400)]
    rome = [night.started_at.astimezone(ZoneInfo("Europe/Rome")) for night in done]
    assert {at.date() - night.business_date for at, night in zip(rome, done)} == {DAY}
    assert min(at.time() for at in rome) >= rules.DUE_AT


def test_a_long_pause_is_caught_up_in_parts(alone, looks):
    with at(100):
        jobs.run_due()
        assert len(all_nights(state=State.DONE)) == rules.RUNS_PER_START
        assert all_nights(state=State.DONE)[-1].business_date == date(2026, 5, 31)
        jobs.run_due()
    assert len(all_nights(state=State.DONE)) == 62


def test_a_clock_set_back_runs_nothing_again(alone, looks):
    for days in (5, 2, 5):
        with at(days):
            assert jobs.run_due() == Outcome.CLEAN
    assert {night.attempts for night in all_nights()} == {1} and len(all_nights()) == 5


def test_a_clock_that_ran_ahead_leaves_no_night_of_the_future_to_run(alone, looks):
    with at(3), transaction():
        actions.plan(nights.town(alone), until=date(2026, 5, 20))
    with at(3):
        jobs.run_due()
    assert [night.business_date.day for night in all_nights(state=State.DONE)] == [1, 2, 3]


def test_one_comune_fails_and_the_other_is_done(context, town, looks):
    with transaction():
        for place in (town.alessandria, town.valenza):
            founded(place.id, BEGUN)

    def fail(comune_id):
        if comune_id == town.alessandria.id:
            raise ValueError("a name that must not be logged: Anna")
    looks.does["two"] = fail
    with at(1):
        assert jobs.run_due() == Outcome.FAILED
    failed, done = all_nights()
    assert (failed.state, failed.cursor, failed.error, done.state) == (State.FAILED, 1, "two: ValueError", State.DONE)


def test_a_failed_night_rests_then_goes_on_at_the_check_where_it_stopped(alone, looks):
    def fail(_comune_id):
        raise ValueError
    looks.does["three"] = fail
    with at(1):
        jobs.run_due()
        assert jobs.run_due() == Outcome.CLEAN and len(looks.seen) == 3       # it rests
    for _attempt in range(2, 9):
        with clock.set_to(all_nights()[0].finished_at + timedelta(hours=3)):
            jobs.run_due(comune="Alessandria")
    assert [name for _comune, name in looks.seen] == ["one", "two"] + ["three"] * rules.ATTEMPTS
    looks.does.clear()
    with at(2):
        with transaction():
            night = actions.run_again(nights.town(alone), date(2026, 5, 1), reason="riparato")
        assert (night.attempts, night.cursor) == (0, 0)
        jobs.run_due()
    assert all_nights()[0].state is State.DONE


def test_what_a_night_finds_is_kept_and_the_outcome_says_so(alone, looks):
    looks.does["two"] = lambda _comune_id: Compared(9, 2, [
        Difference("account:1", 0, 60, {"unit": "min"}), Difference("account:2", 5, None, {})])
    with at(1):
        assert jobs.run_due() == Outcome.FINDINGS
    [night] = all_nights()
    assert night.figures["two"] == {"seen": 9, "wrong": 2} and night.wrong == 2
    assert [(each.kind, each.subject, each.expected, each.found) for each in of_night(night)] == [
        ("two", "account:1", 0, 60), ("two", "account:2", 5, None)]


def test_a_database_that_is_away_costs_a_tick_and_no_night(alone, looks, monkeypatch):
    def away(*_):
        raise ConnectionError
    with at(1):
        with monkeypatch.context() as broken:
            broken.setattr(actions, "take", away)
            assert jobs.run_due() == Outcome.FAILED
        assert jobs.run_due() == Outcome.CLEAN
    assert [night.state for night in all_nights()] == [State.DONE]


def test_an_unknown_comune_is_a_failure(alone, looks):
    assert jobs.run_due(comune="Atlantide") == Outcome.FAILED and looks.seen == []
