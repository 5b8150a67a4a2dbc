"""The wall: nothing brings hours of the time bank to euros or to hours of service, nor anything to another comune's or bank's book.

Each way in is tried with every pair of compartments: here what writes SQL and what calls the actions, in test_wall_entrances.py the
routes and the commands.
"""
import inspect
import pkgutil
from datetime import date
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.base.clock import now
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.ledger import actions
from app.ledger.actions import accounts, checkpoints, direct, holds, imports, postings
from app.ledger.rules import Line, Request
from app.ledger.rules.imports import ImportRow
from tests.ledger.compartments import Compartment, compartments

__all__ = ["compartments"]

TRANSFER = ("INSERT INTO transfer (posting_id, book_id, unit, amount, debit_id, credit_id) "
            "VALUES (:posting, :book, :unit, 5, :debit, :credit)")
HOLD = ("INSERT INTO hold (key, request_hash, book_id, unit, kind, amount, debit_id, credit_id, recorded_at) "
        "VALUES ('raw', '', :book, :unit, 'raw', 5, :debit, :credit, :now)")
POSTING = ("INSERT INTO posting (key, request_hash, book_id, kind, effective_at, recorded_at, reverses_id) "
           "VALUES ('raw', '', :book, 'raw', :now, :now, :reverses)")


def stands(statement: str, **values) -> bool:
    """Whether the database takes a statement. It is undone at once, and the transaction goes on."""
    try:
        with db.session.begin_nested() as attempt:
            db.session.execute(text(statement), {"now": now(), **values})
            attempt.rollback()
    except DBAPIError:
        return False
    return True


@pytest.fixture
def posted(app, compartments) -> dict[Compartment, int]:
    """A posting in each compartment."""
    with app.app_context(), transaction():
        return {each: postings.post(f"in:{each.one}", "test", [Line(each.one, each.other, 100)]).posting_id for each in compartments}


@pytest.mark.parametrize("statement", [TRANSFER, HOLD])
def test_no_row_crosses_the_wall(app, compartments, posted, statement):
    """Whatever book and unit and posting the row itself says that it has."""
    with app.app_context(), transaction():
        for here, there in compartments.crossings():
            for says in (here, there):
                for posting in (posted[here], posted[there]):
                    for book_id in (here.book_id, there.book_id):
                        for debit, credit in ((here.one, there.one), (here.one, here.other)):
                            row = dict(posting=posting, book=book_id, unit=says.unit, debit=debit, credit=credit)
                            own = statement is HOLD or posting == posted[here] or here.book_id == there.book_id
                            allowed = (credit, book_id, says.unit) == (here.other, here.book_id, here.unit) and own
                            assert stands(statement, **row) is allowed, row


def test_no_posting_reverses_one_of_another_book(app, compartments, posted):
    with app.app_context(), transaction():
        for here, there in compartments.crossings():
            assert stands(POSTING, book=here.book_id, reverses=posted[there]) is (here.book_id == there.book_id)


def test_no_account_and_no_book_changes_what_it_is(app, compartments, posted):
    """Neither by its columns, nor by the book that it names, nor as a new row that mixes kinds."""
    new = ("INSERT INTO account (created_at, book_id, book_kind, unit, kind, owner, cached, balance, held, seq) "
           "SELECT :now, :book, kind, :unit, 'new', '', false, 0, 0, 0 FROM book WHERE id = :book")
    with app.app_context(), transaction():
        for here, there in compartments.crossings():
            to = dict(id=here.one, book=there.book_id, unit=there.unit, mine=here.book_id)
            assert not stands("UPDATE account SET unit = :unit WHERE id = :id", **to)
            assert not stands("UPDATE account SET book_id = :book WHERE id = :id", **to)
            assert not stands("UPDATE account SET unit = :unit, book_id = :book, "
                              "book_kind = (SELECT kind FROM book WHERE id = :book) WHERE id = :id", **to)
            for column in ("comune_id", "kind", "name"):
                assert not stands(f"UPDATE book SET {column} = (SELECT {column} FROM book WHERE id = :book) WHERE id = :mine", **to)
            same_kind = (here.unit == "TIME") == (there.unit == "TIME")
            assert stands(new, book=here.book_id, unit=there.unit) is same_kind
            assert not stands(new.replace("kind, :unit", "CASE kind WHEN 'town' THEN 'time_bank' ELSE 'town' END, :unit"),
                              book=here.book_id, unit=there.unit)


