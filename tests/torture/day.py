"""A day of the ledger in steps, each a transaction of its own with its own keys, so that the whole day can be tried again at any time.

As a program it runs the day again and again, in a child process each time, and ends that child before its Nth statement or around its Nth
commit. It reads lines "address N" and answers each with the number of steps that were told done, and whether the child got to the end.
"""
import os
import sys
from pathlib import Path

from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event, make_url, text

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.transactions import transaction
from app.ledger import jobs as sealer
from app.ledger.actions import accounts, holds, postings
from app.ledger.models import Unit
from app.ledger.rules import Line, Request
from tests.baratto.office import NOW
from tests.conftest import make_app

SIGN_IN = "the token of one sign-in, made before the day begins"
FORM_KEY = "a-form-key-of-this-page-only"
KILLED = 70


class Day:
    """The steps in their order. `comune_id` and the proposed offset are there already."""

    def __init__(self, app, comune_id: int = 1, offset_id: int = 1):
        self.app, self.comune_id, self.offset_id = app, comune_id, offset_id
        self.ids: dict[str, int] = {}
        self.steps = [self.open, self.post, self.batch, self.hold, self.settle, self.hold_again, self.release, self.all_or_none,
                      self.reverse, self.approve, self.seal]

    def run(self, done) -> None:
        with clock.set_to(NOW):
            for step in self.steps:
                step()
                done()

    def open(self):
        def accounts_of_the_day():
            self.ids = {owner: accounts.open_account(self.comune_id, Unit.SERVICE, "day", owner, cached=owner != "issued",
                                                     floor=None if owner == "issued" else 0) for owner in ("issued", "anna", "bruno")}
        self._do(accounts_of_the_day)

    def post(self):
        self._do(lambda: postings.post("day:post", "test", [self._line("issued", "anna", 100), self._line("anna", "bruno", 30)]))

    def batch(self):
        """The third is refused; the first is the one of before."""
        wanted = [("issued", "anna", 5), ("bruno", "anna", 500), ("issued", "bruno", 7)]
        self._do(lambda: postings.post_each([
            Request("day:post", "test", (self._line("issued", "anna", 100), self._line("anna", "bruno", 30))),
            *(Request(f"day:each:{place}", "test", (self._line(*line),)) for place, line in enumerate(wanted))]))

    def hold(self):
        self._do(lambda: holds.hold("day:hold", "test", self._line("anna", "bruno", 40)))

    def settle(self):
        self._do(lambda: holds.settle(self._id("hold", "day:hold"), "day:settle", amount=25))

    def hold_again(self):
        self._do(lambda: holds.hold("day:again", "test", self._line("anna", "bruno", 10)))

    def release(self):
        self._do(lambda: holds.release(self._id("hold", "day:again")))

    def all_or_none(self):
        self._do(lambda: postings.post_all([Request(f"day:all:{n}", "test", (self._line("issued", "bruno", n + 1),)) for n in range(3)]))

    def reverse(self):
        self._do(lambda: postings.reverse(self._id("posting", "day:all:1"), "day:reverse"))

    def approve(self):
        """A resident's reduction, through the site: one click of the tax manager, or the same click once more."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session.update(_user_id=SIGN_IN, _fresh=True, csrf_token="0" * 40)
        token = URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps("0" * 40)
        answer = client.post(f"/riduzioni/{self.offset_id}/approva", data={
            "form_key": FORM_KEY, "csrf_token": token, "act": "12/2026", "act_date": "15/10/2026"})
        assert answer.status_code == 303, answer.status

    def seal(self):
        with self.app.app_context():
            sealer.seal_new()

    def _do(self, action) -> None:
        with self.app.app_context(), transaction():
            answer = action()
            assert not isinstance(answer, Refusal)

    def _line(self, debit: str, credit: str, amount: int) -> Line:
        return Line(self.ids[debit], self.ids[credit], amount)

    @staticmethod
    def _id(table: str, key: str) -> int:
        return db.session.scalar(text(f"SELECT id FROM {table} WHERE key = :key"), {"key": key})


def end_at(engine, moment: int) -> None:
    """End this process at its `moment`-th moment: before each statement, before each commit, after each commit."""
    left = moment

    def passing(*_):
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(KILLED)
    event.listen(engine, "before_cursor_execute", passing)
    event.listen(engine, "commit", passing)
    event.listen(db.session, "after_commit", passing)


def a_day(app, address: str, moment: int) -> tuple[int, bool]:
    """Run the day at `address` in a child that ends at `moment` (0: never): how many steps it had been told are done, and all of them?"""
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            with app.app_context():
                engine = db.engine
            to_args, to_kwargs = engine.dialect.create_connect_args(make_url(address))

            def connect_there(_dialect, _record, args, kwargs):
                args[:] = to_args
                kwargs.update(to_kwargs)
            event.listen(engine, "do_connect", connect_there)
            end_at(engine, moment)
            Day(app).run(lambda: os.write(tell, b"."))
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(tell)
    _, status = os.waitpid(child, 0)
    with os.fdopen(told, "rb") as heard:
        done = len(heard.read())
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, KILLED):
        raise SystemExit(f"the day failed at moment {moment}")
    return done, code == 0


def main(address: str, folder: str) -> None:
    app = make_app(address, Path(folder))
    for line in sys.stdin:
        address, moment = line.split()
        print(*map(int, a_day(app, address, int(moment))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
