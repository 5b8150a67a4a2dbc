"""What becomes of a granted offset: the caps that the ledger keeps, the file for the tax software, the reversal, the letters."""
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.baratto import queries
from app.baratto.actions import agreements, books, offsets
from app.baratto.models import Agreement, OffsetCertificate
from app.base import outbox
from app.base.db import db
from app.base.errors import Refusal
from app.taxes.models import Export
from tests.threads import together


class TestCaps:
    """The ledger refuses what passes a cap, also when the rules above it are wrong: here they know of no cap."""

    def grant(self, office, number: int, **caps):
        with office.work():
            offset = office.offset(number)
            books.grant(offset, replace(offset.agreement.call.regulation.terms, **caps), actor=None)

    def test_of_a_person(self, office, town, pact):
        number = office.proposal(pact, 120)                                 # 15,00
        with pytest.raises(Refusal, match="Si supera l'importo massimo"):
            self.grant(office, number, cap_person_year_cents=1499)
        assert office.balance("EUR", "person_cents", f"person:{town.anna.ref}:2026") == 0
        self.grant(office, number, cap_person_year_cents=1500)

    def test_of_a_household(self, office, town):
        office.household(town.anna, town.bruno)
        call = office.call()
        office.bill(town.anna, 50000)
        office.bill(town.bruno, 50000)
        first, second = office.proposal(office.pact(town.anna, call), 120), office.proposal(office.pact(town.bruno, call), 120)
        self.grant(office, first, cap_household_year_cents=2000)
        with pytest.raises(Refusal, match="Si supera l'importo massimo"):
            self.grant(office, second, cap_household_year_cents=2000)
        self.grant(office, second, cap_household_year_cents=3000)

    def test_of_a_household_by_the_rules(self, office, town):
        """What is promised to one is not promised to the other."""
        office.household(town.anna, town.bruno)
        call = office.call(cap_household_year_cents=2000)
        office.bill(town.anna, 50000)
        office.bill(town.bruno, 50000)
        office.pact(town.anna, call, wanted_minutes=120)
        second = office.pact(town.bruno, call)
        with office.work():
            assert (db.session.get(Agreement, second).max_cents, db.session.get(Agreement, second).planned_minutes) == (500, 40)

    def test_of_minutes(self, office, town):
        call = office.call(cap_person_year_min=60)
        office.bill(town.anna, 50000)
        pact = office.pact(town.anna, call)
        number = office.proposal(pact, 180)
        with office.work():
            assert (office.offset(number).amount_cents, office.offset(number).minutes_unused) == (750, 120)
        with pytest.raises(Refusal, match="massimo di ore"), office.work():
            offset = office.offset(number)
            offset.minutes_used, offset.minutes_unused = 61, 119
            books.grant(offset, offset.agreement.call.regulation.terms, actor=None)

    def test_of_hours_that_are_there(self, office, town, pact):
        number = office.proposal(pact, 60)
        with pytest.raises(Refusal, match="Le ore non bastano"), office.work():
            offset = office.offset(number)
            offset.minutes_used = 61
            books.grant(offset, offset.agreement.call.regulation.terms, actor=None)


class TestExport:
    def test_twice_is_one_file(self, office, town, pact):
        office.approve(office.proposal(pact, *[60 * 11] * 3, 40))
        with office.work():
            made = offsets.export(town.alessandria.id, by=town.mara.row)
            assert made.total_cents == 25250 and "12/2026" in made.content
        with pytest.raises(Refusal, match="Non ci sono riduzioni"), office.work():
            offsets.export(town.alessandria.id, by=town.mara.row)

    def test_two_at_once_are_one_file(self, office, town, pact):
        office.approve(office.proposal(pact, 60))

        def export():
            with office.work():
                offsets.export(town.alessandria.id, by=town.mara.row)
        results = together(*[export] * 4)
        assert results.count(None) == 1
        with office.work():
            assert db.session.scalar(select(func.count(Export.id))) == 1

    def test_a_reversal_of_what_was_sent_is_sent_once(self, office, town, pact):
        number = office.proposal(pact, 60)
        office.approve(number)
        with office.work():
            offsets.export(town.alessandria.id, by=town.mara.row)
        with office.work():
            offsets.reverse(office.offset(number), reason="Ore di un altro", by=town.mara.row)
        with office.work():
            assert offsets.export(town.alessandria.id, by=town.mara.row).total_cents == -750
        with pytest.raises(Refusal, match="Non ci sono riduzioni"), office.work():
            offsets.export(town.alessandria.id, by=town.mara.row)

    def test_what_was_reversed_before_it_was_sent_never_leaves(self, office, town, pact):
        number = office.proposal(pact, 60)
        office.approve(number)
        with office.work():
            offsets.reverse(office.offset(number), reason="Errore", by=town.mara.row)
        with pytest.raises(Refusal, match="Non ci sono riduzioni"), office.work():
            offsets.export(town.alessandria.id, by=town.mara.row)


