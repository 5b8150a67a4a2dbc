"""The outbox is emptied once, and old form keys go."""
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import func, insert, select

from app.base import clock, outbox
from app.base.db import db
from app.base.once import FormKey
from app.base.outbox import Letter
from app.base.transactions import transaction
from app.jobs import actions
from tests.threads import together

NOW = datetime(2026, 6, 10, 8, tzinfo=UTC)


@pytest.fixture
def letters(context):
    with clock.set_to(NOW), transaction():
        for number in range(5):
            outbox.write(f"lettera-{number}", "anna@example.org", f"Lettera {number}", "Ciao.")


def delivered() -> list[str]:
    folder = Path(current_app.config["MAIL_FOLDER"])
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def unsent() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Letter).where(Letter.sent_at.is_(None)))


def test_letters_leave_once(letters):
    with clock.set_to(NOW):
        assert (actions.send_letters(), actions.send_letters(), unsent(), len(delivered())) == (5, 0, 0, 5)


def test_a_server_that_is_down_keeps_all_and_each_leaves_once_after(letters, monkeypatch):
    asked, deliver = [], outbox.deliver

    def down(message):
        asked.append(message["Message-ID"])
        raise ConnectionRefusedError("no server")
    with clock.set_to(NOW), monkeypatch.context() as broken:
        broken.setattr(outbox, "deliver", down)
        assert (actions.send_letters(), unsent(), len(asked)) == (0, 5, 1)       # one question a round
        first = db.session.scalar(select(Letter).order_by(Letter.id))
        assert (first.attempts, first.last_error) == (1, "ConnectionRefusedError: no server") and first.due_at > NOW
    monkeypatch.setattr(outbox, "deliver", lambda message: (asked.append(message["Message-ID"]), deliver(message)))
    asked.clear()
    for hours in (1, 2):
        with clock.set_to(NOW + timedelta(hours=hours)):
            actions.send_letters()
    assert unsent() == 0 and len(delivered()) == 5 and len(asked) == len(set(asked)) == 5


def test_two_processes_send_no_letter_twice(app, letters, monkeypatch):
    asked, deliver = [], outbox.deliver
    monkeypatch.setattr(outbox, "deliver", lambda message: (asked.append(message["Message-ID"]), deliver(message)))

    def sender():
        with app.app_context(), clock.set_to(NOW):
            return actions.send_letters()
    sent = together(sender, sender)
    assert sum(sent) == 5 and len(asked) == len(set(asked)) == 5


def test_a_letter_whose_sender_died_goes_again(letters, monkeypatch):
    class Killed(BaseException):
        pass

    def die(message):
        raise Killed
    with clock.set_to(NOW), monkeypatch.context() as broken, pytest.raises(Killed):
        broken.setattr(outbox, "deliver", die)
        actions.send_letters()
    with clock.set_to(NOW + timedelta(minutes=9)):
        assert actions.send_letters() == 4             # the first may still be in somebody's hand
    with clock.set_to(NOW + timedelta(minutes=11)):
        assert actions.send_letters() == 1
    assert len(delivered()) == 5


def test_no_transaction_is_open_while_the_server_is_spoken_to(letters, monkeypatch):
    monkeypatch.setattr(outbox, "deliver", lambda message: opened.append(db.session().in_transaction()))
    opened = []
    with clock.set_to(NOW):
        actions.send_letters()
    assert opened == [False] * 5


def test_old_form_keys_go_in_batches_and_young_ones_stay(context, monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 3)
    with transaction():
        db.session.execute(insert(FormKey), [dict(key=f"key-{days}", body_hash="", notices=[], used_at=NOW - timedelta(days=days))
                                             for days in range(25, 40)])
    with clock.set_to(NOW):
        assert actions.forget_form_keys(stopping=lambda: True) == 0
        assert actions.forget_form_keys() == 9
    db.session.rollback()
    assert sorted(db.session.scalars(select(FormKey.key))) == [f"key-{days}" for days in range(25, 31)]
