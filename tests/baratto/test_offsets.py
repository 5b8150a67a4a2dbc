"""Offsets: proposed, and approved once by somebody else."""
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.access import Role
from app.baratto.actions import offsets
from app.baratto.models import Agreement
from app.baratto.states import Offset as State
from app.base.db import db
from app.base.errors import Refusal
from app.ledger.models import Posting
from app.people import actions as people
from app.taxes.models import Component
from tests.baratto.office import NOW
from tests.threads import together


class TestPropose:
    def test_the_reference_case(self, office, pact):
        """33 h 40 are 252,50: two instalments whole, 12,50 off the third."""
        number = office.proposal(pact, *[205] * 5, *[245] * 4, 15)
        with office.work():
            offset = office.offset(number)
            assert (offset.amount_cents, offset.minutes_used, offset.minutes_unused) == (25250, 2020, 0)
            assert [line.amount_cents for line in offset.lines] == [12000, 12000, 1250]
            assert [(line["before"], line["after"]) for line in offset.figures["lines"]] == [(12000, 0), (12000, 0), (17237, 15987)]
            assert offset.figures["residual_cents"] == 15987

    def test_a_certificate_counts_once(self, office, town, pact):
        certificate = office.certified(pact, 60)
        office.proposal(pact)
        with pytest.raises(Refusal, match="già in una riduzione"), office.work():
            offsets.propose(db.session.get(Agreement, pact), [office.certificate(certificate)], by=town.teo.row)

    def test_two_clerks_at_once_make_one_proposal(self, office, town, pact):
        certificate = office.certified(pact, 60)

        def propose():
            with office.work():
                offsets.propose(db.session.get(Agreement, pact), [office.certificate(certificate)], by=town.teo.row)
        results = together(*[propose] * 6)
        assert results.count(None) == 1 and all(isinstance(each, Refusal) for each in results if each is not None)

    def test_somebody_elses_certificate_is_refused(self, office, town, pact):
        office.bill(town.bruno, 5000)
        with office.app.app_context():
            call = db.session.get(Agreement, pact).call_id
        other = office.certified(office.pact(town.bruno, call), 60)
        with pytest.raises(Refusal, match="altro patto"), office.work():
            offsets.propose(db.session.get(Agreement, pact), [office.certificate(other)], by=town.teo.row)

    def test_none_chosen(self, office, town, pact):
        with pytest.raises(Refusal) as refused, office.work():
            offsets.propose(db.session.get(Agreement, pact), [], by=town.teo.row)
        assert refused.value.field == "certificates"

    def test_not_for_ones_own_family(self, office, town, pact):
        office.certified(pact, 60)
        office.household(town.anna, town.teo)
        with pytest.raises(Refusal, match="la tua famiglia"):
            office.proposal(pact)

    @pytest.mark.parametrize("facts", [{"litigation": True}, {"collection_stage": "AdER"}])
    def test_disputed_lines_and_lines_with_the_collector_stay(self, office, town, facts):
        call, kept = office.call(), office.bill(town.anna, 10000, **facts, instalment=1)
        hit = office.bill(town.anna, 10000, instalment=2)
        number = office.proposal(office.pact(town.anna, call), 60 * 16)
        with office.work():
            offset = office.offset(number)
            assert [line.position_id for line in offset.lines] == [hit] and kept not in [line.position_id for line in offset.lines]
            assert offset.amount_cents == 10000

    def test_only_the_municipal_share(self, office, town):
        call = office.call()
        office.bill(town.anna, 28600)
        for component, cents in ((Component.TEFA, 1430), (Component.UR1, 10), (Component.UR2, 150), (Component.UR3, 600)):
            office.bill(town.anna, cents, component=component)
        number = office.proposal(office.pact(town.anna, call), 60 * 24, 60 * 24)
        with office.work():
            offset = office.offset(number)
            assert (offset.amount_cents, offset.figures["residual_cents"]) == (28600, 2190)
            assert offset.minutes_unused == 60 * 48 - 2288       # 286,00 at 12,5 cents a minute

    def test_a_reduction_of_nothing_is_refused(self, office, town):
        call, position = office.call(), office.bill(town.anna, 10000)
        pact = office.pact(town.anna, call)
        office.certified(pact, 60)
        office.change(position, paid_cents=10000)
        with pytest.raises(Refusal, match="zero"):
            office.proposal(pact)

    def test_time_that_rounding_adds_is_not_taken(self, office, town):
        """Ten minutes count as an hour; the ledger has only ten to take."""
        call = office.call(time_granularity_min=60, time_round="UP")
        office.bill(town.anna, 10000)
        pact = office.pact(town.anna, call)
        number = office.proposal(pact, 10)
        office.approve(number)
        with office.work():
            assert (office.offset(number).amount_cents, office.offset(number).minutes_used) == (750, 10)
        assert office.of_pact(pact, "certified") == 0


