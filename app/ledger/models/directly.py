"""The database's own way to store the usual posting, for actions/direct.py; the migration that makes it says the same.

Lock, guard, store. The accounts are locked by a statement of their own: each later one then sees them as they are under the lock. In a
single statement the rows that another transaction was changing would be met as they were before, and PostgreSQL may then leave one out of
the UPDATE. Its plans are made once: making them for every call costs more than the work.
"""
from sqlalchemy import DDL, Table, event

POST_DIRECTLY = """
CREATE FUNCTION post_directly(debits bigint[], credits bigint[], amounts bigint[], its_key text, its_hash text, its_kind text,
                              its_actor uuid, effective timestamptz, recorded timestamptz) RETURNS bigint LANGUAGE plpgsql
                              SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  its_book integer;
  its_id bigint;
BEGIN
  PERFORM FROM account WHERE id = ANY (debits || credits) AND cached ORDER BY id FOR NO KEY UPDATE;
  SELECT min(debit.book_id) INTO its_book
    FROM unnest(debits, credits, amounts) AS line (debit_id, credit_id, amount)
    JOIN account AS debit ON debit.id = debit_id JOIN account AS credit ON credit.id = credit_id
    WHERE amount > 0 AND debit.unit = credit.unit AND debit.book_id = credit.book_id
      AND debit.closed_at IS NULL AND credit.closed_at IS NULL AND debit.frozen_at IS NULL
      AND (debit.floor IS NULL OR debit.balance - debit.held - amount >= debit.floor)
      AND (credit.ceiling IS NULL OR credit.balance + amount <= credit.ceiling)
    HAVING count(*) = cardinality(debits) AND min(debit.book_id) = max(debit.book_id);
  IF its_book IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO posting (key, request_hash, book_id, kind, actor, effective_at, recorded_at)
    VALUES (its_key, its_hash, its_book, its_kind, its_actor, effective, recorded)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO its_id;
  IF its_id IS NULL THEN
    RETURN NULL;
  END IF;
  UPDATE account SET balance = balance + change, seq = seq + 1
    FROM (SELECT unnest(debits) AS id, -unnest(amounts) AS change UNION ALL SELECT unnest(credits), unnest(amounts)) AS side
    WHERE account.id = side.id AND cached;
  INSERT INTO transfer (posting_id, book_id, unit, amount, debit_id, credit_id, debit_seq, debit_balance, credit_seq, credit_balance)
    SELECT its_id, its_book, debit.unit, amount, debit_id, credit_id,
           CASE WHEN debit.cached THEN debit.seq END, CASE WHEN debit.cached THEN debit.balance END,
           CASE WHEN credit.cached THEN credit.seq END, CASE WHEN credit.cached THEN credit.balance END
    FROM unnest(debits, credits, amounts) WITH ORDINALITY AS line (debit_id, credit_id, amount, place)
    JOIN account AS debit ON debit.id = debit_id JOIN account AS credit ON credit.id = credit_id ORDER BY place;
  RETURN its_id;
END $$
"""


def post_directly(table: Table) -> None:
    """Make the function whenever `table` is created on PostgreSQL."""
    event.listen(table, "after_create", DDL(POST_DIRECTLY.replace("%", "%%")).execute_if(dialect="postgresql"))
