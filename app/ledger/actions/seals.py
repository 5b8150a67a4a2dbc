"""The chain of seals grows, and its head goes where nobody here can rewrite it."""
import fcntl
import os
from pathlib import Path

from app.base import outbox
from app.base.clock import now
from app.base.db import insert_once
from app.base.i18n import N_, force_locale, short_day, spoken
from app.ledger.models import Seal
from app.ledger.queries.seals import Rows
from app.ledger.rules import seals as rules
from app.ledger.rules.seals import Anchor


def seal(rows: Rows) -> bool:
    """Put a seal on `rows`; says whether it did. Of two sealers at once one does it, the other's seal comes too late and is dropped."""
    number, first_id = (rows.after.seal + 1, rows.after.last_id + 1) if rows.after else (1, 1)
    root = rules.root("\n".join(line for _, line in rows.lines))
    figures = dict(first_id=first_id, last_id=rows.lines[-1][0], count=len(rows.lines), root=root, sealed_at=now())
    return insert_once(Seal, dict(id=number, head=rules.head(rows.after.head if rows.after else "", number, **figures),
                                  leaves=rules.leaves(rows.lines), **figures), unique=("id",))


def write_to(address: str, anchor: Anchor) -> None:
    """The day's anchor as a letter to `address`, once a day."""
    with force_locale("it"):
        outbox.write(f"anchor:{anchor.day}", address, spoken(N_("Ancora del registro, %(day)s"), day=short_day(anchor.day)), spoken(N_(
            "Questa è l'ancora del registro di oggi:\n\n%(text)s\n\nConserva questa lettera: prova che cosa c'era nel registro.\n"
            "Chi vuole controllare usa il comando: flask ledger verify --anchor \"…\"\n"), text=anchor.text))


def append_to(path: Path, anchor: Anchor) -> bool:
    """The day's anchor as a line at the end of a file, once a day; says whether it wrote. What is in the file is never changed."""
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)                      # gone with the file
        file.seek(0)
        *_, last, torn = b"\n", *file.read().split(b"\n")       # nothing follows the last line end, unless a write was cut off
        if last.startswith(f"ORE1 {anchor.day} ".encode()):
            return False
        file.write((b"\n" if torn else b"") + f"{anchor.text}\n".encode())
        file.flush()
        os.fsync(file.fileno())
        return True