# Every public function of the ledger's actions, and how somebody would try to get from one compartment to another with it.

def attempt_post(here, there):
    postings.post("x", "test", [Line(here.one, there.one, 5)])


def attempt_two_lines(here, there):
    """What one line may not, two lines of one posting may not either: it would join two books, or TIME and something else."""
    if here.book_id == there.book_id:          # SERVICE and EUR of one town move together when a reduction is granted
        raise Refusal("")
    postings.post("x", "test", [Line(here.one, here.other, 5), Line(there.one, there.other, 5)])


def attempt_direct(here, there):
    """The short way says no, or lets the long way say it."""
    assert direct.post(Request("x", "test", (Line(here.one, there.one, 5),))) is None
    if here.book_id != there.book_id:
        assert direct.post(Request("x", "test", (Line(here.one, here.other, 5), Line(there.one, there.other, 5)))) is None
    attempt_post(here, there)


def attempt_post_all(here, there):
    postings.post_all([Request("a", "test", (Line(here.one, here.other, 5),)), Request("x", "test", (Line(here.other, there.one, 5),))])


def attempt_post_each(here, there):
    done, refused = postings.post_each([Request("a", "test", (Line(here.one, here.other, 5),)),
                                        Request("x", "test", (Line(here.other, there.one, 5),))])
    assert done.first
    raise refused


def attempt_reverse(here, there):
    """Linked by hand to a posting of another book."""
    done = postings.post("a", "test", [Line(there.one, there.other, 5)])
    back = Line(here.other, here.one, 5) if here.book_id != there.book_id else Line(there.other, here.one, 5)
    postings.post_all([Request("x", "reversal", (back,), reverses_id=done.posting_id)])


def attempt_real_reverse(here, there):
    """A reversal goes back where the posting came from, and nowhere else."""
    done = postings.post("a", "test", [Line(here.one, here.other, 5)])
    postings.reverse(done.posting_id, "x")
    raise Refusal("")


def attempt_hold(here, there):
    holds.hold("x", "test", Line(here.one, there.one, 5))


def attempt_settle(here, there):
    """What is held moves to where the hold says, and its key may not be another book's."""
    postings.post("x", "test", [Line(there.one, there.other, 5)])
    holds.settle(holds.hold("a", "test", Line(here.one, here.other, 5)).hold_id, "x")


def attempt_give_back(end):
    def attempt(here, there):
        """Nothing moves."""
        end(holds.hold("a", "test", Line(here.one, here.other, 5), expires_at=now()).hold_id)
        raise Refusal("")
    return attempt


def attempt_open_account(here, there):
    """A bank's name leads to no town's account, and a comune's id to no other's: what opens is new and empty."""
    comune_id, bank = db.session.execute(text("SELECT comune_id, name FROM book WHERE id = :id"), {"id": there.book_id}).one()
    opened = accounts.open_account(comune_id, there.unit, "wall", "one", bank=bank)
    assert opened == there.one
    postings.post("x", "test", [Line(here.one, opened, 5)])


def comune_of(account_id: int) -> int:
    return db.session.scalar(text("SELECT comune_id FROM book b JOIN account a ON b.id = a.book_id WHERE a.id = :id"), {"id": account_id})


def on_accounts(act):
    """Changes nothing but the accounts themselves; then it is tried again."""
    def attempt(here, there):
        act(here.one)
        act(there.one)
        attempt_post(here, there)
    return attempt


