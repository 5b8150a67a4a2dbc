"""Whatever is changed under the seals is found, and the first bad row is named. What only an anchor shows is in test_anchors.py."""
import pytest
from sqlalchemy import BigInteger, Integer, Uuid, text

from app.base.db import Instant, db
from app.ledger.models import Posting, Transfer
from app.ledger.queries import running, seals, verification
from app.ledger.rules import seals as rules
from tests.ledger.tampering import faults, first, tampered

SPECIAL = {"unit": "'TIME'", "posting_id": "1 + posting_id % 3"}


def another(column) -> str:
    """SQL for a value that the column does not have."""
    match column.type:
        case Instant():
            return "'2020-01-01 00:00:00.000000'"
        case Uuid():
            return "'00000000000000000000000000000001'"
        case Integer() | BigInteger():
            return f"coalesce({column.name}, 0) + 999"
        case _:
            return "'another'"


@pytest.mark.parametrize("column", [each for table in (Transfer, Posting) for each in table.__table__.c if each.name != "id"], ids=str)
def test_an_edited_field(inside, column):
    third, table = inside[2], column.table.name
    row = third if table == "transfer" else f"(SELECT posting_id FROM transfer WHERE id = {third})"
    with tampered(f"UPDATE {table} SET {column.name} = {SPECIAL.get(column.name) or another(column)} WHERE id = {row}"):
        found = faults()
        # The second and the third transfer are of one posting.
        assert first(found) == (third if table == "transfer" else inside[1], [1])
        assert "non è più quello" in found[0].words and found[0].values["expected"] != found[0].values["found"]


def test_an_edited_amount_is_told_by_the_balances_too(inside, books):
    with tampered(f"UPDATE transfer SET amount = 95 WHERE id = {inside[0]}"):
        assert [fault.values for fault in running.transfers()] == [
            {"transfer": inside[0], "account": books.anna, "expected": 95, "found": 90}]


def test_a_deleted_row(inside):
    with tampered(f"DELETE FROM transfer WHERE id = {inside[1]}"):
        found = faults()
        assert first(found) == (inside[1], [1]) and "non c'è più" in found[0].words


def test_a_deleted_posting(inside):
    with tampered(f"DELETE FROM posting WHERE id = (SELECT posting_id FROM transfer WHERE id = {inside[1]})"):
        assert first(faults()) == (inside[1], [1])


@pytest.mark.parametrize("place, words", [(-1, "aggiunto dopo il sigillo"), (-99, "aggiunto prima del primo")])
def test_an_inserted_row(inside, place, words):
    """In the gap before the last id, and below the first."""
    new = inside[-1] + place
    with tampered("INSERT INTO transfer (id, posting_id, book_id, unit, amount, debit_id, credit_id) "
                  f"SELECT {new}, posting_id, book_id, unit, amount, debit_id, credit_id FROM transfer WHERE id = {inside[-1]}"):
        found = faults()
        assert found[0].values["transfer"] == new and words in found[0].words


def test_swapped_rows(inside):
    a, b = inside[1:3]
    with tampered(f"UPDATE transfer SET id = -1 WHERE id = {a}", f"UPDATE transfer SET id = {a} WHERE id = {b}",
                  f"UPDATE transfer SET id = {b} WHERE id = -1"):
        found = faults()
        assert first(found) == (a, [1]) and [fault.values["transfer"] for fault in found[:2]] == [a, b]


@pytest.mark.parametrize("change, told", [("balance = balance + 1", (76, 75)), ("seq = seq + 1", (5, 4))])
def test_a_changed_account(inside, books, change, told):
    with tampered(f"UPDATE account SET {change} WHERE id = {books.anna}"):
        assert [fault.values for fault in faults()] == [{"account": books.anna, "found": told[0], "expected": told[1]}]


