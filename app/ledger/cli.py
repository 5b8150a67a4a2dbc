"""`flask ledger …`: is the register what it was, what proves it elsewhere, and how an older one comes in."""
import os
import sys
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

import click
import segno
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from app.base import amounts, clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.i18n import N_, gettext as _, hours, located, refused, short_day, spoken
from app.base.transactions import snapshot, transaction
from app.ledger import schemas
from app.ledger.actions.imports import Holder, Imported, Register, import_rows
from app.ledger.queries import running, seals, verification
from app.ledger.queries.places import place
from app.ledger.rules.seals import Anchor

group = AppGroup("ledger", help="Il registro delle ore e degli euro.")

MOST = 100                             # faults told
LONGEST = 3600                         # seconds for one statement: an operator waits longer than the night


@group.command("verify")
@click.option("--since", "since", type=click.IntRange(min=0), default=0, metavar="SIGILLO", help="Si fida fino a questo sigillo.")
@click.option("--anchor", "texts", multiple=True, metavar="TESTO", help="Un'ancora conservata altrove.")
@click.option("--anchor-file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Un file di ancore, una per riga.")
def verify(since: int, texts: tuple[str, ...], file: Path | None):
    """Controlla che il registro sia quello che è stato sigillato.

    Controlla i sigilli, i movimenti e i saldi. Solo un'ancora scopre una coda tagliata o un registro rifatto da capo. Esce con 0 se tutto
    torna, 1 se trova differenze, 2 se non riesce.
    """
    try:
        anchors = [Anchor.read(each) for each in texts] + _anchors_in(file)
        with snapshot(LONGEST):
            faults = _faults(since, anchors)
            last, unsealed = seals.latest(), seals.unsealed()
    except (Refusal, SQLAlchemyError, OSError) as error:
        click.echo(refused(error) if isinstance(error, Refusal) else error, err=True)
        sys.exit(2)
    for fault in faults:
        click.echo(spoken(fault.words, **fault.values))
    if len(faults) == MOST:
        click.echo(_("Le differenze sono tante: qui ci sono le prime %(count)s.", count=MOST))
    click.echo(_("Sigilli: %(seals)s. Movimenti sigillati: %(transfers)s. Non ancora sigillati: %(unsealed)s.",
                 seals=last.seal if last else 0, transfers=last.transfers if last else 0, unsealed=unsealed))
    click.echo(_("Il registro non torna.") if faults else _("Il registro torna."))
    sys.exit(1 if faults else 0)


@group.command("anchor")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Scrive il codice QR anche in questo file.")
def anchor(svg: Path | None):
    """Stampa l'ancora di oggi, come testo e come codice QR: chi la conserva altrove può provare che cosa c'era nel registro."""
    with snapshot():
        last = seals.latest()
    if last is None:
        click.echo(_("Non c'è ancora nessun sigillo."), err=True)
        sys.exit(2)
    text = Anchor.of(clock.today(), last.seal, last.transfers, last.head).text
    code = segno.make(text, micro=False)
    click.echo(text)
    code.terminal(sys.stdout, compact=True)
    if svg:
        code.save(str(svg), kind="svg", scale=4)


class Name(click.ParamType):
    """Part of the key of a row, in which a colon parts what belongs to what."""

    name = "nome"

    def __init__(self, longest: int):
        self.longest = longest

    def convert(self, value, param, ctx):
        if len(value) > self.longest or ":" in value:
            self.fail(_("Al massimo %(max)d caratteri, senza due punti.", max=self.longest), param, ctx)
        return value


class Hours(click.ParamType):
    name = "ore"

    def convert(self, value, param, ctx):
        try:
            return -amounts.minutes(value[1:]) if value.startswith("-") else amounts.minutes(value)
        except Refusal as no:
            self.fail(refused(no), param, ctx)


@group.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--comune", "wanted", required=True, help="Nome o codice ISTAT.")
@click.option("--bank", type=Name(40), default="", help="La banca del tempo, dove un Comune ne ha più di una.")
@click.option("--source", type=Name(20), default="", help="Il registro, dove una banca ne importa più di uno.")
@click.option("--floor", type=Hours(), help="Il minimo dei conti nuovi: -20:00.")
@click.option("--ceiling", type=Hours(), help="Il massimo dei conti nuovi: 20:00.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path),
              help="Dove scrivere di chi è ogni conto. Se c'è già, lo legge.")
