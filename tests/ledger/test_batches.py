"""Many postings at once: each with its own answer, or all or none; the same few statements for a hundred as for two."""
from threading import Event

import pytest

from app.base.errors import Refusal
from app.base.transactions import transaction
from app.ledger.actions import accounts, postings
from app.ledger.actions.postings import Receipt, post_all, post_each
from app.ledger.rules import Line, Request
from tests.ledger.hearing import statements
from tests.threads import together


def ask(key: str, *lines: tuple[int, int, int], **said) -> Request:
    return Request(key, "test", tuple(Line(*line) for line in lines), **said)


def told(answers: list) -> list:
    """Words of each refusal, and of each receipt whether it was the first."""
    return [answer.first if isinstance(answer, Receipt) else str(answer).split(":")[0] for answer in answers]


class TestEach:
    def test_has_its_own_answer_and_only_what_is_allowed_is_written(self, books):
        answers = books.ask(post_each, [
            ask("a", (books.issued, books.anna, 60)), ask("b", (books.anna, books.bruno, 61)), ask("c", (books.issued, books.available, 5)),
            ask("d", (books.giver, books.taker, 30)), ask("e", (books.appropriation, books.available, 900))])
        assert told(answers) == [True, "Le ore non bastano",
                                 "Ore di servizio, ore della banca del tempo ed euro non si mescolano.", True, True]
        assert books.count("posting") == 3 and books.balance(books.anna) == 60 and books.balance(books.taker) == 30

    def test_later_requests_count_on_what_earlier_ones_moved(self, books):
        answers = books.ask(post_each, [
            ask("early", (books.anna, books.bruno, 10)), ask("in", (books.issued, books.anna, 30)),
            ask("out", (books.anna, books.bruno, 20)), ask("more", (books.anna, books.bruno, 11)),
            ask("rest", (books.anna, books.bruno, 10))])
        assert told(answers) == ["Le ore non bastano", True, True, "Le ore non bastano", True]
        assert books.changes(books.anna) == [(1, 30, 30), (2, -20, 10), (3, -10, 0)]

    def test_a_refused_request_leaves_no_trace_of_its_first_lines(self, books):
        """Its first line would have filled the account, its second empties another one below the floor."""
        answers = books.ask(post_each, [ask("half", (books.issued, books.anna, 600), (books.bruno, books.issued, 1)),
                                        ask("whole", (books.issued, books.anna, 600))])
        assert told(answers) == ["Le ore non bastano", True] and books.figures(books.anna) == (600, 0, 1)

    def test_keeps_the_order_asked_for(self, books):
        requests = [ask(f"k{n}", (books.issued, books.anna, n + 1)) for n in range(20)]
        receipts = books.ask(post_each, requests)
        assert [change for _seq, change, _after in books.changes(books.anna)] == list(range(1, 21))
        assert [books.row("SELECT id FROM posting WHERE key = :key", key=each.key)[0] for each in requests] == \
               [each.posting_id for each in receipts]

    def test_one_key_twice_has_one_effect_and_one_receipt(self, books):
        first, again, other = books.ask(post_each, [ask("k", (books.issued, books.anna, 10)), ask("k", (books.issued, books.anna, 10)),
                                                    ask("k", (books.issued, books.anna, 11))])
        assert (first.first, again.first, first.posting_id == again.posting_id) == (True, False, True)
        assert "diversa" in str(other) and books.figures(books.anna) == (10, 0, 1)

    def test_a_key_is_free_after_a_refusal_in_the_same_batch(self, books):
        answers = books.ask(post_each, [ask("k", (books.anna, books.bruno, 10)), ask("in", (books.issued, books.anna, 10)),
                                        ask("k", (books.anna, books.bruno, 10))])
        assert told(answers) == ["Le ore non bastano", True, True]

    def test_replays_stand_beside_new_requests(self, books):
        done = books.post("old", (books.issued, books.anna, 600))
        answers = books.ask(post_each, [ask("old", (books.issued, books.anna, 600)), ask("new", (books.issued, books.bruno, 5)),
                                        ask("old", (books.issued, books.anna, 5))])
        assert answers[0] == (done.posting_id, False) and answers[1].first and "diversa" in str(answers[2])

    def test_the_whole_batch_again_writes_nothing(self, books):
        batch = [ask(f"k{n}", (books.issued, books.anna, 60)) for n in range(12)]
        first = books.ask(post_each, batch)
        assert told(first) == [True] * 10 + ["Si supera il massimo di ore"] * 2
        again = books.ask(post_each, batch)
        assert [each.posting_id for each in again[:10]] == [each.posting_id for each in first[:10]] and told(again)[:10] == [False] * 10
        assert books.count("posting") == 10

    def test_one_posting_is_reversed_once_in_a_batch_too(self, books):
        books.post("other", (books.issued, books.anna, 60))
        done = books.post("k", (books.issued, books.anna, 60)).posting_id
        back = (books.anna, books.issued, 60)
        answers = books.ask(post_each, [ask(key, back, reverses_id=done) for key in ("r1", "r1", "r2")])
        assert told(answers) == [True, False, "Questa registrazione è già stata stornata."]
        assert books.figures(books.anna) == (60, 0, 3)

    def test_nothing_asked_is_nothing_done(self, books):
        assert books.ask(post_each, []) == books.ask(post_all, []) == []

    def test_in_one_transaction_with_what_comes_after(self, app, books):
        with pytest.raises(ZeroDivisionError), app.app_context(), transaction():
            post_each([ask("a", (books.issued, books.anna, 5)), ask("b", (books.issued, books.bruno, 5))])
            1 / 0
        assert books.count("posting") == 0 and books.figures(books.anna) == (0, 0, 0)


