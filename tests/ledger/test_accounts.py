"""Accounts are opened, limited, closed, frozen and thawed; those of the town that keep no balance make nobody wait."""
import pytest
from sqlalchemy.exc import OperationalError

from app.base.errors import Refusal
from app.base.transactions import transaction
from app.ledger.actions import accounts, direct, holds, postings
from app.ledger.models import Unit
from app.ledger.rules import Line
from tests.threads import together


def test_an_account_is_opened_once(books):
    again = books.open(Unit.SERVICE, "agreement", "anna", floor=0, ceiling=600)
    assert again == books.anna
    assert books.open(Unit.SERVICE, "agreement", "carlo") != books.anna


def test_each_comune_and_each_bank_has_its_own_accounts_of_one_name(books, town):
    opened = [books.open(Unit.TIME, "member", "giver", bank="Vicini"),
              books.ask(accounts.open_account, town.valenza.id, Unit.TIME, "member", "giver")]
    ids = [books.giver, *opened]
    assert len(set(ids)) == 3
    assert len({books.row("SELECT book_id FROM account WHERE id = :id", id=each)[0] for each in ids}) == 3


def test_of_sixteen_closings_and_postings_none_is_lost(books):
    """Either the posting comes first and the account is not empty, or the account is closed and takes nothing."""
    results = together(*[lambda n=n: books.post(f"in{n}", (books.issued, books.anna, 1)) for n in range(8)],
                       *[lambda: books.ask(accounts.close, books.anna)] * 8)
    closed, posted = (results[8:].count(None) > 0, sum(not isinstance(each, Exception) for each in results[:8]))
    assert {type(each) for each in results if isinstance(each, Exception)} <= {Refusal}
    assert (posted, closed) in {(8, False), (0, True)} and books.figures(books.anna)[0] == posted


class TestLimits:
    def test_move_up_to_the_balance_and_never_beyond(self, books):
        books.post("k", (books.issued, books.anna, 60))
        books.ask(accounts.set_limits, books.anna, floor=60, ceiling=60)
        for floor, ceiling in ((61, None), (None, 59)):
            with pytest.raises(Refusal, match="oltre il nuovo limite"):
                books.ask(accounts.set_limits, books.anna, floor=floor, ceiling=ceiling)
        books.ask(accounts.set_limits, books.anna, floor=None, ceiling=None)
        assert books.post("out", (books.anna, books.bruno, 100)).first

    def test_leave_room_for_what_is_held(self, books):
        books.post("k", (books.issued, books.anna, 60))
        books.hold("h", (books.anna, books.bruno, 20))
        with pytest.raises(Refusal, match="oltre il nuovo limite"):
            books.ask(accounts.set_limits, books.anna, floor=41, ceiling=None)
        books.ask(accounts.set_limits, books.anna, floor=40, ceiling=None)

    def test_bind_the_next_posting(self, books):
        books.post("k", (books.issued, books.anna, 60))
        books.ask(accounts.set_limits, books.anna, floor=50, ceiling=70)
        for line, words in (((books.anna, books.bruno, 11), "restano"), ((books.issued, books.anna, 11), "massimo")):
            with pytest.raises(Refusal, match=words):
                books.post("no", line)


