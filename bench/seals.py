"""Verifying all seals, against as many bare hashes."""
import hashlib

from app.base.transactions import reading, snapshot
from app.ledger import jobs
from app.ledger.queries import seals, verification
from bench import ground
from bench.books import Books
from bench.rounds import Ratio, seconds, slower


def measure(quick: bool) -> list[Ratio]:
    rows = []
    for name, ready in (("PostgreSQL", ground.on_postgresql), ("SQLite", ground.on_sqlite)):
        with ready() as app:
            ground.found(app)
            books = Books(app, 1_000 if quick else 10_000, per_posting=1)
            books.play(20 if quick else 100)
            with app.app_context():
                sealed = jobs.seal_new()
            assert sealed == books.transfers, sealed
            rows.append(slower(f"verify all seals, {sealed:,} transfers, {name}", "as many bare sha256 in Python", 3.0,
                               lambda: _verify(app), lambda: _bare(app, sealed), rounds=3 if quick else 5))
            ground.check(app)
    return rows


def _verify(app) -> float:
    def work():
        faults = list(verification.verify())
        assert not faults, faults[:3]
    with app.app_context(), snapshot(600):
        return seconds(work)


def _bare(app, count: int) -> float:
    """Rows as long as those that are sealed, already in memory."""
    with app.app_context(), reading():
        lines = [line.encode() for _, line in seals.lines(1, 1000)]

    def work():
        for number in range(count):
            hashlib.sha256(lines[number % 1000]).digest()
    return seconds(work)
