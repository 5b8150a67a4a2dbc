"""The board with 100,000 open and 100,000 closed tasks in 50 comuni: `python -m bench.board [--quick]`.

Pages are asked for as a web server asks, without a network. Ours and the yardstick take turns, request by request; what counts is the
ratio of their slow ends (the 95th percentile of a round). After the measurements the results are compared with plain SQL.
"""
import json
import random
import statistics
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
from sqlalchemy import insert, text
from werkzeug.test import create_environ, run_wsgi_app

from app import config, create_app
from app.base import clock
from app.base.db import db
from app.base.stems import terms
from app.base.transactions import reading, transaction
from app.tasks import queries
from app.tasks.models import Category
from app.tasks.queries import Filters
from app.tasks.rules.browsing import Days, Spot
from app.town.models import Comune, Organisation
from tests.postgres import Postgres

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
COMUNI, VARIANTS = 50, 1999         # a prime: no text belongs to one comune
KEYS = {"SECRET_KEY": "k" * 32, "IDENTITY_KEY": urlsafe_b64encode(bytes(32)).decode()}
DEEDS = ("cura pulizia riordino manutenzione accompagnamento lettura distribuzione raccolta sorveglianza pittura riparazione assistenza "
         "compagnia trascrizione").split()
THINGS = ("giardini aiuole panchine biblioteca scaffali anziani bambini scuola parco fontana cortile museo archivio mercato orto strade "
          "marciapiedi cimitero palestra teatro compiti libri foglie siepi muri ringhiere cartelli sentieri lampioni rifiuti").split()
BUSY = Filters(words="giardino", category=Category.GREEN, days=Days.SATURDAY, free=True)


def measure(quick: bool) -> list[dict]:
    """A row for each aim: what, against what, the ratios' median, least and most, and the aim."""
    tasks, rounds, each = (4_000, 3, 15) if quick else (200_000, 7, 40)
    with Postgres(durable=True) as server:
        server.create("board")
        rows = _pages(_site(server.url("board"), tasks), rounds, each)
    with tempfile.TemporaryDirectory(prefix="ore-bench-", dir="/var/tmp") as folder:
        rows += _queries(_site(f"sqlite:///{folder}/board.db", tasks), rounds, each)
    return rows


def _pages(app, rounds: int, each: int) -> list[dict]:
    """PostgreSQL: whole pages against a page by primary key, of a task drawn anew each time."""
    draw, spots = random.Random(1), _spots(app)
    with app.app_context():
        last = db.session.scalar(text("SELECT max(id) FROM task"))

    def key() -> str:
        return f"/attivita/{2 * draw.randint(1, last // 2)}"

    cases = {
        "list page, the first one": lambda: "/attivita",
        "list page, at any depth": lambda: f"/attivita?dopo={draw.choice(spots)}",
        "list page, backwards from any depth": lambda: f"/attivita?prima={draw.choice(spots)}",
        "list page of one comune": lambda: f"/attivita?comune={draw.randint(1, COMUNI)}",
        "full text": lambda: f"/attivita?parole={draw.choice(THINGS)}",
        "full text, two words": lambda: f"/attivita?parole={draw.choice(DEEDS)}+{draw.choice(THINGS)}",
        "full text, few tasks": lambda: f"/attivita?parole=rione{draw.randint(1, 400)}",
        "full text and filters": lambda: f"/attivita?parole={draw.choice(THINGS)}&tipo=green&giorni=6&liberi=1",
        "full text and filters, one comune": lambda: f"/attivita?parole={draw.choice(THINGS)}&comune={draw.randint(1, COMUNI)}&ora=morning",
        "week": lambda: f"/attivita/settimana?parole={draw.choice(THINGS)}",
    }
    rows = [_row(f"{name}, PostgreSQL", "a page by primary key", 2.5,
                 _ratios(lambda: _get(app, address()), lambda: _get(app, key()), rounds, each)) for name, address in cases.items()]
    _check(app)
    return rows


