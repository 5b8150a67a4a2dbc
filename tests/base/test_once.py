"""A form sent twice, in a row or at once, has one effect; and what happens without the key that keeps it so."""
from io import BytesIO

import pytest

from app.base import once
from tests.threads import together

MANY = 16


def test_sent_again_it_has_one_effect_and_the_first_answer(probe):
    client, key = probe.test_client(), once.new_key()
    first, again = probe.send(key=key, client=client), probe.send(key=key, client=client)
    assert (first.status_code, first.location) == (again.status_code, again.location) == (303, "/done")
    assert probe.letters() == 1
    with client.session_transaction() as session:
        said = session["_flashes"]
    assert [category for category, _ in said] == ["success", "success", "already"]


def test_another_form_has_another_effect(probe):
    assert {probe.send().status_code for _ in range(3)} == {303} and probe.letters() == 3


def test_a_used_key_with_another_body_is_refused(probe):
    key = once.new_key()
    assert probe.send(key=key, body="a").status_code == 303
    assert probe.send(key=key, body="b").status_code == 409
    assert probe.send("/answer/200", key=key, body="a").status_code == 409
    assert probe.letters() == 1


def test_files_count_by_their_content(probe):
    key = once.new_key()
    def send(content):
        return probe.send(key=key, file=(BytesIO(content), "tari.csv"))
    assert [send(b"1").status_code, send(b"1").status_code, send(b"2").status_code] == [303, 303, 409]


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "à" * 22, "a b" * 10])
def test_no_good_key_no_effect(probe, key):
    assert probe.test_client().post("/write", data={once.FIELD: key}).status_code == 400
    assert probe.letters() == 0


@pytest.mark.parametrize("path, status", [("/answer/422", 422), ("/answer/404", 404), ("/clash", 500)])
def test_a_form_that_did_not_pass_keeps_its_key_for_the_correction(probe, path, status):
    key = once.new_key()
    assert probe.send(path, key=key).status_code == status
    assert probe.letters() == probe.keys() == 0
    assert probe.send("/answer/200", key=key).status_code == 200
    assert probe.letters() == 1


def test_what_is_harmless_needs_no_key(probe):
    assert [probe.test_client().post("/again").status_code for _ in range(2)] == [200, 200]
    assert (probe.letters(), probe.keys()) == (2, 0)


def test_keys_are_new_and_hard_to_guess():
    keys = {once.new_key() for _ in range(100)}
    assert len(keys) == 100 and all(once.SHAPE.fullmatch(key) for key in keys)


def test_sixteen_at_once_have_one_effect(probe):
    key = once.new_key()
    answers = together(*[lambda: probe.send(key=key)] * MANY)
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/done")}
    assert probe.letters() == probe.keys() == 1


def test_the_key_bites(probe, monkeypatch):
    """Without it each of them writes."""
    monkeypatch.setattr(once, "claim", lambda: None)
    key = once.new_key()
    together(*[lambda: probe.send(key=key)] * MANY)
    assert probe.letters() == MANY


def test_a_receipt_is_final(probe):
    """Neither a harmless form that names the key, nor anything else, changes what the first answer was."""
    key = once.new_key()
    first = probe.send(key=key)
    probe.test_client().post("/again", data={once.FIELD: key})
    again = probe.send(key=key)
    assert (again.status_code, again.location) == (first.status_code, first.location)
