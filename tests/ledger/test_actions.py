from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.ledger.actions import accounts, postings
from app.ledger.models import Unit
from app.ledger.queries import balances
from app.ledger.rules import MOST, Line


def count(app, table: str) -> int:
    with app.app_context(), transaction():
        return db.session.scalar(text(f"SELECT count(*) FROM {table}"))


def test_an_account_is_opened_once(books):
    again = books.open(Unit.SERVICE, "agreement", "anna", floor=0, ceiling=600)
    assert again == books.anna
    assert books.open(Unit.SERVICE, "agreement", "carlo") != books.anna


def test_a_posting_moves_and_is_replayed_with_its_first_receipt(app, books):
    first = books.post("k", (books.issued, books.anna, 90))
    again = books.post("k", (books.issued, books.anna, 90))
    assert first.first and not again.first and first.posting_id == again.posting_id
    assert books.balance(books.anna) == 90 and books.balance(books.issued) == -90
    assert count(app, "posting") == count(app, "transfer") == 1


def test_a_replay_answers_even_when_the_account_could_no_longer_pay(books):
    books.post("in", (books.issued, books.anna, 60))
    first = books.post("out", (books.anna, books.bruno, 60))
    assert books.post("out", (books.anna, books.bruno, 60)) == (first.posting_id, False)


def test_the_same_key_with_another_request_is_refused(app, books):
    books.post("k", (books.issued, books.anna, 90))
    for lines, kind in [([(books.issued, books.anna, 91)], "test"), ([(books.issued, books.bruno, 90)], "test"),
                        ([(books.issued, books.anna, 90)], "other")]:
        with pytest.raises(Refusal, match="diversa"):
            books.post("k", *lines, kind=kind)
    assert count(app, "posting") == 1 and books.balance(books.bruno) == 0


def test_a_refused_posting_leaves_nothing_and_its_key_free(app, books):
    with pytest.raises(Refusal):
        books.post("k", (books.issued, books.anna, 30), (books.anna, books.bruno, 31))
    assert count(app, "posting") == count(app, "transfer") == 0
    assert books.balance(books.anna) == 0
    assert books.post("k", (books.issued, books.anna, 30), (books.anna, books.bruno, 30)).first


def test_a_refusal_comes_before_the_first_write(app, books):
    """So that the caller may catch it and go on in the same transaction."""
    with app.app_context(), transaction():
        for no in (Line(books.anna, books.bruno, 1), Line(books.issued, books.anna, 601)):
            with pytest.raises(Refusal):
                postings.post("k", "test", [no])
        postings.post("other", "test", [Line(books.issued, books.anna, 5)])
    assert books.balance(books.anna) == 5 and count(app, "posting") == 1


def test_what_fails_after_a_posting_takes_it_along(app, books):
    with pytest.raises(ZeroDivisionError):
        with app.app_context(), transaction():
            postings.post("k", "test", [Line(books.issued, books.anna, 30)])
            1 / 0
    assert books.balance(books.anna) == 0 and count(app, "posting") == 0


def test_floor_and_ceiling_are_inclusive(books):
    books.post("full", (books.issued, books.anna, 600))
    with pytest.raises(Refusal, match="massimo"):
        books.post("over", (books.issued, books.anna, 1))
    books.post("empty", (books.anna, books.bruno, 600))
    with pytest.raises(Refusal, match="restano"):
        books.post("under", (books.anna, books.issued, 1))
    assert (books.balance(books.anna), books.balance(books.bruno)) == (0, 600)


def test_a_ceiling_moves_but_never_below_the_balance(app, books):
    books.post("k", (books.issued, books.anna, 60))
    with app.app_context():
        with transaction():
            accounts.set_limits(books.anna, floor=0, ceiling=60)
        with pytest.raises(Refusal, match="oltre il nuovo limite"), transaction():
            accounts.set_limits(books.anna, floor=0, ceiling=59)