def _queries(app, rounds: int, each: int) -> list[dict]:
    """SQLite: full text against its list query."""
    draw = random.Random(1)

    def board(filters: Filters) -> None:
        with app.app_context(), reading(), clock.set_to(NOW):
            assert queries.board(filters).cards

    cases = {
        "full text": lambda: Filters(words=draw.choice(THINGS)),
        "full text, few tasks": lambda: Filters(words=f"rione{draw.randint(1, 400)}"),
        "full text and filters": lambda: BUSY,
    }
    rows = [_row(f"{name}, SQLite", "its list query", 12, _ratios(lambda: board(filters()), lambda: board(Filters()), rounds, each))
            for name, filters in cases.items()]
    _check(app)
    return rows


def _ratios(ours: Callable[[], None], yardstick: Callable[[], None], rounds: int, each: int) -> list[float]:
    """Of each round, how the 95th percentiles of both compare; a round before them only warms up."""
    ratios = []
    for _ in range(rounds + 1):
        times = [(_seconds(ours), _seconds(yardstick)) for _ in range(each)]
        ratios.append(_slow_end(ours for ours, _ in times) / _slow_end(key for _, key in times))
    return ratios[1:]


def _slow_end(times) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _get(app, address: str) -> None:
    with clock.set_to(NOW):
        body, status, _ = run_wsgi_app(app.wsgi_app, create_environ(address, "http://localhost"), buffered=True)
        assert status == "200 OK" and b"".join(body), (address, status)


def _row(name: str, against: str, reach: float, ratios: list[float]) -> dict:
    return {"name": name, "against": against, "median": statistics.median(ratios), "min": min(ratios), "max": max(ratios), "target": reach,
            "reached": statistics.median(ratios) <= reach}


def _spots(app) -> list[Spot]:
    """Where pages can end, from the first to the last one: at the next shift of some task."""
    with app.app_context():
        coming = "{0}.state = 'planned' AND {0}.starts_at >= '2026-06-01 10:00'"
        rows = db.session.execute(text(
            f"SELECT starts_at, id FROM shift WHERE task_id % 97 = 0 AND task_id % 2 = 0 AND {coming.format('shift')} AND NOT EXISTS ("
            f"SELECT 1 FROM shift e WHERE e.task_id = shift.task_id AND {coming.format('e')} "
            "AND (e.starts_at, e.id) < (shift.starts_at, shift.id))"))
        return [Spot(at, number) for at, number in rows]


def _check(app) -> None:
    """Page after page, the tasks of one comune with a word are those that plain SQL finds, in the order of their next shifts."""
    with app.app_context(), reading(), clock.set_to(NOW):
        wanted = db.session.execute(text(
            "SELECT task.id, min(shift.starts_at) AS first FROM task JOIN shift ON shift.task_id = task.id "
            "WHERE task.state = 'open' AND shift.state = 'planned' AND shift.starts_at >= '2026-06-01 10:00' AND task.comune_id = 7 "
            "AND task.summary || task.description LIKE '%giardini%' GROUP BY task.id")).all()
        found, page = [], queries.board(filters := Filters(words="giardino", comune_id=7))
        while page:
            found += page.cards
            page = queries.board(filters, after=page.after) if page.after else None
        assert wanted, "nothing to compare"
        assert sorted(card.task.id for card in found) == sorted(number for number, _ in wanted), "a task twice, or lost"
        assert [card.next_start for card in found] == sorted(card.next_start for card in found), "out of order"


def _site(url: str, tasks: int):
    """The app on a new database with so many tasks, every other one open; three in ten open ones are weekly, one in ten has no shift."""
    app = create_app(**config.settings({**KEYS, "DATABASE_URL": url, "PUBLIC_BASE_URL": "http://localhost"}))
    with app.app_context():
        flask_migrate.upgrade()
        on_server = db.engine.dialect.name == "postgresql"
        with transaction():
            if on_server:
                db.session.execute(text("SET LOCAL statement_timeout = 0"))
            _fill(tasks, on_server)
        with transaction():
            db.session.execute(text("ANALYZE"))
    return app


