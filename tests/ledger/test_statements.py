from sqlalchemy import text

import pytest

from app.base.db import db
from app.base.transactions import transaction
from app.ledger.queries.balances import balance
from app.ledger.queries.checkpoints import drifts, sums
from app.ledger.queries.statements import statement
from tests.conftest import ledger_holds


def test_a_statement_runs_in_sequence_with_its_balance(books):
    books.post("a", (books.issued, books.anna, 90))
    books.post("b", (books.anna, books.bruno, 30), (books.issued, books.anna, 5))
    books.post("c", (books.bruno, books.anna, 10))
    assert books.changes(books.anna) == [(1, 90, 90), (2, -30, 60), (3, 5, 65), (4, 10, 75)]
    assert books.changes(books.bruno) == [(1, 30, 30), (2, -10, 20)]


def test_a_statement_is_read_in_pages_newest_first(books):
    for number in range(5):
        books.post(f"k{number}", (books.issued, books.anna, number + 1))
    first = books.ask(statement, books.anna, limit=2)
    rest = books.ask(statement, books.anna, limit=9, before_seq=first[-1].seq)
    assert [line.seq for line in first + rest] == [5, 4, 3, 2, 1]
    assert (first[0].key, first[0].other_id, first[0].recorded_at.tzinfo is not None) == ("k4", books.issued, True)


def test_an_account_that_keeps_no_balance_is_summed(app, books):
    books.post("a", (books.issued, books.anna, 90))
    books.post("b", (books.anna, books.issued, 20))
    assert books.balance(books.issued) == -70
    with app.app_context(), transaction():
        stored = db.session.execute(text("SELECT balance, seq FROM account WHERE id = :id"), {"id": books.issued}).one()
    assert stored == (0, 0)


def test_no_account_has_nothing(books):
    assert books.balance(999_999) == 0 and books.ask(balance, None) == 0


def test_the_sums_are_zero_by_unit(books):
    books.post("a", (books.issued, books.anna, 90), (books.appropriation, books.available, 900))
    books.post("b", (books.giver, books.taker, 30))
    assert {unit: total for (_book, unit), total in books.ask(sums, books.comune_id).items()} == {"SERVICE": 0, "EUR": 0, "TIME": 0}
    assert books.ask(drifts, books.comune_id) == []


@pytest.mark.parametrize("tampering", [
    "UPDATE account SET balance = balance + 1 WHERE id = :anna",
    "UPDATE account SET seq = seq + 1 WHERE id = :anna",
    "INSERT INTO transfer (posting_id, book_id, unit, amount, debit_id, credit_id, credit_seq, credit_balance) "
    "SELECT id, book_id, 'SERVICE', 7, :issued, :anna, 2, 97 FROM posting",
    "INSERT INTO posting (key, request_hash, book_id, kind, effective_at, recorded_at) "
    "SELECT 'empty', '', book_id, 'test', effective_at, recorded_at FROM posting",
])
def test_tampering_does_not_pass_unseen(app, books, tampering):
    """What `ledger_holds` looks at after every test is shown to bite; the transaction is given up."""
    books.post("a", (books.issued, books.anna, 90))
    with app.app_context():
        ledger_holds()
        db.session.rollback()
        with pytest.raises(AssertionError), transaction():
            db.session.execute(text(tampering), {"anna": books.anna, "issued": books.issued})
            ledger_holds()


def test_a_drift_names_the_account_and_both_figures(app, books):
    books.post("a", (books.issued, books.anna, 90))
    with app.app_context(), pytest.raises(ZeroDivisionError), transaction():
        db.session.execute(text("UPDATE account SET balance = 91 WHERE id = :id"), {"id": books.anna})
        assert drifts(books.comune_id) == [(books.anna, "SERVICE", 91, 90, 1, 1, None)]
        1 / 0
