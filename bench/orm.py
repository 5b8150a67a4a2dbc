"""The yardstick of plain code: the same posting on the same tables, as one writes it with the ORM when nothing has been measured yet."""
from datetime import datetime

from sqlalchemy import select

from app.base.db import db
from app.base.errors import Refusal
from app.ledger.models import Account, Posting, Transfer


def post_plainly(key: str, debit_id: int, credit_id: int, amount: int, at: datetime) -> int:
    """The id of the posting of this key, made now if need be, in a transaction of its own."""
    session = db.session
    known = session.scalars(select(Posting).where(Posting.key == key)).one_or_none()
    if known:
        session.rollback()
        return known.id
    both = session.scalars(select(Account).where(Account.id.in_([debit_id, credit_id])).order_by(Account.id)
                           .with_for_update(key_share=True)).all()
    debit, credit = sorted(both, key=lambda account: account.id != debit_id)
    if debit.floor is not None and debit.balance - debit.held - amount < debit.floor:
        raise Refusal("…")
    posting = Posting(key=key, request_hash="", book_id=debit.book_id, kind="exchange", effective_at=at, recorded_at=at)
    session.add(posting)
    session.flush()
    for account, change in ((debit, -amount), (credit, amount)):
        account.balance += change
        account.seq += 1
    session.add(Transfer(posting_id=posting.id, book_id=debit.book_id, unit=debit.unit, amount=amount, debit_id=debit_id,
                         credit_id=credit_id, debit_seq=debit.seq, debit_balance=debit.balance, credit_seq=credit.seq,
                         credit_balance=credit.balance))
    session.commit()
    return posting.id
