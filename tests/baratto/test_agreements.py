"""Pacts: what they plan, what the budget holds, how they end; and who may decide."""
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.baratto import queries
from app.baratto.actions import agreements, regulations
from app.baratto.models import Agreement, Call
from app.baratto.rules import Terms, Used
from app.baratto.rules.agreements import PlannedBy, check_hands, check_period, plan
from app.baratto.states import Agreement as State
from app.base.db import db
from app.base.errors import Refusal
from app.ledger.queries.balances import account_id
from app.ledger.queries.statements import statement
from app.ledger.actions import accounts as ledger_accounts, postings
from app.ledger.rules import Line
from app.hours import actions as hours
from app.hours.models import Attendance
from tests.baratto.office import NOW
from tests.threads import together

FLAT = {"value_model": "FLAT", "flat_cents": 25000, "full_minutes": 2400}
MODULE = {"value_model": "MODULE", "module_minutes": 240, "module_cents": 3000}


class TestPlan:
    @pytest.mark.parametrize("terms, debt, facts, minutes, cents, decided", [
        ({}, 41237, {}, 3299, 41237, PlannedBy.DEBT),                       # 412,37 at 7,50 need 54 h 59
        ({"time_granularity_min": 15}, 41237, {}, 3300, 41237, PlannedBy.DEBT),
        ({"cap_person_year_min": 3000}, 41237, {}, 3000, 37500, PlannedBy.CAP_HOURS),
        ({"cap_person_year_cents": 30000}, 41237, {}, 2400, 30000, PlannedBy.CAP_PERSON),
        ({"cap_household_year_cents": 30000}, 41237, {}, 2400, 30000, PlannedBy.CAP_HOUSEHOLD),
        ({"cap_person_year_cents": 30000}, 41237, {"used": Used(person_cents=22500)}, 600, 7500, PlannedBy.CAP_PERSON),
        ({"cap_person_year_min": 3000}, 41237, {"used": Used(person_minutes=2400)}, 600, 7500, PlannedBy.CAP_HOURS),
        ({}, 41237, {"wanted_minutes": 600}, 600, 7500, PlannedBy.WISH),
        ({}, 41237, {"wanted_minutes": 9999}, 3299, 41237, PlannedBy.DEBT),  # never more than the debt needs
        ({"rate_cents_per_hour": 800}, 21450, {}, 1609, 21450, PlannedBy.DEBT),    # 26 h 49 and not 40 h
        (MODULE, 10000, {}, 960, 10000, PlannedBy.DEBT),
        (FLAT, 41237, {}, 2400, 25000, PlannedBy.SERVICE),
        (FLAT, 12500, {}, 1200, 12500, PlannedBy.DEBT),
        ({"min_debt_cents": 8000}, 8000, {}, 640, 8000, PlannedBy.DEBT),
    ])
    def test_no_more_than_is_needed(self, terms, debt, facts, minutes, cents, decided):
        found = plan(Terms.from_mapping(terms), debt_cents=debt, **facts)
        assert (found.minutes, found.cents, found.decided_by) == (minutes, cents, decided)

    @pytest.mark.parametrize("terms, debt, facts", [
        ({}, 0, {}),
        ({"min_debt_cents": 8000}, 7999, {}),
        ({"cap_person_year_cents": 30000}, 41237, {"used": Used(person_cents=30000)}),
        ({}, 41237, {"wanted_minutes": 0}),
        (MODULE, 10000, {"wanted_minutes": 239}),
        (FLAT | {"partial": "ALL_OR_NOTHING"}, 41237, {"wanted_minutes": 2399}),
    ])
    def test_nothing_to_plan(self, terms, debt, facts):
        with pytest.raises(Refusal):
            plan(Terms.from_mapping(terms), debt_cents=debt, **facts)


class TestRules:
    @pytest.mark.parametrize("starts_on, ends_on, field", [
        (date(2026, 6, 2), date(2026, 6, 1), "ends_on"), (date(2025, 12, 31), date(2026, 6, 1), "starts_on"),
        (date(2026, 6, 1), date(2027, 1, 1), "starts_on")])
    def test_a_period_outside_the_year(self, starts_on, ends_on, field):
        with pytest.raises(Refusal) as refused:
            check_period(starts_on, ends_on, 2026)
        assert refused.value.field == field

    def test_a_day_is_a_period(self):
        check_period(date(2026, 6, 1), date(2026, 6, 1), 2026)

    def test_four_eyes(self):
        with pytest.raises(Refusal):
            check_hands(decides=1, proposed=1)
        check_hands(decides=2, proposed=1)


