"""`flask demo …`: the demonstration town. Registered only where DEMO=1."""
import time

import click
from flask.cli import AppGroup
from sqlalchemy import text

from app.base.db import db
from app.base.transactions import transaction
from app.dev import people
from app.dev.history import fill
from app.town import queries as town

group = AppGroup("demo", help="Il paese di prova.")

PASSWORD = people.PASSWORD
sign_ins = people.sign_ins


@group.command("seed")
def seed():
    """Riempie una base dati vuota con il paese di prova; se c'è già, non fa nulla."""
    if town.comuni():
        click.echo("Il paese di prova c'è già.")
        return
    began = time.monotonic()
    fill()
    click.echo(f"Paese di prova pronto in {time.monotonic() - began:.0f} secondi.")


@group.command("sign-ins")
def show_sign_ins():
    """Elenca gli accessi di prova."""
    for email, name, role in people.sign_ins():
        click.echo(f"  {email:<32} {role} ({name})")
    click.echo(f"  password per tutti: {PASSWORD}")


@group.command("drop")
def drop():
    """Toglie tutto dalla base dati (solo PostgreSQL; per SQLite si cancella il file)."""
    with transaction():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("DROP SCHEMA public CASCADE"))
            db.session.execute(text("CREATE SCHEMA public"))
