"""What certified minutes are worth and what limits it: each decision of the rules as a small table."""
from datetime import date
from fractions import Fraction

import pytest

from app.base.errors import Refusal
from app.baratto.rules import Used
from app.baratto.rules.terms import OffsetOrder
from tests.baratto.builders import bill, days, settled


class TestValue:
    @pytest.mark.parametrize(
        "terms, minutes, cents",
        [
            ({"rate_cents_per_hour": 775, "money_round": "DOWN"}, 2020, 26091),
            ({"rate_cents_per_hour": 775, "money_round": "HALF_UP"}, 2020, 26092),
            ({"rate_cents_per_hour": 30, "money_round": "HALF_UP"}, 1, 1),  # exactly half a cent
            ({"rate_cents_per_hour": 30, "money_round": "DOWN"}, 1, 0),
            ({"value_model": "MODULE", "module_minutes": 480, "module_cents": 6000}, 2020, 24000),
            (
                {"value_model": "MODULE", "module_minutes": 480, "module_cents": 4000, "module_partial": "PRORATA"},
                1200,
                10000,
            ),
            (
                {
                    "value_model": "MODULE",
                    "module_minutes": 240,
                    "module_cents": 3000,
                    "time_granularity_min": 60,
                    "time_round": "UP",
                },
                230,
                3000,
            ),
            ({"value_model": "PERCENT", "percent": 50, "full_minutes": 4320}, 2160, 250_000),
            (
                {"value_model": "PERCENT", "percent": 50, "full_minutes": 4320},
                9999,
                500_000,
            ),  # never more than the whole
            ({"value_model": "PERCENT", "percent": 50, "full_minutes": 4320, "partial": "ALL_OR_NOTHING"}, 4319, 0),
            (
                {"value_model": "PERCENT", "percent": 50, "full_minutes": 4320, "partial": "ALL_OR_NOTHING"},
                4320,
                500_000,
            ),
            ({"value_model": "FLAT", "flat_cents": 25000, "full_minutes": 2400}, 2385, 24843),
            ({"value_model": "FLAT", "flat_cents": 25000, "full_minutes": 2400}, 3000, 25000),
            (
                {"value_model": "FLAT", "flat_cents": 25000, "full_minutes": 2400, "partial": "ALL_OR_NOTHING"},
                2400,
                25000,
            ),
        ],
    )
    def test_models(self, terms, minutes, cents):
        assert settled(terms, days(minutes)).value_cents == cents

    def test_percent_has_one_division(self):
        """Half of 333 cents is 166.5; half of the time of it is 83.25 and not 83.0 of a rounded 166."""
        terms = {"value_model": "PERCENT", "percent": 50, "full_minutes": 60, "money_round": "HALF_UP"}
        assert settled(terms, days(59), [bill(333)]).value_cents == round(Fraction(333 * 50 * 59, 6000)) == 164

    @pytest.mark.parametrize("scope, cents", [("TOTAL", 200), ("SESSION", 100)])
    def test_modules_are_cut_by_the_year_cap_where_they_are_counted(self, scope, cents):
        terms = {
            "value_model": "MODULE",
            "module_minutes": 60,
            "module_cents": 100,
            "time_round_scope": scope,
            "cap_person_year_min": 130,
        }
        assert settled(terms, days(75, 75)).value_cents == cents

    def test_two_persons_have_one_division(self):
        terms = {"rate_cents_per_hour": 30}
        assert settled(terms, [*days(1), *days(1, person="B")]).value_cents == 1

    def test_whole_modules_are_each_persons_own(self):
        terms = {"value_model": "MODULE", "module_minutes": 60, "module_cents": 100}
        assert settled(terms, [*days(59), *days(61, person="B")]).value_cents == 100

    def test_a_fixed_sum_is_for_one_service_whoever_does_it(self):
        terms = {"value_model": "FLAT", "flat_cents": 1000, "full_minutes": 100, "partial": "ALL_OR_NOTHING"}
        assert settled(terms, [*days(60), *days(60, person="B")]).value_cents == 1000


