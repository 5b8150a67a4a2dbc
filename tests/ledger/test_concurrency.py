"""Many at once, on connections of their own. Where a guard decides it, the run without the guard is shown as well."""
import re
from itertools import permutations
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app.base import db as base_db
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import reading, transaction
from app.ledger.actions import accounts, direct, postings
from app.ledger.models import Account
from app.ledger.queries import balances
from app.ledger.rules import Line, Standing
from tests.ledger.hearing import statements
from tests.threads import together

MANY = 16


def outcomes(results: list) -> list[str]:
    return sorted({type(result).__name__ for result in results})


def test_sixteen_debits_stop_exactly_at_the_floor(books):
    books.post("in", (books.issued, books.anna, 100))
    results = together(*[lambda n=n: books.post(f"out{n}", (books.anna, books.bruno, 10)) for n in range(MANY)])
    assert outcomes(results) == ["Receipt", "Refusal"]
    assert sum(isinstance(result, Refusal) for result in results) == MANY - 10
    assert (books.balance(books.anna), books.balance(books.bruno)) == (0, 100)
    assert [seq for seq, _, _ in books.changes(books.bruno)] == list(range(1, 11))


def test_sixteen_credits_stop_exactly_at_the_ceiling(books):
    results = together(*[lambda n=n: books.post(f"in{n}", (books.issued, books.anna, 100)) for n in range(MANY)])
    assert sum(isinstance(result, Refusal) for result in results) == MANY - 6
    assert books.balance(books.anna) == 600


def test_sixteen_with_one_key_have_one_effect(books):
    results = together(*[lambda: books.post("k", (books.issued, books.anna, 10))] * MANY)
    assert outcomes(results) == ["Receipt"]
    assert sum(result.first for result in results) == 1 and len({result.posting_id for result in results}) == 1
    assert books.balance(books.anna) == 10


def test_also_on_accounts_that_take_no_lock(books):
    """Only the unique key keeps them apart."""
    clearing = books.open("SERVICE", "clearing", cached=False)
    results = together(*[lambda: books.post("k", (books.issued, clearing, 10))] * MANY)
    assert outcomes(results) == ["Receipt"]
    assert sum(result.first for result in results) == 1 and books.balance(clearing) == 10


def test_sixteen_reversals_happen_once(books):
    done = books.post("k", (books.issued, books.anna, 90))
    results = together(*[lambda n=n: books.reverse(done.posting_id, f"back{n}") for n in range(MANY)])
    assert outcomes(results) == ["Receipt", "Refusal"]
    assert sum(not isinstance(result, Refusal) for result in results) == 1
    assert books.balance(books.anna) == 0


def test_sixteen_openings_give_one_account(books):
    results = together(*[lambda: books.open("SERVICE", "agreement", "new", floor=0)] * MANY)
    assert outcomes(results) == ["int"] and len(set(results)) == 1


