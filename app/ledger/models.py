"""The ledger's tables: accounts, postings, transfers. One row of `transfer` is one movement of one unit; it sums to zero by construction.

The wall between the time bank and the town's books is made of constraints: an account has one unit, a transfer's two accounts have the
transfer's unit, and a posting belongs to one book, which is either the time bank's (TIME) or the town's (SERVICE and EUR).
"""
import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.base.append_only import append_only
from app.base.clock import now
from app.base.db import ComuneId, Row, db, one_of, short


class Unit(StrEnum):
    SERVICE = "SERVICE"        # minutes of validated community service
    TIME = "TIME"              # minutes of the time bank
    EUR = "EUR"                # cents


class Book(StrEnum):
    TOWN = "town"              # SERVICE and EUR: what may become a tax offset
    TIME_BANK = "time_bank"    # TIME: never money, never tax

    @classmethod
    def of(cls, unit: Unit) -> "Book":
        return cls.TIME_BANK if unit == Unit.TIME else cls.TOWN


Id = BigInteger().with_variant(Integer, "sqlite")       # SQLite numbers rows only for INTEGER PRIMARY KEY


class Account(Row):
    """A balance rises when the account is credited and falls when it is debited.

    An account with a floor or a ceiling keeps its balance and its place in the sequence in its row (`cached`). The town's own issuing and
    clearing accounts have no limit and are touched by everybody: they keep no balance, it is summed when somebody asks.
    """

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("id", "unit"),
        UniqueConstraint("comune_id", "unit", "kind", "owner"),
        CheckConstraint("floor IS NULL OR balance >= floor", name="floor"),
        CheckConstraint("ceiling IS NULL OR balance <= ceiling", name="ceiling"),
        CheckConstraint("cached OR (balance = 0 AND seq = 0 AND floor IS NULL AND ceiling IS NULL)", name="uncached_keeps_none"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True, sort_order=-3)
    comune_id: Mapped[ComuneId]
    unit: Mapped[Unit] = one_of(Unit, "unit")
    kind: Mapped[str] = short(40)                     # the noun of the package that opened it
    owner: Mapped[str] = short(64, default="")        # whose: a reference that says nothing of a person
    floor: Mapped[int | None] = mapped_column(BigInteger)
    ceiling: Mapped[int | None] = mapped_column(BigInteger)
    cached: Mapped[bool]
    balance: Mapped[int] = mapped_column(BigInteger, default=0)
    seq: Mapped[int] = mapped_column(default=0)       # of the account's last transfer
    closed_at: Mapped[datetime | None]


class Posting(Row):
    """One business fact, posted once per `key`."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("id", "book"),
        ForeignKeyConstraint(["reverses_id", "book"], ["posting.id", "posting.book"]),
        UniqueConstraint("reverses_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True, sort_order=-3)
    key: Mapped[str] = short(120, unique=True)
    request_hash: Mapped[str] = short(64)
    book: Mapped[Book] = one_of(Book, "book")
    kind: Mapped[str] = short(40)
    actor: Mapped[uuid.UUID | None] = mapped_column(Uuid)       # who did it: a reference without a name; NULL: the system
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    reverses_id: Mapped[int | None] = mapped_column(Id)


class Transfer(db.Model):
    """`amount` of `unit` out of `debit` and into `credit`, with the sequence and balance of each cached side after it."""

    __tablename__ = "transfer"
    __table_args__ = (
        ForeignKeyConstraint(["posting_id", "book"], ["posting.id", "posting.book"]),
        ForeignKeyConstraint(["debit_id", "unit"], ["account.id", "account.unit"]),
        ForeignKeyConstraint(["credit_id", "unit"], ["account.id", "account.unit"]),
        CheckConstraint("amount > 0", name="positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        CheckConstraint("(unit = 'TIME') = (book = 'time_bank')", name="wall"),
        UniqueConstraint("debit_id", "debit_seq"),
        UniqueConstraint("credit_id", "credit_seq"),
        Index("ix_transfer_posting_id", "posting_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    posting_id: Mapped[int] = mapped_column(Id)
    book: Mapped[Book] = one_of(Book, "book")
    unit: Mapped[Unit] = one_of(Unit, "unit")
    amount: Mapped[int] = mapped_column(BigInteger)
    debit_id: Mapped[int] = mapped_column(Id)
    credit_id: Mapped[int] = mapped_column(Id)
    debit_seq: Mapped[int | None]
    debit_balance: Mapped[int | None] = mapped_column(BigInteger)
    credit_seq: Mapped[int | None]
    credit_balance: Mapped[int | None] = mapped_column(BigInteger)


# What is written stays as it is. A mistake is put right by a posting that reverses it.
append_only(Posting.__table__)
append_only(Transfer.__table__)
