"""Clients of the ledger in processes of their own, as web workers are: they wait, and on a word all post for a while."""
import itertools
import multiprocessing
import random
import secrets
import threading
import time
from dataclasses import dataclass

import psycopg

from app.base.clock import now
from app.base.transactions import transaction
from app.ledger.actions import postings
from app.ledger.rules import Line, Request
from bench import ground
from bench.orm import post_plainly

BATCH = 100
BARE = "CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, number bigint NOT NULL)"


@dataclass(frozen=True)
class Accounts:
    """Whom the clients move hours between."""

    members: list[int]
    hot: int = 0                       # an account with a floor, on one side of every transfer
    town: int = 0                      # the same, without a limit


class Clients:
    """`processes` × `threads` clients on one database. As a context manager; `run` answers with how many a second they did."""

    def __init__(self, url: str, accounts: Accounts, *, processes: int, threads: int):
        self.url, self.accounts, self.threads, self.processes = url, accounts, threads, []
        context = multiprocessing.get_context("spawn")
        for number in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, url, accounts, threads, number), daemon=True)
            process.start()
            self.processes.append((process, ours))

    def __enter__(self):
        for _, pipe in self.processes:
            pipe.recv()                # ready
        return self

    def __exit__(self, *_):
        for process, pipe in self.processes:
            pipe.send(None)
            process.join(10)

    def run(self, what: str, seconds: float) -> float:
        """Postings (or rows, for batches and bare inserts) a second."""
        told = self.told(what, seconds)
        if wrong := [error for _, _, errors in told for error in errors]:
            raise RuntimeError(wrong[:3])
        return sum(done for done, _, _ in told) / seconds

    def told(self, what: str, seconds: float) -> list[tuple[int, float, list[str]]]:
        """Of each process: how many it did, its longest wait in seconds, and what went wrong."""
        for _, pipe in self.processes:
            pipe.send((what, seconds))
        return [pipe.recv() for _, pipe in self.processes]


def _work(pipe, url: str, accounts: Accounts, threads: int, number: int) -> None:
    app = ground.site(url)
    keys, mine = itertools.count(), secrets.token_hex(4)
    pipe.send("ready")
    while asked := pipe.recv():
        what, seconds = asked
        until, done, waits, errors = time.monotonic() + seconds, [], [], []

        def client(place: int) -> None:
            draw = random.Random(f"{number}.{place}.{next(keys)}")         # nobody draws like another
            with app.app_context():
                count, longest = 0, 0.0
                step = STEPS[what](url, accounts, draw, f"{mine}.{place}", keys)
                while (begun := time.monotonic()) < until:
                    try:
                        count += step()
                    except Exception as error:
                        errors.append(f"{type(error).__name__}: {error}"[:200])
                    longest = max(longest, time.monotonic() - begun)
                done.append(count)
                waits.append(longest)

        crew = [threading.Thread(target=client, args=(place,)) for place in range(threads)]
        for each in crew:
            each.start()
        for each in crew:
            each.join()
        pipe.send((sum(done), max(waits), errors))


def _one(pick):
    """A client that posts one transfer in each transaction, between the two accounts that `pick` draws."""
    def client(_url, accounts: Accounts, draw: random.Random, name: str, keys):
        def step() -> int:
            with transaction():
                postings.post(f"{name}.{next(keys)}", "exchange", [Line(*pick(accounts, draw), 60)])
            return 1
        return step
    return client


def _batch(pick):
    def client(_url, accounts: Accounts, draw: random.Random, name: str, keys):
        def step() -> int:
            with transaction():
                postings.post_each([Request(f"{name}.{next(keys)}", "exchange", (Line(*pick(accounts, draw), 60),)) for _ in range(BATCH)])
            return BATCH
        return step
    return client


def _bare(url: str, _accounts, _draw, _name, keys):
    """One row, one commit, straight on the driver."""
    connection = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))

    def step() -> int:
        connection.execute("INSERT INTO bare (number) VALUES (%s)", (next(keys),))
        connection.commit()
        return 1
    return step


def _plainly(_url, accounts: Accounts, draw: random.Random, name: str, keys):
    def step() -> int:
        post_plainly(f"{name}.{next(keys)}", *_uniform(accounts, draw), 60, now())
        return 1
    return step


def _uniform(accounts: Accounts, draw: random.Random) -> list[int]:
    return draw.sample(accounts.members, 2)


def _hot(accounts: Accounts, draw: random.Random) -> tuple[int, int]:
    return accounts.hot, draw.choice(accounts.members)


def _town(accounts: Accounts, draw: random.Random) -> tuple[int, int]:
    return accounts.town, draw.choice(accounts.members)


STEPS = {"uniform": _one(_uniform), "hot": _one(_hot), "town": _one(_town), "batch": _batch(_uniform), "hot batch": _batch(_hot),
         "bare": _bare, "plain ORM": _plainly}
