"""Statements: the accounts of an agreement, and those of the comune, by month or from one day to another. As a page, for print, as a file.

On a page the newest line comes first, in print and in files the oldest. A period is one of days of registration, since the balance runs so.
"""
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import abort, redirect, render_template, request, send_file, url_for
from flask_login import current_user

from app.access import May
from app.baratto import queries
from app.baratto.forms import StatementPeriod
from app.baratto.rules import accounts
from app.baratto.views import bp
from app.baratto.views.books import Book, agreement_books, columns, comune_books, narrate, rows, told
from app.base.clock import today
from app.base.i18n import gettext as _
from app.base.periods import Period
from app.base.tables import write_csv, write_ods
from app.guards import requires
from app.ledger.queries.balances import account_id
from app.ledger.queries.statements import EMPTY, Stretch, lines, page, stretch, totals
from app.town.models import Comune
from app.town.queries import comuni

PER_PAGE = 50
MOST_SUMMED = 500                      # lines; the sums of a longer period stand in its file, so that every page costs the same
MOST_PRINTED = 2000                    # lines: some forty sheets
IN_MEMORY = 2 ** 20
TYPES = {"csv": "text/csv; charset=utf-8", "ods": "application/vnd.oasis.opendocument.spreadsheet"}


class Opened(NamedTuple):
    """One account, over one period."""

    comune: Comune
    address: dict                      # endpoint and arguments of the page
    books: dict[str, Book]
    chosen: str
    account_id: int | None
    within: Stretch
    form: StatementPeriod
    facts: dict                        # what a line needs besides itself

    @property
    def book(self) -> Book:
        return self.books[self.chosen]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.comune.zone)

    @property
    def period(self) -> Period:
        return self.form.period

    def url(self, shape: str = "", *, period: Period | None = None, **arguments) -> str:
        """The address of this account in another shape, book or period."""
        period = self.period if period is None else period
        written = {name: day and day.isoformat() for name, day in (("dal", period.first), ("al", period.last))}
        address = {**self.address, "endpoint": self.address["endpoint"] + shape}
        return url_for(**{**address, "conto": self.chosen, **written, **arguments})

    def told(self, line):
        return told(line, account_id=self.account_id, zone=self.zone, **self.facts)


@bp.route("/estratto-conto")
@requires(May.STATEMENT_SEE)
def statement():
    """A resident's own agreements; offices look at one agreement at a time."""
    own = queries.agreements_of(current_user)
    if not own and current_user.reach(May.STATEMENT_SEE).comuni:
        return redirect(url_for("baratto.agreements"))
    return render_template("baratto/statements.html", agreements=[(each, queries.standing(each)) for each in own])


@bp.route("/patti/<int:agreement_id>/estratto-conto")
@requires(May.STATEMENT_SEE)
def agreement_statement(agreement_id):
    agreement = queries.agreement(agreement_id, seen_by=current_user)
    return _page(_of_agreement(agreement), "baratto/statement.html", agreement=agreement, standing=queries.standing(agreement),
                 own=agreement.person_id == current_user.id)


@bp.route("/patti/<int:agreement_id>/estratto-conto/stampa")
@requires(May.STATEMENT_SEE)
def agreement_statement_print(agreement_id):
    agreement = queries.agreement(agreement_id, seen_by=current_user)
    return _print(_of_agreement(agreement), agreement.person.display_name, agreement.call.title)


@bp.route("/patti/<int:agreement_id>/estratto-conto.csv", defaults={"suffix": "csv"})
@bp.route("/patti/<int:agreement_id>/estratto-conto.ods", defaults={"suffix": "ods"})
@requires(May.STATEMENT_SEE)
def agreement_statement_file(agreement_id, suffix):
    agreement = queries.agreement(agreement_id, seen_by=current_user)
    return _file(_of_agreement(agreement), suffix, f"patto-{agreement.id}")


@bp.route("/comuni/<int:comune_id>/estratto-conto")
@requires(May.STATEMENT_SEE)
def comune_statement(comune_id):
    return _page(_of_comune(comune_id), "baratto/comune_statement.html")


@bp.route("/comuni/<int:comune_id>/estratto-conto/stampa")
@requires(May.STATEMENT_SEE)
def comune_statement_print(comune_id):
    return _print(_of_comune(comune_id))


