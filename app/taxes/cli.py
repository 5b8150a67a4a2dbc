"""`flask taxes …`: files of the tax software, from the command line or a nightly copy."""
import sys
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import AppGroup

from app.base.csv_files import MOST_FAULTS
from app.base.i18n import euros, gettext as _, located, moment, refused
from app.base.transactions import reading, transaction
from app.taxes import actions, schemas
from app.taxes.rules import Feed
from app.town.models import Comune
from app.town.queries import comuni

group = AppGroup("taxes", help="Posizioni e file dei tributi.")


@group.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--comune", "place", help="Nome o codice ISTAT. Se manca, è il Comune della prima riga del file.")
@click.option("--dry-run", is_flag=True, help="Dice che cosa cambierebbe, e non cambia niente.")
def import_positions(file: BinaryIO, place: str | None, dry_run: bool):
    """Importa in una sola volta le posizioni in FILE.

    Esce con 0 se è andato tutto bene, 1 se qualche riga è sbagliata (e allora non importa niente), 2 se il file non si
    può usare.
    """
    try:
        feed = schemas.read_positions(file.read(schemas.LARGEST_BYTES + 1))
    except schemas.WrongFile as no:
        click.echo(refused(no), err=True)
        sys.exit(2)
    with reading() if dry_run else transaction():
        if comune := _comune(place, feed):
            outcome = actions.import_positions(comune, feed, Path(file.name).name, dry_run=dry_run)
        elif feed.rows or place is not None:
            click.echo(_("Questo Comune non c'è. Indica il nome o il codice ISTAT con --comune."), err=True)
            sys.exit(2)
        else:
            outcome = actions.Outcome(0, faults=feed.faults)
    _tell(outcome, dry_run)
    sys.exit(1 if outcome.faults else 0)


def _comune(place: str | None, feed: Feed) -> Comune | None:
    wanted = place if place is not None else str(feed.rows[0]["istat"]) if feed.rows else ""
    return next((comune for comune in comuni()
                 if comune.name.lower() == wanted.lower() or comune.istat_code == wanted.zfill(6)), None)


def _tell(outcome: actions.Outcome, dry_run: bool) -> None:
    for fault in outcome.faults:
        click.echo(located(fault), err=True)
    for remark in outcome.remarks[:MOST_FAULTS]:
        click.echo(_("Avviso. %(words)s", words=located(remark)), err=True)
    if outcome.faults:
        click.echo(_("Non è stato importato niente: errori %(count)s.", count=len(outcome.faults)))
    elif outcome.imported_at:
        before = moment(outcome.imported_at)
        click.echo(_("Questo file è già stato importato (%(at)s). Non è cambiato niente.", at=before))
    else:
        click.echo(_("Prova, senza importare:") if dry_run else _("Importato:"))
        click.echo(_("righe %(rows)s, nuove %(added)s, cambiate %(changed)s, uguali %(unchanged)s",
                     rows=outcome.rows, added=outcome.added, changed=outcome.changed, unchanged=outcome.unchanged))
        for component, cents in sorted(outcome.cents.items()):
            click.echo(f"{component}: {euros(cents)}")
