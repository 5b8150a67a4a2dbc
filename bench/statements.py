"""A page of a statement: of an account with a hundred thousand lines, and of one with ten."""
import random

from app.base.transactions import reading, transaction
from app.ledger.actions import accounts, postings
from app.ledger.models import Unit
from app.ledger.queries import statements
from app.ledger.rules import Line, Request
from bench import ground
from bench.rounds import Ratio, seconds, slower

PAGE = 50


def measure(quick: bool) -> list[Ratio]:
    lines, rows = 5_000 if quick else 100_000, []
    for name, ready in (("PostgreSQL", ground.on_postgresql), ("SQLite", ground.on_sqlite)):
        with ready() as app:
            rows += _pages(app, name, lines, quick)
    return rows


def _pages(app, name: str, lines: int, quick: bool) -> list[Ratio]:
    ground.found(app)
    members = ground.members(app, 200)
    with app.app_context():
        with transaction():
            short, long = (accounts.open_account(1, Unit.TIME, "member", owner, floor=ground.FLOOR) for owner in ("short", "long"))
        for account, count in ((short, 10), (long, lines)):
            for part in _parts(count):
                with transaction():
                    postings.post_all([Request(f"{account}:{n}", "exchange", (Line(members[n % 200], account, 1),)) for n in part])
        ground.analyse()
    draw = random.Random(1)

    def page(account: int, top: int) -> float:
        with app.app_context(), reading():
            before = draw.randint(2, top + 1)
            return seconds(lambda: statements.statement(account, before_seq=before, limit=PAGE), times=5)

    return [slower(f"statement page, account with {lines:,} lines, any page, {name}", "account with 10 lines", 1.5,
                   lambda: sum(page(long, lines) for _ in range(40)), lambda: sum(page(short, 10) for _ in range(40)),
                   rounds=3 if quick else 7)]


def _parts(count: int, size: int = 1000):
    return (range(start, min(count, start + size)) for start in range(0, count, size))