class TestReverse:
    def test_all_stands_as_before(self, office, town, pact):
        certificate = office.certified(pact, 60 * 4)
        number = office.proposal(pact)
        office.approve(number)
        with office.work():
            offsets.reverse(office.offset(number), reason="Persona sbagliata", by=town.mara.row)
            assert not db.session.scalar(select(OffsetCertificate.live).where(OffsetCertificate.certificate_id == certificate))
        assert office.of_pact(pact, "certified") == 240
        assert office.of_pact(pact, "committed") == 41237
        assert office.balance("EUR", "person_cents", f"person:{town.anna.ref}:2026") == 0
        assert office.balance("SERVICE", "person_minutes", f"person:{town.anna.ref}:2026") == 0
        again = office.proposal(pact)
        office.approve(again)
        assert office.of_pact(pact, "certified") == 0

    def test_not_by_the_proposer_not_without_a_reason_not_twice(self, office, town, pact):
        number = office.proposal(pact, 60)
        office.approve(number)
        with pytest.raises(Refusal) as refused, office.work():
            offsets.reverse(office.offset(number), reason="", by=town.mara.row)
        assert refused.value.field == "reason"
        with pytest.raises(Refusal, match="un'altra persona"), office.work():
            offsets.reverse(office.offset(number), reason="x", by=town.teo.row)
        with office.work():
            offsets.reverse(office.offset(number), reason="x", by=town.mara.row)
        with pytest.raises(Refusal, match="non è più possibile"), office.work():
            offsets.reverse(office.offset(number), reason="x", by=town.mara.row)

    def test_after_the_pact_is_closed_the_rest_returns_to_the_call(self, office, town, pact):
        number = office.proposal(pact, 60 * 4)
        office.approve(number)
        with office.work():
            agreements.close(db.session.get(Agreement, pact), reason="Finito", by=town.olga.row)
        assert office.of_pact(pact, "committed") == 0
        with office.work():
            offsets.reverse(office.offset(number), reason="Errore", by=town.mara.row)
            waiting = queries.to_propose(seen_by=town.teo.row)
            assert [each.agreement.id for each in waiting] == [pact]
        office.approve(office.proposal(pact))
        assert office.of_pact(pact, "committed") == 0


class TestLetters:
    def letters(self, office) -> list[tuple[str, str]]:
        with office.work():
            return [(letter.recipient, letter.subject) for letter in outbox.due()]

    def test_to_the_person_and_to_the_clerk_and_never_an_amount_in_the_subject(self, office, town, pact):
        number = office.proposal(pact, 60)
        with office.work():
            offsets.send_back(office.offset(number), reason="Manca un allegato", by=town.mara.row)
        with office.work():
            offsets.propose_again(office.offset(number), by=town.teo.row)
        office.approve(number)
        with office.work():
            offsets.reverse(office.offset(number), reason="Errore", by=town.mara.row)
        letters = self.letters(office)
        assert letters == [(town.anna.email, "Il tuo patto è attivo"), (town.teo.email, "Una tua proposta è stata restituita"),
                           (town.anna.email, "La tua riduzione è stata approvata"),
                           (town.anna.email, "Una tua riduzione è stata annullata")]
        assert not any(sign in subject for _, subject in letters for sign in "€0123456789")
        with office.work():
            approved = next(letter for letter in outbox.due() if "approvata" in letter.subject)
            assert "7,50" in approved.body and f"http://localhost/riduzioni/{number}" in approved.body
            assert "pagamento" not in approved.body and "compensazione" not in approved.body
