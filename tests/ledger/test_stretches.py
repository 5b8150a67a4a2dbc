"""Stretches of an account: by month and from day to day, with opening, closing and totals, page by page and as a whole."""
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from app.base import clock
from app.base.clock import ROME
from app.base.db import db
from app.base.periods import Period
from app.base.transactions import transaction
from app.ledger.models import Book, Checkpoint
from app.ledger.queries import statements
from app.ledger.queries.statements import lines, page, stretch, totals

# In Alessandria: the last minute of January, the first of February; before and after both changes of the clock; New Year's Eve.
MOMENTS = [datetime(2026, 1, 31, 22, 59, tzinfo=UTC), datetime(2026, 1, 31, 23, 0, tzinfo=UTC), datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
           datetime(2026, 3, 29, 21, 59, tzinfo=UTC), datetime(2026, 3, 29, 22, 0, tzinfo=UTC), datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
           datetime(2026, 10, 25, 22, 59, tzinfo=UTC), datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
           datetime(2026, 12, 31, 22, 59, tzinfo=UTC)]
AMOUNTS = [1, 2, 4, 8, 16, 32, 64, 128, 256]
PERIODS = {
    "january": (Period.month_of(date(2026, 1, 1)), AMOUNTS[:1]), "february": (Period.month_of(date(2026, 2, 1)), AMOUNTS[1:2]),
    "an empty month": (Period.month_of(date(2026, 5, 1)), []), "before everything": (Period(None, date(2020, 1, 1)), []),
    "after everything": (Period(date(2027, 1, 1)), []), "23 hours": (Period(date(2026, 3, 29), date(2026, 3, 29)), AMOUNTS[2:4]),
    "25 hours": (Period(date(2026, 10, 25), date(2026, 10, 25)), AMOUNTS[5:7]),
    "december": (Period.month_of(date(2026, 12, 1)), AMOUNTS[8:]),
    "the year": (Period.year_of(date(2026, 1, 1)), AMOUNTS), "all": (Period(), AMOUNTS),
    "from spring": (Period(date(2026, 3, 30)), AMOUNTS[4:]),
    "backwards": (Period(date(2026, 12, 1), date(2026, 2, 1)), []),
}


@pytest.fixture
def year(books):
    """Anna is credited at each moment with an amount of its own; the town's account is debited."""
    for moment, amount in zip(MOMENTS, AMOUNTS, strict=True):
        with clock.set_to(moment):
            books.post(f"k{amount}", (books.issued, books.anna, amount), (books.issued, books.bruno, 1))
    return books


def of(books, account, period):
    since, until = period.instants(ROME)
    return books.ask(stretch, account, since=since, until=until)


@pytest.mark.parametrize("name", PERIODS)
def test_a_period_holds_its_civil_days(year, name):
    period, amounts = PERIODS[name]
    within = of(year, year.anna, period)
    before = sum(AMOUNTS[:AMOUNTS.index(amounts[0])]) if amounts else within.opening
    assert (within.opening, within.closing) == (before, before + sum(amounts))
    assert year.ask(totals, within) == (sum(amounts), 0)
    assert [line.change for line in year.ask(page, within)] == amounts[::-1]
    assert [line.change for line in year.ask(lambda: list(lines(within)))] == amounts


@pytest.mark.parametrize("checked_to", [0, 7, 18])
@pytest.mark.parametrize("name", PERIODS)
def test_an_account_that_keeps_no_balance_has_the_same_periods(app, year, name, checked_to):
    """Wherever the last checkpoint stands: two transfers a moment, the town loses the amount and one more."""
    with app.app_context(), transaction():
        ids = sorted(db.session.scalars(db.select(statements.Transfer.id)))
        last = ids[checked_to - 1] if checked_to else 0
        moved = sum(db.session.scalars(db.select(statements.Transfer.amount).where(statements.Transfer.id <= last)))
        db.session.execute(db.update(Book).values(checked_to=last))
        db.session.add(Checkpoint(account_id=year.issued, balance=-moved, transfers=checked_to))
    period, amounts = PERIODS[name]
    within = of(year, year.issued, period)
    before = -sum(amount + 1 for amount in AMOUNTS[:AMOUNTS.index(amounts[0])]) if amounts else within.opening
    changes = [-each for amount in amounts for each in (amount, 1)]
    assert (within.opening, within.closing) == (before, before + sum(changes))
    assert year.ask(totals, within) == (0, -sum(changes)) and all(isinstance(each, int) for each in within)
    read = year.ask(lambda: list(lines(within)))
    assert [line.change for line in read] == changes
    assert [line.balance for line in read] == [before + sum(changes[:n + 1]) for n in range(len(changes))]
    assert year.ask(page, within, limit=100) == read[::-1]


def test_one_period_ends_where_the_next_begins(year):
    month, closing = Period.month_of(date(2026, 1, 1)), 0
    for _ in range(12):
        within = of(year, year.anna, month)
        assert within.opening == closing
        closing, month = within.closing, month.month_after
    assert closing == sum(AMOUNTS) == year.balance(year.anna)


@pytest.mark.parametrize("account", ["anna", "issued"])
def test_pages_of_a_period_meet_without_gap_or_overlap(year, account):
    within = of(year, getattr(year, account), Period(date(2026, 2, 1), date(2026, 10, 31)))
    whole, found, before = year.ask(page, within, limit=100), [], None
    while part := year.ask(page, within, before=before, limit=2):
        found, before = found + part, part[-1].seq
    assert found == whole and len(whole) == (7 if account == "anna" else 14)
    assert year.ask(page, within, before=10 ** 12) == whole[:50] and year.ask(page, within, before=-1) == []


def test_a_whole_stretch_is_read_in_batches(year, monkeypatch):
    whole = year.ask(lambda: list(lines(stretch(year.issued))))
    monkeypatch.setattr(statements, "BATCH", 3)
    assert year.ask(lambda: list(lines(stretch(year.issued)))) == whole and len(whole) == 18


def test_what_comes_later_does_not_move_an_older_period(year):
    """The search takes the same steps however long the account has grown."""
    january = of(year, year.anna, PERIODS["january"][0])
    for number in range(40):
        with clock.set_to(MOMENTS[-1] + timedelta(days=number + 1)):
            year.post(f"later{number}", (year.issued, year.anna, 1))
            assert of(year, year.anna, PERIODS["january"][0]) == january


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
@pytest.mark.parametrize("account", ["anna", "issued"])
def test_no_step_reads_a_table_through(app, year, account):
    """Every statement behind a page finds its rows by an index."""
    asked = []

    def hear(_connection, _cursor, statement, values, *_):
        asked.append((statement, values))
    with app.app_context(), transaction():
        event.listen(db.engine, "before_cursor_execute", hear)
        since, until = Period.month_of(date(2026, 10, 1)).instants(ROME)
        within = stretch(getattr(year, account), since=since, until=until)
        assert page(within) and next(lines(within)) and totals(within)
        event.remove(db.engine, "before_cursor_execute", hear)
        cursor = db.session.connection().connection.cursor()
        plans = [str(row) for statement, values in asked for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()]
    assert len(asked) > 5 and not [step for step in plans if "SCAN transfer" in step or "SCAN posting" in step]


def test_an_account_that_nobody_opened_is_empty(books):
    assert books.ask(page, statements.EMPTY) == [] and books.ask(totals, statements.EMPTY) == (0, 0)