class TestClosing:
    def test_a_closed_account_takes_and_gives_nothing(self, books):
        books.ask(accounts.close, books.anna)
        for line in ((books.issued, books.anna, 5), (books.anna, books.issued, 5)):
            with pytest.raises(Refusal, match="chiuso"):
                books.post("k", line)
        with pytest.raises(Refusal, match="chiuso"):
            books.hold("h", (books.anna, books.bruno, 5))

    def test_an_account_is_closed_only_when_nothing_is_on_it(self, books):
        books.post("k", (books.issued, books.anna, 60))
        with pytest.raises(Refusal, match="non è vuoto"):
            books.ask(accounts.close, books.anna)
        books.post("back", (books.anna, books.issued, 60))
        books.ask(accounts.close, books.anna)

    def test_an_account_below_zero_is_not_closed_either(self, books):
        books.post("k", (books.giver, books.taker, 60))
        with pytest.raises(Refusal, match="non è vuoto"):
            books.ask(accounts.close, books.giver)

    def test_nor_one_with_something_held(self, books):
        """A floor below zero lets an empty account promise."""
        books.hold("h", (books.giver, books.taker, 60))
        with pytest.raises(Refusal, match="non è vuoto"):
            books.ask(accounts.close, books.giver)

    def test_nor_one_that_keeps_no_balance(self, books):
        """Its row always says 0."""
        books.post("k", (books.issued, books.anna, 60))
        with pytest.raises(Refusal, match="resta aperto"):
            books.ask(accounts.close, books.issued)


class TestFreezing:
    @pytest.fixture
    def frozen(self, books):
        books.paid = books.post("k", (books.issued, books.anna, 60)).posting_id
        books.held = books.hold("h", (books.anna, books.bruno, 20))
        books.ask(accounts.freeze, [books.anna])
        return books

    def test_nothing_leaves(self, frozen):
        for way_out in (lambda: frozen.post("out", (frozen.anna, frozen.bruno, 1)),
                        lambda: frozen.hold("more", (frozen.anna, frozen.bruno, 1)),
                        lambda: frozen.ask(holds.settle, frozen.held, "settle")):
            with pytest.raises(Refusal, match="fermo"):
                way_out()

    def test_what_comes_in_is_welcome_and_a_hold_can_be_given_back(self, frozen):
        assert frozen.post("in", (frozen.issued, frozen.anna, 5)).first
        frozen.ask(holds.release, frozen.held)
        assert frozen.figures(frozen.anna)[:2] == (65, 0)

    def test_a_reversal_may_put_it_right(self, frozen):
        frozen.ask(holds.release, frozen.held)
        assert frozen.reverse(frozen.paid, "back").first

    def test_thawed_it_moves_again(self, frozen):
        frozen.ask(accounts.thaw, frozen.anna)
        assert frozen.post("out", (frozen.anna, frozen.bruno, 1)).first

    def test_frozen_again_it_keeps_the_first_instant(self, frozen):
        query = "SELECT frozen_at FROM account WHERE id = :id"
        first = frozen.row(query, id=frozen.anna)
        frozen.ask(accounts.freeze, [frozen.anna, frozen.bruno])
        assert frozen.row(query, id=frozen.anna) == first and frozen.row(query, id=frozen.bruno) != (None,)

    def test_an_account_that_keeps_no_balance_can_be_frozen_too(self, frozen):
        frozen.ask(accounts.freeze, [frozen.issued])
        with pytest.raises(Refusal, match="fermo"):
            frozen.post("in", (frozen.issued, frozen.bruno, 5))


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
class TestTheTownsOwnAccounts:
    """They are on one side of most postings: two open transactions on one of them do not wait for each other."""

    @pytest.mark.parametrize("way", ["short", "long"])
    def test_take_no_lock(self, app, books, way, monkeypatch):
        if way == "long":
            monkeypatch.setattr(direct, "post", lambda request: None)
        assert self._post_during_another(app, books, (books.issued, books.anna, 5), (books.issued, books.bruno, 5)).first

    def test_with_a_balance_of_its_own_it_would(self, app, books):
        kept = books.open(Unit.SERVICE, "issued", "kept", floor=-1000)
        waited = self._post_during_another(app, books, (kept, books.anna, 5), (kept, books.bruno, 5))
        assert isinstance(waited, OperationalError) and waited.orig.sqlstate == "55P03"

    def _post_during_another(self, app, books, line, other):
        def impatient():
            with app.app_context(), transaction():
                accounts.db.session.connection().exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
                return postings.post("other", "test", [Line(*other)])
        with app.app_context(), transaction():
            postings.post("open", "test", [Line(*line)])
            return together(impatient)[0]