@pytest.fixture
def call(office, town):
    office.bill(town.anna, 30000)
    office.bill(town.bruno, 30000)
    return office.call(budget_cents=40000)


class TestMake:
    def test_sets_the_maximum_aside(self, office, town, call):
        number = office.pact(town.anna, call)
        with office.work():
            pact = db.session.get(Agreement, number)
            assert (pact.planned_minutes, pact.max_cents, pact.made_by_id) == (2400, 30000, town.olga.id)
            assert queries.budget(pact.call) == (40000, 10000, 30000) and queries.budget(pact.call).used == 0

    def test_the_budget_holds_one_of_two(self, office, town, call):
        office.pact(town.anna, call)
        with pytest.raises(Refusal, match="La disponibilità non basta") as refused:
            office.pact(town.bruno, call)
        assert refused.value.values == {"left_cents": 10000}

    def test_the_budget_holds_one_of_two_at_once(self, office, town, call):
        results = together(lambda: office.pact(town.anna, call), lambda: office.pact(town.bruno, call, by=town.olga))
        assert sorted(type(each) for each in results if not isinstance(each, int)) == [Refusal] and any(
            isinstance(each, int) for each in results)
        assert office.balance("EUR", "available", f"call:{call}") == 10000

    def test_one_live_pact_in_a_call(self, office, town, call):
        def make():
            return office.pact(town.anna, call, wanted_minutes=60)
        results = together(*[make] * 5)
        assert sum(isinstance(each, int) for each in results) == 1
        assert all(isinstance(each, int | Refusal) for each in results), results

    @pytest.mark.parametrize("facts, field", [
        ({"insurance": "  "}, "insurance"), ({"ends_on": date(2027, 1, 1)}, "starts_on"), ({"wanted_minutes": 0}, "wanted_minutes")])
    def test_refused_at_its_field(self, office, town, call, facts, field):
        with pytest.raises(Refusal) as refused:
            office.pact(town.anna, call, **facts)
        assert refused.value.field == field

    def test_not_for_the_officer_himself_nor_his_family(self, office, town, call):
        office.household(town.anna, town.olga)
        with pytest.raises(Refusal, match="la tua famiglia"):
            office.pact(town.anna, call)

    def test_lines_that_cannot_be_reduced_plan_nothing(self, office, town):
        call = office.call()
        office.bill(town.anna, 30000, litigation=True)
        office.bill(town.anna, 30000, instalment=2, collection_stage="AdER")
        office.bill(town.anna, 30000, instalment=3, year=2025)
        with pytest.raises(Refusal, match="Non c'è un debito"):
            office.pact(town.anna, call)

    def test_next_years_reduction_is_planned_on_this_years_bill_until_the_next_is_out(self, office, town):
        call = office.call(arrears_policy="NEXT_YEAR")
        office.bill(town.anna, 30000, paid_cents=30000, bonus_cents=7500)

        def planned():
            with office.work():
                return agreements.plan(db.session.get(Call, call), town.anna.row, tax="TARI", starts_on=date(2026, 1, 1),
                                       ends_on=date(2026, 2, 1), insurance="P", by=town.olga.row)
        estimate = planned()
        assert (estimate.debt_cents, estimate.cents, estimate.minutes, estimate.estimated) == (22500, 22500, 1800, True)
        office.bill(town.anna, 15000, year=2027)
        known = planned()
        assert (known.debt_cents, known.minutes, known.estimated) == (15000, 1200, False)

    def test_planning_changes_nothing(self, office, town, call):
        with office.work():
            agreements.plan(db.session.get(Call, call), town.anna.row, tax="TARI", starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1),
                            insurance="P", by=town.olga.row)
        with office.work():
            assert db.session.scalar(select(func.count(Agreement.id))) == 0


