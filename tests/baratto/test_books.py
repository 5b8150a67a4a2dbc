"""The baratto's postings: once per fact, and undone without a trace in the balances."""
import pytest
from sqlalchemy import func, select

from app.baratto import queries
from app.baratto.actions import books, offsets, regulations
from app.baratto.models import Agreement, Call, Offset, Regulation
from app.baratto.schemas import read_regulation
from app.base.db import db
from app.base.errors import Refusal
from app.ledger.models import Posting
from tests.baratto.office import regulation_text


@pytest.fixture
def pact(office, town):
    office.bill(town.anna, 30000)
    return office.pact(town.anna, office.call())


def postings() -> int:
    return db.session.scalar(select(func.count(Posting.id)))


class TestOnce:
    """The same fact again gives the first receipt and writes nothing."""

    def test_every_posting(self, office, pact):
        number = office.proposal(pact, 120)
        office.approve(number)
        with office.work():
            agreement, offset, before = db.session.get(Agreement, pact), office.offset(number), postings()
            certificate = offset.certificates[0].certificate
            again = [books.open_call(agreement.call, actor=None), books.commit(agreement, actor=None),
                     books.certify(agreement, certificate.id, certificate.minutes, actor=None),
                     books.grant(offset, agreement.call.regulation.terms, actor=None)]
            assert not any(receipt.first for receipt in again) and postings() == before

    def test_another_amount_under_the_same_key_is_refused(self, office, pact):
        with pytest.raises(Refusal, match="registrazione diversa"), office.work():
            agreement = db.session.get(Agreement, pact)
            agreement.max_cents = 1
            books.commit(agreement, actor=None)

    def test_a_reversal(self, office, town, pact):
        number = office.proposal(pact, 120)
        office.approve(number)
        with office.work():
            offsets.reverse(office.offset(number), reason="Errore", by=town.mara.row)
        with office.work():
            assert not books.take_back(office.offset(number), actor=None).first


class TestFigures:
    def test_what_is_owed_is_less_what_was_granted(self, office, town, pact):
        office.approve(office.proposal(pact, 240))
        with office.work():
            agreement = db.session.get(Agreement, pact)
            line, = queries.bill(agreement.person, agreement.comune_id, agreement.tax)
            assert line.reducible_cents(agreement.call.regulation.terms) == 27000
            position = db.session.get(Offset, 1).lines[0].position_id
        office.change(position, offset_cents=3000)           # the tax software has applied our file: counted once
        with office.work():
            agreement = db.session.get(Agreement, pact)
            assert queries.bill(agreement.person, agreement.comune_id, agreement.tax)[0].paid_cents == 3000

    def test_the_standing_of_a_pact(self, office, pact):
        office.approve(office.proposal(pact, 240))
        office.certified(pact, 60)
        office.done(pact, 30)
        with office.work():
            found = queries.standing(db.session.get(Agreement, pact))
            assert (found.validated, found.certified, found.used, found.done) == (30, 60, 240, 330)
            assert (found.granted_cents, found.committed_cents) == (3000, 27000)

    def test_the_budget_of_a_call(self, office, pact):
        office.approve(office.proposal(pact, 240))
        with office.work():
            found = queries.budget(db.session.get(Agreement, pact).call)
            assert (found.appropriated, found.available, found.committed, found.used) == (1_000_000, 970_000, 27_000, 3000)


class TestRegulations:
    def test_versions(self, office, town):
        with office.work():
            first, new = regulations.import_regulation(town.alessandria.row, read_regulation(regulation_text()))
            again, still_new = regulations.import_regulation(town.alessandria.row, read_regulation(regulation_text()))
            second, _ = regulations.import_regulation(town.alessandria.row, read_regulation(regulation_text(rate_cents_per_hour=800)))
            assert (first.version, new, again.id, still_new, second.version) == (1, True, first.id, False, 2)
            assert regulations.current(town.alessandria.row) is second and second.terms.rate_cents_per_hour == 800

    def test_a_text_without_the_value_of_an_hour(self, office, town):
        text = regulation_text().replace("rate_cents_per_hour", "cap_person_year_cents")
        with pytest.raises(Refusal, match="terms.rate_cents_per_hour"), office.work():
            regulations.import_regulation(town.alessandria.row, read_regulation(text))

    @pytest.mark.parametrize("facts, field", [({"budget_cents": 0}, "budget_cents"), ({"year": 1999}, "year")])
    def test_a_call_without_funds_or_year(self, office, town, facts, field):
        office.call()
        with pytest.raises(Refusal) as refused, office.work():
            regulation = db.session.scalar(select(Regulation))
            regulations.open_call(regulation, **{"year": 2026, "title": "B", "act": "", "budget_cents": 1, "by": town.ada.row} | facts)
        assert refused.value.field == field

    def test_a_pact_keeps_its_version(self, office, town, pact):
        with office.work():
            regulations.import_regulation(town.alessandria.row, read_regulation(regulation_text(rate_cents_per_hour=100)))
        number = office.proposal(pact, 60)
        with office.work():
            assert office.offset(number).amount_cents == 750
            assert db.session.scalar(select(Call.regulation_id)) == 1


class TestImportCommand:
    @pytest.fixture
    def run(self, app, office, tmp_path):
        def run(text, *options):
            file = tmp_path / "regolamento.yaml"
            file.write_text(text, encoding="utf-8")
            return app.test_cli_runner().invoke(args=["baratto", "import-regulation", str(file), *options])
        return run

    def test_new_then_known(self, run):
        assert "versione 1" in run(regulation_text(), "--comune", "Alessandria").output
        again = run(regulation_text(), "--comune", "Alessandria")
        assert again.exit_code == 0 and "C'era già" in again.output

    def test_dry_run_keeps_nothing(self, run, office):
        assert run(regulation_text(), "--comune", "Alessandria", "--dry-run").exit_code == 0
        with office.work():
            assert db.session.scalar(select(func.count(Regulation.id))) == 0

    @pytest.mark.parametrize("text, comune, words", [
        (regulation_text(boh=1), "Alessandria", "terms.boh"),
        (regulation_text(), "Atlantide", "Atlantide"),
        (regulation_text().replace("rate_cents_per_hour", "min_debt_cents"), "Alessandria", "terms.rate_cents_per_hour")])
    def test_wrong(self, run, text, comune, words):
        done = run(text, "--comune", comune)
        assert done.exit_code == 2 and words in done.output