class TestApprove:
    def test_everything_is_posted_at_once(self, office, town, pact):
        number = office.proposal(pact, 60 * 4)
        office.approve(number)
        with office.work():
            offset = office.offset(number)
            assert (offset.state, offset.decided_by_id, offset.act, offset.act_date) == (
                State.APPROVED, town.mara.id, "12/2026", NOW.date())
            relief = f"position:{offset.lines[0].position_id}"
        assert office.of_pact(pact, "certified") == 0
        assert office.of_pact(pact, "committed") == 41237 - 3000
        assert office.balance("EUR", "relief", relief) == 3000
        assert office.balance("EUR", "person_cents", f"person:{town.anna.ref}:2026") == 3000
        assert office.balance("SERVICE", "person_minutes", f"person:{town.anna.ref}:2026") == 240

    def test_the_debt_is_smaller_for_the_next_one(self, office, town, pact):
        office.approve(office.proposal(pact, 60 * 16))                      # 120,00: the first instalment
        number = office.proposal(pact, 60)
        with office.work():
            assert [(line.position.instalment, line.amount_cents) for line in office.offset(number).lines] == [(2, 750)]

    def test_sixteen_at_once_have_one_effect(self, office, town, pact):
        number = office.proposal(pact, 60 * 4)
        results = together(*[lambda: office.approve(number)] * 16)
        assert results.count(None) == 1
        assert all(isinstance(each, Refusal) and "Mara Ghilini" in str(each) for each in results if each is not None)
        with office.work():
            assert db.session.scalar(select(func.count(Posting.id)).where(Posting.kind == "offset")) == 1
        assert office.of_pact(pact, "committed") == 41237 - 3000

    def test_the_proposer_does_not_approve_even_with_another_role(self, office, town, pact):
        number = office.proposal(pact, 60)
        with office.work():
            people.grant(town.teo.row, Role.TAX_MANAGER, comune=town.alessandria.row, since=date(2026, 1, 1))
        with pytest.raises(Refusal, match="deve decidere un'altra persona"):
            office.approve(number, by=town.teo)
        with pytest.raises(Refusal, match="deve decidere un'altra persona"), office.work():
            offsets.send_back(office.offset(number), reason="Perché sì", by=town.teo.row)

    def test_the_database_refuses_it_too(self, office, town, pact):
        number = office.proposal(pact, 60)
        with pytest.raises(IntegrityError, match="four_eyes"), office.work():
            office.offset(number).decided_by_id = town.teo.id

    def test_not_for_ones_own_family(self, office, town, pact):
        number = office.proposal(pact, 60)
        office.household(town.anna, town.mara)
        with pytest.raises(Refusal, match="la tua famiglia"):
            office.approve(number)

    def test_a_debt_paid_meanwhile(self, office, town):
        """Example 10: 180,00 of hours, then 150,00 of 300,00 are paid."""
        call, position = office.call(), office.bill(town.anna, 30000)
        pact = office.pact(town.anna, call)
        number = office.proposal(pact, 60 * 12, 60 * 12)
        office.change(position, paid_cents=15000)
        with pytest.raises(Refusal) as refused:
            office.approve(number)
        assert refused.value.values == {"now_cents": 15000, "then_cents": 18000}
        with office.work():
            assert office.offset(number).state is State.PROPOSED
            offsets.send_back(office.offset(number), reason="Ha pagato una parte", by=town.mara.row)
        with office.work():
            offsets.propose_again(office.offset(number), by=town.teo.row)
        office.approve(number)
        with office.work():
            offset = office.offset(number)
            assert (offset.amount_cents, offset.minutes_used, offset.minutes_unused) == (15000, 1200, 240)

    def test_the_same_amount_on_other_lines_is_refused(self, office, town, pact):
        number = office.proposal(pact, 60)
        with office.work():
            first = office.offset(number).lines[0].position_id
        office.change(first, paid_cents=12000)
        with pytest.raises(Refusal, match="voci della bolletta"):
            office.approve(number)

    @pytest.mark.parametrize("act, act_date, field", [
        (" ", None, "act"), ("12", NOW.date() + timedelta(days=1), "act_date")])
    def test_a_determina_has_a_number_and_no_future_date(self, office, town, pact, act, act_date, field):
        number = office.proposal(pact, 60)
        with pytest.raises(Refusal) as refused, office.work():
            offsets.approve(office.offset(number), act=act, act_date=act_date, by=town.mara.row)
        assert refused.value.field == field

    def test_many_at_once_and_one_is_refused(self, office, town, pact):
        good = office.proposal(pact, 60)
        with office.app.app_context():
            call = db.session.get(Agreement, pact).call_id
        position = office.bill(town.bruno, 5000)
        bad = office.proposal(office.pact(town.bruno, call), 60 * 4)
        office.change(position, paid_cents=4000)
        with office.work():
            refused = offsets.each_of([office.offset(bad), office.offset(good)],
                                      lambda each: offsets.approve(each, act="9", by=town.mara.row))
            assert [thing.id for thing, _ in refused] == [bad]
        with office.work():
            assert (office.offset(bad).state, office.offset(good).state) == (State.PROPOSED, State.APPROVED)


class TestReturnAndCancel:
    def test_returned_with_a_reason_and_proposed_again(self, office, town, pact):
        number = office.proposal(pact, 60)
        with pytest.raises(Refusal) as refused, office.work():
            offsets.send_back(office.offset(number), reason=" ", by=town.mara.row)
        assert refused.value.field == "reason"
        with office.work():
            offsets.send_back(office.offset(number), reason="Manca un allegato", by=town.mara.row)
        with pytest.raises(Refusal, match="non è più possibile"):
            office.approve(number)
        with office.work():
            offsets.propose_again(office.offset(number), by=town.teo.row)
            assert office.offset(number).state is State.PROPOSED and len(office.offset(number).lines) == 1
        office.approve(number)

    def test_cancelled_frees_the_certificates(self, office, town, pact):
        number = office.proposal(pact, 60)
        with pytest.raises(Refusal), office.work():
            offsets.cancel(office.offset(number), reason="", by=town.teo.row)
        with office.work():
            offsets.cancel(office.offset(number), reason="Doppia", by=town.teo.row)
        assert office.proposal(pact) != number