def test_opposite_transfers_do_not_wait_for_each_other(books):
    books.post("in", (books.issued, books.anna, 300), (books.issued, books.bruno, 300))
    pairs = [(books.anna, books.bruno), (books.bruno, books.anna)] * (MANY // 2)
    results = together(*[lambda n=n, pair=pair: books.post(f"x{n}", (*pair, 10)) for n, pair in enumerate(pairs)])
    assert outcomes(results) == ["Receipt"]
    assert (books.balance(books.anna), books.balance(books.bruno)) == (300, 300)


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
@pytest.mark.parametrize("way", ["short", "long"])
def test_accounts_are_locked_in_the_order_of_their_ids(app, books, way):
    """Small tables hand out rows in that order by themselves, and no run would show a missing ORDER BY: so the words are read.

    What is said to the database, and the functions that wait there. SQLite has no row locks: its writers take turns from the start.
    """
    lines = [(books.issued, books.bruno, 30)] if way == "short" else [(books.issued, books.bruno, 30), (books.bruno, books.anna, 10)]
    with statements(app) as heard:
        books.post("in", *lines)
    with app.app_context(), transaction():
        functions = db.session.execute(text("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")).all()
    called = [" ".join(body.split()) for name, body in functions if any(f"{name}(" in each for each in heard)]
    locking = [each for each in [*heard, *called] if " FOR " in each and "UPDATE" in each.partition(" FOR ")[2]]
    assert len(locking) == 1 and re.search(r"ORDER BY (account\.)?id FOR NO KEY UPDATE", locking[0])


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_the_order_of_the_locks_bites(books, monkeypatch):
    """Two opposite transfers that each hold their debit side and ask for the other: the server has to kill one."""
    books.post("in", (books.issued, books.anna, 300), (books.issued, books.bruno, 300))
    holds_one = Barrier(2)
    real_post = postings.post

    def debit_side_first(key, kind, lines, **options):
        _lock_row(lines[0].debit)
        holds_one.wait(timeout=5)
        return real_post(key, kind, lines, **options)

    monkeypatch.setattr(postings, "post", debit_side_first)
    results = together(lambda: books.post("ab", (books.anna, books.bruno, 10)),
                       lambda: books.post("ba", (books.bruno, books.anna, 10)))
    killed = [result for result in results if isinstance(result, OperationalError)]
    assert len(killed) == 1 and killed[0].orig.sqlstate == "40P01"


def _lock_row(account_id: int) -> None:
    db.session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_the_row_lock_bites(books, monkeypatch):
    """Without it two postings compute from one balance; even then the account's sequence refuses the second."""
    both_have_read = Barrier(2)

    def without_lock(account_ids):
        rows = db.session.execute(select(
            Account.id, Account.book_id, Account.unit, Account.cached, Account.balance, Account.held, Account.seq, Account.floor,
            Account.ceiling, Account.closed_at.is_not(None), Account.frozen_at.is_not(None)).where(Account.id.in_(list(account_ids)))).all()
        both_have_read.wait(timeout=5)
        return {row.id: Standing(*row) for row in rows}

    monkeypatch.setattr(direct, "post", lambda request: None)
    monkeypatch.setattr(accounts, "lock", without_lock)
    results = together(*[lambda n=n: books.post(f"in{n}", (books.issued, books.anna, 10)) for n in range(2)])
    assert sum(isinstance(result, IntegrityError) for result in results) == 1
    assert books.balance(books.anna) == 10


def read_both_then_write(books, monkeypatch) -> list:
    """Two postings that read their account before either writes, as far as the database lets them."""
    real_lock, both_have_read = accounts.lock, Barrier(2)

    def read_and_wait(account_ids):
        standing = real_lock(account_ids)
        try:
            both_have_read.wait(timeout=0.5)
        except BrokenBarrierError:     # the other one waits for us to end: as it should be
            pass
        return standing

    monkeypatch.setattr(accounts, "lock", read_and_wait)
    return together(*[lambda n=n: books.post(f"in{n}", (books.issued, books.anna, 10)) for n in range(2)])


def test_of_two_writers_one_waits(books, monkeypatch):
    results = read_both_then_write(books, monkeypatch)
    assert outcomes(results) == ["Receipt"] and books.balance(books.anna) == 20


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_begin_immediate_bites(books, monkeypatch):
    """With a plain BEGIN both read the same balance, and one of them fails when it wants to write."""
    monkeypatch.setattr(base_db, "BEGIN_WRITE", "BEGIN")
    results = read_both_then_write(books, monkeypatch)
    failed = [result for result in results if isinstance(result, DBAPIError)]
    assert len(failed) == 1 and "locked" in str(failed[0])
    monkeypatch.undo()
    assert books.balance(books.anna) == 10


def test_a_reader_sees_all_of_a_posting_or_nothing(app, books):
    with app.app_context(), transaction():
        postings.post("k", "test", [Line(books.issued, books.anna, 10)])
        assert read_elsewhere(books) == 0
    assert books.balance(books.anna) == 10


def read_elsewhere(books) -> int:
    def read():
        with books.app.app_context(), reading():
            return balances.balance(books.anna)
    return together(read)[0]


def test_in_a_crowd_every_transfer_moves_both_its_accounts(books):
    """Each waits for others on the same few accounts: whoever has waited must count on what they left, not on what it saw before."""
    few = [books.open("TIME", "member", f"m{n}", floor=-10_000) for n in range(5)]

    pairs = list(permutations(few, 2))

    def crowd(place: int) -> None:
        for n in range(25):
            books.post(f"{place}.{n}", (*pairs[(7 * place + 11 * n) % len(pairs)], 1 + n % 7))

    assert outcomes(together(*[lambda place=place: crowd(place) for place in range(8)])) == ["NoneType"]
    assert sum(books.balance(each) for each in few) == 0
    assert sum(len(books.changes(each)) for each in few) == 2 * 8 * 25
