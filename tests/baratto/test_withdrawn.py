"""A certificate that is taken back, and the reductions that stand on it."""
import pytest
from sqlalchemy import select

from app.baratto import queries
from app.baratto.actions import offsets
from app.baratto.models import Agreement
from app.baratto.states import Offset as State
from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.outbox import Letter
from app.hours import actions as hours
from app.hours.models import Certificate
from tests.baratto.office import NOW
from tests.threads import together


def annul(office, town, number: int) -> None:
    with office.work():
        hours.annul(office.certificate(number), reason="Turno mai svolto", by=town.carla.row)


def test_a_granted_reduction_stands_in_the_way_until_it_is_reversed(office, town, pact):
    offset = office.proposal(pact, 60, 120)
    office.approve(offset)
    with pytest.raises(Refusal, match="già nella riduzione n. .* Prima l'ufficio tributi deve stornare"):
        annul(office, town, 1)
    assert (office.of_pact(pact, "validated"), office.of_pact(pact, "certified")) == (0, 0)
    with office.work():
        offsets.reverse(office.offset(offset), reason="Errore", by=town.mara.row)
    annul(office, town, 1)
    assert (office.of_pact(pact, "validated"), office.of_pact(pact, "certified")) == (180, 0)


def test_a_proposal_goes_back_to_the_clerk_who_is_told_and_cannot_go_on(office, town, pact):
    offset = office.proposal(pact, 60)
    annul(office, town, 1)
    with office.work():
        found = office.offset(offset)
        assert found.state is State.RETURNED
        letter = db.session.scalar(select(Letter).where(Letter.recipient == town.teo.email).order_by(Letter.id.desc()))
        assert "L'attestato 1/2026 non vale più." in letter.body
    with office.work(), pytest.raises(Refusal, match="non vale più: 1/2026"):
        offsets.propose_again(office.offset(offset), by=town.teo.row)
    with office.work():
        offsets.cancel(office.offset(offset), reason="Attestato annullato", by=town.teo.row)


def test_a_withdrawn_certificate_is_proposed_nowhere(office, town, pact):
    office.certified(pact, 60)
    annul(office, town, 1)
    with office.work():
        found = db.session.get(Agreement, pact)
        assert not queries.free_certificates(found) and not queries.to_propose(seen_by=town.teo.row)
        with pytest.raises(Refusal, match="non vale più"):
            offsets.propose(found, [office.certificate(1)], by=town.teo.row)


def test_a_replacement_is_what_can_be_reduced(office, town, pact):
    good, _bad = office.done(pact, 60, 120)
    with office.work():
        hours.certify(pact, by=town.carla.row)
    with office.work():
        hours.replace(office.certificate(1), keep=[good], reason="Un turno è sbagliato", by=town.carla.row)
    assert (office.of_pact(pact, "validated"), office.of_pact(pact, "certified")) == (120, 60)
    with office.work():
        assert [each.number for each in queries.free_certificates(db.session.get(Agreement, pact))] == [2]


def test_approving_and_annulling_at_once_ends_in_one_of_the_two(office, town, pact):
    """Whoever is first wins; a granted reduction never stands on an annulled certificate, and the ledger agrees with the winner."""
    offset = office.proposal(pact, 60)

    def approve():
        with clock.set_to(NOW), office.work():
            offsets.approve(office.offset(offset), act="1/2026", by=town.mara.row)

    def withdraw():
        with clock.set_to(NOW):
            annul(office, town, 1)

    answers = together(approve, withdraw)
    assert answers.count(None) == 1, answers
    with office.work():
        granted, valid = office.offset(offset).state is State.APPROVED, db.session.get(Certificate, 1).valid
        assert granted == valid
    assert (office.of_pact(pact, "validated"), office.of_pact(pact, "certified")) == ((0, 0) if granted else (60, 0))


def test_what_the_regulation_does_not_count_is_written_on_the_certificate(office, town):
    office.bill(town.anna, 50_000)
    pact = office.pact(town.anna, office.call(cap_day_min=240, cap_person_year_min=600, time_granularity_min=15))
    office.certified(pact, 300, 250)
    office.certified(pact, 130)
    with office.work():
        first, second = office.certificate(1), office.certificate(2)
        assert (first.minutes, first.creditable_minutes) == (550, 480)
        assert first.excluded == [{"minutes": 70, "text": "oltre il massimo di ore al giorno"}]
        assert (second.minutes, second.creditable_minutes) == (130, 120)
        assert second.excluded == [{"minutes": 10, "text": "oltre il massimo di ore all'anno"}]


def test_the_rounding_of_the_regulation_is_said_too(office, town):
    office.bill(town.anna, 50_000)
    pact = office.pact(town.anna, office.call(time_granularity_min=15))
    office.certified(pact, 64)
    with office.work():
        certificate = office.certificate(1)
        assert (certificate.creditable_minutes, certificate.excluded) == (60, [
            {"minutes": 4, "text": "per l'arrotondamento del regolamento"}])
