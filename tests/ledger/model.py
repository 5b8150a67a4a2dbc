"""The ledger once more, in plain Python and as short as can be: what tests/ledger/test_machine.py compares the real one with."""
from copy import deepcopy
from dataclasses import dataclass, field


class Refused(Exception):
    pass


@dataclass
class Account:
    unit: str
    book: str = "town"
    floor: int | None = None
    ceiling: int | None = None
    cached: bool = True
    balance: int = 0
    held: int = 0
    closed: bool = False
    frozen: bool = False
    moves: list[tuple[int, int]] = field(default_factory=list)       # (change, balance after)

    def move(self, change: int, reversing: bool) -> None:
        if self.closed or change < 0 and self.frozen and not reversing:
            raise Refused
        balance = self.balance + change
        if change < 0 and self.floor is not None and balance - self.held < self.floor:
            raise Refused
        if change > 0 and self.ceiling is not None and balance > self.ceiling:
            raise Refused
        self.balance = balance
        self.moves.append((change, balance))


@dataclass
class Hold:
    line: tuple[str, str, int]
    expires: bool
    ended: tuple | None = None             # ("settled", key, amount), ("released",) or ("expired",)


class Ledger:
    """Answers True (done), False (it had been done before) or raises Refused and is as it was."""

    def __init__(self, accounts: dict[str, Account]):
        self.accounts = accounts
        self.postings: dict[str, tuple] = {}            # key: (kind, lines, key of the posting it reverses)
        self.holds: dict[str, Hold] = {}

    def post(self, key: str, lines: tuple, *, kind: str = "test", reverses: str | None = None, freed: tuple = ("", 0)) -> bool:
        asked = (kind, lines, reverses)
        if key in self.postings:
            return self._same(self.postings[key] == asked)
        if reverses and reverses in {known for _, _, known in self.postings.values()} or not lines:
            raise Refused
        after = deepcopy(self.accounts)
        if freed[0]:
            after[freed[0]].held -= freed[1]
        for debit, credit, amount in lines:
            one, other = after[debit], after[credit]
            if amount <= 0 or debit == credit or one.unit != other.unit or one.book != after[lines[0][0]].book:
                raise Refused
            one.move(-amount, reversing=reverses is not None)
            other.move(amount, reversing=reverses is not None)
        self.accounts, self.postings[key] = after, asked
        return True

    def post_each(self, requests: list[tuple[str, tuple]]) -> list[bool | None]:
        """None where one is refused."""
        answers = []
        for key, lines in requests:
            try:
                answers.append(self.post(key, lines))
            except Refused:
                answers.append(None)
        return answers

    def post_all(self, requests: list[tuple[str, tuple]]) -> list[bool] | int:
        """The place of the first refusal, and nothing done, where there is one."""
        before, postings = deepcopy(self.accounts), dict(self.postings)
        answers = self.post_each(requests)
        if None in answers:
            self.accounts, self.postings = before, postings
            return answers.index(None)
        return answers

    def reverse(self, reversed_key: str, key: str) -> bool:
        _, lines, _ = self.postings[reversed_key]
        back = tuple((credit, debit, amount) for debit, credit, amount in reversed(lines))
        return self.post(key, back, kind="reversal", reverses=reversed_key)

    def hold(self, key: str, line: tuple[str, str, int], expires: bool) -> bool:
        if key in self.holds:
            return self._same(self.holds[key].line == line)
        debit, credit, amount = line
        one, other = self.accounts[debit], self.accounts[credit]
        if (amount <= 0 or debit == credit or (one.unit, one.book) != (other.unit, other.book) or one.closed or other.closed or one.frozen
                or one.floor is None or one.balance - one.held - amount < one.floor):
            raise Refused
        one.held += amount
        self.holds[key] = Hold(line, expires)
        return True

    def settle(self, hold_key: str, key: str, amount: int) -> bool:
        hold = self.holds[hold_key]
        if hold.ended:
            return self._same(hold.ended == ("settled", key, amount))
        debit, credit, most = hold.line
        if amount > most or key in self.postings:
            raise Refused
        self.post(key, ((debit, credit, amount),), freed=(debit, most))
        hold.ended = ("settled", key, amount)
        return True

    def release(self, hold_key: str) -> None:
        hold = self.holds[hold_key]
        if hold.ended and hold.ended[0] == "settled":
            raise Refused
        if not hold.ended:
            self._give_back(hold, "released")

    def expire(self, hold_key: str) -> bool:
        hold = self.holds[hold_key]
        if due := hold.expires and not hold.ended:
            self._give_back(hold, "expired")
        return due

    def set_limits(self, name: str, floor: int | None, ceiling: int | None) -> None:
        here = self.accounts[name]
        if floor is not None and here.balance - here.held < floor or ceiling is not None and here.balance > ceiling:
            raise Refused
        here.floor, here.ceiling = floor, ceiling

    def close(self, name: str) -> None:
        here = self.accounts[name]
        if not here.cached or here.balance or here.held:
            raise Refused
        here.closed = True

    def freeze(self, name: str) -> None:
        self.accounts[name].frozen = True

    def thaw(self, name: str) -> None:
        self.accounts[name].frozen = False

    def _give_back(self, hold: Hold, how: str) -> None:
        self.accounts[hold.line[0]].held -= hold.line[2]
        hold.ended = (how,)

    @staticmethod
    def _same(same: bool) -> bool:
        if not same:
            raise Refused
        return False
