"""Statements: an agreement's accounts line by line, each line with the fact behind it."""
from typing import NamedTuple

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.baratto import queries
from app.baratto.rules import accounts
from app.baratto.views import bp
from app.base.i18n import N_, gettext as _, spoken
from app.guards import requires
from app.ledger import queries as ledger
from app.ledger.queries import StatementLine

PER_PAGE = 50


class Book(NamedTuple):
    """One account of an agreement, as a tab of its statement."""

    label: str
    about: str
    unit: str
    kind: str


BOOKS = {
    "convalidate": Book(N_("Ore convalidate"), N_("Ore confermate dal tutor, che aspettano l'attestato."), "SERVICE", accounts.VALIDATED),
    "certificate": Book(N_("Ore certificate"), N_("Ore con l'attestato, che aspettano la riduzione."), "SERVICE", accounts.CERTIFIED),
    "fondi": Book(N_("Euro riservati"), N_("I fondi messi da parte per questo patto."), "EUR", accounts.COMMITTED),
}


class Told(NamedTuple):
    """A line of the ledger in words, with the page of the fact behind it."""

    text: str
    url: str | None


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
    chosen = request.args.get("conto") if request.args.get("conto") in BOOKS else "convalidate"
    book = BOOKS[chosen]
    account = ledger.account_id(agreement.comune_id, book.unit, book.kind, accounts.of_agreement(agreement))
    lines = ledger.statement(account, before_seq=request.args.get("prima", type=int), limit=PER_PAGE + 1) if account else []
    unneeded = ledger.account_id(agreement.comune_id, "SERVICE", accounts.UNUSED)
    names = {each.id: each.name for each in queries.certificates_of(agreement)}
    tabs = [(_(each.label), url_for("baratto.agreement_statement", agreement_id=agreement_id, conto=key), key == chosen, 0)
            for key, each in BOOKS.items()]
    return render_template(
        "baratto/statement.html", agreement=agreement, standing=queries.standing(agreement), book=book, chosen=chosen, tabs=tabs,
        lines=[(line, told(line, unneeded=line.other_id == unneeded, names=names)) for line in lines[:PER_PAGE]],
        more=len(lines) > PER_PAGE, own=agreement.person_id == current_user.id)


def told(line: StatementLine, *, unneeded: bool, names: dict[int, str]) -> Told:
    """The fact behind a posting's key, such as "attendance:12:1", "certificate:3", "offset:5:reversed" or "agreement:7:commit"."""
    what, number, *rest = line.key.split(":")
    number = int(number)
    match what, rest:
        case "attendance", [_version, "reversed"]:
            return Told(_("Ore corrette: si toglie la cifra di prima"), url_for("hours.attendance", attendance_id=number))
        case "attendance", [version]:
            text = N_("Ore convalidate, turno del %(day)s") if version == "1" else N_("Ore corrette: la cifra nuova, turno del %(day)s")
            return Told(spoken(text, day=line.effective_at.date()), url_for("hours.attendance", attendance_id=number))
        case "certificate", []:
            return Told(_("Attestato %(name)s", name=names[number]), url_for("hours.certificate", certificate_id=number))
        case "offset", ["reversed"]:
            return Told(_("Storno della riduzione n. %(number)s", number=number), url_for("baratto.offset", offset_id=number))
        case "offset", []:
            text = N_("Riduzione n. %(number)s: ore che non sono servite") if unneeded else N_("Riduzione n. %(number)s riconosciuta")
            return Told(_(text, number=number), url_for("baratto.offset", offset_id=number))
        case "agreement", ["commit"]:
            return Told(_("Fondi messi da parte per il patto"), None)
        case "agreement", ["release", *_again]:
            return Told(_("Fondi non usati, tornati al bando"), None)
    raise ValueError(f"nobody writes a posting with the key {line.key!r}")
