"""`flask baratto …`: what an office does with regulations from the command line."""
import json
import sys
from typing import Any, BinaryIO

import click
from flask.cli import AppGroup

from app.baratto.actions import regulations
from app.baratto.rules import Settlement
from app.baratto.schemas import WrongFile, read_case, read_regulation
from app.baratto.schemas.files import LARGEST_BYTES
from app.base.errors import Refusal
from app.base.i18n import N_, gettext as _, refused
from app.base.transactions import reading, transaction
from app.town.queries import comune_named

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


@group.command("import-regulation")
@click.argument("file", type=click.File("rb"))
@click.option("--comune", "place", required=True, help="Il nome del Comune.")
@click.option("--dry-run", is_flag=True, help="Controlla il file e non importa niente.")
def import_regulation(file: BinaryIO, place: str, dry_run: bool):
    """Importa il regolamento in FILE (YAML) come nuova versione del Comune.

    Esce con 0 se è andato tutto bene, anche se il testo c'era già; con 2 se il file o il Comune sono sbagliati.
    """
    try:
        regulation_file = read_regulation(file.read(LARGEST_BYTES + 1))
        with reading() if dry_run else transaction():
            if (comune := comune_named(place)) is None:
                raise Refusal(N_("Questo Comune non c'è: %(name)s."), name=place)
            regulations.check(regulation_file)
            if dry_run:
                click.echo(_("Il file va bene. Non è stato importato niente."))
                return
            regulation, new = regulations.import_regulation(comune, regulation_file)
            said = N_("Importato: è la versione %(version)s.") if new else N_("C'era già: è la versione %(version)s.")
            click.echo(_(said, version=regulation.version))
    except WrongFile as no:
        for path, words in no.errors.items():
            click.echo(f"{path}: {words}", err=True)
        sys.exit(2)
    except Refusal as no:
        click.echo(refused(no), err=True)
        sys.exit(2)


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
