"""Certificates: what they say when they are issued, how they are replaced and annulled, and that the ledger follows."""
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.baratto.models import Agreement
from app.baratto.rules.accounts import CERTIFIED, VALIDATED, of_agreement
from app.base import passages
from app.base.db import db
from app.base.errors import Refusal
from app.base.outbox import Letter
from app.base.transactions import transaction
from app.hours import actions, queries
from app.hours.models import Attendance, Certificate, CertificateLine
from app.hours.states import Attendance as Hours, Certificate as State
from app.ledger.queries import balances as ledger
from app.people import actions as people
from app.tasks.models import Booking
from app.tasks.rules.instruments import Instrument
from tests.hours.builders import WORKED, an_agreement, logged, validated, worked

DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def agreement(town) -> Agreement:
    with transaction():
        agreement = an_agreement(town, town.anna)
    return agreement


def done(town, day: int, *, decided=True) -> int:
    """Three hours of Anna's, so many days before the last Saturday; the number of the attendance."""
    with transaction():
        attendance = logged(worked(town.alessandria, town.anna, WORKED - day * DAY))
        if decided:
            validated(attendance, town.tino)
        return attendance.id


def certified(town, agreement, **facts) -> Certificate:
    with transaction():
        return actions.certify(agreement.id, by=town.carla.row, **facts)


def in_ledger(agreement) -> tuple[int, int]:
    """Minutes validated, and minutes certified."""
    with transaction():
        return tuple(ledger.balance(ledger.account_id(agreement.comune_id, "SERVICE", kind, of_agreement(agreement)))
                     for kind in (VALIDATED, CERTIFIED))


def states(*numbers) -> list[Hours]:
    with transaction():
        return [db.session.get(Attendance, number).state for number in numbers]


def test_what_is_not_decided_stays_out_and_is_named(town, agreement):
    done(town, 0)
    done(town, 1, decided=False)
    certificate = certified(town, agreement)
    assert (certificate.minutes, certificate.creditable_minutes, certificate.excluded, certificate.pending_minutes) == (180, 180, [], 180)
    assert certificate.supplements is None and certificate.valid


def test_hours_decided_later_make_a_supplementary_certificate(town, agreement):
    early = done(town, 1, decided=False)
    done(town, 0)
    first = certified(town, agreement)
    with transaction():
        validated(db.session.get(Attendance, early), town.tino)
    second = certified(town, agreement)
    with transaction():
        assert second.supplements.id == first.id and second.number == first.number + 1
        assert queries.supplements(first) == [second] and second.supersedes is None
    done(town, -1)                      # later than both: it supplements neither
    assert certified(town, agreement).supplements_id is None


def test_an_annulled_certificate_frees_its_hours_and_the_ledger_follows(town, agreement):
    hours = done(town, 0), done(town, 1)
    certificate = certified(town, agreement)
    assert in_ledger(agreement) == (0, 360) and states(*hours) == [Hours.LOCKED] * 2
    with transaction():
        actions.annul(certificate, reason="Turno mai svolto", by=town.carla.row)
    assert in_ledger(agreement) == (360, 0) and states(*hours) == [Hours.VALIDATED] * 2
    with transaction():
        assert certificate.state is State.ANNULLED
        assert [(each.move, each.reason, each.actor_id) for each in passages.passages(certificate)] == [
            ("annul", "Turno mai svolto", town.carla.id)]
        letter = db.session.scalar(select(Letter).where(Letter.key == f"certificate {certificate.id} withdrawn"))
        assert letter.recipient == town.anna.email and "Turno mai svolto" in letter.body and "3 h" not in letter.subject
    again = certified(town, agreement)
    assert (again.number, again.minutes) == (2, 360) and in_ledger(agreement) == (0, 360)
    with transaction():                # the old one still says what it said
        assert sum(line.minutes for line in certificate.lines) == certificate.minutes == 360


def test_a_certificate_keeps_its_lines_when_the_hours_are_corrected(town, agreement):
    number = done(town, 0)
    certificate = certified(town, agreement)
    with transaction():
        actions.annul(certificate, reason="Pausa dimenticata", by=town.carla.row)
        row = db.session.get(Attendance, number)
        actions.correct(row, started_at=row.started_at, ended_at=row.ended_at, break_min=30, reason="Pausa", by=town.tino.row)
    assert certified(town, agreement).minutes == 150 and in_ledger(agreement) == (0, 150)
    with transaction():
        assert [(line.minutes, line.break_min, line.live) for line in certificate.lines] == [(180, 0, False)]


def test_a_replacement_keeps_the_good_hours_and_links_both(town, agreement):
    good, bad = done(town, 0), done(town, 1)
    first = certified(town, agreement)
    with transaction():
        second = actions.replace(first, keep=[good], reason="Un turno è sbagliato", by=town.carla.row)
    with transaction():
        assert (first.state, second.state, second.supersedes.id) == (State.SUPERSEDED, State.ISSUED, first.id)
        assert first.superseded_by is second and (second.number, second.minutes) == (2, 180)
    assert states(good, bad) == [Hours.LOCKED, Hours.VALIDATED] and in_ledger(agreement) == (180, 180)
    third = certified(town, agreement)
    assert third.supplements_id == second.id                # the hours that were left out come later


