"""How the ledger is sealed: the fingerprints of rows, the chain over them, and the anchor that is kept elsewhere. Plain values."""
import hashlib
import re
import struct
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from app.base.errors import Refusal
from app.base.words import N_

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAF = struct.Struct(">q16s")         # a row's id, and enough of its sha256 to tell it from another; what proves it is the root


def leaves(rows: Iterable[tuple[int, str]]) -> bytes:
    """The fingerprint of each sealed row, by its id."""
    return b"".join(_LEAF.pack(row_id, hashlib.sha256(row.encode()).digest()) for row_id, row in rows)


def read_leaves(leaves: bytes) -> dict[int, bytes]:
    """The fingerprints by id. Refuses with ValueError what `leaves` did not make."""
    try:
        return dict(_LEAF.iter_unpack(leaves))
    except struct.error as error:
        raise ValueError("no list of leaves") from error


def root(rows: str) -> str:
    """The fingerprint of the rows of one seal, a line each."""
    return hashlib.sha256(rows.encode()).hexdigest()


def head(before: str, number: int, first_id: int, last_id: int, count: int, root: str, sealed_at: datetime) -> str:
    """The head of the chain after a seal. It says all that the seal says, and through `before`, the head so far, all earlier seals."""
    figures = (number, first_id, last_id, count, (sealed_at - _EPOCH) // timedelta(microseconds=1))
    return hashlib.sha256("|".join(("ore-in-comune seal 1", before, root, *map(str, figures))).encode()).hexdigest()


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"        # Crockford's: no letter looks like a digit
_MISREAD = str.maketrans("OIL", "011", " -")
_ANCHOR = re.compile(r"ORE1 (\d{4}-\d\d-\d\d) (\d{1,10}) (\d{1,15}) ([0-9A-Z]{4}(?:[ -]?[0-9A-Z]{4}){7})[ -]?(\d\d)")


class Anchor(NamedTuple):
    """A head of the chain on one day, short enough to be printed, read out and typed; kept elsewhere, it shows a chain made anew.

    `code` is the first 160 bits of the head. The two last digits are what all of it, read as one number in base 36, leaves when it is
    divided by 97: no single wrong character and no two neighbours that changed places leave the same.
    """

    day: date
    seal: int
    transfers: int                     # sealed so far
    code: str

    @classmethod
    def of(cls, day: date, seal: int, transfers: int, head: str) -> "Anchor":
        bits = int(head[:40], 16)
        return cls(day, seal, transfers, "".join(_ALPHABET[bits >> shift & 31] for shift in range(155, -1, -5)))

    @classmethod
    def read(cls, text: str) -> "Anchor":
        """Back from the text, forgiving in case and blanks. Refuses what is no anchor and what was copied wrongly."""
        found = _ANCHOR.fullmatch(" ".join(text.upper().split()))
        if not found:
            raise Refusal(N_("Questo non è un'ancora. Un'ancora comincia con ORE1."))
        try:
            anchor = cls(date.fromisoformat(found[1]), int(found[2]), int(found[3]), found[4].translate(_MISREAD))
        except ValueError:
            raise _miscopied() from None
        if anchor._check != found[5]:
            raise _miscopied()
        return anchor

    @property
    def text(self) -> str:
        groups = " ".join(self.code[place:place + 4] for place in range(0, len(self.code), 4))
        return f"ORE1 {self.day} {self.seal} {self.transfers} {groups} {self._check}"

    @property
    def _check(self) -> str:
        return f"{int(f'{self.day:%Y%m%d}{self.seal:010}{self.transfers:015}{self.code}', 36) % 97:02}"


def _miscopied() -> Refusal:
    return Refusal(N_("In quest'ancora c'è un errore di copiatura: le ultime due cifre non tornano."))
