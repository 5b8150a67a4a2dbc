"""The life of a finding: carried on from night to night, explained, gone; and what follows for the account that it names."""
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from app.base.db import db
from app.base.outbox import Letter
from app.base.passages import passages
from app.base.transactions import transaction
from app.ledger.actions import accounts
from app.ledger.models import Account, Unit
from app.reconciliation import jobs
from app.reconciliation.actions import findings as actions, nights as night_actions
from app.reconciliation.models import Finding, Night
from app.reconciliation.queries import findings, nights as queries
from app.reconciliation.queries.comparing import Compared, Difference, Proven
from app.reconciliation.rules import Outcome
from app.reconciliation.states import Finding as State, Scope
from tests.reconciliation.looks import Nights, checks_that_find     # noqa: F401 - a fixture

MONDAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
ONE, TWO = ("offset_lines", "tax_offset:1"), ("offset_lines", "tax_offset:2")


@pytest.fixture
def nights(context, town, checks_that_find) -> Nights:         # noqa: F811
    return checks_that_find(Nights(town, MONDAY))


def told() -> list[tuple]:
    """Each finding: subject, state, first and last night's day, and whether it is gone."""
    db.session.rollback()
    return [(each.subject[-1], each.state, each.night.business_date.day, each.last_night.business_date.day, each.gone_at is not None)
            for each in db.session.scalars(select(Finding).order_by(Finding.id))]


def test_the_same_difference_on_following_nights_is_one_finding(nights):
    nights.found = {ONE: (60, 70), TWO: (60, 70)}
    assert nights.run() == nights.run() == Outcome.FINDINGS
    assert told() == [("1", State.OPEN, 4, 5, False), ("2", State.OPEN, 4, 5, False)]
    shown = {night.business_date.day: len(findings.of_night(night)) for night in db.session.scalars(select(Night))}
    assert shown == {4: 2, 5: 2}


def test_a_finding_that_is_gone_clears_itself_and_one_that_comes_back_is_a_new_one(nights):
    for found in ({ONE: (60, 70)}, {}, {ONE: (60, 70)}):
        nights.found = found
        nights.run()
    assert told() == [("1", State.CLEARED, 4, 4, True), ("1", State.OPEN, 6, 6, False)]
    assert [len(findings.of_night(night)) for night in db.session.scalars(select(Night).order_by(Night.id))] == [1, 0, 1]


def test_an_explanation_holds_for_its_figures_and_survives_the_end(nights, town):
    nights.found = {ONE: (60, 70), TWO: (60, 70)}
    nights.run()
    with transaction():
        for finding in db.session.scalars(select(Finding)):
            actions.explain(finding, reason="atteso", by=town.ada.row)
    nights.found = {ONE: (60, 71), TWO: (60, 70)}
    nights.run()
    assert [state for _subject, state, *_ in told()] == [State.OPEN, State.EXPLAINED]
    nights.found = {}
    nights.run()
    assert [(state, gone) for _subject, state, _first, _last, gone in told()] == [(State.CLEARED, True), (State.EXPLAINED, True)]
    assert [each.move for each in passages(db.session.scalar(select(Finding)))] == ["explain", "reopen", "clear"]


def test_the_same_night_run_again_finds_the_same_findings(nights):
    nights.found = {ONE: (60, 70)}
    nights.run()
    with nights.now(), transaction():
        night_actions.run_again(queries.town(nights.comune_id), MONDAY.date(), reason="prova")
    with nights.now():
        jobs.run_due()
    assert told() == [("1", State.OPEN, 4, 4, False)]


def test_where_not_all_differences_are_listed_none_is_called_gone(nights, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 1)
    nights.found = {TWO: (60, 70)}
    nights.run()
    nights.found = {ONE: (60, 70), TWO: (60, 70)}
    nights.run()
    assert [(subject, state) for subject, state, *_ in told()] == [("2", State.OPEN), ("1", State.OPEN)]


@pytest.fixture
def account(nights, town) -> int:
    with transaction():
        return accounts.open_account(nights.comune_id, Unit.EUR, "available", "x", floor=0)


def frozen(account_id: int) -> bool:
    db.session.rollback()
    return db.session.get(Account, account_id).frozen_at is not None


