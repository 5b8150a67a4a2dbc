"""`flask town …`: the places of an installation, put in by its operator."""
import click
from flask.cli import AppGroup

from app.base.transactions import transaction
from app.town import actions, queries

group = AppGroup("town", help="Comuni ed enti ospitanti.")


@group.command("found")
@click.argument("name")
@click.argument("istat_code")
@click.argument("province")
def found(name: str, istat_code: str, province: str):
    """Aggiunge un Comune: nome, codice ISTAT di sei cifre, sigla della provincia."""
    if not (istat_code.isdigit() and len(istat_code) == 6 and len(province) == 2):
        raise click.UsageError("Il codice ISTAT ha sei cifre e la provincia due lettere.")
    if any(name == comune.name or istat_code == comune.istat_code for comune in queries.comuni()):
        raise click.ClickException("Questo Comune c'è già.")
    with transaction():
        actions.found(name, istat_code, province.upper())
    click.echo(f"Comune di {name} aggiunto.")


@group.command("host")
@click.argument("comune")
@click.argument("name")
@click.option("--about", default="", help="Che cosa fa, in una frase.")
def host(comune: str, name: str, about: str):
    """Aggiunge a un COMUNE un ente che ospita attività."""
    with transaction():
        actions.host(queries.comune_named(comune) or _unknown(comune), name, about)
    click.echo(f"{name} aggiunto al Comune di {comune}.")


def _unknown(comune: str):
    raise click.ClickException(f"Non c'è un Comune «{comune}».")
