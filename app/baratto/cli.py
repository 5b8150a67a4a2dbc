"""`flask baratto …`: what an office does with regulations from the command line."""
import json
import sys
from typing import Any, BinaryIO

import click
from flask.cli import AppGroup

from app.baratto.rules import Settlement
from app.baratto.schemas import WrongFile, read_case
from app.baratto.schemas.files import LARGEST_BYTES

group = AppGroup("baratto", help="Regolamenti e casi di baratto amministrativo.")


@group.command("simulate", with_appcontext=False)
@click.argument("case", type=click.File("rb"))
def simulate(case: BinaryIO):
    """Calcola il caso in CASE (YAML) con le stesse regole del sito, senza toccare la base dati.

    Scrive un oggetto JSON. Esce con 0 se tutto torna con «expect», 1 se qualcosa è diverso, 2 se il file è sbagliato.
    """
    try:
        worked = read_case(case.read(LARGEST_BYTES + 1))
        found = figures(worked.settled())
    except WrongFile as no:
        click.echo(json.dumps({"errors": no.errors}, ensure_ascii=False))
        for path, words in no.errors.items():
            click.echo(f"{path}: {words}", err=True)
        sys.exit(2)
    wrong = differences(worked.expect or {}, found)
    if worked.expect is not None:
        found["differences"] = wrong
    click.echo(json.dumps(found, ensure_ascii=False))
    for each in wrong:
        click.echo(f"{each['key']}: atteso {_shown(each['expected'])}, calcolato {_shown(each['found'])}", err=True)
    sys.exit(1 if wrong else 0)


def figures(settlement: Settlement) -> dict[str, Any]:
    """A settlement as plain values, under the names of the case files."""
    names = (
        "admitted",
        "reason",
        "worked_minutes",
        "creditable_minutes",
        "value_cents",
        "offsettable_cents",
        "offset_cents",
        "limited_by",
        "lines",
        "residual_cents",
        "payable_cents",
        "needed_minutes",
        "surplus_minutes",
        "minutes_used",
    )
    return {name: getattr(settlement, name) for name in names} | {
        "lines": [line.as_mapping() for line in settlement.lines]
    }


def differences(expected: Any, found: Any, path: str = "") -> list[dict[str, Any]]:
    """Where `found` is not what `expected` names, by path.

    Of a mapping only the named keys count; a list must have the same length.
    """
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            each
            for key, value in expected.items()
            for each in differences(value, found.get(key), f"{path}.{key}".lstrip("."))
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            each
            for place, (one, other) in enumerate(zip(expected, found))
            for each in differences(one, other, f"{path}[{place}]")
        ]
    return [] if expected == found else [{"key": path, "expected": expected, "found": found}]


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