ATTEMPTS = {
    "postings.post": [attempt_post, attempt_two_lines],
    "postings.post_all": [attempt_post_all],
    "postings.post_each": [attempt_post_each],
    "postings.reverse": [attempt_reverse, attempt_real_reverse],
    "holds.hold": [attempt_hold],
    "holds.settle": [attempt_settle],
    "holds.release": [attempt_give_back(holds.release)],
    "holds.expire": [attempt_give_back(holds.expire)],
    "accounts.open_account": [attempt_open_account],
    "accounts.open_book": [attempt_open_account],
    "accounts.set_limits": [on_accounts(lambda account_id: accounts.set_limits(account_id, floor=None, ceiling=None))],
    "accounts.freeze": [on_accounts(lambda account_id: accounts.freeze([account_id]))],
    "accounts.thaw": [on_accounts(accounts.thaw)],
    "accounts.close": [on_accounts(lambda account_id: accounts.close(account_id))],
    "checkpoints.advance": [on_accounts(lambda account_id: checkpoints.advance(comune_of(account_id), 10**9))],
    "checkpoints.restate": [on_accounts(checkpoints.restate)],
    "accounts.lock": [on_accounts(lambda account_id: accounts.lock([account_id]))],
    "direct.post": [attempt_direct],
    # What writes no line of its own choosing: see the tests below, and those of the seals.
    "store.store": [], "store.instant": [], "store.refusal": [], "imports.import_rows": [],
    "seals.seal": [], "seals.write_to": [], "seals.append_to": [],
}


def public_functions(package) -> set[str]:
    found = set()
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for name, value in inspect.getmembers(import_module(module.name), inspect.isfunction):
            if value.__module__ == module.name and not name.startswith("_"):
                found.add(f"{module.name.removeprefix(package.__name__ + '.')}.{name}")
    return found


def test_every_public_function_is_tried():
    assert public_functions(actions) == set(ATTEMPTS)


@pytest.mark.parametrize("name", [name for name in ATTEMPTS if ATTEMPTS[name]])
def test_no_action_crosses_the_wall(app, compartments, name):
    for attempt in ATTEMPTS[name]:
        for here, there in compartments.crossings():
            with app.app_context(), pytest.raises((Refusal, IntegrityError)), transaction():
                attempt(here, there)
    assert compartments.hold()


def test_what_gets_past_the_rules_meets_the_constraints(app, compartments, monkeypatch):
    """The rules are told that all accounts are of one book and unit; the store then has the foreign keys against it."""
    real = accounts.lock
    monkeypatch.setattr(direct, "post", lambda request: None)
    for here, there in compartments.crossings():
        blind = {"book_id": here.book_id, "unit": here.unit}
        monkeypatch.setattr(accounts, "lock", lambda ids, blind=blind: {id: each._replace(**blind) for id, each in real(ids).items()})
        for write in (lambda here, there: postings.post("x", "test", [Line(here.one, there.one, 5)]),
                      lambda here, there: postings.post_all([Request(key, "test", (Line(here.one, there.one, 5),)) for key in "xy"]),
                      lambda here, there: holds.hold("x", "test", Line(here.one, there.one, 5))):
            with app.app_context(), pytest.raises(IntegrityError, match="(?i)foreign key"), transaction():
                write(here, there)
    monkeypatch.undo()
    assert compartments.hold() and compartments.totals() == {}


def test_an_import_stays_in_its_register(app, compartments):
    """Whatever the file calls the accounts, and whatever accounts an earlier report is forged to name: they are of this bank or comune."""
    for here, there in compartments.crossings():
        if "EUR" in (here.unit, there.unit):
            continue                   # schemas.read_rows knows no euros
        with app.app_context(), transaction():
            comune_id, bank = db.session.execute(text("SELECT comune_id, name FROM book WHERE id = :id"), {"id": here.book_id}).one()
            before = set(db.session.scalars(text("SELECT id FROM account")))
            register = imports.Register(comune_id, ZoneInfo("Europe/Rome"), bank=bank, source=f"{here.one}:{there.one}")
            outcome = imports.import_rows(register, [ImportRow(1, "1", date(2026, 1, 1), None, "one", 60, here.unit, "")],
                                          [imports.Holder(there.unit, "one", "one"), imports.Holder(here.unit, "one", f"from {there.one}")])
            assert not outcome.faults
            opened = db.session.execute(text("SELECT id, book_id, unit FROM account")).all()
            assert {row[1:] for row in opened if row[0] not in before} <= {(here.book_id, here.unit)}
    assert compartments.hold()