class TestHours:
    def test_from_logged_to_certified(self, office, town, call):
        pact = office.pact(town.anna, call)
        office.done(pact, 90, 30)
        assert (office.of_pact(pact, "validated"), office.of_pact(pact, "certified")) == (120, 0)
        with office.work():
            hours.certify(pact, by=town.carla.row)
        assert (office.of_pact(pact, "validated"), office.of_pact(pact, "certified")) == (0, 120)

    def test_a_correction_leaves_both_figures(self, office, town, call):
        pact = office.pact(town.anna, call)
        attendance, = office.done(pact, 90)
        with office.work():
            row = db.session.get(Attendance, attendance)
            hours.correct(row, started_at=row.started_at, ended_at=row.ended_at - timedelta(minutes=30), break_min=0,
                          reason="Ha finito prima", by=town.tino.row)
        assert office.of_pact(pact, "validated") == 60
        with office.work():
            pact = db.session.get(Agreement, pact)
            account = account_id(pact.comune_id, "SERVICE", "validated", f"agreement:{pact.ref}")
            assert [line.change for line in statement(account)] == [60, -90, 90]
            standing = queries.standing(pact)
            assert (standing.validated, standing.done) == (60, 60)

    def test_hours_outside_the_period_count_for_no_pact(self, office, town, call):
        pact = office.pact(town.anna, call, starts_on=NOW.date() + timedelta(days=5))
        attendance, = office.done(pact, 90)
        with office.work():
            assert db.session.get(Attendance, attendance).agreement_id is None
        assert office.of_pact(pact, "validated") == 0


class TestClose:
    def close(self, office, town, pact, reason="Finito"):
        with office.work():
            agreements.close(db.session.get(Agreement, pact), reason=reason, by=town.olga.row)

    def test_the_rest_returns_to_the_call(self, office, town, call):
        pact = office.pact(town.anna, call)
        office.approve(office.proposal(pact, 240))
        self.close(office, town, pact)
        with office.work():
            assert db.session.get(Agreement, pact).state is State.CLOSED
            budget = queries.budget(db.session.get(Call, call))
            assert (budget, budget.used) == ((40000, 37000, 0), 3000)

    def test_not_while_something_waits(self, office, town, call):
        pact = office.pact(town.anna, call)
        office.done(pact, 60)
        with pytest.raises(Refusal, match="Ci sono ancora ore"):
            self.close(office, town, pact)
        with office.work():
            hours.certify(pact, by=town.carla.row)
        office.proposal(pact)
        with pytest.raises(Refusal, match="Ci sono ancora ore"):
            self.close(office, town, pact)

    def test_a_call_ends_when_no_pact_is_active_in_it(self, office, town, call):
        pact = office.pact(town.anna, call)
        with pytest.raises(Refusal, match="patti attivi"), office.work():
            regulations.finish_call(db.session.get(Call, call), by=town.ada.row)
        with office.work():
            agreements.close(db.session.get(Agreement, pact), reason="Trasloco", by=town.olga.row)
            regulations.finish_call(db.session.get(Call, call), by=town.ada.row)
        with pytest.raises(Refusal, match="concluso"):
            office.pact(town.anna, call)

    def test_not_by_somebody_of_the_same_household(self, office, town, call):
        pact = office.pact(town.anna, call)
        office.household(town.anna, town.olga)
        with pytest.raises(Refusal, match="riguarda te o la tua famiglia"), office.work():
            agreements.close(db.session.get(Agreement, pact), reason="Basta", by=town.olga.row)

    def test_not_without_a_reason_and_not_twice(self, office, town, call):
        pact = office.pact(town.anna, call)
        with pytest.raises(Refusal) as refused:
            self.close(office, town, pact, reason=" ")
        assert refused.value.field == "reason"
        self.close(office, town, pact)
        with pytest.raises(Refusal, match="non è più possibile"):
            self.close(office, town, pact)

    def test_a_new_pact_may_follow(self, office, town, call):
        self.close(office, town, office.pact(town.anna, call))
        assert office.pact(town.anna, call)


class TestBudgetIsTheLedgers:
    def test_a_call_cannot_give_more_than_it_has(self, office, town, call):
        """The floor of the account, and not a rule above it."""
        with pytest.raises(Refusal, match="La disponibilità non basta"), office.work():
            available = account_id(town.alessandria.id, "EUR", "available", f"call:{call}")
            other = ledger_accounts.open_account(town.alessandria.id, "EUR", "committed", "test", floor=0)
            postings.post("test", "commitment", [Line(available, other, 40001)])
