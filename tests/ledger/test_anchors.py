"""What a chain alone cannot show: that its end is missing, or that all of it was made anew. And how the anchors get out of reach."""
import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.base.outbox import Letter
from app.base.transactions import transaction
from app.ledger import jobs
from app.ledger.actions import seals as actions
from app.ledger.queries import seals, verification
from app.ledger.rules.seals import Anchor
from tests.ledger.tampering import disarm, faults, tampered

DAY = date(2026, 11, 23)
ANCHOR = Anchor.of(DAY, 412, 98765, "0123456789abcdef" * 4)
TEXT = "ORE1 2026-11-23 412 98765 04HM ASW9 NF6Y Y093 8NKR KAYD XW0J 6HB7 58"


def anchor_now() -> Anchor:
    last = seals.latest()
    return Anchor.of(DAY, last.seal, last.transfers, last.head)


class TestText:
    def test_it_is_read_back(self):
        assert Anchor.read(ANCHOR.text) == ANCHOR

    def test_it_stays_as_it_is(self):
        """Anchors are kept for years: what was printed must be read by every later version."""
        assert ANCHOR.text == TEXT

    @pytest.mark.parametrize("copy", [TEXT.lower(), f"  {TEXT}\n", TEXT.replace(" ", "  "), TEXT.replace("04HM ASW9", "04HM-ASW9"),
                                      TEXT.replace("04HM ASW9", "O4HMASW9")])
    def test_it_forgives_case_blanks_and_look_alikes(self, copy):
        assert Anchor.read(copy) == ANCHOR

    def test_every_wrong_character_is_noticed(self):
        passed = []
        for place, right in enumerate(TEXT):
            for wrong in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
                if right not in " -" and wrong != right:
                    try:
                        passed.append(Anchor.read(TEXT[:place] + wrong + TEXT[place + 1:]))
                    except Refusal:
                        pass
        assert passed == []

    def test_neighbours_that_changed_places_are_noticed(self):
        for place in range(5, len(TEXT) - 1):
            copy = TEXT[:place] + TEXT[place + 1] + TEXT[place] + TEXT[place + 2:]
            if copy.replace(" ", "") != TEXT.replace(" ", ""):
                with pytest.raises(Refusal):
                    Anchor.read(copy)

    @pytest.mark.parametrize("other", ["", "ORE1", "ORE2" + TEXT[4:], TEXT[:-3], TEXT.replace("11-23", "02-30"), f"{TEXT} {TEXT}"])
    def test_what_is_no_anchor_is_refused(self, other):
        with pytest.raises(Refusal):
            Anchor.read(other)


class TestTruncated:
    """The last transfer, its posting and its seal are gone, and nothing else tells of them."""

    def test_without_an_anchor_it_passes_unseen(self, inside):
        with self.cut(inside):
            assert faults() == []

    def test_an_anchor_knows_that_there_was_more(self, inside):
        anchor = anchor_now()
        with self.cut(inside):
            fault, = verification.against([anchor])
            assert "manca la coda" in fault.words and (fault.values["expected"], fault.values["found"]) == (2, 1)

    def cut(self, ids):
        later = f"id > {ids[3]}"
        return tampered("UPDATE account SET balance = 0, seq = 0 WHERE unit <> 'SERVICE'",
                        f"DELETE FROM posting WHERE id IN (SELECT posting_id FROM transfer WHERE {later})",
                        f"DELETE FROM transfer WHERE {later}", "DELETE FROM seal WHERE id = 2")


class TestRewritten:
    """A transfer was changed, with the balances after it, and all seals were made anew."""

    @pytest.fixture
    def rewritten(self, inside, monkeypatch):
        self.anchors = []

        def rewrite():
            db.session.execute(text("DELETE FROM seal"))
            while (rows := seals.unsealed_rows(inside[-1])).lines:
                assert actions.seal(rows)
        self.anchors.append(anchor_now())
        with tampered(f"UPDATE posting SET kind = 'another' WHERE id = (SELECT posting_id FROM transfer WHERE id = {inside[-1]})"):
            before = dict(db.session.execute(text("SELECT id, root FROM seal")).all())
            rewrite()
            assert dict(db.session.execute(text("SELECT id, root FROM seal")).all())[2] != before[2]
            yield

    def test_without_an_anchor_it_passes_unseen(self, rewritten):
        assert faults() == []

    def test_an_anchor_has_another_head(self, rewritten):
        fault, = verification.against(self.anchors)
        assert "riscritto" in fault.words and fault.values["seal"] == 2 and fault.values["expected"] == self.anchors[0].text


def test_an_anchor_of_now_and_older_ones_hold(inside, books):
    old = anchor_now()
    db.session.rollback()              # SQLite's lock, which the next posting needs
    books.post("g", (books.issued, books.anna, 1))
    assert jobs.seal_new() == 1
    assert list(verification.against([anchor_now(), old])) == []
    wrong = old._replace(transfers=old.transfers - 1)
    assert [fault.values["seal"] for fault in verification.against([anchor_now(), wrong])] == [2]


