"""The wall from outside: no address and no command takes a unit, an account or a book from whoever asks: so none can be talked into it."""
import ast

import click
import pytest
from wtforms.fields.core import UnboundField

from app import guards
from app.base import clock
from app.base.forms import Form
from app.base.once import new_key
from tests.architecture import MODULES, name_of
from tests.architecture.test_routes import csrf_token
from tests.baratto.office import NOW, Office
from tests.ledger.compartments import Compartments, compartments

__all__ = ["compartments"]

# What somebody would add to a form, to a query or to a line of a shell.
FORGED = {"unit", "account", "account_id", "debit", "debit_id", "credit", "credit_id", "book", "book_id", "book_kind", "posting_id",
          "reverses_id", "transfer_id", "hold_id", "balance", "floor", "ceiling", "conto", "unità", "registro"}
# Chooses which of a pact's own accounts a statement shows, from a closed list of words, and only in a GET.
READS_ONLY = {("app/baratto/views/statements.py", "conto")}


def forms(parent=Form) -> set:
    return {parent, *(each for child in parent.__subclasses__() for each in forms(child))}


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_no_form_has_such_a_field(app):
    fields = {(form.__name__, name) for form in forms() for name in dir(form) if isinstance(getattr(form, name), UnboundField)}
    assert len(fields) > 30 and not [each for each in fields if each[1] in FORGED]


def test_no_view_reads_such_a_field():
    """request.form["…"], request.args.get("…") and the like."""
    read, sent = set(), {"form", "args", "values", "json"}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Subscript(value=ast.Attribute(attr=source), slice=ast.Constant(value=name)) if source in sent:
                    read.add((name_of(path), name))
                case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=source)), args=[ast.Constant(value=name), *_]) if source in sent:
                    read.add((name_of(path), name))
    assert len(read) > 5 and {each for each in read if each[1] in FORGED} <= READS_ONLY


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_every_address_that_takes_a_post_ignores_forged_fields(app, town, compartments):
    """Sent by everybody to every address that writes, for a real row of Alessandria, with the ids of every other compartment."""
    with clock.set_to(NOW):
        office = Office(app, town)
        office.bill(town.anna, 30000)
        office.proposal(office.pact(town.anna, office.call()), 240)
    before, tried = compartments.totals(), set()
    here, there = compartments[0], compartments[2]
    forged = {"unit": "TIME", "account_id": there.one, "account": there.one, "debit_id": there.one, "credit_id": here.one,
              "debit": there.one, "credit": here.one, "book_id": there.book_id, "book": there.book_id, "minutes": 60, "amount": "60",
              "reason": "prova", "act": "1/2026", "act_date": "01/06/2026"}
    for neighbour in (town.tino, town.carla, town.olga, town.teo, town.mara, town.ada, town.anna):
        client = app.test_client().sign_in(neighbour)
        client.unread |= {200, 400, 403, 404, 405, 409, 422}
        for rule in app.url_map.iter_rules():
            if "POST" not in rule.methods or rule.endpoint.endswith("sign_out") or rule.rule in ("/accedi", "/esci"):
                continue
            with client.session_transaction() as session:
                session["csrf_token"] = "0" * 40
            address = rule.build({argument: 1 for argument in rule.arguments}, append_unknown=False)[1]
            status = client.post(address, data=forged | {"form_key": new_key(), "csrf_token": csrf_token(app, "0" * 40)}).status_code
            if status not in (403, 404):
                tried.add(rule.rule)
    writers = {rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods
               and app.view_functions[rule.endpoint].permission != guards.PUBLIC}
    assert len(tried & writers) > len(writers) / 2, sorted(writers - tried)
    assert compartments.hold()
    assert {key: total for key, total in before.items() if key[1] == "TIME"} == {
        key: total for key, total in compartments.totals().items() if key[1] == "TIME"}


# The import opens the accounts of a bank that is new here, with these limits.
MAY_SAY = {"ledger import": {"floor", "ceiling"}}
NOT_OURS = {"db", "run", "shell", "routes"}


def commands(group: click.Group, path: tuple[str, ...] = ()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        elif (path or (name,))[0] not in NOT_OURS:
            yield " ".join((*path, name)), command


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
def test_no_command_takes_an_account_or_a_book(app):
    taken = {name: {each.name for each in command.params} & FORGED for name, command in commands(app.cli)}
    assert len(taken) > 10
    assert {name: words for name, words in taken.items() if words} == MAY_SAY


def test_the_compartments_are_told_apart(compartments: Compartments):
    """The measure itself: a town's two units share a book, a comune's banks do not, and there are no two alike."""
    assert len(compartments) == 8 and len({each[:2] for each in compartments}) == 8
    assert len({each.book_id for each in compartments}) == 6
