"""The books that a statement opens, their lines in words with the page of the fact behind each, and their rows in a file."""
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import format_date

from app.baratto.models import Agreement, Call
from app.baratto.rules import accounts
from app.base.i18n import N_, gettext as _, spoken
from app.base.periods import Period
from app.base.tables import Column, Kind
from app.ledger.queries.statements import StatementLine, Stretch, lines


class Book(NamedTuple):
    """One account, as a tab of a statement."""

    label: str
    about: str
    unit: str
    kind: str
    owner: str = ""


class Told(NamedTuple):
    """A line of the ledger in words, with the page of the fact behind it."""

    text: str
    url: str | None


def agreement_books(agreement: Agreement) -> dict[str, Book]:
    owner = accounts.of_agreement(agreement)
    return {
        "convalidate": Book(N_("Ore convalidate"), N_("Ore confermate dal tutor, che aspettano l'attestato."),
                            "SERVICE", accounts.VALIDATED, owner),
        "certificate": Book(N_("Ore certificate"), N_("Ore con l'attestato, che aspettano la riduzione."),
                            "SERVICE", accounts.CERTIFIED, owner),
        "fondi": Book(N_("Euro riservati"), N_("I fondi messi da parte per questo patto."), "EUR", accounts.COMMITTED, owner),
    }


def comune_books(calls: list[Call]) -> dict[str, Book]:
    """The comune's own accounts, and the funds of each call. Where all hours come from, the balance is below zero."""
    return {
        "prestate": Book(N_("Ore prestate"), N_("Da qui vengono tutte le ore convalidate: il saldo è sotto zero, e dice quante sono."),
                         "SERVICE", accounts.SERVED),
        "usate": Book(N_("Ore usate"), N_("Le ore che sono diventate riduzioni."), "SERVICE", accounts.REDEEMED),
        "non-servite": Book(N_("Ore non servite"), N_("Le ore certificate che nelle riduzioni non sono servite."),
                            "SERVICE", accounts.UNUSED),
        "stanziamenti": Book(N_("Stanziamenti"), N_("Da qui vengono i fondi dei bandi: il saldo è sotto zero, e dice quanti sono."),
                             "EUR", accounts.APPROPRIATION),
        **{f"bando-{call.id}": Book(call.title, N_("I fondi del bando che nessun patto ha ancora impegnato."),
                                    "EUR", accounts.AVAILABLE, accounts.of_call(call)) for call in calls},
    }


def told(line: StatementLine, *, account_id: int, zone: ZoneInfo, unneeded_id: int | None, names: dict[int, str]) -> Told:
    """The fact behind a posting's key, such as "attendance:12:1", "certificate:3", "offset:5:reversed" or "agreement:7:commit".

    `names` are those of the certificates, or of the calls, by their ids.
    """
    what, number, *rest = line.key.split(":")
    number = int(number)
    match what, rest:
        case "attendance", [_version, "reversed"]:
            return Told(_("Ore corrette: si toglie la cifra di prima"), url_for("hours.attendance", attendance_id=number))
        case "attendance", [version]:
            text = N_("Ore convalidate, turno del %(day)s") if version == "1" else N_("Ore corrette: la cifra nuova, turno del %(day)s")
            return Told(spoken(text, day=line.effective_at.astimezone(zone).date()), url_for("hours.attendance", attendance_id=number))
        case "certificate", []:
            return Told(_("Attestato %(name)s", name=names[number]), url_for("hours.certificate", certificate_id=number))
        case "certificate", ["reversed"]:
            return Told(_("L'attestato %(name)s non vale più", name=names[number]), url_for("hours.certificate", certificate_id=number))
        case "offset", ["reversed"]:
            return Told(_("Storno della riduzione n. %(number)s", number=number), url_for("baratto.offset", offset_id=number))
        case "offset", []:
            unneeded = unneeded_id in (account_id, line.other_id)
            text = N_("Riduzione n. %(number)s: ore che non sono servite") if unneeded else N_("Riduzione n. %(number)s riconosciuta")
            return Told(_(text, number=number), url_for("baratto.offset", offset_id=number))
        case "agreement", ["commit"]:
            return Told(_("Fondi messi da parte per il patto"), url_for("baratto.agreement", agreement_id=number))
        case "agreement", ["release", *_again]:
            return Told(_("Fondi non usati, tornati al bando"), url_for("baratto.agreement", agreement_id=number))
        case "call", ["open"]:
            return Told(_("Fondi del bando: %(title)s", title=names[number]), None)
    raise ValueError(f"nobody writes a posting with the key {line.key!r}")


def narrate(period: Period) -> str:
    """"Maggio 2026", "2026", "dal 3 mag 2026 al 5 giu 2026"."""
    match period:
        case Period(None, None):
            return _("Dal primo movimento a oggi")
        case Period(first, None):
            return spoken(N_("Dal %(day)s"), day=first)
        case Period(None, last):
            return spoken(N_("Fino al %(day)s"), day=last)
    if period.is_month:
        return format_date(period.first, "LLLL y").capitalize()
    if period == Period.year_of(period.first):
        return str(period.first.year)
    return spoken(N_("Dal %(first)s al %(last)s"), first=period.first, last=period.last)


def columns(book: Book) -> list[Column]:
    """Hours twice, as people read them and as minutes to reckon with; the sign stands where it does no harm, see `tables.h_mm`."""
    euros = book.unit == "EUR"
    amount = Kind.CENTS if euros else Kind.MINUTES
    return [Column(_("Riga"), Kind.NUMBER), Column(_("Data di registrazione"), Kind.DAY), Column(_("Data del fatto"), Kind.DAY),
            Column(_("Che cosa")), Column(_("Entrate in euro") if euros else _("Entrate"), amount),
            Column(_("Uscite in euro") if euros else _("Uscite"), amount), Column(_("Saldo in euro") if euros else _("Saldo"), amount),
            *([] if euros else [Column(_("Movimento in minuti"), Kind.NUMBER), Column(_("Saldo in minuti"), Kind.NUMBER)]),
            Column(_("Pagina"))]


def rows(book: Book, within: Stretch, zone: ZoneInfo, tell: Callable[[StatementLine], Told]) -> Iterator[tuple]:
    """The opening balance, each line from the oldest, and the totals with the closing balance."""
    def row(*start, change, balance, url=None):
        return *start, balance, *(() if book.unit == "EUR" else (change, balance)), url

    yield row(None, None, None, _("Saldo iniziale"), None, None, change=None, balance=within.opening)
    into = out = 0
    for line in lines(within):
        into, out = into + max(line.change, 0), out + max(-line.change, 0)
        fact = tell(line)
        yield row(line.seq, line.recorded_at.astimezone(zone).date(), line.effective_at.astimezone(zone).date(), fact.text,
                  max(line.change, 0) or None, max(-line.change, 0) or None, change=line.change, balance=line.balance,
                  url=fact.url and urljoin(request.url_root, fact.url))
    yield row(None, None, None, _("Totali e saldo finale"), into, out, change=into - out, balance=within.opening + into - out)
