"""Books of any size in closed form, written by the database itself.

In each round every member gives 60 minutes to another one and is given 60: so after round r each has 2r lines and a balance of zero, and
every sequence and running balance is known without adding up.
"""
from sqlalchemy import text

from app.base.db import db
from app.base.transactions import transaction
from app.ledger.models import Account
from bench import ground

# What slows a big insert down is made again after it.
INDEXES = {
    "postgresql": (
        ("ALTER TABLE transfer DROP CONSTRAINT uq_transfer_debit_id_debit_seq, DROP CONSTRAINT uq_transfer_credit_id_credit_seq",
         "ALTER TABLE transfer ADD CONSTRAINT uq_transfer_debit_id_debit_seq UNIQUE (debit_id, debit_seq), "
         "ADD CONSTRAINT uq_transfer_credit_id_credit_seq UNIQUE (credit_id, credit_seq)"),
        ("DROP INDEX ix_transfer_posting_id", "CREATE INDEX ix_transfer_posting_id ON transfer (posting_id)")),
    "sqlite": (),
}


class Books:
    """The members of one time bank and the rounds they have had so far."""

    def __init__(self, app, members: int, *, per_posting: int):
        self.app, self.size, self.per_posting, self.rounds = app, members, per_posting, 0
        ids = ground.members(app, members)
        self.first = ids[0]
        assert ids == list(range(self.first, self.first + members)), "members are numbered without a gap"

    @property
    def transfers(self) -> int:
        return self.size * self.rounds

    def play(self, rounds: int) -> None:
        """So many rounds more."""
        with self.app.app_context():
            dialect = db.engine.dialect.name
            with transaction():
                _without_limit(dialect)
                for drop, _ in INDEXES[dialect]:
                    db.session.execute(text(drop))
                for number in range(self.rounds, self.rounds + rounds):
                    self._round(number, dialect)
                for _, make in INDEXES[dialect]:
                    db.session.execute(text(make))
                self.rounds += rounds
                db.session.execute(text("UPDATE account SET seq = :seq WHERE kind = 'member'"), {"seq": 2 * self.rounds})
                if dialect == "postgresql":
                    for table in ("posting", "transfer"):
                        db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"))
            ground.analyse()

    def _round(self, number: int, dialect: str) -> None:
        values = {"book": db.session.get_one(Account, self.first).book_id, "from": number * self.size, "size": self.size,
                  "base": self.first, "per": self.per_posting, "shift": 1 + number % (self.size - 1), "seq": 2 * number + 1,
                  "at": "2026-03-02 09:00:00.123456", "hash": f"{number:064x}", "actor": f"{number:032x}"}
        numbers = ("generate_series(0, :size - 1) AS n (n)" if dialect == "postgresql" else
                   "(WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < :size - 1) SELECT n FROM n) AS n")
        actor = "CAST(:actor AS uuid)" if dialect == "postgresql" else ":actor"
        at = "CAST(:at AS timestamptz)" if dialect == "postgresql" else ":at"
        db.session.execute(text(
            "INSERT INTO posting (id, key, request_hash, book_id, kind, actor, effective_at, recorded_at) "
            f"SELECT 1 + (:from + n) / :per, 'bench:' || ((:from + n) / :per), :hash, :book, 'exchange', {actor}, {at}, {at} "
            f"FROM {numbers} WHERE (:from + n) % :per = 0"), values)
        db.session.execute(text(
            "INSERT INTO transfer (id, posting_id, book_id, unit, amount, debit_id, credit_id, debit_seq, debit_balance, credit_seq, "
            "credit_balance) SELECT 1 + :from + n, 1 + (:from + n) / :per, :book, 'TIME', 60, :base + n, :base + (n + :shift) % :size, "
            f":seq, -60, :seq + 1, 0 FROM {numbers}"), values)


def _without_limit(dialect: str) -> None:
    """This once, foreign keys are not looked after, and a statement may take its time."""
    if dialect == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        db.session.execute(text("SET LOCAL statement_timeout = 0"))
        db.session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
