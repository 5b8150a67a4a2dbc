"""Whether each account's transfers run one after the other, and end at what the account's row says. Set-based: one statement for each."""
from collections.abc import Iterator

from sqlalchemy import text

from app.base.db import db
from app.base.words import N_
from app.ledger.queries.verification import Fault

MOST = 100                             # faults told; one wrong row seldom comes alone


def transfers(after_id: int = 0) -> Iterator[Fault]:
    """Of the transfers above `after_id`, those whose place in an account or whose balance is not what the one before makes it."""
    for row in db.session.execute(_TRANSFERS, {"after": after_id, "most": MOST}):
        if row.seq != row.expected_seq:
            yield Fault(N_("Il movimento %(transfer)s ha nel conto %(account)s il posto %(found)s: dovrebbe avere il %(expected)s."),
                        dict(transfer=row.id, account=row.account_id, expected=row.expected_seq, found=row.seq))
        elif row.expected is None:
            yield Fault(N_("Prima del movimento %(transfer)s, nel conto %(account)s, manca il movimento al posto %(expected)s."),
                        dict(transfer=row.id, account=row.account_id, expected=row.seq - 1))
        else:
            yield Fault(N_("Dopo il movimento %(transfer)s il saldo del conto %(account)s dovrebbe essere %(expected)s ed è %(found)s."),
                        dict(transfer=row.id, account=row.account_id, expected=row.expected, found=row.balance))


def accounts() -> Iterator[Fault]:
    """The accounts whose row says something else than their last transfer."""
    for row in db.session.execute(_ACCOUNTS, {"most": MOST}):
        if row.seq != row.expected_seq:
            yield Fault(N_("Il conto %(account)s conta %(found)s movimenti: l'ultimo ha il numero %(expected)s."),
                        dict(account=row.id, expected=row.expected_seq, found=row.seq))
        else:
            yield Fault(N_("Il conto %(account)s ha il saldo %(found)s: dopo l'ultimo movimento è %(expected)s."),
                        dict(account=row.id, expected=row.expected, found=row.balance))


# The first transfer of an account in the tail follows one before the tail, which is looked up by its place.
_TRANSFERS = text("""
WITH side AS (
  SELECT id, debit_id AS account_id, debit_seq AS seq, debit_balance AS balance, -amount AS change FROM transfer
  WHERE id > :after AND debit_seq IS NOT NULL
  UNION ALL
  SELECT id, credit_id, credit_seq, credit_balance, amount FROM transfer WHERE id > :after AND credit_seq IS NOT NULL
), run AS (
  SELECT side.*, lag(seq) OVER inside AS seq_before, lag(balance) OVER inside AS balance_before FROM side
  WINDOW inside AS (PARTITION BY account_id ORDER BY seq, id)
), due AS (
  SELECT id, account_id, seq, balance, coalesce(seq_before + 1, CASE WHEN :after = 0 THEN 1 ELSE seq END) AS expected_seq,
    change + CASE WHEN seq_before IS NOT NULL THEN balance_before WHEN seq = 1 OR :after = 0 THEN 0 ELSE coalesce(
      (SELECT debit_balance FROM transfer t WHERE t.debit_id = run.account_id AND t.debit_seq = run.seq - 1),
      (SELECT credit_balance FROM transfer t WHERE t.credit_id = run.account_id AND t.credit_seq = run.seq - 1)) END AS expected
  FROM run
)
SELECT * FROM due WHERE seq <> expected_seq OR expected IS NULL OR balance IS NULL OR balance <> expected ORDER BY id LIMIT :most
""")

_ACCOUNTS = text("""
WITH newest AS (
  SELECT id, balance, seq, coalesce((SELECT max(debit_seq) FROM transfer WHERE debit_id = account.id), 0) AS debited,
    coalesce((SELECT max(credit_seq) FROM transfer WHERE credit_id = account.id), 0) AS credited
  FROM account WHERE cached
), due AS (
  SELECT id, balance, seq, CASE WHEN debited > credited THEN debited ELSE credited END AS expected_seq,
    CASE WHEN debited > credited THEN (SELECT debit_balance FROM transfer WHERE debit_id = newest.id AND debit_seq = debited)
      ELSE coalesce((SELECT credit_balance FROM transfer WHERE credit_id = newest.id AND credit_seq = credited), 0) END AS expected
  FROM newest
)
SELECT * FROM due WHERE seq <> expected_seq OR balance <> expected ORDER BY id LIMIT :most
""")
