"""Checkpoints: what lies under them is believed, what comes after is added up, and an account's row is written anew from its transfers."""
import pytest
from sqlalchemy import select, text

from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import reading, transaction
from app.ledger import jobs as sealer
from app.ledger.actions import accounts, checkpoints as actions
from app.ledger.models import Account, Book, Checkpoint, Transfer
from app.ledger.queries import balances, checkpoints
from app.ledger.queries.balances import balance
from app.ledger.queries.checkpoints import Drift
from tests.threads import together


@pytest.fixture
def tampering(ground, context, books):
    """Runs SQL as somebody with the database's password would: no trigger and no constraint stands in the way. Put right at the end."""
    undo = []
    sqlite = ground.engine.dialect.name == "sqlite"

    def tamper(change: str, back: str, **values):
        undo.append((back, values))
        _past_the_triggers(sqlite, change, values)
    yield tamper
    db.session.rollback()
    for back, values in reversed(undo):
        _past_the_triggers(sqlite, back, values)


def _past_the_triggers(sqlite: bool, sql: str, values: dict) -> None:
    with transaction():
        if not sqlite:
            db.session.execute(text("ALTER TABLE transfer DISABLE TRIGGER USER"))
            db.session.execute(text(sql), values)
            db.session.execute(text("ALTER TABLE transfer ENABLE TRIGGER USER"))
            return
        triggers = db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'transfer'")).all()
        for name, _sql in triggers:
            db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(text(sql), values)
        for _name, trigger in triggers:
            db.session.connection().exec_driver_sql(trigger)


def fill(books, first: int, last: int) -> None:
    for n in range(first, last + 1):
        books.post(f"{n}", (books.issued, books.anna, 10 * n), (books.anna, books.bruno, 5))


def sealed_and_advanced(books, anew: bool = False) -> int:
    sealer.seal_new()
    last = books.ask(lambda: db.session.scalar(select(Transfer.id).order_by(Transfer.id.desc())))
    books.ask(actions.advance, books.comune_id, last, anew=anew)
    return last


def look(books, full: bool) -> list[Drift]:
    return books.ask(checkpoints.look, books.comune_id, full=full).drifts


def test_checkpoints_are_what_the_transfers_say(context, books):
    fill(books, 1, 3)
    sealed_and_advanced(books)
    fill(books, 4, 5)
    last = sealed_and_advanced(books)
    with transaction():
        kept = {row.account_id: (row.balance, row.transfers) for row in db.session.scalars(select(Checkpoint))}
        stored = {row.id: (row.balance, row.seq) for row in db.session.scalars(select(Account).where(Account.cached)) if row.seq}
        assert {key: kept[key] for key in stored} == stored and kept[books.issued] == (-150, 5)
        assert set(db.session.scalars(select(Book.checked_to))) == {last}
    assert look(books, full=False) == look(books, full=True) == []


def test_an_account_that_keeps_no_balance_is_read_from_its_checkpoint_and_the_tail(context, books):
    fill(books, 1, 2)
    sealed_and_advanced(books)
    fill(books, 3, 3)
    assert books.balance(books.issued) == -60
    with transaction():                # what lies under the checkpoint is not read again
        db.session.execute(text("UPDATE checkpoint SET balance = balance - 1000 WHERE account_id = :id"), {"id": books.issued})
        assert balance(books.issued) == -1060
    sealed_and_advanced(books, anew=True)
    assert books.balance(books.issued) == -60


IN_THE_TAIL = {
    "a changed amount": "UPDATE transfer SET amount = amount + {sign} WHERE id = :tail",
    "a changed running balance": "UPDATE transfer SET credit_balance = credit_balance + {sign} WHERE id = :tail",
    "a changed place": "UPDATE transfer SET credit_seq = credit_seq + {sign} * 100 WHERE id = :tail",
    "a changed balance in the row": "UPDATE account SET balance = balance + {sign} WHERE id = :anna",
    "a changed count in the row": "UPDATE account SET seq = seq + {sign} WHERE id = :anna",
}


@pytest.mark.parametrize("what", IN_THE_TAIL)
def test_the_incremental_pass_finds_what_the_full_one_finds(books, tampering, what):
    fill(books, 1, 3)
    sealed_and_advanced(books)
    fill(books, 4, 6)
    tail = books.row("SELECT max(id) AS id FROM transfer WHERE credit_id = :anna AND credit_seq < 9", anna=books.anna).id
    sql = IN_THE_TAIL[what]
    tampering(sql.format(sign="1"), sql.format(sign="-1"), **{"tail": tail} if ":tail" in sql else {"anna": books.anna})
    found = look(books, full=False)
    assert found == look(books, full=True)
    [drift] = found
    assert drift.account_id == books.anna
    gap = what == "a changed place"    # in the order of their places the next one is the first that is not where it should be
    assert drift.transfer_id == (None if "row" in what else tail + gap)


def test_an_account_without_new_transfers_is_looked_at_too(books, tampering):
    fill(books, 1, 3)
    sealed_and_advanced(books)
    sql = "UPDATE account SET balance = balance {} 7 WHERE id = :anna"
    tampering(sql.format("+"), sql.format("-"), anna=books.anna)
    assert look(books, full=False) == [Drift(books.anna, "SERVICE", 52, 45, 6, 6, None)]


