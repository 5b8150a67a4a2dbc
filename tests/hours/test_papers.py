"""What is printed about hours: archives take it, screen readers read it, and the same data is the same file."""
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.base import documents
from app.base.db import db
from app.base.transactions import transaction
from app.hours import actions
from app.hours.models import Certificate, Sheet
from app.hours.views import papers
from tests.base.test_documents import catalogue, said
from tests.hours.builders import an_agreement, logged, validated, worked
from tests.hours.paper import MAY


def certificate(town) -> bytes:
    agreement = an_agreement(town, town.anna)
    validated(logged(worked(town.alessandria, town.anna)), town.tino)
    return papers.certificate_pdf(actions.certify(agreement.id, by=town.carla.row))


def attestation(town) -> bytes:
    validated(logged(worked(town.alessandria, town.bruno)), town.tino)
    return papers.certificate_pdf(actions.attest(town.bruno.row, town.alessandria.id, by=town.carla.row))


def annulled(town) -> bytes:
    certificate(town)
    row = db.session.query(Certificate).one()
    actions.annul(row, reason="Errore", by=town.carla.row)
    return papers.certificate_pdf(row)


def sheets(town) -> bytes:
    booking = worked(town.alessandria, town.anna)
    return papers.sheets_pdf([actions.print_sheet(booking.shift.task, each.row, MAY, by=town.tino.row) for each in (town.anna, town.bruno)])


@pytest.fixture
def asked(app):
    """A page somewhere in the site, so that addresses can be written."""
    with app.test_request_context(), transaction():
        yield


@pytest.mark.parametrize("paper", [certificate, attestation, annulled, sheets])
def test_each_paper_keeps_both_standards_and_is_the_same_twice(asked, town, monkeypatch, paper):
    told, compiled = [], documents._compiled
    monkeypatch.setattr(documents, "_compiled", lambda *given: told.append(given) or compiled(*given))
    made = paper(town)
    assert (said(made, "pdfaid:part"), said(made, "pdfaid:conformance"), said(made, "pdfuaid:part")) == ("2", "A", "1")
    for mark in (b"/MarkInfo<</Marked true", b"/Lang(it)", b"/StructTreeRoot", b"/OutputIntents"):
        assert mark in catalogue(made)
    assert compiled(*told[-1]) == made


def test_a_withdrawn_certificate_says_so_on_the_paper(asked, town, monkeypatch):
    told = []
    monkeypatch.setattr(documents, "pdf", lambda template, data, made_at: told.append(data) or b"")
    annulled(town)
    assert [each.get("stamp", "")[:9] for each in told] == ["", "ANNULLATO"]


@contextmanager
def counted():
    said = []
    def note(connection, cursor, statement, *_rest):
        said.append(statement)
    engine = db.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_many_sheets_are_printed_in_as_many_queries_as_one(asked, town, monkeypatch):
    monkeypatch.setattr(documents, "pdf", lambda template, data, made_at: data)
    task = worked(town.alessandria, town.anna).shift.task
    made = [actions.print_sheet(task, each.row, MAY, by=town.tino.row) for each in (town.anna, town.bruno, town.lino)]
    numbers, asked_of = [each.id for each in made], []
    db.session.flush()
    for some in (numbers[:1], numbers):
        db.session.expire_all()
        rows = [db.session.get(Sheet, number) for number in some]
        for row in rows:
            assert row.person.display_name and row.task.organisation.name and row.task.comune.zone
        with counted() as said_to_database:
            data = papers.sheets_pdf(rows)
        asked_of.append(len(said_to_database))
    assert asked_of[0] == asked_of[1], asked_of
    shifts = [dict(each["days"])["sab 30"] for each in data["sheets"]]
    assert shifts == ["10:00–13:00", "", ""]
