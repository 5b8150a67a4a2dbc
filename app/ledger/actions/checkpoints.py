"""Checkpoints move forward, and an account's row is written anew from its transfers. Nothing here commits."""
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.ledger.actions import accounts
from app.ledger.models import Account, Book, Checkpoint
from app.ledger.queries import checkpoints, verification

NO_SYNC = {"synchronize_session": False}


def advance(comune_id: int, to: int, *, anew: bool = False) -> None:
    """Bring the checkpoints of a comune's books up to transfer `to`: sealed, and found in order. `anew`: from the first transfer on.

    Posting goes on meanwhile: the lock on the book stops only another one who does the same.
    """
    dialect = {"postgresql": postgresql, "sqlite": sqlite}[db.session.get_bind().dialect.name]
    if dialect is postgresql:          # as long as the pass itself may take
        db.session.execute(text("SET LOCAL statement_timeout = '100s'"))
    books = select(Book.id, Book.checked_to).where(Book.comune_id == comune_id).order_by(Book.id).with_for_update(key_share=True)
    for book_id, checked_to in db.session.execute(books).all():
        if anew:
            db.session.execute(delete(Checkpoint).where(Checkpoint.account_id.in_(
                select(Account.id).where(Account.book_id == book_id))), execution_options=NO_SYNC)
        elif checked_to >= to:
            continue
        insert = dialect.insert(Checkpoint).from_select(
            ["account_id", "balance", "transfers"], checkpoints.figures(0 if anew else checked_to, to, book_id))
        db.session.execute(insert.on_conflict_do_update(index_elements=["account_id"], set_={
            "balance": Checkpoint.balance + insert.excluded.balance, "transfers": Checkpoint.transfers + insert.excluded.transfers}))
        db.session.execute(update(Book).where(Book.id == book_id).values(checked_to=to), execution_options=NO_SYNC)


def restate(account_id: int) -> None:
    """Write an account's balance and sequence anew from its transfers, when only the row is wrong; and let the account move again.

    Refuses an account that keeps no balance, one that agrees, transfers that are not in order themselves or are not those that were
    sealed, a figure of what is held that is not that of the holds, and a balance beyond the account's limits. No transfer is touched.
    """
    here = accounts.lock([account_id])[account_id]
    found = checkpoints.examine([account_id]) if here.cached else []
    if not found:
        raise Refusal(N_("Le cifre di questo conto sono già quelle dei suoi movimenti."))
    [drift] = found
    if drift.transfer_id is not None:
        raise Refusal(N_("Il movimento %(number)s non torna: non basta riscrivere il saldo. Serve una copia di sicurezza del registro."),
                      number=drift.transfer_id)
    if next(verification.verify_over(account_id), None):
        raise Refusal(N_("I movimenti non sono più quelli sigillati: il saldo non si può riscrivere. Serve una copia di sicurezza del "
                         "registro."))
    if here.held != db.session.scalar(select(checkpoints.held()).where(Account.id == account_id)):
        raise Refusal(N_("Anche le ore o gli euro riservati di questo conto non tornano: il saldo non si può riscrivere."))
    if here.floor is not None and drift.true_balance - here.held < here.floor \
            or here.ceiling is not None and drift.true_balance > here.ceiling:
        raise Refusal(N_("Il saldo dei movimenti è oltre i limiti di questo conto: prima va corretto un movimento."))
    db.session.execute(update(Account).where(Account.id == account_id).values(
        balance=drift.true_balance, seq=drift.true_seq, frozen_at=None), execution_options=NO_SYNC)