class TestLimits:
    @pytest.mark.parametrize("terms, used, budget, offset, decided", [
        ({}, Used(), None, 500, "value"),
        ({"cap_person_year_cents": 500}, Used(), 500, 500, "value"),
        ({"cap_person_year_cents": 499}, Used(), None, 499, "cap_person"),
        ({"cap_person_year_cents": 499, "cap_household_year_cents": 499}, Used(), 499, 499, "cap_person"),
        ({"cap_household_year_cents": 499}, Used(), 499, 499, "cap_household"),
        ({}, Used(), 499, 499, "budget"),
        ({}, Used(), 0, 0, "budget"),
        ({"cap_person_year_cents": 600}, Used(person_cents=200), None, 400, "cap_person"),
        ({"cap_person_year_cents": 600}, Used(person_cents=700), None, 0, "cap_person"),
        ({"cap_household_year_cents": 600}, Used(household_cents=300), None, 300, "cap_household"),
        ({"cap_person_year_min": 400}, Used(), None, 400, "value"),      # minutes beyond their cap have no value at all
    ])
    def test_the_least_decides_and_the_first_of_equals(self, terms, used, budget, offset, decided):
        result = settled(terms, days(500), used=used, budget_left=budget)
        assert (result.offset_cents, result.limited_by) == (offset, decided)

    def test_debt_comes_before_the_caps(self):
        result = settled({"cap_person_year_cents": 400}, days(500), [bill(400)])
        assert (result.offset_cents, result.limited_by) == (400, "debt")

    @pytest.mark.parametrize(
        "household, offset, decided", [(None, 700, "cap_person"), (650, 650, "cap_household"), (700, 700, "cap_person")]
    )
    def test_the_cap_of_a_person_is_each_ones_and_the_cap_of_a_household_is_for_all(self, household, offset, decided):
        terms = {"cap_person_year_cents": 500, "cap_household_year_cents": household}
        result = settled(terms, [*days(800), *days(200, person="B")])
        assert (result.value_cents, result.offset_cents, result.limited_by) == (1000, offset, decided)

    def test_the_year_of_minutes_is_each_persons_own(self):
        result = settled({"cap_person_year_min": 500}, [*days(800), *days(200, person="B")])
        assert result.creditable_minutes == 700

    @pytest.mark.parametrize("amount, admitted", [(7999, False), (8000, True), (8001, True)])
    def test_a_debt_below_the_minimum_is_not_admitted(self, amount, admitted):
        result = settled({"min_debt_cents": 8000}, days(60), [bill(amount)])
        assert (result.admitted, result.reason, result.offset_cents) == (
            (True, None, 60) if admitted else (False, "MIN_DEBT", 0)
        )
        assert result.minutes_used == result.offset_cents
        assert result.residual_cents == amount - result.offset_cents

    def test_the_minimum_is_asked_of_the_debt_that_can_be_reduced(self):
        positions = [bill(7000), bill(5000, component="TEFA"), bill(9000, year=2024)]
        assert settled({"min_debt_cents": 8000}, days(60), positions).reason == "MIN_DEBT"


class TestMinutes:
    @pytest.mark.parametrize(
        "terms, debt, needed",
        [
            ({"rate_cents_per_hour": 750}, 41237, 3299),
            ({"rate_cents_per_hour": 750, "time_granularity_min": 15}, 41237, 3300),
            ({"rate_cents_per_hour": 800, "money_round": "HALF_UP"}, 21450, 1609),
            ({"rate_cents_per_hour": 40, "money_round": "HALF_UP"}, 1, 1),  # two thirds of a cent are a cent
            ({"rate_cents_per_hour": 40, "money_round": "DOWN"}, 1, 2),
            ({"value_model": "MODULE", "module_minutes": 240, "module_cents": 3000}, 10000, 960),
            (
                {"value_model": "MODULE", "module_minutes": 50, "module_cents": 100, "time_granularity_min": 15},
                101,
                105,
            ),
            (
                {"value_model": "MODULE", "module_minutes": 240, "module_cents": 3000, "module_partial": "PRORATA"},
                10000,
                800,
            ),
            ({"value_model": "PERCENT", "percent": 50}, 10000, None),
            ({"value_model": "PERCENT", "percent": 100, "full_minutes": 4321, "time_granularity_min": 60}, 10000, 4380),
            ({"value_model": "FLAT", "flat_cents": 25000}, 25001, None),
            ({"value_model": "FLAT", "flat_cents": 25000, "full_minutes": 2400}, 12500, 1200),
            (
                {"value_model": "FLAT", "flat_cents": 25000, "full_minutes": 2400, "partial": "ALL_OR_NOTHING"},
                12500,
                2400,
            ),
            ({"value_model": "PERCENT"}, 0, 0),
            ({"cap_person_year_min": 10}, 500, 500),  # caps are ignored
        ],
    )
    def test_needed(self, terms, debt, needed):
        assert settled(terms, [], [bill(debt)]).needed_minutes == needed

    @pytest.mark.parametrize(
        "terms, worked, debt, surplus",
        [
            ({}, 500, 400, 100),
            ({}, 400, 400, 0),
            ({"time_granularity_min": 60}, 540, 400, 120),  # 420 are the least multiple of 60
            ({"rate_cents_per_hour": 10}, 11, 400, 0),  # the value decided, all of it was spent
            ({"value_model": "MODULE", "module_minutes": 240, "module_cents": 3000}, 970, 10000, 10),
            ({}, 500, 0, 500),
            ({"time_granularity_min": 60, "time_round_scope": "SESSION", "cap_person_year_min": 100}, 120, 90, 0),
        ],
    )
    def test_surplus(self, terms, worked, debt, surplus):
        result = settled(terms, days(worked), [bill(debt)])
        assert result.surplus_minutes == surplus
        assert result.minutes_used == result.creditable_minutes - surplus