class TestPublishing:
    @pytest.fixture
    def published(self, app, inside, tmp_path, monkeypatch):
        monkeypatch.setitem(app.config, "ANCHOR_MAIL", "segretario@comune.example.it")
        monkeypatch.setitem(app.config, "ANCHOR_FILE", str(tmp_path / "ancore.txt"))
        for day, hour in ((23, 8), (23, 20), (24, 8)):
            with clock.set_to(datetime(2026, 11, day, hour, tzinfo=UTC)):
                jobs.run_due()
        return tmp_path / "ancore.txt"

    def test_a_letter_a_day(self, published):
        letters = db.session.scalars(select(Letter).where(Letter.key.startswith("anchor"))).all()
        assert [letter.recipient for letter in letters] == ["segretario@comune.example.it"] * 2
        assert anchor_now().text in letters[0].body and "2026-11-24" in letters[1].body

    def test_a_line_a_day(self, published):
        lines = published.read_text().splitlines()
        assert [Anchor.read(line).day.day for line in lines] == [23, 24] and lines[0] == anchor_now().text

    def test_a_line_that_was_cut_off_stays_alone(self, published):
        published.write_text(published.read_text() + "ORE1 2026-11-25 2")
        assert actions.append_to(published, ANCHOR._replace(day=date(2026, 11, 25)))
        assert published.read_text().splitlines()[2:] == ["ORE1 2026-11-25 2", ANCHOR._replace(day=date(2026, 11, 25)).text]

    def test_without_a_place_for_it_nothing_goes_out(self, app, inside):
        jobs.run_due()
        assert db.session.scalar(select(Letter.id).where(Letter.key.startswith("anchor"))) is None

    def test_before_the_first_seal_there_is_nothing_to_say(self, app, context, monkeypatch, tmp_path):
        monkeypatch.setitem(app.config, "ANCHOR_FILE", str(tmp_path / "ancore.txt"))
        jobs.run_due()
        assert not (tmp_path / "ancore.txt").exists()


class TestCommands:
    @pytest.fixture
    def run(self, app, sealed):
        def run(*arguments):
            done = app.test_cli_runner().invoke(args=["ledger", *map(str, arguments)])
            return done.exit_code, done.output
        return run

    def test_a_sound_register(self, run, books):
        books.post("g", (books.issued, books.anna, 1))
        code, said = run("verify")
        assert code == 0 and said.endswith("Sigilli: 2. Movimenti sigillati: 7. Non ancora sigillati: 1.\nIl registro torna.\n")

    def test_the_anchor_is_printed_drawn_and_accepted(self, run, tmp_path):
        code, said = run("anchor", "--svg", tmp_path / "ancora.svg")
        anchor = said.splitlines()[0]
        assert code == 0 and Anchor.read(anchor).seal == 2 and "▄" in said
        assert re.search(r"<svg .*<path ", (tmp_path / "ancora.svg").read_text())
        assert run("verify", "--anchor", anchor.lower())[0] == 0
        (tmp_path / "ancore.txt").write_text(f"{anchor}\n\n{anchor}\n")
        assert run("verify", "--anchor-file", tmp_path / "ancore.txt")[0] == 0

    def test_what_does_not_hold_is_told_by_the_exit_code(self, run, app):
        foreign = Anchor.of(DAY, 1, 4, "0" * 64).text
        code, said = run("verify", "--anchor", foreign)
        assert code == 1 and "Il sigillo 1 non è quello dell'ancora" in said and said.endswith("Il registro non torna.\n")

    def test_a_changed_row_is_named(self, run, app, sealed):
        self.change(app, f"UPDATE transfer SET amount = 31 WHERE id = {sealed[1]}")
        try:
            code, said = run("verify")
            told = [line for line in said.splitlines() if "moviment" in line and "Sigilli" not in line]
            assert code == 1 and told[0].startswith(f"Il movimento {sealed[1]} o la sua registrazione non è più")
        finally:
            self.change(app, f"UPDATE transfer SET amount = 30 WHERE id = {sealed[1]}")
        assert run("verify", "--since", "1")[0] == run("verify")[0] == 0

    def change(self, app, statement):
        with app.app_context(), transaction():
            disarm()
            db.session.execute(text(statement))

    def test_what_cannot_be_read_is_not_a_finding(self, run, tmp_path):
        (tmp_path / "ancore.txt").write_text(f"{TEXT}\nORE1 2026-11-23 4\n")
        assert run("verify", "--anchor", TEXT[:-1] + "0")[0] == 2
        code, said = run("verify", "--anchor-file", tmp_path / "ancore.txt")
        assert code == 2 and "Riga 2 del file" in said

    def test_before_the_first_seal(self, app):
        assert app.test_cli_runner().invoke(args=["ledger", "anchor"]).exit_code == 2
        assert app.test_cli_runner().invoke(args=["ledger", "verify"]).exit_code == 0

    def test_a_database_that_fails_is_not_a_finding(self, run, app, monkeypatch):
        monkeypatch.setattr(seals, "_line", lambda: "no_such_column")
        assert run("verify")[0] == 2
