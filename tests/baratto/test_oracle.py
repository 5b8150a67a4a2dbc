"""The engine against a slow and independent computation of the same rules, on anything that a regulation may say."""
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings, strategies as st

from app.baratto.rules import Position, Session, Terms, Used, settle
from app.baratto.rules.terms import (
    ArrearsPolicy,
    BonusOrder,
    MoneyRound,
    ModulePartial,
    OffsetOrder,
    Partial,
    PayableRound,
    Scope,
    TimeRound,
    ValueModel,
)
from tests.baratto.builders import ROME
from tests.baratto.oracle import oracle


def limit(highest):
    return st.none() | st.integers(0, highest)


TERMS = st.builds(
    Terms,
    value_model=st.sampled_from(ValueModel),
    rate_cents_per_hour=st.integers(30, 1000),
    module_minutes=st.integers(1, 300),
    module_cents=st.integers(50, 500),
    module_partial=st.sampled_from(ModulePartial),
    percent=st.integers(1, 100),
    flat_cents=st.integers(1, 3000),
    full_minutes=st.integers(1, 1500),
    partial=st.sampled_from(Partial),
    time_granularity_min=st.sampled_from([1, 15, 30, 60]),
    time_round=st.sampled_from(TimeRound),
    time_round_scope=st.sampled_from(Scope),
    money_round=st.sampled_from(MoneyRound),
    payable_round=st.sampled_from(PayableRound),
    cap_person_year_min=limit(1500),
    cap_person_year_cents=limit(2000),
    cap_household_year_cents=limit(3000),
    cap_day_min=limit(500),
    min_debt_cents=limit(300),
    eligible_taxes=st.sampled_from([("TARI",), ("TARI", "IMU")]),
    arrears_policy=st.sampled_from(ArrearsPolicy),
    bonus_sociale_order=st.sampled_from(BonusOrder),
    offset_order=st.sampled_from(OffsetOrder),
)
POSITIONS = st.lists(
    st.builds(
        Position,
        tax=st.sampled_from(["TARI", "TARI", "IMU"]),
        year=st.sampled_from([2026, 2026, 2025, 2024, 2027]),
        due=st.dates(date(2026, 5, 1), date(2026, 5, 4)),
        component=st.sampled_from(["MUNICIPAL", "MUNICIPAL", "TEFA"]),
        amount_cents=st.integers(0, 1500),
        paid_cents=st.sampled_from([0, 0, 130, 700]),
        bonus_cents=st.sampled_from([0, 0, 99, 400]),
    ),
    max_size=4,
)


@st.composite
def work(draw):
    """Sessions of up to two people around the night when clocks go back; those with hours do not overlap."""
    sessions = []
    for person in draw(st.sampled_from(["A", "A", "AB"])):
        reached = datetime(2026, 10, 24, 15, tzinfo=UTC)
        for _ in range(draw(st.integers(0, 4))):
            length = draw(st.integers(1, 500))
            reached += timedelta(minutes=draw(st.integers(0, 300)))
            if draw(st.booleans()):
                sessions.append(Session(person=person, start=reached, end=reached + timedelta(minutes=length),
                                        break_min=draw(st.sampled_from([0, 0, length // 3, length]))))
                reached += timedelta(minutes=length)
            else:
                sessions.append(
                    Session(
                        person=person, day=date(2026, 10, 24) + timedelta(days=draw(st.integers(0, 2))), minutes=length
                    )
                )
    return draw(st.permutations(sessions))


@settings(max_examples=500, deadline=None)
@given(
    TERMS,
    work(),
    POSITIONS,
    st.builds(
        Used,
        person_minutes=st.sampled_from([0, 0, 45]),
        person_cents=st.sampled_from([0, 120]),
        household_cents=st.sampled_from([0, 333]),
    ),
    limit(2500),
)
def test_the_engine_agrees_with_the_oracle(terms, sessions, positions, used, budget_left):
    positions = [replace(each, ref=place) for place, each in enumerate(positions)]
    given_in = dict(year=2026, sessions=sessions, positions=positions, used=used, budget_left=budget_left, zone=ROME)
    expected, result = oracle(terms, **given_in), settle(terms, **given_in)
    found = {name: getattr(result, name) for name in expected} | {
        "lines": [(line.position.ref, line.amount_cents) for line in result.lines]
    }
    assert found == expected
    assert sum(line.amount_cents for line in result.lines) == result.offset_cents