class TestPositions:
    @pytest.mark.parametrize("policy, years", [
        ("CURRENT_YEAR", {2026}), ("NEXT_YEAR", {2027}), ("PREVIOUS_YEAR", {2025}), ("ANY_ARREARS", {2024, 2025, 2026}),
    ])
    def test_arrears(self, policy, years):
        positions = [bill(10, year=year) for year in (2024, 2025, 2026, 2027)]
        result = settled({"arrears_policy": policy}, days(500), positions)
        assert {line.position.year for line in result.lines} == years
        assert result.offsettable_cents == 10 * len(years)
        assert result.residual_cents == 40 - 10 * len(years)

    def test_only_named_taxes_and_components(self):
        positions = [
            bill(10),
            bill(20, tax="IMU"),
            bill(40, tax="TASI"),
            bill(80, component="TEFA"),
            bill(160, tax="IMU", component="UR1"),
        ]
        result = settled({"eligible_taxes": ["TARI", "IMU"]}, days(500), positions)
        assert (result.offset_cents, result.residual_cents) == (30, 280)
        assert [line.position.tax for line in result.lines] == ["TARI", "IMU"]

    @pytest.mark.parametrize(
        "order, hits",
        [("OLDEST_FIRST", [(2, 100), (1, 100), (3, 50)]), ("LATEST_FIRST", [(3, 100), (1, 100), (2, 50)])],
    )
    def test_order_by_due_date(self, order, hits):
        positions = [bill(100, instalment=1, due=date(2026, 7, 31)), bill(100, instalment=2, due=date(2026, 5, 31)),
                     bill(100, instalment=3, due=date(2026, 11, 30))]
        result = settled({"offset_order": order}, days(250), positions)
        assert [(line.position.instalment, line.amount_cents) for line in result.lines] == hits

    @pytest.mark.parametrize("order", OffsetOrder)
    def test_equal_due_dates_keep_the_order_of_the_bill(self, order):
        result = settled({"offset_order": order}, days(150), [bill(100, instalment=2), bill(100, instalment=1)])
        assert [line.position.instalment for line in result.lines] == [2, 1]

    @pytest.mark.parametrize(
        "order, offsettable, offset, residual", [("BEFORE", 750, 750, 100), ("AFTER", 1000, 900, 100)]
    )
    def test_the_waste_bonus(self, order, offsettable, offset, residual):
        positions = [bill(1000, bonus_cents=250), bill(100, component="TEFA")]
        result = settled({"bonus_sociale_order": order}, days(900), positions)
        assert (result.offsettable_cents, result.offset_cents, result.residual_cents) == (offsettable, offset, residual)

    @pytest.mark.parametrize("order, offset, residual", [("BEFORE", 750, 0), ("AFTER", 600, 150)])
    def test_a_bonus_after_is_still_taken_off_what_is_left(self, order, offset, residual):
        result = settled(
            {"bonus_sociale_order": order, "cap_person_year_cents": 600 if order == "AFTER" else None},
            days(900),
            [bill(1000, bonus_cents=250)],
        )
        assert (result.offset_cents, result.residual_cents) == (offset, residual)

    @pytest.mark.parametrize(
        "facts", [{"paid_cents": 300}, {"bonus_cents": 300}, {"paid_cents": 60, "bonus_cents": 60}]
    )
    def test_a_line_is_never_open_below_zero_and_never_helps_another(self, facts):
        result = settled({}, days(500), [bill(100, **facts), bill(100)])
        assert (result.offset_cents, result.residual_cents, len(result.lines)) == (100, 0, 1)

    @pytest.mark.parametrize(
        "residual, payable", [(0, 0), (49, 0), (50, 100), (15987, 16000), (3737, 3700), (15949, 15900), (15950, 16000)]
    )
    def test_whole_euros(self, residual, payable):
        assert settled({"payable_round": "EURO_L296"}, [], [bill(residual)]).payable_cents == payable
        assert settled({}, [], [bill(residual)]).payable_cents == residual

    def test_negative_amounts_are_refused(self):
        with pytest.raises(Refusal) as refused:
            bill(100, paid_cents=-1)
        assert refused.value.field == "paid_cents"
