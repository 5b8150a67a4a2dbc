"""Postings: one, many at once, on hot accounts, in batches; on both databases."""
import sqlite3
import time
from itertools import count

from app.base.db import db
from app.base.transactions import transaction
from app.ledger.actions import accounts
from app.ledger.models import Unit
from bench import ground
from bench.clients import BARE, Accounts, Clients
from bench.pgbench import PgBench
from bench.rounds import Ratio, faster

MEMBERS = 10_000


def measure(quick: bool) -> list[Ratio]:
    return [*_postgresql(quick), *_sqlite(quick)]


def _people(app) -> Accounts:
    members = ground.members(app, MEMBERS)
    with app.app_context(), transaction():
        town = accounts.open_account(1, Unit.TIME, "issued", cached=False)
        hot = accounts.open_account(1, Unit.TIME, "hot", floor=ground.FLOOR)
    return Accounts(members, hot, town)


def _postgresql(quick: bool) -> list[Ratio]:
    rounds, span = (3, 1) if quick else (5, 3)
    with ground.postgresql() as server:
        server.create("bench")
        url = server.url("bench")
        app = ground.site(url)
        ground.found(app)
        people = _people(app)
        with app.app_context(), transaction():
            db.session.connection().exec_driver_sql(BARE)
        pgbench = PgBench(server, scale=10 if quick else 50)
        with Clients(url, people, processes=1, threads=1) as one, Clients(url, people, processes=2, threads=4) as eight:
            for clients in (one, eight):
                for what in ("uniform", "hot", "town", "batch", "hot batch", "bare", "plain ORM"):
                    clients.run(what, 0.5)         # plans, pools and caches are there before anything counts

            def row(what, against, reach, ours, yardstick):
                made = faster(what, against, reach, lambda: ours(span), lambda: yardstick(span), rounds=rounds)
                ground.check(app)
                return made

            def by(clients, what):
                return lambda seconds: clients.run(what, seconds)

            return [
                row("one transfer, PostgreSQL, 1 client", "pgbench TPC-B-like, 1 client", 1.0, by(one, "uniform"),
                    lambda seconds: pgbench.run(1, seconds)),
                row("one transfer, 8 clients in 2 processes", "pgbench TPC-B-like, 8 clients", 0.5, by(eight, "uniform"),
                    lambda seconds: pgbench.run(8, seconds)),
                row("one hot account with a floor, 8 clients", "the same, uniform", 0.6, by(eight, "hot"), by(eight, "uniform")),
                row("the town's account on one side, 8 clients", "the same, uniform", 0.9, by(eight, "town"), by(eight, "uniform")),
                row("batch of 100, uniform, 8 clients: rows a second", "bare one-row INSERT commits", 1.0, by(eight, "batch"),
                    by(eight, "bare")),
                row("batch of 100, hot account, 8 clients: rows a second", "bare one-row INSERT commits", 1.0, by(eight, "hot batch"),
                    by(eight, "bare")),
                row("one transfer, PostgreSQL, 1 client", "the same posting by plain ORM", 4.0, by(one, "uniform"), by(one, "plain ORM")),
            ]


def _sqlite(quick: bool) -> list[Ratio]:
    rounds, span = (3, 1) if quick else (5, 3)
    with ground.folder() as folder:
        url = f"sqlite:///{folder}/bench.db"
        app = ground.site(url)
        ground.found(app)
        people = _people(app)
        bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                          "CREATE TABLE bare (id INTEGER PRIMARY KEY, number INTEGER)"):
            bare.execute(statement)
        numbers = count()

        def bare_rate(seconds: float) -> float:
            until, done = time.monotonic() + seconds, 0
            while time.monotonic() < until:
                bare.execute("INSERT INTO bare (number) VALUES (?)", (next(numbers),))
                done += 1
            return done / seconds

        with Clients(url, people, processes=1, threads=1) as one:
            one.run("uniform", 0.5)
            rows = [
                faster("one transfer, SQLite, 1 client", "bare one-row INSERT commits", 0.35, lambda: one.run("uniform", span),
                       lambda: bare_rate(span), rounds=rounds),
                faster("one transfer, SQLite, 1 client", "the same posting by plain ORM", 4.0, lambda: one.run("uniform", span),
                       lambda: one.run("plain ORM", span), rounds=rounds)]
        with Clients(url, people, processes=8, threads=1) as eight:
            told = [each for _ in range(rounds) for each in eight.told("uniform", span)]
        errors = [error for _, _, wrong in told for error in wrong]
        rows.append(Ratio("SQLite, 8 processes: errors", "–", 0, False, [len(errors)],
                          note=f"{sum(done for done, _, _ in told)} postings, worst wait {max(wait for _, wait, _ in told):.2f} s"))
        ground.check(app)
        return rows
