"""The ledger of revision 0002, with real rows in it, comes through to the newest one: nothing is lost, and the guards stand again."""
import flask_migrate
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.base.db import db
from app.base.transactions import transaction
from app.ledger.actions import postings
from app.ledger.queries.statements import statement
from app.ledger.rules import Line
from tests.conftest import ledger_holds

AT = "2026-06-01 08:00:00.000000"
COMUNI = {1: "Alessandria", 2: "Valenza", 3: "Casale"}          # the third has no account at all

# id: comune, unit, kind, owner, cached, floor, ceiling, balance, seq
ACCOUNTS = {
    1: (1, "SERVICE", "served", "", False, None, None, 0, 0),
    2: (1, "SERVICE", "validated", "anna", True, 0, 600, 20, 3),
    3: (1, "EUR", "appropriation", "", False, None, None, 0, 0),
    4: (1, "EUR", "available", "call:1", True, 0, None, 900, 1),
    5: (1, "TIME", "member", "anna", True, -300, None, -30, 1),
    6: (1, "TIME", "member", "bruno", True, -300, None, 30, 1),
    7: (2, "SERVICE", "served", "", False, None, None, 0, 0),
    8: (2, "SERVICE", "validated", "vera", True, 0, None, 45, 1),
}
# id: key, book, reverses, [(unit, amount, debit, credit, debit seq and balance, credit seq and balance)]
POSTINGS = {
    1: ("hours:1", "town", None, [("SERVICE", 60, 1, 2, None, None, 1, 60), ("EUR", 900, 3, 4, None, None, 1, 900)]),
    2: ("hours:1:reversed", "town", None, [("SERVICE", 60, 2, 1, 2, 0, None, None)]),
    3: ("lesson", "time_bank", None, [("TIME", 30, 5, 6, 1, -30, 1, 30)]),
    4: ("hours:2", "town", None, [("SERVICE", 45, 7, 8, None, None, 1, 45)]),
    5: ("back", "town", 2, [("SERVICE", 20, 1, 2, None, None, 3, 20)]),
}


@pytest.fixture
def old(ground):
    """A database at revision 0002, with the rows above; the app works on it."""
    with ground.at_revision("0002"):
        with ground.app.app_context(), transaction():
            fill()
        yield ground


def fill() -> None:
    """The database numbers the rows itself, in this order."""
    def insert(table: str, **values):
        db.session.execute(text(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})"), values)
    for id, name in COMUNI.items():
        insert("comune", created_at=AT, name=name, istat_code=f"00600{id}", province="AL", zone="Europe/Rome")
    names = ("comune_id", "unit", "kind", "owner", "cached", "floor", "ceiling", "balance", "seq")
    for facts in ACCOUNTS.values():
        insert("account", created_at=AT, **dict(zip(names, facts, strict=True)))
    names = ("unit", "amount", "debit_id", "credit_id", "debit_seq", "debit_balance", "credit_seq", "credit_balance")
    for id, (key, book, reverses, lines) in POSTINGS.items():
        insert("posting", created_at=AT, key=key, request_hash="", book=book, kind="old", effective_at=AT, recorded_at=AT,
               reverses_id=reverses)
        for line in lines:
            insert("transfer", posting_id=id, book=book, **dict(zip(names, line, strict=True)))


def all_of(query: str) -> list[tuple]:
    with transaction():
        return [tuple(row) for row in db.session.execute(text(query))]


def test_every_row_comes_through_and_finds_its_book(old):
    transfers = ("SELECT posting_id, unit, amount, debit_id, credit_id, debit_seq, debit_balance, credit_seq, credit_balance "
                 "FROM transfer ORDER BY id")
    kept = "SELECT id, unit, kind, owner, cached, floor, ceiling, balance, seq, closed_at FROM account ORDER BY id"
    linked = "SELECT id, key, request_hash, kind, actor, effective_at, recorded_at, reverses_id FROM posting ORDER BY id"
    with old.app.app_context():
        before = [all_of(query) for query in (transfers, kept, linked)]
        db.engine.dispose()
        flask_migrate.upgrade()
        assert [all_of(query) for query in (transfers, kept, linked)] == before and len(before[0]) == 6
        ledger_holds()
        db.session.rollback()
        books = all_of("SELECT b.comune_id, b.kind, b.name, b.checked_to FROM book b ORDER BY 1, 2")
        assert books == [(1, "time_bank", "", 0), (1, "town", "", 0), (2, "town", "", 0), (3, "town", "", 0)]
        assert all_of("SELECT a.id, b.comune_id, b.kind FROM account a JOIN book b ON b.id = a.book_id ORDER BY a.id") == \
               [(id, facts[0], "time_bank" if facts[1] == "TIME" else "town") for id, facts in ACCOUNTS.items()]
        assert all_of("SELECT p.id, b.comune_id, b.kind FROM posting p JOIN book b ON b.id = p.book_id ORDER BY p.id") == \
               [(1, 1, "town"), (2, 1, "town"), (3, 1, "time_bank"), (4, 2, "town"), (5, 1, "town")]
        assert all_of("SELECT DISTINCT held, frozen_at FROM account") == [(0, None)]


def test_afterwards_it_is_a_ledger_like_any_other(old):
    with old.app.app_context():
        flask_migrate.upgrade()
        for change in ("UPDATE transfer SET amount = 1", "DELETE FROM posting", "DELETE FROM transfer", "UPDATE account SET owner = 'x'",
                       "UPDATE book SET name = 'x'"):
            with pytest.raises(DBAPIError, match="append-only"), transaction():
                db.session.execute(text(change))
        with transaction():
            assert postings.post("new", "test", [Line(1, 2, 5)]).posting_id > max(POSTINGS)
        with transaction():
            assert postings.reverse(3, "lesson:back").first
        with transaction():
            assert [(line.seq, line.balance) for line in statement(2)][:2] == [(4, 25), (3, 20)]
        ledger_holds()


def test_a_reversal_of_the_old_days_cannot_be_done_again(old):
    with old.app.app_context():
        flask_migrate.upgrade()
        with pytest.raises(Exception, match="già stata stornata"), transaction():
            postings.reverse(2, "once more")
