"""What a line of a tax bill may say, and what is open on it. Plain values; amounts are cents."""
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from codicefiscale import codicefiscale

from app.base.csv_files import Fault
from app.base.words import N_

ANY_TAX = {"SANCTION", "INTEREST"}                # besides the principal, on every tax
COMPONENTS = {
    "TARI": {"MUNICIPAL", "TEFA", "UR1", "UR2", "UR3"} | ANY_TAX,
    "IMU": {"MUNICIPAL", "STATE"} | ANY_TAX,
    "TASI": {"MUNICIPAL"} | ANY_TAX,
    "CUP": {"MUNICIPAL"} | ANY_TAX,
    "OTHER": {"MUNICIPAL", "STATE"} | ANY_TAX,
}
KEY = ("tax", "year", "account_ref", "notice_no", "instalment", "component")
key_of = itemgetter(*KEY)
_PERSON = re.compile(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]")
_COMPANY = re.compile(r"[0-9]{11}")


@dataclass
class Feed:
    """A file of positions as it was read. `rows` carry their line, the fiscal code and the columns of Position."""

    sha256: str
    rows: list[dict] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)


def reduced_cents(told_cents: int, granted_cents: int) -> int:
    """What is really taken off a line, when the tax software tells of `told_cents` and we have granted `granted_cents`.

    The two are not added up: once the tax software has applied our file its figure holds ours, and before that it is the smaller one.
    """
    return max(told_cents, granted_cents)


def is_fiscal_code(code: str) -> bool:
    """Right shape and check character: 16 characters for a person, 11 digits for a company or a temporary code.

    Looser than what people are registered with, and a thousand times faster: it does not look up places of birth.
    """
    if _COMPANY.fullmatch(code):
        digits = [int(digit) for digit in code]
        return (sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0
    return _PERSON.fullmatch(code) is not None and codicefiscale.encode_cin(code) == code[-1]


def contradiction(row: Mapping) -> tuple[str, str] | None:
    """The column and the words of what cannot be true in a row, if anything."""
    if row["component"] not in COMPONENTS[row["tax"]]:
        return "component", N_("Questa quota non esiste per questo tributo.")
    if row["bonus_cents"] and (row["tax"] != "TARI" or row["component"] in ANY_TAX):
        return "bonus_sociale_cents", N_("Il bonus sociale c'è solo sulla TARI, e non su sanzioni e interessi.")
    return None


def oddity(row: Mapping) -> tuple[str, str] | None:
    """The column and the words of what is unusual in a row but does happen, if anything."""
    if row["paid_cents"] > row["amount_cents"]:
        return "paid_cents", N_("È stato pagato più del dovuto.")
    if row["offset_cents"] > row["amount_cents"]:
        return "offset_cents", N_("Le riduzioni superano il dovuto.")
    if row["bonus_cents"] > row["amount_cents"]:
        return "bonus_sociale_cents", N_("Il bonus sociale supera il dovuto.")
    return None
