"""Ours and the yardstick in turns, and the ratio that comes of it."""
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field


@dataclass
class Ratio:
    """A row of the table. `reach` is the aim: at least (more is better) or at most (less is better)."""

    what: str
    against: str
    reach: float | None
    at_least: bool
    ratios: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def reached(self) -> bool | None:
        if self.reach is None:
            return None
        return self.median >= self.reach if self.at_least else self.median <= self.reach

    def as_json(self) -> dict:
        return asdict(self) | {"median": self.median, "min": min(self.ratios), "max": max(self.ratios), "reached": self.reached}

    def __str__(self):
        aim = "" if self.reach is None else f"{'≥' if self.at_least else '≤'} {self.reach:g}"
        verdict = {True: "yes", False: "NO", None: ""}[self.reached]
        figures = f"{self.median:8.3f} {min(self.ratios):8.3f} {max(self.ratios):8.3f}"
        return f"{self.what:<58} {self.against:<44} {figures}  {aim:<7} {verdict:<4} {self.note}".rstrip()


HEAD = f"{'what':<58} {'measured against, in the same run':<44} {'median':>8} {'min':>8} {'max':>8}  reach"


def faster(what: str, against: str, reach: float | None, ours: Callable[[], float], yardstick: Callable[[], float], *,
           rounds: int) -> Ratio:
    """How many times the yardstick's rate ours has; both answer with a rate (so many a second)."""
    return Ratio(what, against, reach, True, [a / b for a, b in _turns(ours, yardstick, rounds)])


def slower(what: str, against: str, reach: float | None, ours: Callable[[], float], yardstick: Callable[[], float], *,
           rounds: int) -> Ratio:
    """How many times the yardstick's time ours takes; both answer with a time."""
    return Ratio(what, against, reach, False, [a / b for a, b in _turns(ours, yardstick, rounds)])


def _turns(ours, yardstick, rounds):
    """The one that begins changes each time, so that neither always finds a warm cache."""
    for number in range(rounds):
        if number % 2:
            first = ours()
            yield first, yardstick()
        else:
            second = yardstick()
            yield ours(), second


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """How long `work` takes, the best of some runs."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def slower_at_worst(what: str, against: str, reach: float | None, ours: Callable[[], object], yardstick: Callable[[], object], *,
                    rounds: int, each: int) -> Ratio:
    """How the slow ends of both compare, the 95th percentiles of `each` runs, which take turns. A round before the others warms up."""
    ratios = []
    for _ in range(rounds + 1):
        runs = [(seconds(ours), seconds(yardstick)) for _ in range(each)]
        ratios.append(_slow_end(a for a, _ in runs) / _slow_end(b for _, b in runs))
    return Ratio(what, against, reach, False, ratios[1:])


def _slow_end(times: Iterable[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]
