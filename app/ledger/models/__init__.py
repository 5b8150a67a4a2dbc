"""The ledger's tables. One row of `transfer` is one movement of one unit between two accounts; it sums to zero by construction.

Accounts live in a book: the town's, with hours of service and euros, or that of one time bank. A transfer's two accounts have the book of
its posting and its own unit: composite foreign keys say so. So nothing crosses from one comune or bank to another, from the time bank to
the town, or from hours to euros, whoever writes to the database.
"""
import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, UniqueConstraint, Uuid, text)
from sqlalchemy.orm import Mapped, mapped_column

from app.base.append_only import append_only
from app.base.clock import now
from app.base.db import ComuneId, Row, db, one_of, short
from app.ledger.models.directly import post_directly


class Unit(StrEnum):
    SERVICE = "SERVICE"        # minutes of validated community service
    TIME = "TIME"              # minutes of the time bank
    EUR = "EUR"                # cents


class BookKind(StrEnum):
    TOWN = "town"              # SERVICE and EUR: what may become a tax offset
    TIME_BANK = "time_bank"    # TIME: never money, never tax

    @classmethod
    def of(cls, unit: Unit) -> "BookKind":
        return cls.TIME_BANK if unit == Unit.TIME else cls.TOWN


class Outcome(StrEnum):
    """How a hold ended."""

    SETTLED = "settled"
    RELEASED = "released"
    EXPIRED = "expired"


Id = BigInteger().with_variant(Integer, "sqlite")       # SQLite numbers rows only for INTEGER PRIMARY KEY


class Book(Row):
    """A closed set of accounts: what leaves one of them arrives in another. A comune has one for the town and one for each time bank."""

    __tablename__ = "book"
    __table_args__ = (UniqueConstraint("comune_id", "kind", "name"), UniqueConstraint("id", "kind"))
    comune_id: Mapped[ComuneId]
    kind: Mapped[BookKind] = one_of(BookKind, "kind")
    name: Mapped[str] = short(40, default="")         # tells a comune's time banks apart
    checked_to: Mapped[int] = mapped_column(Id, default=0)      # the last transfer that is in the checkpoints


class Account(Row):
    """A balance rises when the account is credited and falls when it is debited.

    An account with a floor or a ceiling keeps its balance and its place in the sequence in its row (`cached`). The town's own issuing and
    clearing accounts have no limit and are touched by everybody: they keep no balance, it is summed when somebody asks.
    """

    __tablename__ = "account"
    __table_args__ = (
        ForeignKeyConstraint(["book_id", "book_kind"], ["book.id", "book.kind"]),
        UniqueConstraint("id", "book_id", "unit"),
        UniqueConstraint("book_id", "unit", "kind", "owner"),
        CheckConstraint("(unit = 'TIME') = (book_kind = 'time_bank')", name="wall"),
        CheckConstraint("floor IS NULL OR balance - held >= floor", name="floor"),
        CheckConstraint("ceiling IS NULL OR balance <= ceiling", name="ceiling"),
        CheckConstraint("held >= 0", name="held"),
        CheckConstraint("cached OR (balance = 0 AND held = 0 AND seq = 0 AND floor IS NULL AND ceiling IS NULL)",
                        name="uncached_keeps_none"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True, sort_order=-3)
    book_id: Mapped[int]
    book_kind: Mapped[BookKind] = one_of(BookKind, "book_kind")
    unit: Mapped[Unit] = one_of(Unit, "unit")
    kind: Mapped[str] = short(40)                     # the noun of the package that opened it
    owner: Mapped[str] = short(64, default="")        # whose: a reference that says nothing of a person
    floor: Mapped[int | None] = mapped_column(BigInteger)
    ceiling: Mapped[int | None] = mapped_column(BigInteger)
    cached: Mapped[bool]
    balance: Mapped[int] = mapped_column(BigInteger, default=0)
    held: Mapped[int] = mapped_column(BigInteger, default=0)    # of the balance, what holds have set aside
    seq: Mapped[int] = mapped_column(default=0)       # of the account's last transfer
    closed_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]                # its figures disagree: nothing leaves it but by a reversal


