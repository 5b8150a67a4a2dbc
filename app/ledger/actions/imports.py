"""An existing time bank or paper register enters the ledger: opening balances and history, row by row, once. Nothing here commits.

A row's key is made of the register's name and the row's own number, so that the same file twice posts nothing, and a row that has changed
is found. Nobody's name is stored: an account's owner is a random reference, and which is whose stands only in the operator's report.
"""
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import islice
from typing import NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.base.csv_files import Fault
from app.base.db import db
from app.base.errors import Refusal
from app.base.localtime import instant
from app.base.words import N_
from app.ledger.actions import accounts, postings
from app.ledger.models import Account, Posting, Transfer, Unit
from app.ledger.queries import balances
from app.ledger.rules import Line, Request
from app.ledger.rules.imports import ImportRow, Side, same_name

# Whose accounts they become, and where opening balances come from: an account without limits, so that the sum of all stays zero.
KINDS = {Unit.TIME: "member", Unit.SERVICE: "register"}
OPENING = "opening"
CHUNK = 1000                           # rows that are read or posted by one statement


class Register(NamedTuple):
    """What a file belongs to. `source` tells apart the registers of one bank; limits (minutes) are for accounts that are opened now."""

    comune_id: int
    zone: ZoneInfo
    bank: str = ""
    source: str = ""
    floor: int | None = None
    ceiling: int | None = None

    def key(self, row: ImportRow) -> str:
        return f"import:{self.comune_id}:{self.bank}:{self.source}:{row.row_id}"

    def bank_of(self, unit: str) -> str:
        """Hours of service are in the town's own book."""
        return self.bank if unit == Unit.TIME else ""

    def at(self, row: ImportRow) -> datetime:
        """Noon: the same day in every zone near ours."""
        return instant(row.day, time(12), self.zone)


class Holder(NamedTuple):
    """Whose an account is: the name in the file, and the reference in the ledger. `balance` in minutes."""

    unit: str
    name: str
    reference: str
    balance: int = 0


@dataclass
class Imported:
    posted: list[ImportRow] = field(default_factory=list)
    known: int = 0
    opened: int = 0
    faults: list[Fault] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)      # with their balance after the import


def import_rows(register: Register, rows: Sequence[ImportRow], holders: Sequence[Holder] = ()) -> Imported:
    """Post the rows that are not in the ledger yet, by day. `holders` are those of an earlier report.

    Imported.faults names every row that a rule refuses and every known row that has changed; then the caller must undo all of it.
    """
    outcome, stored = Imported(), {found.key: found for found in _stored([register.key(row) for row in rows])}
    known = [(row, stored[register.key(row)]) for row in rows if register.key(row) in stored]
    whose = _named(known, {Side(each.unit, same_name(each.name)): each for each in holders})
    for row, found in known:
        if _as_stored(register, row, whose) == tuple(found)[1:]:
            outcome.known += 1
        else:
            outcome.faults.append(Fault(row.line, "", N_(
                "Questa riga è già entrata con altri dati, e non cambia più. Per correggere, aggiungi una riga nuova.")))
    outcome.posted = sorted((row for row in rows if register.key(row) not in stored), key=lambda row: (row.day, row.line))
    outcome.opened = _name_the_rest(outcome.posted, whose)
    ids = {side: _account(register, side, whose) for side in dict.fromkeys(side for row in outcome.posted for side in row.sides)}
    requests = [Request(register.key(row), _kind(row), (Line(*(ids[side] for side in row.sides), row.minutes),),
                        effective_at=register.at(row)) for row in outcome.posted]
    accounts.lock(ids.values())        # all at once and in their order: the chunks would take them in none
    answers = [answer for chunk in _chunks(requests) for answer in postings.post_each(chunk)]
    outcome.faults += [Fault(row.line, "", no.message, no.values) for row, no in zip(outcome.posted, answers, strict=True)
                       if isinstance(no, Refusal)]
    outcome.faults.sort(key=lambda fault: fault.line)
    outcome.holders = _balanced(register, whose)
    return outcome


def _stored(keys: Sequence[str]) -> Iterator:
    """The rows that are in the ledger: their keys, and what `_as_stored` makes of a row."""
    debit, credit = aliased(Account), aliased(Account)
    for chunk in _chunks(keys):
        yield from db.session.execute(
            select(Posting.key, Posting.kind, Posting.effective_at, Transfer.unit, Transfer.amount, debit.kind.label("debit_kind"),
                   debit.owner.label("debit_owner"), credit.kind.label("credit_kind"), credit.owner.label("credit_owner"))
            .join(Transfer, Transfer.posting_id == Posting.id).join(debit, debit.id == Transfer.debit_id)
            .join(credit, credit.id == Transfer.credit_id).where(Posting.key.in_(chunk)))


def _as_stored(register: Register, row: ImportRow, whose: dict[Side, Holder]) -> tuple:
    def stored(side):
        return (KINDS[side.unit], side in whose and whose[side].reference) if side.name else (OPENING, "")
    debit, credit = map(stored, row.sides)
    return _kind(row), register.at(row), row.unit, row.minutes, *debit, *credit


def _named(known: Sequence[tuple], holders: dict[Side, Holder]) -> dict[Side, Holder]:
    """Whose the accounts are: what the report says, and for other names the account that most of their rows have in the ledger.

    One account is one name's. A name that is left without is that of a row that has changed.
    """
    names, votes = {}, Counter()
    for row, found in known:
        for side, name, owner in zip(row.sides, (row.debit, row.credit), (found.debit_owner, found.credit_owner), strict=True):
            if name and owner and row.unit == found.unit:
                names.setdefault(side, name)
                votes[side, owner] += 1
    whose, taken = dict(holders), {each.reference for each in holders.values()}
    for (side, owner), _count in votes.most_common():
        if side not in whose and owner not in taken:
            whose[side] = Holder(side.unit, names[side], owner)
            taken.add(owner)
    return whose


def _name_the_rest(rows: Sequence[ImportRow], whose: dict[Side, Holder]) -> int:
    """Who has no reference yet gets one, at random. Says how many."""
    before = len(whose)
    for row in rows:
        for side, name in zip(row.sides, (row.debit, row.credit), strict=True):
            if name is not None and side not in whose:
                whose[side] = Holder(side.unit, name, str(uuid4()))
    return len(whose) - before


def _account(register: Register, side: Side, whose: dict[Side, Holder]) -> int:
    place = dict(comune_id=register.comune_id, unit=Unit(side.unit), bank=register.bank_of(side.unit))
    if side.name is None:
        return accounts.open_account(**place, kind=OPENING, cached=False)
    return accounts.open_account(**place, kind=KINDS[side.unit], owner=whose[side].reference,
                                 floor=register.floor, ceiling=register.ceiling)


def _balanced(register: Register, whose: dict[Side, Holder]) -> list[Holder]:
    """Everybody, by name, with what is on the account now."""
    figures = {unit: balances.by_owner(register.comune_id, unit, KINDS[unit], bank=register.bank_of(unit))
               for unit in {side.unit for side in whose}}
    return [each._replace(balance=figures[each.unit].get(each.reference, 0)) for _side, each in sorted(whose.items())]


def _kind(row: ImportRow) -> str:
    """Never a kind that another package writes."""
    return f"import:{row.reason or (OPENING if None in (row.debit, row.credit) else 'exchange')}"


def _chunks(items: Sequence) -> Iterator[list]:
    left = iter(items)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
