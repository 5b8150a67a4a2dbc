"""The night's pass over the ledger, full and incremental, and what it costs those who post meanwhile."""
import threading

from sqlalchemy import text

from app.base.db import db
from app.base.transactions import snapshot, transaction
from app.ledger import jobs
from app.ledger.actions import checkpoints as checkpointing
from app.ledger.queries import checkpoints, seals
from bench import ground
from bench.books import Books
from bench.clients import Accounts, Clients
from bench.rounds import Ratio, faster, seconds, slower

RAW = text("SELECT count(*), sum(total) FROM (SELECT account, sum(amount) AS total FROM "
           "(SELECT debit_id AS account, -amount AS amount FROM transfer UNION ALL SELECT credit_id, amount FROM transfer) AS sides "
           "GROUP BY account) AS each")


def measure(quick: bool) -> list[Ratio]:
    rows = []
    for name, ready, members in (("PostgreSQL", ground.on_postgresql, 100_000), ("SQLite", ground.on_sqlite, 10_000)):
        with ready() as app:
            ground.found(app)
            rows += _passes(app, name, 2_000 if quick else members, rounds=3 if quick else 5)
    return [*rows, *_beside(quick)]


def _passes(app, name: str, members: int, *, rounds: int) -> list[Ratio]:
    books, small, large = Books(app, members, per_posting=100), 10, 100
    books.play(small)
    at_small = [_full(app) for _ in range(rounds)]
    books.play(large - small)
    rows = [slower(f"full nightly pass, {books.transfers:,} transfers, {members:,} accounts, {name}",
                   "raw sum GROUP BY account, both sides", 2.0, lambda: _full(app), lambda: _raw(app), rounds=rounds)]
    at_large = [_full(app) for _ in range(rounds)]
    rows.append(Ratio(f"growth of the full pass, {books.transfers // 10:,} to {books.transfers:,} transfers, {name}", "the smaller one",
                      12, False, [b / a for a, b in zip(at_small, at_large, strict=True)],
                      note="not in turns: first the one, then the other"))
    with app.app_context(), transaction():
        checkpointing.advance(1, books.transfers)
    books.play(large // 100)
    rows.append(slower(f"incremental pass, 1 % tail, {name}", "the same raw query", 0.10, lambda: _tail(app), lambda: _raw(app),
                       rounds=rounds))
    ground.check(app)
    return rows


def _full(app) -> float:
    return _timed(app, lambda: _clean(checkpoints.look(1, full=True)))


def _tail(app) -> float:
    return _timed(app, lambda: _clean(checkpoints.look(1, full=False)))


def _raw(app) -> float:
    return _timed(app, lambda: db.session.execute(RAW).one())


def _timed(app, work) -> float:
    with app.app_context(), snapshot():
        return seconds(work)


def _clean(look) -> None:
    if look.drifts:
        raise AssertionError(look.drifts)


def _beside(quick: bool) -> list[Ratio]:
    """Posting by eight clients alone, and while the jobs process does its work beside them."""
    rounds, span = (2, 2) if quick else (3, 10)
    with ground.postgresql() as server:
        server.create("bench")
        url = server.url("bench")
        app = ground.site(url)
        ground.found(app)
        books = Books(app, 2_000 if quick else 10_000, per_posting=100)
        books.play(10 if quick else 100)
        people = Accounts(list(range(books.first, books.first + books.size)))
        with Clients(url, people, processes=2, threads=4) as clients:
            clients.run("uniform", 0.5)

            def beside(work, every: float):
                def run() -> float:
                    done = threading.Event()
                    worker = threading.Thread(target=_again_and_again, args=(app, work, every, done))
                    worker.start()
                    try:
                        return clients.run("uniform", span)
                    finally:
                        done.set()
                        worker.join()
                return run

            def alone() -> float:
                return clients.run("uniform", span)

            # A minute and five seconds are longer than a round: the work runs as often in a round's time as it would then.
            rows = [faster("posting while the incremental night runs once a minute", "posting alone", 0.9, beside(_night, span), alone,
                           rounds=rounds),
                    faster("posting while the sealer runs every 5 s", "posting alone", 0.95, beside(jobs.seal_new, min(5, span / 2)), alone,
                           rounds=rounds)]
        ground.check(app)
        return rows


def _again_and_again(app, work, every: float, done: threading.Event) -> None:
    with app.app_context():
        while not done.is_set():
            work()
            done.wait(every)


def _night() -> None:
    """As the jobs process does it: what is settled is sealed, the tail is added up, and the checkpoints go as far as the seals."""
    jobs.seal_new()
    with snapshot():
        _clean(checkpoints.look(1, full=False))
        head = seals.latest()
    with transaction():
        checkpointing.advance(1, head.last_id)