def test_what_lies_under_a_checkpoint_only_the_full_pass_sees(books, tampering):
    fill(books, 1, 3)
    sealed_and_advanced(books)
    first = books.row("SELECT min(id) AS id FROM transfer").id
    tampering("UPDATE transfer SET amount = amount + 1 WHERE id = :id", "UPDATE transfer SET amount = amount - 1 WHERE id = :id", id=first)
    assert look(books, full=False) == []
    [drift] = look(books, full=True)
    assert (drift.account_id, drift.transfer_id) == (books.anna, first)


def test_a_wrong_checkpoint_accuses_nobody(context, books):
    fill(books, 1, 3)
    sealed_and_advanced(books)
    books.ask(lambda: db.session.execute(text("UPDATE checkpoint SET balance = balance + 1 WHERE account_id = :id"), {"id": books.anna}))
    assert books.ask(checkpoints.look, books.comune_id, full=False) == ([], True)
    sealed_and_advanced(books, anew=True)
    assert books.ask(checkpoints.look, books.comune_id, full=False) == ([], False)


def test_two_that_bring_the_checkpoints_forward_count_nothing_twice(app, context, books):
    fill(books, 1, 3)
    sealed_and_advanced(books)
    fill(books, 4, 6)
    last = books.row("SELECT max(id) AS id FROM transfer").id

    def forward():
        with app.app_context(), transaction():
            actions.advance(books.comune_id, last)
    assert together(forward, forward) == [None, None]
    assert look(books, full=False) == []


def test_a_drifted_row_is_written_anew_from_its_transfers_and_moves_again(books, tampering):
    fill(books, 1, 3)
    sealer.seal_new()
    tampering("UPDATE account SET balance = balance + 7, seq = seq + 1 WHERE id = :anna", "SELECT 1 WHERE 1 = :anna", anna=books.anna)
    books.ask(accounts.freeze, [books.anna])
    with pytest.raises(Refusal):
        books.post("out", (books.anna, books.bruno, 1))
    books.ask(actions.restate, books.anna)
    assert books.figures(books.anna) == (45, 0, 6) and look(books, full=True) == []
    books.post("out", (books.anna, books.bruno, 1))


def refusal(books, account_id: int) -> str:
    with pytest.raises(Refusal) as no:
        books.ask(actions.restate, account_id)
    return str(no.value)


ROW = ("UPDATE account SET balance = balance + 7 WHERE id = :anna", "UPDATE account SET balance = balance - 7 WHERE id = :anna")


def test_a_row_that_agrees_and_one_that_keeps_nothing_are_not_written_anew(context, books):
    fill(books, 1, 1)
    assert "sono già quelle" in refusal(books, books.anna) and "sono già quelle" in refusal(books, books.issued)


def test_transfers_that_are_not_in_order_are_not_the_measure_of_a_row(books, tampering):
    fill(books, 1, 3)
    sql = "UPDATE transfer SET amount = amount {} 1 WHERE credit_id = :anna AND credit_seq = 1"
    tampering(sql.format("+"), sql.format("-"), anna=books.anna)
    first = books.row("SELECT min(id) AS id FROM transfer WHERE credit_id = :anna", anna=books.anna).id
    assert f"Il movimento {first} non torna" in refusal(books, books.anna)


def test_transfers_that_are_not_those_that_were_sealed_are_not_the_measure_either(books, tampering):
    """Every figure fits the others again, but for the seal."""
    fill(books, 1, 1)
    sealer.seal_new()
    tampering("UPDATE transfer SET amount = amount + 1, credit_balance = credit_balance + 1 WHERE credit_id = :anna",
              "UPDATE transfer SET amount = amount - 1, credit_balance = credit_balance - 1 WHERE credit_id = :anna", anna=books.anna)
    tampering("UPDATE transfer SET debit_balance = debit_balance + 1 WHERE debit_id = :anna",
              "UPDATE transfer SET debit_balance = debit_balance - 1 WHERE debit_id = :anna", anna=books.anna)
    [drift] = look(books, full=True)
    assert (drift.account_id, drift.transfer_id) == (books.anna, None)
    assert "quelli sigillati" in refusal(books, books.anna)


def test_a_row_whose_held_figure_is_off_is_not_written_anew(books, tampering):
    fill(books, 1, 3)
    sealer.seal_new()
    tampering(*ROW, anna=books.anna)
    tampering("UPDATE account SET held = held + 1 WHERE id = :anna", "UPDATE account SET held = held - 1 WHERE id = :anna", anna=books.anna)
    assert "riservati" in refusal(books, books.anna)


def test_a_balance_beyond_the_limits_is_not_written(books, tampering):
    fill(books, 1, 3)
    sealer.seal_new()
    tampering(*ROW, anna=books.anna)
    tampering("UPDATE account SET floor = 50 WHERE id = :anna", "UPDATE account SET floor = 0 WHERE id = :anna", anna=books.anna)
    assert "oltre i limiti" in refusal(books, books.anna)


def test_the_night_may_move_the_checkpoint_while_somebody_reads_a_balance(app, books, monkeypatch):
    """The stretch that a checkpoint takes over is counted in it or in the tail, never in both."""
    books.post("a", (books.issued, books.anna, 300), (books.issued, books.bruno, 200))
    real = balances.sides

    def after_the_night(condition):
        def night():
            with app.app_context(), transaction():
                actions.advance(books.comune_id, 1_000)
        assert together(night) == [None]
        return real(condition)

    monkeypatch.setattr(balances, "sides", after_the_night)
    with app.app_context(), reading():
        assert balances.balance(books.issued) == -500
