"""What the ledger allows. Plain values in, plain values out; no database, no request."""
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.base.errors import Refusal
from app.base.words import N_


class Line(NamedTuple):
    """Move `amount` (minutes or cents) out of account `debit` and into account `credit`."""

    debit: int
    credit: int
    amount: int


@dataclass(frozen=True)
class Standing:
    """An account as it stands under its lock."""

    id: int
    unit: str
    cached: bool
    balance: int
    seq: int
    floor: int | None
    ceiling: int | None
    closed: bool

    def after(self, change: int) -> "Standing":
        """The account after `change`. Refuses a closed account and a balance beyond a limit; at the limit is fine."""
        if self.closed:
            raise Refusal(N_("Questo conto è chiuso."))
        if not self.cached:
            return self
        balance = self.balance + change
        if change < 0 and self.floor is not None and balance < self.floor:
            raise _beyond(self.unit, N_("La disponibilità non basta: restano %(left_cents)s."),
                          N_("Le ore non bastano: restano %(left_min)s."), self.balance - self.floor)
        if change > 0 and self.ceiling is not None and balance > self.ceiling:
            raise _beyond(self.unit, N_("Si supera l'importo massimo: restano %(left_cents)s."),
                          N_("Si supera il massimo di ore: restano %(left_min)s."), self.ceiling - self.balance)
        return replace(self, balance=balance, seq=self.seq + 1)


class Written(NamedTuple):
    """A line as it will be stored: with each cached side's sequence and balance after it."""

    unit: str
    amount: int
    debit_id: int
    credit_id: int
    debit_seq: int | None
    debit_balance: int | None
    credit_seq: int | None
    credit_balance: int | None


def apply(lines: Iterable[Line], accounts: Mapping[int, Standing]) -> tuple[list[Written], dict[int, Standing]]:
    """Run `lines` in order over `accounts`: what to write, and how the accounts stand afterwards.

    Refuses an amount that is not positive, an account on both sides, two units in one line, and a balance beyond a limit.
    """
    standing, written = dict(accounts), []
    for line in lines:
        if line.amount <= 0:
            raise Refusal(N_("L'importo deve essere maggiore di zero."))
        if line.debit == line.credit:
            raise Refusal(N_("I due conti devono essere diversi."))
        if standing[line.debit].unit != standing[line.credit].unit:
            raise Refusal(N_("Ore di servizio, ore della banca del tempo ed euro non si mescolano."))
        debit = standing[line.debit] = standing[line.debit].after(-line.amount)
        credit = standing[line.credit] = standing[line.credit].after(line.amount)
        written.append(Written(debit.unit, line.amount, debit.id, credit.id, *_mark(debit), *_mark(credit)))
    return written, standing


def request_hash(kind: str, lines: Iterable[Line], reverses_id: int | None) -> str:
    """What a posting asks for, so that the same key with another request is told apart."""
    said = "|".join([kind, str(reverses_id or ""), *(f"{line.debit}>{line.credit}:{line.amount}" for line in lines)])
    return hashlib.sha256(said.encode()).hexdigest()


def _mark(account: Standing) -> tuple[int | None, int | None]:
    return (account.seq, account.balance) if account.cached else (None, None)


def _beyond(unit: str, euros: str, hours: str, left: int) -> Refusal:
    return Refusal(euros, left_cents=left) if unit == "EUR" else Refusal(hours, left_min=left)