def test_a_replacement_keeps_something_and_only_what_was_there(town, agreement):
    done(town, 0)
    certificate = certified(town, agreement)
    other = done(town, 1)
    for keep in ([], [other], [10 ** 6]):
        with transaction(), pytest.raises(Refusal) as refused:
            actions.replace(certificate, keep=keep, reason="Errore", by=town.carla.row)
        assert refused.value.field == "keep"


@pytest.mark.parametrize("act", [lambda each, by: actions.annul(each, reason=" ", by=by),
                                 lambda each, by: actions.replace(each, keep=[each.lines[0].attendance_id], reason="", by=by)])
def test_nothing_is_taken_back_without_a_reason(town, agreement, act):
    done(town, 0)
    certificate = certified(town, agreement)
    with transaction(), pytest.raises(Refusal) as refused:
        act(certificate, town.carla.row)
    assert refused.value.field == "reason"


def test_nobody_takes_back_his_familys_certificate(town, agreement):
    done(town, 0)
    certificate = certified(town, agreement)
    with transaction():
        town.carla.row.household_id = town.anna.row.household_id = people.open_household(town.alessandria.row).id
    with transaction(), pytest.raises(Refusal, match="te o la tua famiglia"):
        actions.annul(certificate, reason="Errore", by=town.carla.row)


def test_a_certificate_is_taken_back_once(town, agreement):
    done(town, 0)
    certificate = certified(town, agreement)
    with transaction():
        actions.annul(certificate, reason="Errore", by=town.carla.row)
    for act in (lambda: actions.annul(certificate, reason="Ancora", by=town.carla.row),
                lambda: actions.replace(certificate, keep=[line.attendance_id for line in certificate.lines], reason="Ancora",
                                        by=town.carla.row)):
        with transaction(), pytest.raises(Refusal, match="non è più possibile"):
            act()
    assert in_ledger(agreement) == (180, 0)


def test_numbers_have_no_gaps_also_when_an_attempt_fails(town, agreement):
    for day in range(3):
        done(town, day)
        with transaction(), pytest.raises(Refusal, match="ricontrolla"):
            actions.certify(agreement.id, seen="0" * 64, by=town.carla.row)
        certificate = certified(town, agreement)
        if day == 1:
            with transaction():
                actions.annul(certificate, reason="Errore", by=town.carla.row)
    with transaction():
        assert db.session.scalars(select(Certificate.number).order_by(Certificate.number)).all() == [1, 2, 3]


def test_hours_stand_in_one_live_certificate(town, agreement):
    number = done(town, 0)
    certificate = certified(town, agreement)
    with transaction():
        again = CertificateLine.of(db.session.get(Attendance, number))
        other = Certificate(comune=certificate.comune, year=2026, number=9, person=certificate.person, agreement_id=agreement.id,
                            issued_by=certificate.issued_by, minutes=180, creditable_minutes=180, digest="0" * 64, lines=[again])
        db.session.add(other)
        with pytest.raises(Exception, match="(?i)unique"):
            db.session.flush()
        db.session.rollback()


def test_who_has_no_agreement_gets_an_attestation(town):
    with transaction():
        number = validated(logged(worked(town.alessandria, town.bruno)), town.tino).id
        [waiting] = queries.to_attest(seen_by=town.carla.row)
        assert (waiting.person.id, waiting.minutes) == (town.bruno.id, 180) and not queries.to_certify(seen_by=town.carla.row)
        certificate = actions.attest(town.bruno.row, town.alessandria.id, by=town.carla.row)
        assert (certificate.agreement_id, certificate.creditable_minutes, certificate.minutes) == (None, None, 180)
        assert db.session.get(Attendance, number).state is Hours.LOCKED and not queries.to_attest(seen_by=town.carla.row)
    with transaction():
        actions.annul(certificate, reason="Errore", by=town.carla.row)
        assert db.session.get(Attendance, number).state is Hours.VALIDATED


def test_attestations_and_certificates_share_one_register(town, agreement):
    done(town, 0)
    assert certified(town, agreement).number == 1
    with transaction():
        validated(logged(worked(town.alessandria, town.bruno)), town.tino)
        assert actions.attest(town.bruno.row, town.alessandria.id, by=town.carla.row).number == 2


def test_hours_of_the_time_bank_are_not_attested(town):
    """They are worth hours there: a certificate would count them twice."""
    with transaction():
        attendance = logged(worked(town.alessandria, town.bruno))
        db.session.execute(update(Booking).where(Booking.id == attendance.booking_id).values(instrument=Instrument.TIMEBANK))
        validated(attendance, town.tino)
        assert not queries.to_attest(seen_by=town.carla.row)
        with pytest.raises(Refusal, match="Non ci sono ore"):
            actions.attest(town.bruno.row, town.alessandria.id, by=town.carla.row)


def test_codes_of_check_pages_are_never_the_same_and_read_as_they_are_typed(town, agreement):
    done(town, 0)
    certificate = certified(town, agreement)
    with transaction():
        code = certificate.code
        assert len(code) == 16
        assert queries.by_code(f"{code[:4].lower()}-{code[4:8]} {code[8:]}").id == certificate.id
