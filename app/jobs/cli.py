"""`flask jobs …`: the process that the clock drives, and what an operator asks of it."""
import json
import logging
import sys
import threading
from datetime import date

import click
from flask import current_app
from flask.cli import AppGroup

from app.base.amounts import day as read_day
from app.base.errors import Refusal
from app.base.transactions import snapshot, transaction
from app.jobs import timetable
from app.ledger import jobs as sealer
from app.reconciliation import jobs as nights
from app.reconciliation.actions import nights as actions
from app.reconciliation.queries import health, nights as queries
from app.reconciliation.rules import Outcome

group = AppGroup("jobs", help="Le notti di controllo e la posta in uscita.")


@group.command("run")
def run():
    """Resta acceso e fa tutto a suo tempo. È un processo a parte: il sito non lo avvia mai."""
    _log()
    timetable.run(current_app._get_current_object())


@group.command("once")
@click.option("--comune", default="", help="Nome o codice ISTAT; senza, tutti i Comuni.")
def once(comune: str):
    """Sigilla i movimenti nuovi, fa le notti che mancano e si ferma.

    Esce con 0 se tutto torna, 1 se trova differenze, 2 se non riesce, 75 se un altro processo è al lavoro o se le si chiede di fermarsi.
    """
    _log()
    asked = threading.Event()
    try:
        with timetable.stopped_by_signals(asked):
            sealer.seal_new(stopping=asked.is_set)
            outcome = nights.run_due(comune=comune, stopping=asked.is_set)
    except Exception:
        logging.getLogger(__name__).exception("could not run")
        outcome = Outcome.FAILED
    sys.exit(outcome)


@group.command("status")
@click.option("--json", "as_json", is_flag=True, help="Un oggetto JSON per riga.")
def status(as_json: bool):
    """Dice com'è andata l'ultima notte di ogni Comune, con gli stessi codici di uscita di «once»."""
    with snapshot():
        standings, installation = health.standings(), health.installation()
    for each in standings:
        click.echo(json.dumps(each._asdict(), default=str) if as_json else
                   f"{each.comune}: ultima notte {each.last_done or 'nessuna'}{f' in {each.duration} s' if each.last_done else ''}, "
                   f"attese {each.waiting}, non riuscite {each.failed}, differenze {each.open_findings}"
                   f"{', in corso' if each.running else ''}")
    click.echo(json.dumps(installation._asdict()) if as_json else
               f"Movimenti senza sigillo {installation.unsealed}, lettere ferme {installation.letters}"
               f"{f', la più vecchia da {installation.letter_age // 60} min' if installation.letters else ''}")
    sys.exit(max((each.outcome for each in standings), default=Outcome.CLEAN))


@group.command("retry")
@click.argument("day", metavar="DATE")
@click.option("--comune", default="", help="Nome o codice ISTAT; senza, tutti i Comuni.")
def retry(day: str, comune: str):
    """Rimette in coda la notte del giorno DATE (2026-11-21 o 21/11/2026), da capo."""
    try:
        when: date = read_day(day)
        with transaction():
            towns = queries.towns(comune)
            for town in towns:
                actions.run_again(town, when, reason="flask jobs retry")
                click.echo(f"{town.name}: {when.isoformat()} in coda")
    except Refusal as no:
        click.echo(no, err=True)
        sys.exit(Outcome.FAILED)
    if not towns:
        click.echo(f"Nessun Comune si chiama {comune}.", err=True)
        sys.exit(Outcome.FAILED)


def _log() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
