"""A correction needs two people, and is carried out by the package that owns the row."""
import pytest
from sqlalchemy import select, text

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.outbox import Letter
from app.base.passages import Passage
from app.base.transactions import transaction
from app.baratto.models import Offset
from app.baratto.states import Offset as OffsetState
from app.ledger.actions import accounts, checkpoints
from app.ledger.models import Account, Posting
from app.reconciliation.actions import corrections as actions, findings, nights as nights_actions
from app.reconciliation.models import Correction, Finding, Night
from app.reconciliation.queries import nights
from app.reconciliation.queries.comparing import Compared, Difference
from app.reconciliation.states import Correction as State, Finding as FindingState
from tests.reconciliation import story
from tests.threads import together


@pytest.fixture
def told(context, town):
    """A town with a night on which findings can be written down."""
    comune_id = story.tell(town)
    with clock.set_to(story.NOW), transaction():
        story.founded(comune_id, story.NOW - story.timedelta(days=1))
        nights_actions.plan(nights.town(comune_id))
    return comune_id


def found(check: str, subject: str) -> int:
    """The id of a finding of the check about the subject."""
    with transaction():
        findings.keep(db.session.scalar(select(Night)), check, Compared(1, 1, [Difference(subject, 1, 2, {"unit": "cents"})]))
    return db.session.scalar(select(Finding.id).where(Finding.subject == subject))


def proposed(finding_id: int, by) -> int:
    with transaction():
        return actions.propose(db.session.get(Finding, finding_id), reason="Va corretta", by=by.row).id


def decide(act, correction_id: int, by, **words) -> None:
    with transaction():
        act(db.session.get(Correction, correction_id), by=by.row, **words)


def states(correction_id: int) -> tuple:
    db.session.rollback()
    correction = db.session.get(Correction, correction_id)
    return correction.state, correction.finding.state


@pytest.fixture
def drifted(told) -> int:
    """The id of an account whose row somebody has changed, frozen by the night."""
    account_id = db.session.scalar(select(Account.id).where(Account.kind == "committed"))
    with transaction():
        db.session.execute(text("UPDATE account SET balance = balance + 60 WHERE id = :id"), {"id": account_id})
    yield account_id
    with transaction():
        if db.session.get(Account, account_id).frozen_at:
            checkpoints.restate(account_id)


def test_a_drifted_account_is_written_anew_when_two_people_say_so(drifted, town):
    before = db.session.get(Account, drifted).balance - 60
    correction_id = proposed(found("balances", f"account:{drifted}"), town.ada)
    assert db.session.get(Account, drifted).frozen_at and db.session.get(Account, drifted).balance == before + 60
    decide(actions.approve, correction_id, town.mara)
    assert states(correction_id) == (State.APPROVED, FindingState.CORRECTED)
    account = db.session.get(Account, drifted)
    assert (account.balance, account.frozen_at) == (before, None)
    said = [(row.subject, row.move, row.actor_id) for row in db.session.scalars(
        select(Passage).where(Passage.subject.in_(("correction", "finding"))).order_by(Passage.id))]
    assert said == [("correction", "propose", town.ada.id), ("correction", "approve", town.mara.id), ("finding", "correct", None)]


def test_a_correction_that_left_the_difference_there_is_open_again(drifted, town):
    finding_id = found("balances", f"account:{drifted}")
    decide(actions.approve, proposed(finding_id, town.ada), town.mara)
    found("balances", f"account:{drifted}")
    db.session.rollback()
    assert db.session.get(Finding, finding_id).state is FindingState.OPEN
    with transaction():
        accounts.thaw(drifted)


def test_a_wrong_offset_is_reversed_by_the_baratto(told, town):
    offset_id = db.session.scalar(select(Offset.id).where(Offset.state == OffsetState.APPROVED))
    finding_id = found("offset_euros_in_ledger", f"tax_offset:{offset_id}")
    correction_id = proposed(finding_id, town.ada)
    decide(actions.approve, correction_id, town.mara)
    offset = db.session.get(Offset, offset_id)
    assert offset.state is OffsetState.REVERSED and states(correction_id)[0] is State.APPROVED
    assert db.session.scalar(select(Posting.reverses_id).where(Posting.key == f"offset:{offset_id}:reversed")) == offset.posting_id


