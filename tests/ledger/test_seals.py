"""The chain of seals, and that every way to change what is under it is found and named."""
import hashlib
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.base.db import db
from app.base.transactions import transaction
from app.ledger import jobs
from app.ledger.actions import postings, seals as actions
from app.ledger.models import Posting, Seal, Transfer
from app.ledger.queries import seals, verification
from app.ledger.rules import Line, seals as rules
from tests.ledger.tampering import faults
from tests.threads import together


class TestSealing:
    def test_what_is_sealed_verifies_and_is_not_sealed_again(self, inside):
        assert faults() == [] and jobs.seal_new() == 0 and seals.unsealed() == 0
        last = seals.latest()
        assert (last.seal, last.last_id, last.transfers) == (2, inside[-1], 7)
        assert db.session.execute(select(Seal.first_id, Seal.last_id, Seal.count).order_by(Seal.id)).all() == [
            (1, inside[3], 4), (inside[3] + 1, inside[6], 3)]

    def test_a_line_says_every_column_alike_on_both_databases(self, inside):
        def written(value):
            if isinstance(value, datetime):
                return f"{value:%Y-%m-%d %H:%M:%S.%f}".rstrip("0").rstrip(".")
            return "" if value is None else getattr(value, "hex", str(value))
        rows = db.session.execute(select(Transfer, Posting).join(Posting, Posting.id == Transfer.posting_id).order_by(Transfer.id)).all()
        wanted = [(t.id, "|".join(written(value) for value in (
            t.id, t.posting_id, t.book_id, t.unit.value, t.amount, t.debit_id, t.credit_id, t.debit_seq, t.debit_balance, t.credit_seq,
            t.credit_balance, p.book_id, len(p.kind), p.kind, len(p.key), p.key, p.request_hash, p.actor, p.effective_at, p.recorded_at,
            p.reverses_id))) for t, p in rows]
        assert seals.lines(1, inside[-1]) == wanted
        joined = "\n".join(line for _, line in wanted[:4])
        assert db.session.scalar(select(Seal.root).where(Seal.id == 1)) == hashlib.sha256(joined.encode()).hexdigest()

    def test_no_column_is_left_out(self, app):
        named = {name.removeprefix("length(").removesuffix(")") for name in seals.COLUMNS}
        assert named == {f"t.{column.name}" for column in Transfer.__table__.c} | {
            f"p.{column.name}" for column in Posting.__table__.c if column.name != "id"}        # which is the transfer's posting_id

    def test_the_head_says_all_that_a_seal_says(self):
        at = datetime(2026, 11, 23, 1, 2, 3, 4, tzinfo=UTC)
        told = ("b" * 64, 2, 5, 9, 3, "a" * 64, at)
        assert rules.head(*told) == hashlib.sha256(
            b"ore-in-comune seal 1|" + b"b" * 64 + b"|" + b"a" * 64 + b"|2|5|9|3|1795395723000004").hexdigest()

    def test_a_seal_is_never_changed(self, inside):
        for statement in ("UPDATE seal SET count = 1", "DELETE FROM seal"):
            with pytest.raises(DBAPIError, match="append-only"), transaction():
                db.session.execute(text(statement))

    def test_of_two_sealers_one_seals(self, app, books):
        for number in range(20):
            books.post(f"k{number}", (books.issued, books.anna, 1))

        def seal():
            with app.app_context():
                return jobs.seal_new()
        assert sum(together(*[seal] * 4)) == 20
        with app.app_context():
            assert seals.latest().transfers == 20 and list(verification.verify()) == []

    def test_a_second_seal_over_the_same_rows_is_dropped(self, app, books):
        books.post("a", (books.issued, books.anna, 1))
        rows = books.ask(seals.unsealed_rows, 10)
        assert [books.ask(actions.seal, rows) for _ in range(2)] == [True, False]

    def test_killed_half_way_there_is_no_seal(self, app, books, monkeypatch):
        books.post("a", (books.issued, books.anna, 1))

        def seal_and_die(rows, seal=actions.seal):
            assert seal(rows)
            raise KeyboardInterrupt
        monkeypatch.setattr(actions, "seal", seal_and_die)
        with app.app_context(), pytest.raises(KeyboardInterrupt):
            jobs.seal_new()
        assert books.ask(seals.latest) is None

    def test_it_seals_when_the_last_seal_is_old_enough(self, app, books):
        with app.app_context():
            books.post("a", (books.issued, books.anna, 1))
            jobs.run_due()
            books.post("b", (books.issued, books.anna, 1))
            jobs.run_due()
            assert (seals.latest().transfers, seals.unsealed()) == (1, 1)
            app.config["SEAL_MINUTES"] = 0
            try:
                jobs.run_due()
            finally:
                app.config["SEAL_MINUTES"] = 5
            assert (seals.latest().transfers, seals.unsealed()) == (2, 0)

    def test_it_stops_when_it_is_asked_to(self, app, books):
        books.post("a", (books.issued, books.anna, 1))
        with app.app_context():
            assert jobs.seal_new(stopping=lambda: True) == 0


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
class TestLateCommits:
    """PostgreSQL shows ids out of order: a transaction that has drawn a lower one may still be open."""

    @pytest.fixture
    def slow(self, app, books, monkeypatch):
        """A posting to bruno that has its ids and is not committed; after it one to anna that is. Called, it lets the first one end."""
        monkeypatch.setattr(jobs, "PATIENCE", 0.2)
        posted, go_on = threading.Event(), threading.Event()

        def post():
            with app.app_context(), transaction():
                postings.post("slow", "test", [Line(books.issued, books.bruno, 1)])
                posted.set()
                assert go_on.wait(10)
        thread = threading.Thread(target=post)
        with app.app_context(), transaction():
            db.session.execute(text("SELECT pg_current_xact_id()"))          # the lower transaction number, and the higher transfer id
            thread.start()
            assert posted.wait(10)
            postings.post("fast", "test", [Line(books.issued, books.anna, 1)])

        def end():
            go_on.set()
            thread.join()
        yield end
        end()

    def test_a_lower_id_still_to_come_is_waited_for(self, app, slow):
        with app.app_context():
            assert jobs.seal_new() == 0
            slow()
            assert jobs.seal_new() == 2 and list(verification.verify()) == []

    def test_who_does_not_wait_seals_too_much(self, app, slow, monkeypatch):
        monkeypatch.setattr(seals, "settled", lambda mark: True)
        with app.app_context():
            assert jobs.seal_new() == 1
            slow()
            assert "aggiunto" in next(verification.verify()).words

    def test_the_snapshots_xmax_would_not_do(self, app, slow, monkeypatch):
        """It is one past the last transaction that has ended, and here the slow one is beyond that."""
        monkeypatch.setattr(seals, "mark", lambda mark=seals.mark: mark()._replace(
            looked=db.session.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"))))
        with app.app_context():
            assert jobs.seal_new() == 1
