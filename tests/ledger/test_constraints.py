"""What the database itself refuses, whoever writes to it."""
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.base.db import db
from app.base.transactions import transaction

BOOK = "(SELECT book_id FROM account WHERE id = :debit)"
NEW_POSTING = ("INSERT INTO posting (key, request_hash, book_id, kind, effective_at, recorded_at, reverses_id) "
               "SELECT :key, '', book_id, 'raw', effective_at, recorded_at, :reverses FROM posting WHERE id = :like")
NEW_TRANSFER = (f"INSERT INTO transfer (posting_id, book_id, unit, amount, debit_id, credit_id, credit_seq, credit_balance) "
                f"VALUES (:posting, {BOOK}, 'SERVICE', :amount, :debit, :credit, :seq, :amount)")
RESOLUTION = ("INSERT INTO hold_resolution (hold_id, hold_amount, book_id, outcome, settled, posting_id, recorded_at) "
              "SELECT id, :hold_amount, :book, :outcome, :settled, :posting, recorded_at FROM hold WHERE key = 'k'")


def raw(app, statement: str, **values):
    with app.app_context(), transaction():
        db.session.execute(text(statement), values)


@pytest.fixture
def written(books):
    """One posting in the town's book and one in the time bank's."""
    books.town = books.post("town", (books.issued, books.anna, 60)).posting_id
    books.time = books.post("time", (books.giver, books.taker, 30)).posting_id
    return books


@pytest.mark.parametrize("amount, credit, kept_by", [(0, "anna", "positive"), (-5, "anna", "positive"), (5, "issued", "two_accounts")])
def test_a_transfer_moves_something_between_two(app, written, amount, credit, kept_by):
    with pytest.raises(DBAPIError, match=kept_by):
        raw(app, NEW_TRANSFER, posting=written.town, amount=amount, debit=written.issued, credit=getattr(written, credit), seq=None)


def test_one_place_in_the_sequence_is_taken_once(app, written):
    wanted = dict(posting=written.town, amount=5, debit=written.issued, credit=written.anna)
    with pytest.raises(DBAPIError, match="(?i)unique"):
        raw(app, NEW_TRANSFER, **wanted, seq=1)
    with app.app_context():
        db.session.execute(text(NEW_TRANSFER), wanted | {"seq": 2})
        db.session.rollback()


def test_a_key_and_a_reversal_are_unique(app, written):
    with pytest.raises(DBAPIError, match="(?i)unique"):
        raw(app, NEW_POSTING, key="town", reverses=None, like=written.town)
    written.reverse(written.town, "back")
    with pytest.raises(DBAPIError, match="(?i)unique"):
        raw(app, NEW_POSTING, key="again", reverses=written.town, like=written.town)


@pytest.mark.parametrize("change, kept_by", [
    ("balance = floor - 1", "ck_account_floor"),
    ("held = balance - floor + 1", "ck_account_floor"),
    ("balance = ceiling + 1", "ck_account_ceiling"),
    ("floor = balance + 1", "ck_account_floor"),
    ("ceiling = balance - 1", "ck_account_ceiling"),
    ("held = -1", "ck_account_held"),
    ("cached = false", "uncached_keeps_none"),
])
def test_an_account_keeps_its_limits(app, written, change, kept_by):
    with pytest.raises(DBAPIError, match=kept_by):
        raw(app, f"UPDATE account SET {change} WHERE id = :id", id=written.anna)


@pytest.mark.parametrize("figure", ["balance = 1", "balance = -1", "held = 1", "seq = 1", "floor = 0", "ceiling = 0"])
def test_an_account_that_keeps_no_balance_has_no_figures(app, written, figure):
    with pytest.raises(DBAPIError, match="uncached_keeps_none"):
        raw(app, f"UPDATE account SET {figure} WHERE id = :id", id=written.issued)


class TestTheEndOfAHold:
    SOUND = dict(hold_amount=40, outcome="settled", settled=40)

    @pytest.fixture
    def held(self, written):
        written.hold("k", (written.anna, written.bruno, 40))
        written.book = written.row("SELECT book_id FROM hold")[0]
        return written

    def end(self, app, held, **odd):
        raw(app, RESOLUTION, **({"book": held.book, "posting": held.town} | self.SOUND | odd))

    @pytest.mark.parametrize("odd, kept_by", [
        ({"settled": 41}, "at_most_the_hold"),
        ({"settled": -1}, "at_most_the_hold"),
        ({"settled": 41, "hold_amount": 41}, "(?i)foreign key"),
        ({"settled": 0}, "settled_by_posting"),
        ({"posting": None}, "settled_by_posting"),
        ({"outcome": "released"}, "settled_by_posting"),
        ({"outcome": "released", "settled": 0}, "settled_by_posting"),
        ({"outcome": "lost", "settled": 0, "posting": None}, "ck_hold_resolution_outcome"),
        ({"posting": 999_999}, "(?i)foreign key"),
    ])
    def test_is_at_most_the_hold_and_by_a_posting(self, app, held, odd, kept_by):
        with pytest.raises(DBAPIError, match=kept_by):
            self.end(app, held, **odd)

    def test_is_in_the_book_of_the_hold_and_of_the_posting(self, app, held):
        bank = held.row("SELECT book_id FROM posting WHERE id = :id", id=held.time)[0]
        for odd in ({"book": bank}, {"posting": held.time}, {"book": bank, "posting": held.time}):
            with pytest.raises(DBAPIError, match="(?i)foreign key"):
                self.end(app, held, **odd)

    def test_comes_once(self, app, held):
        sound = {"book": held.book, "posting": held.town} | self.SOUND
        with app.app_context():
            db.session.execute(text(RESOLUTION), sound)
            with pytest.raises(DBAPIError, match="(?i)unique"):
                db.session.execute(text(RESOLUTION), sound)
            db.session.rollback()