def test_an_account_that_disagrees_is_frozen_until_every_check_agrees_again(nights, account):
    nights.found = {("balances", f"account:{account}"): (60, 70), ("holds", f"account:{account}"): (5, 6)}
    nights.run()
    assert frozen(account)
    nights.found = {("holds", f"account:{account}"): (5, 6)}
    nights.run()
    assert frozen(account)
    nights.found = {}
    nights.run()
    assert not frozen(account)


def test_other_findings_freeze_nothing(nights, account):
    nights.found = {("limits", f"account:{account}"): (60, 70)}
    nights.run()
    assert not frozen(account)


def test_sunday_looks_at_everything_and_other_days_at_what_is_new(nights):
    for _day in range(8):
        nights.run()
    scopes = {night.business_date.isoweekday(): night.scope for night in db.session.scalars(select(Night))}
    assert [day for day, scope in scopes.items() if scope is Scope.FULL] == [7]


def letters() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(each.recipient.split(".")[0], each.subject) for each in db.session.scalars(
        select(Letter).where(Letter.key.startswith("reconciliation:")).order_by(Letter.id))]


def test_the_auditor_hears_of_new_findings_once_and_each_week_how_things_stand(nights, town):
    nights.found = {ONE: (60, 70)}
    for _day in range(3):
        nights.run()
    assert letters() == [("aldo", "La notte ha trovato differenze")]
    body = db.session.scalar(select(Letter.body))
    assert "Alessandria" in body and "differenze nuove: 1." in body and "/notti/" in body and "tax_offset" not in body
    for _day in range(4):
        nights.run()
    assert letters()[1:] == [("aldo", "La settimana dei controlli")]
    nights.found = {}
    for _day in range(7):
        nights.run()
    assert "Tutto torna." in db.session.scalars(select(Letter.body).order_by(Letter.id.desc())).first()
    assert len(letters()) == 3


def test_the_auditor_hears_of_a_night_that_failed_once_a_day(nights, monkeypatch):
    def away(_comune_id, **_scope):
        raise ValueError
    monkeypatch.setattr(jobs, "CHECKS", [jobs.CHECKS[0]._replace(compare=away)])
    nights.run()
    with nights.now(hours=2):
        jobs.run_due()
    assert letters() == [("aldo", "La notte di controllo non è riuscita")]
    nights.run()
    assert len(letters()) == 2


def test_a_real_drift_is_found_named_and_clears_itself(context, town):
    """The whole way with the real checks: somebody changes a row, the night freezes it; he changes it back, the night lets it go."""
    from tests.reconciliation import story
    comune_id = story.tell(town)
    account_id = db.session.scalar(select(Account.id).where(Account.kind == "committed"))
    with transaction():
        story.founded(comune_id, story.NOW - story.timedelta(days=1))

    def night(hours, change):
        with transaction():
            db.session.execute(text("UPDATE account SET balance = balance + :change WHERE id = :id"), {"change": change, "id": account_id})
        with story.clock.set_to(story.NOW), transaction():
            night_actions.run_again(queries.town(comune_id), story.NOW.date().replace(day=9), reason="prova", scope=Scope.INCREMENTAL)
        with story.clock.set_to(story.NOW):
            jobs.run_due(comune="Alessandria")
        db.session.rollback()
        return db.session.scalar(select(Finding).where(Finding.subject == f"account:{account_id}", Finding.kind == "balances"))

    finding = night(1, 60)
    assert finding.found - finding.expected == 60 and finding.state is State.OPEN and frozen(account_id)
    finding = night(2, -60)
    assert finding.state is State.CLEARED and not frozen(account_id)


def test_the_checkpoints_move_only_where_seals_and_balances_agree(nights, account, monkeypatch):
    moved = []
    monkeypatch.setattr(actions.checkpoints, "advance", lambda *place, anew: moved.append((*place, anew)))
    nights.run()
    night_id = db.session.scalar(select(Night.id))

    def keep(check: str, *rows: Difference, proven: Proven | None = None):
        with transaction():
            actions.keep(db.session.get(Night, night_id), check, Compared(1, len(rows), list(rows), proven))
    keep("balances", proven=Proven(7, False))
    keep("balances")                                           # nothing is sealed yet
    keep("seals", Difference("transfer:1", None, None, {}))
    keep("balances", proven=Proven(9, False))
    keep("seals")
    keep("balances", Difference(f"account:{account}", 1, 2, {}), proven=Proven(9, False))
    assert moved == [(nights.comune_id, 7, False)]
    keep("balances", proven=Proven(9, True))
    assert moved[1:] == [(nights.comune_id, 9, True)]