class TestAll:
    def test_or_nothing_and_the_refusal_names_its_place(self, app, books):
        batch = [ask("a", (books.issued, books.anna, 60)), ask("b", (books.issued, books.bruno, 60)),
                 ask("c", (books.anna, books.bruno, 61)), ask("d", (books.anna, books.bruno, 601))]
        with app.app_context(), transaction():
            with pytest.raises(Refusal, match="restano") as no:
                post_all(batch)
            assert no.value.place == 2
        assert books.count("posting") == 0 and books.figures(books.anna) == (0, 0, 0)
        assert told(books.ask(post_all, batch[:2])) == [True, True]

    def test_a_replay_is_no_refusal(self, books):
        done = books.post("a", (books.issued, books.anna, 60))
        answers = books.ask(post_all, [ask("a", (books.issued, books.anna, 60)), ask("b", (books.anna, books.bruno, 60))])
        assert answers[0] == (done.posting_id, False) and answers[1].first

    def test_another_request_under_a_known_key_is(self, books):
        books.post("a", (books.issued, books.anna, 60))
        with pytest.raises(Refusal, match="diversa") as no:
            books.ask(post_all, [ask("b", (books.issued, books.bruno, 5)), ask("a", (books.issued, books.anna, 61))])
        assert no.value.place == 1 and books.count("posting") == 1


def test_a_hundred_cost_the_statements_of_two(app, books):
    with statements(app) as two:
        books.ask(post_each, [ask(f"a{n}", (books.issued, books.anna, 1)) for n in range(2)])
    with statements(app) as hundred:
        books.ask(post_each, [ask(f"b{n}", (books.issued, books.anna, 1)) for n in range(100)])
    assert len(hundred) == len(two) <= 9, hundred


def test_a_long_batch_keeps_its_order_too(books):
    books.ask(accounts.set_limits, books.anna, floor=0, ceiling=None)
    receipts = books.ask(post_each, [ask(f"k{n}", (books.issued, books.anna, n + 2), (books.anna, books.issued, 1)) for n in range(600)])
    assert told(receipts) == [True] * 600 and [each.posting_id for each in receipts] == sorted(each.posting_id for each in receipts)
    with_each = [change for _seq, change, _after in books.changes(books.anna)]
    assert with_each == [change for n in range(100, 600) for change in (n + 2, -1)]


class TestAtOnce:
    def test_sixteen_of_one_batch_are_one(self, books):
        batch = [ask(f"k{n}", (books.issued, (books.anna, books.bruno)[n % 2], 10)) for n in range(10)]
        results = together(*[lambda: books.ask(post_each, batch)] * 16)
        assert sum(sum(each.first for each in answers) for answers in results) == 10
        assert len({tuple(each.posting_id for each in answers) for answers in results}) == 1
        assert books.figures(books.anna) == (50, 0, 5) and books.count("posting") == 10

    def test_batches_that_share_one_key_on_accounts_without_locks(self, books):
        """Only the key keeps them apart: who comes second takes the first receipt for it and writes the rest."""
        clearing = books.open("SERVICE", "clearing", cached=False)
        batches = [[ask(f"{n}:a", (books.issued, clearing, 1)), ask("shared", (books.issued, clearing, 1)),
                    ask(f"{n}:b", (books.issued, clearing, 1))] for n in range(16)]
        results = together(*[lambda batch=batch: books.ask(post_each, batch) for batch in batches])
        assert sum(answers[1].first for answers in results) == 1 and len({answers[1].posting_id for answers in results}) == 1
        assert all(answers[0].first and answers[2].first for answers in results)
        assert books.count("posting") == 33 and books.balance(clearing) == 33

    @pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
    def test_the_faster_one_is_found_out_by_the_insert(self, books, monkeypatch):
        """Two batches have both looked for known keys when the first of them commits."""
        clearing = books.open("SERVICE", "clearing", cached=False)
        looked, committed, real, turns = Event(), Event(), postings._posted, []

        def slowly(requests):
            known = real(requests)
            if requests[0].key == "slow":
                turns.append(len(known))
                looked.set()
                committed.wait(timeout=5)
            return known

        def fast():
            looked.wait(timeout=5)
            receipts = books.ask(post_each, [ask("shared", (books.issued, clearing, 1)), ask("fast", (books.issued, clearing, 1))])
            committed.set()
            return receipts
        monkeypatch.setattr(postings, "_posted", slowly)
        both = [ask(key, (books.issued, clearing, 1)) for key in ("slow", "shared")]
        slow, first = together(lambda: books.ask(post_each, both), fast)
        assert turns == [0, 1] and told(slow) == [True, False] and told(first) == [True, True]
        assert slow[1].posting_id == first[0].posting_id and books.balance(clearing) == 3
