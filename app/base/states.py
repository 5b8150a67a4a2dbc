"""Life cycles as tables: a move has a name, where it starts, where it ends, and the permission it needs.

Plain Python. Rows are moved by passages.py; conditions beyond the state live in the package's rules.py.
"""
from collections.abc import Iterable
from dataclasses import dataclass

from app.base.words import Labelled


@dataclass(frozen=True)
class Move:
    name: str
    sources: tuple[Labelled, ...]
    target: Labelled
    needs: str | None                  # the permission; None: only the system moves it
    label: str = ""                    # what the button says


class Machine:
    """A life cycle: where a row starts, and every move there is."""

    def __init__(self, start: Labelled, *moves: Move):
        self.start = start
        self.moves = {move.name: move for move in moves}
        if len(self.moves) != len(moves):
            raise ValueError("two moves share a name")

    @property
    def states(self) -> set[Labelled]:
        return {self.start}.union(*({*m.sources, m.target} for m in self.moves.values()))

    def open_from(self, state: Labelled) -> Iterable[Move]:
        """The moves that a row in `state` may make, in the order of the table."""
        return [move for move in self.moves.values() if state in move.sources]
