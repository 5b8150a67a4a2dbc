"""Things that happen at the same time, on connections of their own."""
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier


def together(*jobs: Callable) -> list:
    """Start all jobs at one moment, each in its thread; their results, or what they raised, in the order given."""
    start = Barrier(len(jobs))

    def run(job):
        start.wait(timeout=10)
        try:
            return job()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))
