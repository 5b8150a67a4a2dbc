"""`flask people …`: how the operator of an installation lets the first people in."""
import click
from flask.cli import AppGroup

from app.access import FOR_ORGANISATION, Role
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.people import actions, queries
from app.town import queries as town

group = AppGroup("people", help="Persone e ruoli.")
SHORTEST_PASSWORD = 12                 # characters


@group.command("add")
@click.argument("given_name")
@click.argument("family_name")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--comune", required=True, help="Il Comune del ruolo, o quello dell'ente.")
@click.option("--organisation", default="", help="L'ente, per un tutor.")
@click.option("--fiscal-code", default=None, help="Serve a chi ha un tributo da ridurre.")
@click.password_option(help="Almeno 12 caratteri.")
def add(given_name, family_name, email, role, comune, organisation, fiscal_code, password):
    """Registra una persona con un ruolo; se l'indirizzo c'è già, aggiunge il ruolo a quella persona."""
    role = Role(role)
    place = town.comune_named(comune)
    if place is None:
        raise click.ClickException(f"Non c'è un Comune «{comune}».")
    host = town.organisation_named(place, organisation) if role in FOR_ORGANISATION else None
    if role in FOR_ORGANISATION and host is None:
        raise click.ClickException(f"Non c'è un ente «{organisation}» nel Comune di {comune}.")
    if len(password) < SHORTEST_PASSWORD:
        raise click.ClickException(f"La password ha meno di {SHORTEST_PASSWORD} caratteri.")
    try:
        with transaction():
            person = queries.by_email(email) or actions.register(given_name, family_name, email, fiscal_code=fiscal_code, password=password)
            actions.grant(person, role, comune=None if host else place, organisation=host)
    except Refusal as no:
        raise click.ClickException(str(no)) from no
    click.echo(f"{person.display_name}: {role.label}, {host.name if host else place.name}.")