@bp.route("/comuni/<int:comune_id>/estratto-conto.csv", defaults={"suffix": "csv"})
@bp.route("/comuni/<int:comune_id>/estratto-conto.ods", defaults={"suffix": "ods"})
@requires(May.STATEMENT_SEE)
def comune_statement_file(comune_id, suffix):
    return _file(_of_comune(comune_id), suffix, "comune")


def _of_agreement(agreement) -> Opened:
    return _open(agreement.call.comune, agreement_books(agreement), "baratto.agreement_statement", agreement_id=agreement.id,
                 names={each.id: each.name for each in queries.certificates_of(agreement)})


def _of_comune(comune_id: int) -> Opened:
    """The comune's own accounts, for its offices; of another comune they do not exist."""
    comune = next((each for each in comuni() if each.id == comune_id and each.id in current_user.reach(May.STATEMENT_SEE).comuni), None)
    if comune is None:
        abort(404)
    calls = queries.calls_of(comune)
    return _open(comune, comune_books(calls), "baratto.comune_statement", comune_id=comune_id,
                 names={each.id: each.title for each in calls})


def _open(comune: Comune, books: dict[str, Book], endpoint: str, names: dict[int, str], **arguments) -> Opened:
    form = StatementPeriod(request.args)
    form.validate()
    chosen = request.args.get("conto") if request.args.get("conto") in books else next(iter(books))
    book = books[chosen]
    since, until = form.period.instants(ZoneInfo(comune.zone))
    account = account_id(comune.id, book.unit, book.kind, book.owner)
    return Opened(comune, {"endpoint": endpoint, **arguments}, books, chosen, account,
                  stretch(account, since=since, until=until) if account else EMPTY, form,
                  {"names": names, "unneeded_id": account_id(comune.id, "SERVICE", accounts.UNUSED)})


def _page(opened: Opened, template: str, **more):
    within = opened.within
    found = page(within, before=request.args.get("prima", type=int), limit=PER_PAGE + 1)
    summed = not within.cached or within.last - within.after <= MOST_SUMMED
    day = today(opened.zone)
    month, before = Period.month_of(day), Period.month_of(day).month_before
    if opened.period.is_month and not opened.form.errors:
        month, before = opened.period, opened.period.month_before
    periods = [(narrate(each), opened.url(period=each), each == opened.period) for each in (
        before, month, *([month.month_after] if month.last < day else []), Period.year_of(day))]
    return render_template(
        template, opened=opened, book=opened.book, form=opened.form, within=within, totals=totals(within) if summed else None,
        tabs=[(_(each.label), opened.url(conto=key), key == opened.chosen, 0) for key, each in opened.books.items()],
        periods=[*periods, (_("Tutti i movimenti"), opened.url(period=Period()), opened.period == Period())],
        period=narrate(opened.period), lines=[(line, opened.told(line)) for line in found[:PER_PAGE]],
        older=opened.url(prima=found[PER_PAGE - 1].seq) if len(found) > PER_PAGE else None,
        newest=opened.url() if "prima" in request.args else None, **more), 422 if opened.form.errors else 200


def _print(opened: Opened, *whose: str):
    if opened.form.errors:
        return redirect(_as_asked(opened))
    found = list(islice(lines(opened.within), MOST_PRINTED + 1))
    return render_template(
        "baratto/statement_print.html", opened=opened, book=opened.book, within=opened.within, totals=totals(opened.within),
        lines=[(line, opened.told(line)) for line in found] if len(found) <= MOST_PRINTED else None, most=MOST_PRINTED,
        whose=list(whose), period=narrate(opened.period), day=today(opened.zone))


def _file(opened: Opened, suffix: str, whose: str):
    """Written to the end before it is sent: a reader gets the whole file or an error, and memory holds a megabyte of it at most."""
    if opened.form.errors:
        return redirect(_as_asked(opened))
    file = SpooledTemporaryFile(IN_MEMORY)
    table = columns(opened.book), rows(opened.book, opened.within, opened.zone, opened.told)
    if suffix == "csv":
        write_csv(file, *table)
    else:
        write_ods(file, *table, sheet=_(opened.book.label))
    days = [day.isoformat() for day in opened.period if day]
    size = file.tell()
    file.seek(0)
    response = send_file(file, mimetype=TYPES[suffix], as_attachment=True,
                         download_name=f"{'-'.join(['estratto-conto', whose, opened.chosen, *days])}.{suffix}")
    response.content_length = size
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _as_asked(opened: Opened) -> str:
    """The page, which says what is wrong with the days."""
    return opened.url(dal=request.args.get("dal"), al=request.args.get("al"))
