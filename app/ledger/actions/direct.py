"""The usual posting on PostgreSQL, in one statement: lock, guard, store. It is why a hot account is held for no longer than that.

The guard lets through only what the rules would allow. Where it says no, or does not know, nothing is stored and the caller goes the long
way, by the rules, which find out why. (tests/ledger hold the two ways to each other.)
"""
from functools import lru_cache

from sqlalchemy.exc import IntegrityError

from app.base.clock import now
from app.base.db import db
from app.ledger.actions.store import instant, refusal
from app.ledger.rules import Request

MOST = 8                               # lines: each number of them is a statement of its own


def post(request: Request) -> int | None:
    """The id of the new posting; None when the request has to go the long way, and nothing is stored."""
    connection = db.session.connection()
    if connection.dialect.name != "postgresql" or not _is_usual(request):
        return None
    lines = [str(figure) for line in request.lines for figure in line]
    accounts = f"{{{','.join(str(each) for line in request.lines for each in (line.debit, line.credit))}}}"
    recorded_at = now()
    posting = (request.key, request.hash, request.kind, request.actor and request.actor.hex,
               instant(request.effective_at or recorded_at), instant(recorded_at))
    try:
        # As text, so that PostgreSQL sees the same types each time and keeps its plan.
        return connection.exec_driver_sql(_sql(len(request.lines)), (*lines, accounts, accounts, *posting)).scalar()
    except IntegrityError as error:
        raise refusal(error) from error


def _is_usual(request: Request) -> bool:
    """No reversal, and each account on one side of one line, so that the running balances are the new balances."""
    accounts = {each for line in request.lines for each in (line.debit, line.credit)}
    return (request.reverses_id is None and 0 < len(request.lines) <= MOST and len(accounts) == 2 * len(request.lines)
            and all(line.amount > 0 for line in request.lines))


@lru_cache(maxsize=MOST)
def _sql(lines: int) -> str:
    columns = "id, book_id, unit, balance, held, floor, ceiling, closed_at, frozen_at"
    values = ", ".join(f"({n}, %s::bigint, %s::bigint, %s::bigint)" for n in range(lines))
    return f"""
WITH line (n, debit_id, credit_id, amount) AS (VALUES {values}),
side AS (SELECT debit_id AS id, -amount AS change FROM line UNION ALL SELECT credit_id, amount FROM line),
locked AS (SELECT {columns} FROM account WHERE id = ANY (%s::bigint[]) AND cached ORDER BY id FOR NO KEY UPDATE),
party AS (SELECT * FROM locked UNION ALL SELECT {columns} FROM account WHERE id = ANY (%s::bigint[]) AND NOT cached),
fit AS (
  SELECT min(debit.book_id) AS book_id
  FROM line JOIN party AS debit ON debit.id = debit_id JOIN party AS credit ON credit.id = credit_id
  WHERE debit.unit = credit.unit AND debit.book_id = credit.book_id
    AND debit.closed_at IS NULL AND credit.closed_at IS NULL AND debit.frozen_at IS NULL
    AND (debit.floor IS NULL OR debit.balance - debit.held - amount >= debit.floor)
    AND (credit.ceiling IS NULL OR credit.balance + amount <= credit.ceiling)
  HAVING count(*) = {lines} AND min(debit.book_id) = max(debit.book_id)),
stored AS (
  INSERT INTO posting (key, request_hash, kind, actor, effective_at, recorded_at, book_id)
  SELECT %s::text, %s::text, %s::text, %s::uuid, %s::timestamptz, %s::timestamptz, book_id FROM fit
  ON CONFLICT (key) DO NOTHING RETURNING id, book_id),
changed AS (
  UPDATE account SET balance = account.balance + change, seq = account.seq + 1
  FROM stored, side WHERE account.id = side.id AND cached RETURNING account.id, account.balance, account.seq),
moved AS (
  INSERT INTO transfer (posting_id, book_id, unit, amount, debit_id, credit_id, debit_seq, debit_balance, credit_seq, credit_balance)
  SELECT stored.id, stored.book_id, party.unit, amount, debit_id, credit_id, debit.seq, debit.balance, credit.seq, credit.balance
  FROM stored, line JOIN party ON party.id = debit_id
  LEFT JOIN changed AS debit ON debit.id = debit_id LEFT JOIN changed AS credit ON credit.id = credit_id ORDER BY n)
SELECT id FROM stored"""
