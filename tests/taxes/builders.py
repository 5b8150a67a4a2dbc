"""Files of positions, as a tax software would write them."""
from app.taxes.schemas import COLUMNS

ROW = {
    "comune_istat": "006003", "tax_code": "TARI", "tax_year": "2026", "account_id": "A-100", "codice_fiscale": "",
    "notice_no": "N-1", "iuv": "", "instalment_no": "1", "due_date": "2026-05-31", "component": "MUNICIPAL",
    "amount_cents": "28600", "paid_cents": "0", "offset_cents": "0", "status": "aperta", "collection_stage": "",
    "litigation": "N", "bonus_sociale_cents": "0", "extract_ts": "2026-05-04T02:30:00+02:00",
}


def code_of(number: int) -> str:
    """The right code of an invented company, one for each number."""
    stem = f"{number:010}"
    total = sum(map(int, stem[0::2])) + sum(sum(divmod(2 * int(digit), 10)) for digit in stem[1::2])
    return f"{stem}{-total % 10}"


def row(**cells) -> dict[str, str]:
    return {**ROW, "codice_fiscale": code_of(1), **{name: str(value) for name, value in cells.items()}}


def file(*rows: dict[str, str], columns=tuple(COLUMNS), separator=";", end="\n") -> bytes:
    lines = [columns, *([cells[column] for column in columns] for cells in rows)]
    return "".join(separator.join(line) + end for line in lines).encode()
