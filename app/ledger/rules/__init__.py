"""What the ledger allows. Plain values in, plain values out; no database, no request."""
import hashlib
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from app.base.errors import Refusal
from app.base.words import N_


MOST = 10 ** 15                        # minutes or cents in one line: sums of them stay whole numbers in both databases


class Line(NamedTuple):
    """Move `amount` (minutes or cents) out of account `debit` and into account `credit`."""

    debit: int
    credit: int
    amount: int


class Request(NamedTuple):
    """A posting as it is asked for."""

    key: str
    kind: str
    lines: tuple[Line, ...]
    actor: uuid.UUID | None = None
    effective_at: datetime | None = None       # None: now
    reverses_id: int | None = None

    @property
    def hash(self) -> str:
        """What is asked for, so that the same key with another request is told apart. Who asks does not count."""
        said = "|".join([self.kind, str(self.reverses_id or ""), str(self.effective_at and self.effective_at.astimezone(UTC)),
                         *(f"{line.debit}>{line.credit}:{line.amount}" for line in self.lines)])
        return hashlib.sha256(said.encode()).hexdigest()


class Standing(NamedTuple):
    """An account as it stands under its lock."""

    id: int
    book_id: int
    unit: str
    cached: bool
    balance: int
    held: int
    seq: int
    floor: int | None
    ceiling: int | None
    closed: bool
    frozen: bool

    def after(self, change: int, *, reversing: bool = False) -> "Standing":
        """The account after `change`. Refuses a closed account and a balance beyond a limit; at the limit is fine.

        From a frozen account nothing leaves, except to put something right.
        """
        if self.closed:
            raise Refusal(N_("Questo conto è chiuso."))
        if self.frozen and change < 0 and not reversing:
            raise Refusal(N_("Questo conto è fermo: le sue cifre non tornano e qualcuno le sta controllando."))
        if not self.cached:
            return self
        balance = self.balance + change
        if change < 0 and self.floor is not None and balance - self.held < self.floor:
            raise _beyond(self.unit, N_("La disponibilità non basta: restano %(left_cents)s."),
                          N_("Le ore non bastano: restano %(left_min)s."), self.left)
        if change > 0 and self.ceiling is not None and balance > self.ceiling:
            raise _beyond(self.unit, N_("Si supera l'importo massimo: restano %(left_cents)s."),
                          N_("Si supera il massimo di ore: restano %(left_min)s."), self.ceiling - self.balance)
        return self._replace(balance=balance, seq=self.seq + 1)

    @property
    def left(self) -> int:
        """What may still leave the account, for one with a floor."""
        return self.balance - self.held - self.floor


class Written(NamedTuple):
    """A line as it will be stored: with each cached side's sequence and balance after it."""

    book_id: int
    unit: str
    amount: int
    debit_id: int
    credit_id: int
    debit_seq: int | None
    debit_balance: int | None
    credit_seq: int | None
    credit_balance: int | None


def apply(request: Request, accounts: Mapping[int, Standing]) -> tuple[list[Written], dict[int, Standing]]:
    """Run a request's lines in order over `accounts`: what to write, and those accounts that stand otherwise afterwards.

    Refuses a request without lines, an amount that is not positive or beyond MOST, an account on both sides, two books, two units in one
    line, and a balance beyond a limit.
    """
    if not request.lines:
        raise Refusal(N_("Una registrazione ha almeno un movimento."))
    changed, written, reversing = {}, [], request.reverses_id is not None
    book_id = accounts[request.lines[0].debit].book_id
    for line in request.lines:
        if line.amount <= 0:
            raise Refusal(N_("L'importo deve essere maggiore di zero."))
        if line.amount > MOST:
            raise Refusal(N_("L'importo è troppo grande."))
        if line.debit == line.credit:
            raise Refusal(N_("I due conti devono essere diversi."))
        debit, credit = (changed.get(each) or accounts[each] for each in (line.debit, line.credit))
        if debit.unit != credit.unit or {debit.book_id, credit.book_id} != {book_id}:
            raise Refusal(N_("Ore di servizio, ore della banca del tempo ed euro non si mescolano."))
        debit = changed[debit.id] = debit.after(-line.amount, reversing=reversing)
        credit = changed[credit.id] = credit.after(line.amount, reversing=reversing)
        written.append(Written(book_id, debit.unit, line.amount, debit.id, credit.id, *_mark(debit), *_mark(credit)))
    return written, {each.id: each for each in changed.values() if each.cached}


def check_hold(line: Line, accounts: Mapping[int, Standing]) -> Standing:
    """The debit account, when `line` may be set aside on it. Refuses what `apply` refuses, and an account without a floor."""
    apply(Request("", "", (line,)), {each.id: each._replace(ceiling=None) for each in accounts.values()})
    if accounts[line.debit].floor is None:
        raise Refusal(N_("Questo conto non ha un minimo: non c'è niente da riservare."))
    return accounts[line.debit]


def _mark(account: Standing) -> tuple[int | None, int | None]:
    return (account.seq, account.balance) if account.cached else (None, None)


def _beyond(unit: str, euros: str, hours: str, left: int) -> Refusal:
    return Refusal(euros, left_cents=left) if unit == "EUR" else Refusal(hours, left_min=left)