def test_what_the_owner_of_the_row_refuses_stays_undone(told, town):
    """The offset is that of the approver's own family: the baratto's own rule holds."""
    offset = db.session.scalar(select(Offset).where(Offset.state == OffsetState.APPROVED))
    with transaction():
        town.mara.row.household_id = offset.agreement.household_id
    correction_id = proposed(found("offset_lines", f"tax_offset:{offset.id}"), town.ada)
    with pytest.raises(Refusal, match="un'altra persona"):
        decide(actions.approve, correction_id, town.mara)
    assert states(correction_id) == (State.PROPOSED, FindingState.OPEN)


def test_the_proposer_decides_nothing(drifted, town):
    correction_id = proposed(found("balances", f"account:{drifted}"), town.ada)
    with transaction():
        db.session.execute(text("UPDATE correction SET proposed_by_id = :mara"), {"mara": town.mara.id})
    for act, words in ((actions.approve, {}), (actions.reject, {"reason": "no"})):
        with pytest.raises(Refusal, match="deve decidere un'altra persona"):
            decide(act, correction_id, town.mara, **words)


def test_two_who_decide_at_once_one_wins(app, drifted, town):
    correction_id = proposed(found("balances", f"account:{drifted}"), town.ada)

    def decider(act, **words):
        def run():
            with app.app_context():
                decide(act, correction_id, town.mara, **words)
        return run
    answers = together(decider(actions.approve), decider(actions.reject, reason="no"))
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Refusal"]


def test_a_rejected_or_withdrawn_proposal_changes_nothing_and_leaves_room_for_another(drifted, town):
    finding_id = found("balances", f"account:{drifted}")
    first = proposed(finding_id, town.ada)
    with pytest.raises(Refusal, match="già una correzione proposta"):
        proposed(finding_id, town.ada)
    with pytest.raises(Refusal, match="Scrivi il motivo"):
        decide(actions.reject, first, town.mara, reason="")
    decide(actions.reject, first, town.mara, reason="Prima chiediamo")
    second = proposed(finding_id, town.ada)
    decide(actions.withdraw, second, town.ada)
    assert states(first) == (State.REJECTED, FindingState.OPEN) and states(second)[0] is State.WITHDRAWN
    assert db.session.get(Account, drifted).frozen_at


@pytest.mark.parametrize("check, subject, words", [
    ("letters", "letter:late", "non c'è una correzione da qui"),
    ("certificate_totals", "certificate:1", "non c'è una correzione da qui"),
])
def test_what_no_remedy_fits_is_put_right_where_it_was_done(told, town, check, subject, words):
    with pytest.raises(Refusal, match=words):
        proposed(found(check, subject), town.ada)


def test_a_finding_that_is_over_needs_no_correction(drifted, town):
    finding_id = found("balances", f"account:{drifted}")
    with transaction():
        findings.keep(db.session.scalar(select(Night)), "balances", Compared(1, 0, []))
    with pytest.raises(Refusal, match="non aspetta più"):
        proposed(finding_id, town.ada)
    with transaction():
        checkpoints.restate(drifted)


def test_both_hands_get_a_letter_without_names_or_figures(drifted, town):
    correction_id = proposed(found("balances", f"account:{drifted}"), town.ada)
    decide(actions.approve, correction_id, town.mara)
    letters = [(each.recipient, each.subject, each.body) for each in db.session.scalars(
        select(Letter).where(Letter.key.startswith("reconciliation:correction")).order_by(Letter.id))]
    assert [(recipient, subject) for recipient, subject, _body in letters] == [
        (town.mara.email, "Una correzione aspetta la tua decisione"), (town.ada.email, "Una tua correzione è stata decisa")]
    assert all("/notti/" in body and "Ferraris" not in body and "€" not in body for *_, body in letters)