def _fill(tasks: int, on_server: bool) -> None:
    draw, session = random.Random(7), db.session
    session.execute(insert(Comune), [dict(id=n, name=f"Comune {n}", istat_code=f"{n:06}", province="AL") for n in range(1, COMUNI + 1)])
    session.execute(insert(Organisation), [dict(id=n, comune_id=n, name=f"Ente {n}") for n in range(1, COMUNI + 1)])
    session.execute(text("CREATE TEMPORARY TABLE variant (id int PRIMARY KEY, title text, summary text, description text, words text)"))
    session.execute(text("INSERT INTO variant VALUES (:id, :title, :summary, :description, :words)"), [
        _variant(number, draw) for number in range(VARIANTS)])

    def numbers(last):
        return (f"generate_series(1, {last}) AS series (n)" if on_server else
                f"(WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {last}) SELECT n FROM series)")

    def instant(minutes):
        return (f"timestamptz '2026-06-01 00:00+00' + ({minutes}) * interval '1 minute'" if on_server else
                f"strftime('%Y-%m-%d %H:%M:%f000', '2026-06-01', ({minutes}) || ' minutes')")

    half = "(n / 2)"                   # of each two tasks, one is open
    facts = {
        "id": "n", "created_at": instant("0"), "comune_id": f"1 + n / 20 % {COMUNI}", "organisation_id": f"1 + n / 20 % {COMUNI}",
        "state": "CASE n % 2 WHEN 0 THEN 'open' ELSE 'closed' END", "title": "title", "summary": "summary", "description": "description",
        "audience": "''", "tools": "''", "category": f"CASE {half} % 3 WHEN 0 THEN 'green' WHEN 1 THEN 'social' ELSE 'culture' END",
        "counts_for": f"CASE {half} % 4 WHEN 0 THEN 'both' WHEN 1 THEN 'timebank' ELSE 'baratto' END", "area": "'Zona ' || (n / 1000 % 12)",
        "address": "'Via Roma 1'", "directions": "''", "step_free": "n % 3 = 0", "reserved_percent": "0",
        "words": "CAST(words AS tsvector)" if on_server else "words"}
    session.execute(text(f"INSERT INTO task ({', '.join(facts)}) SELECT {', '.join(facts.values())} FROM {numbers(tasks)} "
                         f"JOIN variant ON variant.id = {half} * 7919 % {VARIANTS}"))
    half = "(task.id / 2)"
    often = f"CASE WHEN task.id % 2 = 1 THEN 2 WHEN {half} % 10 < 6 THEN 1 + {half} % 3 WHEN {half} % 10 < 9 THEN 10 ELSE 0 END"
    day = ("CASE WHEN task.id % 2 = 1 THEN -1 - task.id * 31 % 700 - n "
           f"WHEN {half} % 10 < 6 THEN task.id * 37 % 61 + n * (task.id % 7 + 1) ELSE {half} / 10 % 7 + 7 * (n - 1) END")
    begins = f"1440 * ({day}) + 60 * (7 + {half} % 5 * 2) + 15 * (task.id * 13 % 4)"
    facts = {
        "created_at": "task.created_at", "comune_id": "comune_id", "task_id": "task.id",
        "state": "CASE task.id * n % 41 WHEN 0 THEN 'cancelled' ELSE 'planned' END", "starts_at": instant(begins),
        "ends_at": instant(f"{begins} + 150"), "places": "1 + task.id % 6", "taken": "task.id * n % (2 + task.id % 6)", "reserved": "0",
        "reserved_taken": "0", "version": "0"}
    session.execute(text(f"INSERT INTO shift ({', '.join(facts)}) SELECT {', '.join(facts.values())} "
                         f"FROM task JOIN {numbers(10)} ON n <= {often}"))


def _variant(number: int, draw: random.Random) -> dict:
    deed, (thing, other) = draw.choice(DEEDS), draw.sample(THINGS, 2)
    title, summary = f"{deed.capitalize()}: {thing}", f"{deed.capitalize()} di {thing} e {other}, rione{number % 400 + 1}"
    description = " ".join(draw.choices(THINGS + DEEDS, k=12))
    return dict(id=number, title=title, summary=summary, description=description, words=terms(title, summary, description))


if __name__ == "__main__":
    table = measure("--quick" in sys.argv)
    for row in table:
        print(f"{row['name']:<52} {row['against']:<24} {row['median']:6.2f} {row['min']:6.2f} {row['max']:6.2f}  ≤ {row['target']:<4g} "
              f"{'yes' if row['reached'] else 'NO'}")
    if "--json" in sys.argv:
        Path(sys.argv[sys.argv.index("--json") + 1]).write_text(json.dumps(table, indent=1) + "\n")