class Posting(db.Model):
    """One business fact, posted once per `key`."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("id", "book_id"),
        ForeignKeyConstraint(["reverses_id", "book_id"], ["posting.id", "posting.book_id"]),
        Index("uq_posting_reverses_id", "reverses_id", unique=True, sqlite_where=text("reverses_id IS NOT NULL"),
              postgresql_where=text("reverses_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = short(120, unique=True)
    request_hash: Mapped[str] = short(64)
    book_id: Mapped[int]                              # its transfers tie it to their accounts' book
    kind: Mapped[str] = short(40)
    actor: Mapped[uuid.UUID | None] = mapped_column(Uuid)       # who did it: a reference without a name; NULL: the system
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    reverses_id: Mapped[int | None] = mapped_column(Id)


class Transfer(db.Model):
    """`amount` of `unit` out of `debit` and into `credit`, with the sequence and balance of each cached side after it."""

    __tablename__ = "transfer"
    __table_args__ = (
        ForeignKeyConstraint(["posting_id", "book_id"], ["posting.id", "posting.book_id"]),
        ForeignKeyConstraint(["debit_id", "book_id", "unit"], ["account.id", "account.book_id", "account.unit"]),
        ForeignKeyConstraint(["credit_id", "book_id", "unit"], ["account.id", "account.book_id", "account.unit"]),
        CheckConstraint("amount > 0", name="positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        UniqueConstraint("debit_id", "debit_seq"),
        UniqueConstraint("credit_id", "credit_seq"),
        Index("ix_transfer_posting_id", "posting_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    posting_id: Mapped[int] = mapped_column(Id)
    book_id: Mapped[int]
    unit: Mapped[Unit] = one_of(Unit, "unit")
    amount: Mapped[int] = mapped_column(BigInteger)
    debit_id: Mapped[int] = mapped_column(Id)
    credit_id: Mapped[int] = mapped_column(Id)
    debit_seq: Mapped[int | None]
    debit_balance: Mapped[int | None] = mapped_column(BigInteger)
    credit_seq: Mapped[int | None]
    credit_balance: Mapped[int | None] = mapped_column(BigInteger)


class Hold(db.Model):
    """`amount` of `debit` set aside for `credit` until it is settled, released or `expires_at`."""

    __tablename__ = "hold"
    __table_args__ = (
        ForeignKeyConstraint(["debit_id", "book_id", "unit"], ["account.id", "account.book_id", "account.unit"]),
        ForeignKeyConstraint(["credit_id", "book_id", "unit"], ["account.id", "account.book_id", "account.unit"]),
        UniqueConstraint("id", "amount"),
        UniqueConstraint("id", "book_id"),
        CheckConstraint("amount > 0", name="positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        Index("ix_hold_debit_id", "debit_id"),
        Index("ix_hold_expires_at", "expires_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = short(120, unique=True)
    request_hash: Mapped[str] = short(64)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    unit: Mapped[Unit] = one_of(Unit, "unit")
    kind: Mapped[str] = short(40)
    amount: Mapped[int] = mapped_column(BigInteger)
    debit_id: Mapped[int] = mapped_column(Id)
    credit_id: Mapped[int] = mapped_column(Id)
    actor: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    recorded_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class HoldResolution(db.Model):
    """The end of a hold. Its primary key is the hold's: a hold ends once."""

    __tablename__ = "hold_resolution"
    __table_args__ = (
        ForeignKeyConstraint(["hold_id", "hold_amount"], ["hold.id", "hold.amount"]),
        ForeignKeyConstraint(["hold_id", "book_id"], ["hold.id", "hold.book_id"]),
        ForeignKeyConstraint(["posting_id", "book_id"], ["posting.id", "posting.book_id"]),
        CheckConstraint("settled BETWEEN 0 AND hold_amount", name="at_most_the_hold"),
        CheckConstraint("(outcome = 'settled') = (settled > 0) AND (settled > 0) = (posting_id IS NOT NULL)", name="settled_by_posting"),
    )
    hold_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    hold_amount: Mapped[int] = mapped_column(BigInteger)
    book_id: Mapped[int]
    outcome: Mapped[Outcome] = one_of(Outcome, "outcome")
    settled: Mapped[int] = mapped_column(BigInteger, default=0)      # what was moved; the rest of the hold is free again
    posting_id: Mapped[int | None] = mapped_column(Id)
    actor: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    recorded_at: Mapped[datetime]


class Checkpoint(db.Model):
    """An account's figures up to its book's `checked_to`, as the night computed them. A shortcut: the transfers make it anew."""

    __tablename__ = "checkpoint"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    balance: Mapped[int] = mapped_column(BigInteger)
    transfers: Mapped[int] = mapped_column(BigInteger)       # how many there are, which for a cached account is its `seq`


class Seal(db.Model):
    """What transfers `first_id` to `last_id` and their postings said when they were sealed, chained to the seal before.

    One chain for the whole installation: one head, kept where nobody here can rewrite it, proves all books at once. Seals follow each
    other without a gap, in number and in transfer ids. `root` is under `head`; `leaves` proves nothing: it is the list of fingerprints
    that names a row which is not what it was.
    """

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("first_id"), CheckConstraint("first_id <= last_id", name="first_before_last"))
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_id: Mapped[int] = mapped_column(Id)
    last_id: Mapped[int] = mapped_column(Id)
    count: Mapped[int]
    root: Mapped[str] = short(64)
    head: Mapped[str] = short(64)
    sealed_at: Mapped[datetime]
    leaves: Mapped[bytes] = mapped_column(LargeBinary)


# Figures move; which comune's and whose they are does not: that would be a transfer past every rule.
append_only(Book.__table__, "comune_id", "kind", "name")
append_only(Account.__table__, "book_id", "unit", "kind", "owner")

# What is written stays as it is. A mistake is put right by a posting that reverses it.
for written in (Posting, Transfer, Hold, HoldResolution, Seal):
    append_only(written.__table__)

post_directly(Transfer.__table__)