@pytest.mark.parametrize("lines", [
    [("issued", "available", 5)],
    [("giver", "anna", 5)],
    [("issued", "anna", 5), ("giver", "taker", 5)],
    [("giver", "taker", 5), ("appropriation", "available", 5)],
])
def test_units_and_books_do_not_mix(app, books, lines):
    with pytest.raises(Refusal, match="non si mescolano"):
        books.post("k", *[(getattr(books, debit), getattr(books, credit), amount) for debit, credit, amount in lines])
    assert count(app, "posting") == 0


def test_minutes_and_euros_of_the_town_move_together(app, books):
    books.post("k", (books.issued, books.anna, 90), (books.appropriation, books.available, 900))
    assert (books.balance(books.anna), books.balance(books.available)) == (90, 900)
    assert count(app, "posting") == 1 and count(app, "transfer") == 2


def test_a_posting_without_lines_is_refused(app, books):
    with pytest.raises(Refusal):
        books.post("k")
    assert count(app, "posting") == 0


def test_an_unknown_account_stops_the_posting(books):
    with pytest.raises(LookupError):
        books.post("k", (books.issued, 999_999, 5))


def test_a_reversal_is_a_linked_posting_and_happens_once(app, books):
    done = books.post("k", (books.issued, books.anna, 90), (books.anna, books.bruno, 30))
    back = books.reverse(done.posting_id, "back")
    assert back.first and (books.balance(books.anna), books.balance(books.bruno)) == (0, 0)
    assert books.reverse(done.posting_id, "back") == (back.posting_id, False)
    with pytest.raises(Refusal, match="già stata stornata"):
        books.reverse(done.posting_id, "again")
    with app.app_context(), transaction():
        linked = db.session.execute(text("SELECT id, reverses_id FROM posting ORDER BY id")).all()
    assert linked == [(done.posting_id, None), (back.posting_id, done.posting_id)]


def test_a_reversal_keeps_the_limits(books):
    done = books.post("k", (books.issued, books.anna, 90))
    books.post("spent", (books.anna, books.bruno, 1))
    with pytest.raises(Refusal, match="restano"):
        books.reverse(done.posting_id, "back")
    assert books.balance(books.anna) == 89


def test_a_reversal_of_nothing_is_an_error(books):
    with pytest.raises(LookupError):
        books.reverse(999_999, "back")


def test_a_closed_account_takes_nothing(app, books):
    with app.app_context(), transaction():
        db.session.execute(text("UPDATE account SET closed_at = '2026-06-06 10:00:00' WHERE id = :id"), {"id": books.anna})
    with pytest.raises(Refusal, match="chiuso"):
        books.post("k", (books.issued, books.anna, 5))


def test_balances_by_owner(books):
    books.post("k", (books.issued, books.anna, 90))
    assert books.ask(balances.by_owner, books.comune_id, Unit.SERVICE, "agreement") == {"anna": 90, "bruno": 0}


def test_the_same_key_on_another_day_is_another_request(app, books):
    """What a posting says of the day of its fact is part of it; a retry says the same."""
    day = datetime(2026, 6, 6, 8, tzinfo=UTC)
    with app.app_context(), transaction():
        first = postings.post("k", "test", [Line(books.issued, books.anna, 5)], effective_at=day)
        assert postings.post("k", "test", [Line(books.issued, books.anna, 5)], effective_at=day) == (first.posting_id, False)
        with pytest.raises(Refusal, match="diversa"):
            postings.post("k", "test", [Line(books.issued, books.anna, 5)], effective_at=day + timedelta(days=1))


def test_a_naive_instant_and_an_absurd_amount_are_refused(app, books):
    with app.app_context(), transaction():
        with pytest.raises(ValueError, match="naive"):
            postings.post("k", "test", [Line(books.issued, books.anna, 5)], effective_at=datetime(2026, 6, 6, 8))
        with pytest.raises(Refusal, match="grande"):
            postings.post("k", "test", [Line(books.appropriation, books.available, MOST + 1)])


@pytest.mark.parametrize("limits", [{"floor": 1}, {"ceiling": -1}])
def test_an_account_opens_within_its_limits(books, limits):
    with pytest.raises(Refusal, match="vuoto"):
        books.open(Unit.SERVICE, "agreement", "new", **limits)
