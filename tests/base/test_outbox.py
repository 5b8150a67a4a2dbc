"""Letters: written with what they tell of, sent afterwards, once, and again when the server was away."""
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from app.base import clock, outbox
from app.base.db import db
from app.base.outbox import Letter
from app.base.transactions import transaction

pytestmark = pytest.mark.usefixtures("context")


def write(key="fatto 1", recipient="anna@example.org", subject="Ore convalidate", body="Ciao"):
    with transaction():
        outbox.write(key, recipient, subject, body)


def due() -> list[str]:
    with transaction():
        return [letter.key for letter in outbox.due()]


def send_all():
    with transaction():
        for letter in outbox.due():
            outbox.send(letter)


def mail(app) -> list:
    folder = Path(app.config["MAIL_FOLDER"])
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(folder.glob("*.eml"))]


def test_a_letter_is_written_once():
    write()
    write(body="di nuovo")
    write(key="fatto 2")
    assert due() == ["fatto 1", "fatto 2"]


def test_nobody_to_write_to():
    write(recipient="")
    assert due() == []


def test_what_is_given_up_is_not_told():
    with pytest.raises(ZeroDivisionError), transaction():
        outbox.write("k", "anna@example.org", "Prova", "Ciao")
        1 / 0
    assert due() == []


def test_it_is_sent_once(app):
    write(subject="Ore\r\nBcc: tutti@example.org", body="Perché sì: 1 h 30 min")
    send_all()
    send_all()
    [letter] = mail(app)
    assert letter["To"] == "anna@example.org" and letter["Bcc"] is None
    assert letter["Subject"] == "Ore Bcc: tutti@example.org"
    assert letter.get_content().strip() == "Perché sì: 1 h 30 min"
    assert due() == []


def test_a_failure_is_noted_and_tried_again_later(app, monkeypatch):
    write()
    attempts = []
    monkeypatch.setattr(outbox, "deliver", lambda message: attempts.append(message["Message-ID"]) or refuse())
    send_all()
    assert due() == []
    with transaction():
        letter = db.session.query(Letter).one()
        assert (letter.attempts, letter.sent_at, letter.last_error) == (1, None, "ConnectionRefusedError: away")
    monkeypatch.undo()
    with clock.set_to(clock.now() + timedelta(hours=1)):
        assert due() == ["fatto 1"]
        send_all()
    [letter] = mail(app)
    assert [letter["Message-ID"]] == attempts, "a mail server can tell that it is the same letter"


def refuse():
    raise ConnectionRefusedError("away")


@pytest.mark.parametrize("failures, wait", [(1, timedelta(minutes=10)), (3, timedelta(minutes=40)), (20, timedelta(days=1))])
def test_it_waits_longer_each_time(monkeypatch, failures, wait):
    write()
    monkeypatch.setattr(outbox, "deliver", lambda _: refuse())
    with transaction(), clock.set_to(clock.now()):
        letter = db.session.query(Letter).one()
        for _ in range(failures):
            outbox.send(letter)
        assert letter.due_at - clock.now() == wait