@click.option("--dry-run", is_flag=True, help="Dice che cosa cambierebbe, e non cambia niente.")
def import_register(file, wanted: str, report: Path | None, dry_run: bool, **register):
    """Importa in una sola volta il registro di una banca del tempo, o delle ore di servizio, da FILE.

    I minimi e i massimi dei conti valgono anche qui: una riga che li supera ferma tutto. Esce con 0 se è andato tutto bene, 1 se qualche
    riga è sbagliata (e allora non importa niente), 2 se il file non si può usare.
    """
    try:
        if report is None and not dry_run:
            raise Refusal(N_("Indica con --report il file dei riferimenti: senza, nessuno saprebbe di chi è un conto."))
        feed = schemas.read_rows(file.read(schemas.LARGEST_BYTES + 1))
        holders = schemas.read_report(report.read_bytes()) if report and report.exists() else []
        with transaction():
            outcome = _import(wanted, register, feed, holders)
            if dry_run or outcome.faults:
                db.session.rollback()
            else:
                _keep(report, outcome.holders)     # before the commit: what is not written down must not be in the ledger
    except (Refusal, OSError) as error:
        click.echo(refused(error) if isinstance(error, Refusal) else error, err=True)
        sys.exit(2)
    _tell_import(outcome, dry_run)
    sys.exit(1 if outcome.faults else 0)


def _import(wanted: str, register: dict, feed: schemas.Feed, holders: list[Holder]) -> Imported:
    """Also with faults in the file, the other rows are tried: whoever corrects it should hear everything at once."""
    if (comune := place(wanted)) is None:
        raise Refusal(N_("Questo Comune non c'è. Indica il nome o il codice ISTAT con --comune."))
    outcome = import_rows(Register(comune.comune_id, comune.zone, **register), feed.rows, holders)
    outcome.faults = sorted(feed.faults + outcome.faults, key=lambda fault: fault.line)
    return outcome


def _keep(report: Path, holders: list[Holder]) -> None:
    """The whole report or the one before it, readable by its owner only."""
    with NamedTemporaryFile(dir=report.parent, prefix=f".{report.name}.", delete=False) as written:
        schemas.write_report(written, holders)
        written.flush()
        os.fsync(written.fileno())
    os.replace(written.name, report)


def _tell_import(outcome: Imported, dry_run: bool) -> None:
    for fault in outcome.faults:
        click.echo(located(fault), err=True)
    if outcome.faults:
        click.echo(_("Non è stato importato niente: errori %(count)s.", count=len(outcome.faults)))
        return
    click.echo(_("Prova, senza importare:") if dry_run else _("Importato:"))
    click.echo(_("righe nuove %(posted)s, già importate %(known)s, conti nuovi %(opened)s",
                 posted=len(outcome.posted), known=outcome.known, opened=outcome.opened))
    opening = _("apertura")
    for row in outcome.posted if dry_run else ():
        click.echo(_("Riga %(line)s: %(day)s, da %(debit)s a %(credit)s, %(hours)s (%(unit)s)", line=row.line, day=short_day(row.day),
                     debit=row.debit or opening, credit=row.credit or opening, hours=hours(row.minutes), unit=row.unit))
    click.echo(_("Saldi dopo l'importazione:"))
    for each in outcome.holders:
        click.echo(f"{each.name} ({each.unit}): {hours(each.balance)}")


def _faults(since: int, anchors: list[Anchor]) -> list[verification.Fault]:
    """The first faults. The rows come before the balances: what was changed comes before what follows from it."""
    last = seals.latest()
    sealed = last.transfers - seals.transfers(since) if last else 0
    with click.progressbar(length=sealed, label=_("Movimenti"), file=sys.stderr) as bar:
        faults = list(islice(verification.verify(since, bar.update), MOST))
    after_id = seals.last_id(since)
    for more in (running.transfers(after_id), running.accounts(), verification.against(anchors)):
        faults += islice(more, MOST - len(faults))
    return faults


def _anchors_in(file: Path | None) -> list[Anchor]:
    """The anchors of a file. Refuses a line that is none, by its number."""
    anchors = []
    for number, line in enumerate(file.read_text().splitlines() if file else (), start=1):
        try:
            anchors += [Anchor.read(line)] if line.strip() else []
        except Refusal as no:
            raise Refusal(N_("Riga %(line)s del file: %(words)s"), line=number, words=refused(no)) from no
    return anchors
