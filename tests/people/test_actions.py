from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.access import May, Role
from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.people import actions, queries
from app.people.models import Identity, RoleHeld, SignIn
from tests.town import PASSWORD

pytestmark = pytest.mark.usefixtures("context")


def test_the_names_of_the_town_have_right_codes(town):
    codes = [neighbour.fiscal_code for neighbour in town]
    assert len(set(codes)) == len(codes) and all(actions.clean_fiscal_code(code) == code for code in codes)


@pytest.mark.parametrize("typed", ["", "FRRNNA86C52A182X", "FRRNNA86C52A182", "0000000000000000", "FRRNNA86C52A182U1"])
def test_a_wrong_code_is_refused(town, typed):
    with pytest.raises(Refusal, match="non è corretto"):
        actions.clean_fiscal_code(typed)


def test_a_code_is_kept_encrypted_and_found_by_its_hash(town):
    with transaction():
        identity = db.session.query(Identity).filter_by(person_id=town.anna.id).one()
        assert town.anna.fiscal_code.encode() not in identity.cipher and town.anna.fiscal_code not in identity.lookup
        assert actions.fiscal_code_of(town.anna.row) == town.anna.fiscal_code
        assert queries.by_identity(actions.lookup_of(town.anna.fiscal_code)).id == town.anna.id


def test_two_people_with_one_code_have_two_ciphers(town):
    """The nonce is new each time; and the cipher is bound to its person."""
    with pytest.raises(Refusal, match="Esiste già"), transaction():
        actions.register("Altra", "Anna", "altra@example.org", fiscal_code=town.anna.fiscal_code.lower())
    with pytest.raises(Exception, match="^$"), transaction():     # InvalidTag says nothing
        town.bruno.row.identity.cipher = town.anna.row.identity.cipher
        actions.fiscal_code_of(town.bruno.row)


def test_an_address_is_taken_once(town):
    with pytest.raises(Refusal) as no, transaction():
        actions.register("Altra", "Anna", f" {town.anna.email.upper()} ")
    assert no.value.field == "email"


@pytest.mark.parametrize("email, password, welcome", [
    ("anna.ferraris@example.org", PASSWORD, True), (" Anna.Ferraris@Example.org ", PASSWORD, True),
    ("anna.ferraris@example.org", "sbagliata", False), ("nessuno@example.org", PASSWORD, False), ("anna.ferraris@example.org", "", False),
])
def test_who_comes_in(town, email, password, welcome):
    with transaction():
        if welcome:
            assert actions.sign_in(email, password).id == town.anna.id
        else:
            with pytest.raises(Refusal, match="L'indirizzo o la password"):
                actions.sign_in(email, password)
        assert db.session.query(SignIn).count() == welcome


def test_who_was_disabled_stays_out(town):
    with transaction():
        town.anna.row.disabled_at = clock.now()
    with pytest.raises(Refusal), transaction():
        actions.sign_in(town.anna.email, PASSWORD)


def test_a_token_opens_only_while_its_row_lives(town):
    with transaction():
        token = actions.sign_in(town.anna.email, PASSWORD).sign_in.token
    with transaction():
        assert token not in str(db.session.query(SignIn.token_hash).all())
        assert queries.signed_in(token).id == town.anna.id and queries.signed_in(token + "x") is None
        actions.sign_out(queries.signed_in(token).sign_in)
    with transaction():
        assert queries.signed_in(token) is None


@pytest.mark.parametrize("who, minutes, still", [("anna", 29, True), ("anna", 30, False), ("mara", 14, True), ("mara", 15, False)])
def test_a_sign_in_lapses_without_a_click(town, who, minutes, still):
    with transaction():
        token = actions.sign_in(getattr(town, who).email, PASSWORD).sign_in.token
        seen = db.session.query(SignIn).one().seen_at
    with transaction(), clock.set_to(seen + timedelta(minutes=minutes)):
        assert (queries.signed_in(token) is not None) is still


def test_the_others_are_signed_out(town):
    with transaction():
        tokens = [actions.sign_in(town.anna.email, PASSWORD).sign_in.token for _ in range(2)]
        other = actions.sign_in(town.bruno.email, PASSWORD).sign_in.token
    with transaction():
        actions.end_other_sign_ins(queries.signed_in(tokens[1]))
    with transaction():
        assert [queries.signed_in(token) is not None for token in (*tokens, other)] == [False, True, True]


def test_a_role_is_for_one_place_of_the_right_kind(town):
    for role, place in [(Role.OFFICER, {}), (Role.TUTOR, {"comune": town.alessandria.row}),
                        (Role.OFFICER, {"organisation": town.alessandria.organisation})]:
        with pytest.raises(IntegrityError), transaction():
            actions.grant(town.lino.row, role, **place)


def test_what_each_role_reaches(town):
    with transaction():
        assert town.olga.row.reach(May.AGREEMENT_MAKE).comuni == {town.alessandria.id}
        assert town.tino.row.reach(May.HOURS_VALIDATE).organisations == {town.alessandria.organisation_id}
        assert town.anna.row.reach(May.STATEMENT_SEE).oneself and not town.anna.row.reach(May.STATEMENT_SEE).comuni
        assert not town.lino.row.may(May.AREA_SEE)


def test_residents_are_seen_by_their_own_comune_only(town):
    with transaction():
        seen = queries.residents(seen_by=town.olga.row, permission=May.AGREEMENT_MAKE)
        assert [person.id for person in seen] == [town.bruno.id, town.anna.id]
        found = queries.residents(seen_by=town.olga.row, permission=May.AGREEMENT_MAKE, words="ferr an")
        assert [person.id for person in found] == [town.anna.id]
        assert queries.residents(seen_by=town.olga.row, permission=May.AGREEMENT_MAKE, words="vera") == []
        assert queries.residents(seen_by=town.anna.row, permission=May.AGREEMENT_MAKE) == []


def test_a_role_is_held_once_for_one_place(town):
    with pytest.raises(Refusal, match="già questo ruolo"):
        actions.grant(town.anna.row, Role.RESIDENT, comune=town.alessandria.row)
    db.session.add(RoleHeld(person_id=town.anna.id, role=Role.RESIDENT, comune_id=town.alessandria.id))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_resident_whose_role_has_ended_is_none(town):
    with transaction():
        town.anna.row.roles[0].until = clock.today()
    assert town.anna.id not in {each.id for each in queries.residents(seen_by=town.olga.row, permission=May.AGREEMENT_MAKE)}
    assert queries.residents(seen_by=town.olga.row, permission=May.AGREEMENT_MAKE, words="%") == []
