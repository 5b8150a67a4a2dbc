"""The board with 100,000 open and 100,000 closed tasks in 50 comuni: its pages against a page by primary key, its search against its list.

Pages are asked for as a web server asks, without a network. What counts is the slow end of a round: the 95th percentile. After the
measurements the results are compared with plain SQL.
"""
import random
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import insert, text
from werkzeug.test import create_environ, run_wsgi_app

from app.base import clock
from app.base.db import db
from app.base.stems import terms
from app.base.transactions import reading, transaction
from app.tasks import queries
from app.tasks.models import Category
from app.tasks.queries import Filters
from app.tasks.rules.browsing import Days, Spot
from app.town.models import Comune, Organisation
from bench import ground
from bench.rounds import Ratio, slower_at_worst

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
COMUNI, VARIANTS = 50, 1999         # a prime: no text belongs to one comune
DEEDS = ("cura pulizia riordino manutenzione accompagnamento lettura distribuzione raccolta sorveglianza pittura riparazione assistenza "
         "compagnia trascrizione").split()
THINGS = ("giardini aiuole panchine biblioteca scaffali anziani bambini scuola parco fontana cortile museo archivio mercato orto strade "
          "marciapiedi cimitero palestra teatro compiti libri foglie siepi muri ringhiere cartelli sentieri lampioni rifiuti").split()


def measure(quick: bool) -> list[Ratio]:
    tasks, rounds, each = (4_000, 3, 20) if quick else (200_000, 7, 40)
    with ground.on_postgresql() as app:
        _fill(app, tasks)
        rows = _pages(app, rounds, each)
        _check(app)
    with ground.on_sqlite() as app:
        _fill(app, tasks)
        rows += _queries(app, rounds, each)
        _check(app)
    return rows


def _pages(app, rounds: int, each: int) -> list[Ratio]:
    """PostgreSQL: whole pages against a page by primary key, of a task drawn anew each time."""
    draw, spots = random.Random(1), _spots(app)
    with app.app_context():
        last = db.session.scalar(text("SELECT max(id) FROM task"))

    def thing() -> str:
        return draw.choice(THINGS)

    addresses = {
        "list page, the first one": lambda: "",
        "list page, at any depth": lambda: f"?dopo={draw.choice(spots)}",
        "list page, backwards from any depth": lambda: f"?prima={draw.choice(spots)}",
        "list page of one comune": lambda: f"?comune={draw.randint(1, COMUNI)}",
        "full text": lambda: f"?parole={thing()}",
        "full text, two words": lambda: f"?parole={draw.choice(DEEDS)}+{thing()}",
        "full text, few tasks": lambda: f"?parole=rione{draw.randint(1, 400)}",
        "full text and filters": lambda: f"?parole={thing()}&tipo=green&giorni=6&liberi=1",
        "full text and filters, one comune": lambda: f"?parole={thing()}&comune={draw.randint(1, COMUNI)}&ora=morning",
        "week, full text": lambda: f"/settimana?parole={thing()}",
    }
    key = partial(_get, app, lambda: f"/{2 * draw.randint(1, last // 2)}")
    return [slower_at_worst(f"board: {name}, PostgreSQL", "a page by primary key", 2.5, partial(_get, app, address), key,
                            rounds=rounds, each=each) for name, address in addresses.items()]


def _queries(app, rounds: int, each: int) -> list[Ratio]:
    """SQLite: full text against the query of the list."""
    draw = random.Random(1)

    def board(filters: Callable[[], Filters]) -> None:
        with app.app_context(), reading(), clock.set_to(NOW):
            assert queries.board(filters()).cards

    searches = {
        "full text": lambda: Filters(words=draw.choice(THINGS)),
        "full text, few tasks": lambda: Filters(words=f"rione{draw.randint(1, 400)}"),
        "full text and filters": lambda: Filters(words="giardino", category=Category.GREEN, days=Days.SATURDAY, free=True),
    }
    return [slower_at_worst(f"board: {name}, SQLite", "its list query", 12, partial(board, filters), partial(board, Filters),
                            rounds=rounds, each=each) for name, filters in searches.items()]


def _get(app, address: Callable[[], str]) -> None:
    with clock.set_to(NOW):
        environ = create_environ("/attivita" + address(), "http://localhost")
        body, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        assert status == "200 OK" and b"".join(body), (environ["PATH_INFO"], environ["QUERY_STRING"], status)


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


def _fill(app, tasks: int) -> None:
    """So many tasks, every other one open; three in ten open ones are weekly, one in ten has no shift."""
    ground.found(app)
    with app.app_context():
        with transaction():
            _insert(tasks, on_server=db.engine.dialect.name == "postgresql")
        ground.analyse()


def _insert(tasks: int, *, on_server: bool) -> None:
    draw, session = random.Random(7), db.session
    if on_server:
        session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(insert(Comune), [dict(id=n, name=f"Comune {n}", istat_code=f"{n:06}", province="AL") for n in range(2, COMUNI + 1)])
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