def test_a_changed_balance_that_is_not_yet_sealed(inside, books):
    books.post("g", (books.issued, books.anna, 1))
    with tampered("UPDATE transfer SET credit_balance = 77 WHERE credit_balance = 76"):
        assert [fault.values for fault in faults()] == [
            {"transfer": inside[-1] + 1, "account": books.anna, "expected": 76, "found": 77},
            {"account": books.anna, "expected": 77, "found": 76}]
        assert [fault.values["expected"] for fault in running.transfers(inside[-1])] == [76], "the one before it is no longer in the tail"


def test_a_transfer_missing_among_those_not_yet_sealed(inside, books):
    for key in "gh":
        books.post(key, (books.issued, books.anna, 1))
    with tampered("DELETE FROM transfer WHERE credit_balance = 76"):
        assert "manca il movimento" in next(running.transfers(inside[-1])).words
        assert "il posto" in next(running.transfers()).words


class TestChain:
    """The seals themselves."""

    def test_a_root_made_anew_breaks_the_chain(self, inside):
        new = rules.root("something")
        with tampered(f"UPDATE seal SET root = '{new}' WHERE id = 1"):
            found = faults()
            assert found[0].values["seal"] == 1 and "testa" in found[0].words and "impronte" in found[1].words

    def test_a_seal_made_anew_does_not_lead_to_the_next(self, inside):
        with tampered(f"UPDATE posting SET kind = 'other' WHERE id = (SELECT posting_id FROM transfer WHERE id = {inside[0]})"):
            rows = seals.lines(1, inside[3])
            seal = db.session.execute(text("SELECT * FROM seal WHERE id = 1")).one()
            root = rules.root("\n".join(line for _, line in rows))
            at = next(iter(db.session.execute(verification._figures()).all())).sealed_at
            db.session.execute(text("UPDATE seal SET root = :root, head = :head, leaves = :leaves WHERE id = 1"), {
                "root": root, "leaves": rules.leaves(rows), "head": rules.head("", 1, 1, seal.last_id, seal.count, root, at)})
            assert [fault.values["seal"] for fault in faults()] == [2]

    def test_a_missing_seal(self, inside):
        with tampered("DELETE FROM seal WHERE id = 1"):
            assert [fault.values for fault in faults()][0] == {"seal": 1}

    def test_a_seal_that_leaves_rows_out(self, inside):
        with tampered("UPDATE seal SET first_id = first_id + 1 WHERE id = 2"):
            assert "comincia" in faults()[0].words

    @pytest.mark.parametrize("leaves", ["", "00", "00" * 24])
    def test_leaves_that_tell_nothing(self, inside, leaves):
        """They are no proof: without them the seal is still broken."""
        blob = f"decode('{leaves}', 'hex')" if db.engine.dialect.name == "postgresql" else f"x'{leaves}'"
        with tampered(f"UPDATE transfer SET amount = 4 WHERE id = {inside[0]}", f"UPDATE seal SET leaves = {blob} WHERE id = 1"):
            assert "impronte" in faults()[0].words and faults()[0].values["seal"] == 1

    def test_what_is_trusted_is_not_looked_at(self, inside):
        with tampered(f"UPDATE transfer SET amount = 4 WHERE id = {inside[0]}"):
            assert list(verification.verify(since=1)) == [] and len(list(verification.verify())) == 1
        with tampered(f"UPDATE transfer SET amount = 4 WHERE id = {inside[-1]}"):
            assert [fault.values["transfer"] for fault in verification.verify(since=1)] == [inside[-1]]
        assert [fault.values for fault in verification.verify(since=9)] == [{"seal": 9}]

    def test_in_many_batches_it_finds_the_same(self, inside, monkeypatch):
        monkeypatch.setattr(verification, "READ_AT_ONCE", 1)
        gone_through = []
        assert list(verification.verify(done=gone_through.append)) == [] and gone_through == [4, 3]
        with tampered(f"UPDATE transfer SET amount = 4 WHERE id = {inside[-1]}"):
            assert first(faults()) == (inside[-1], [2])
