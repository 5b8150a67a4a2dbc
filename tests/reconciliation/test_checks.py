"""Every check is silent on books that agree, and names the row when somebody has changed one."""
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.baratto.actions import offsets
from app.baratto.models import Offset
from app.baratto.states import Offset as OffsetState
from app.base import clock
from app.base.db import db
from app.base.transactions import transaction
from app.reconciliation.queries import comparing
from app.reconciliation.queries.checks import CHECKS
from app.base.transactions import snapshot
from app.taxes.models import Export
from tests.reconciliation import story

BY_NAME = {check.name: check for check in CHECKS}
AGO = "'2026-01-01 00:00:00.000000'"

# What somebody does to the books behind the site's back, and the check and the subject that tell of it.
ERRORS = {
    "balances": ("account:{account}", "UPDATE account SET balance = balance + 60 WHERE id = {account}"),
    "seals": ("transfer:{transfer}", "UPDATE transfer SET amount = amount + 1 WHERE id = {transfer}"),
    "town_sums": ("book:{book}:EUR", "UPDATE account SET balance = balance + 1 WHERE id = {account}"),
    "time_bank_sums": ("book:{bank}:TIME", "UPDATE account SET balance = balance - 1 WHERE kind = 'member' AND balance > 0"),
    "holds": ("account:{taker}", "UPDATE account SET held = held - 1 WHERE id = {taker}"),
    "limits": ("account:{account}", "UPDATE account SET balance = -1 WHERE id = {account}"),
    "certificate_totals": ("certificate:{certificate}", "UPDATE certificate SET minutes = minutes + 30 WHERE id = {certificate}"),
    "certificate_lines": ("attendance:{attendance}", "UPDATE attendance SET break_min = 15 WHERE id = {attendance}"),
    "certified_once": ("attendance:{attendance}", "DELETE FROM certificate_line WHERE attendance_id = {attendance}"),
    "validated_in_ledger": ("attendance:{validated}", "UPDATE attendance SET break_min = 15 WHERE id = {validated}"),
    "certificates_in_ledger": ("certificate:{certificate}", "UPDATE certificate SET minutes = 60 WHERE id = {certificate}"),
    "hours_held": ("agreement:{agreement}", "UPDATE attendance SET state = 'rejected' WHERE id = {validated}"),
    "overlaps": ("attendance:{attendance}", "UPDATE attendance SET started_at = (SELECT started_at FROM attendance "
                                            "WHERE id = {attendance}) WHERE id = {validated}"),
    "supplements": ("attendance:{supplement}", "UPDATE attendance SET break_min = 0 WHERE id = {supplement}"),
    "live_certificates": ("tax_offset:{offset}:{certificate}", "UPDATE offset_certificate SET live = false WHERE offset_id = {offset}"),
    "offset_minutes": ("tax_offset:{offset}", "UPDATE tax_offset SET minutes_used = minutes_used - 10 WHERE id = {offset}"),
    "offset_lines": ("tax_offset:{offset}", "UPDATE tax_offset SET amount_cents = amount_cents - 100 WHERE id = {offset}"),
    "offset_value": ("tax_offset:{offset}", "UPDATE tax_offset SET amount_cents = 1501 WHERE id = {offset}"),
    "offset_minutes_in_ledger": ("tax_offset:{offset}", "UPDATE tax_offset SET minutes_unused = 7 WHERE id = {offset}"),
    "offset_euros_in_ledger": ("tax_offset:{offset}", "UPDATE tax_offset SET state = 'proposed' WHERE id = {offset}"),
    "caps": ("person:{person}:2026", "UPDATE tax_offset SET amount_cents = 39000 WHERE id = {offset}"),
    "cap_counters": ("person_minutes:{person}:2026", "UPDATE account SET balance = balance - 5 WHERE kind = 'person_minutes'"),
    "budgets": ("call:{call}", "UPDATE call SET budget_cents = budget_cents + 5000"),
    "reliefs": ("tax_position:{position}", "UPDATE offset_line SET amount_cents = 1400 WHERE offset_id = {offset}"),
    "residuals": ("tax_position:{position}", "UPDATE tax_position SET paid_cents = 19000 WHERE id = {position}"),
    "exported_lines": ("offset_line:{line}", "DELETE FROM tax_export_row"),
    "export_rows": ("tax_export_row:{row}", "UPDATE tax_export_row SET amount_cents = 1600"),
    "export_totals": ("tax_export:{export}", "UPDATE tax_export SET total_cents = 1600"),
    "export_files": ("tax_export:{export}", "UPDATE tax_export SET content = content || ' '"),
    "feed": ("tax_position:{position}", "UPDATE tax_position SET offset_cents = 0 WHERE id = {position}"),
    "households": ("person_household:{person}:2026",
                   "INSERT INTO agreement (comune_id, created_at, ref, call_id, person_id, tax, starts_on, ends_on, planned_minutes, "
                   "max_cents, insurance, made_by_id, state) SELECT comune_id, created_at, '{ref}', call_id, person_id, tax, starts_on, "
                   "ends_on, planned_minutes, max_cents, insurance, made_by_id, 'closed' FROM agreement"),
    "agreements_over": ("agreement_over:{agreement}", "UPDATE agreement SET starts_on = '2026-01-01', ends_on = '2026-05-01'"),
    "hours_waiting": ("attendance:{submitted}", f"UPDATE attendance SET created_at = {AGO} WHERE id = {{submitted}}"),
    "disputes_waiting": ("attendance:{disputed}", f"UPDATE dispute SET created_at = {AGO} WHERE attendance_id = {{disputed}}"),
    "sessions_open": ("attendance:{running}", "UPDATE attendance SET state = 'left_open' WHERE id = {running}"),
    "proposals_waiting": ("tax_offset:{proposed}", f"UPDATE tax_offset SET proposed_at = {AGO}"),
    "exports_waiting": ("tax_offset:{approved}", f"UPDATE tax_offset SET decided_at = {AGO}"),
    "letters": ("letter:late", f"UPDATE letter SET created_at = {AGO}"),
}
IDS = {
    "account": "SELECT id FROM account WHERE kind = 'available'",
    "transfer": "SELECT min(id) FROM transfer",
    "book": "SELECT id FROM book WHERE kind = 'town'",
    "bank": "SELECT id FROM book WHERE kind = 'time_bank'",
    "taker": "SELECT id FROM account WHERE held > 0",
    "ref": "SELECT '00000000000000000000000000000001'",
    "certificate": "SELECT min(id) FROM certificate",
    "attendance": "SELECT min(id) FROM attendance",
    "validated": "SELECT min(id) FROM attendance WHERE state = 'validated'",
    "supplement": "SELECT id FROM attendance WHERE supplements_id IS NOT NULL",
    "disputed": "SELECT id FROM attendance WHERE state = 'disputed'",
    "running": "SELECT id FROM attendance WHERE state = 'checked_in'",
    "submitted": "SELECT id FROM attendance WHERE state = 'submitted'",
    "agreement": "SELECT id FROM agreement",
    "offset": "SELECT id FROM tax_offset WHERE state = 'exported'",
    "approved": "SELECT id FROM tax_offset WHERE state = 'approved'",
    "proposed": "SELECT id FROM tax_offset WHERE state = 'proposed'",
    "person": "SELECT person_id FROM agreement",
    "call": "SELECT id FROM call",
    "position": "SELECT min(position_id) FROM offset_line",
    "line": "SELECT min(id) FROM offset_line",
    "row": "SELECT id FROM tax_export_row",
    "export": "SELECT id FROM tax_export",
}


@pytest.fixture
def comune_id(context, town):
    return story.tell(town)


def test_books_that_agree_give_no_difference_and_every_check_has_looked_at_some(comune_id):
    with clock.set_to(story.NOW), snapshot():
        compared = {check.name: check.run(comune_id, full=True) for check in CHECKS}
    assert {name: each.differences for name, each in compared.items() if each.wrong} == {}
    assert [name for name, each in compared.items() if not each.seen] == []


def test_each_error_is_found_by_its_check_and_named(comune_id):
    ids = {name: db.session.scalar(text(query)) for name, query in IDS.items()}
    told = {}
    for name, (_subject, sql) in ERRORS.items():
        with without_constraints(), clock.set_to(story.NOW):
            db.session.execute(text(sql.format(**ids)))
            compared = BY_NAME[name].run(comune_id, full=True)
            told[name] = [each.subject for each in compared.differences]
            assert compared.wrong == len(told[name])
    assert {name: subject.format(**ids) in told[name] for name, (subject, _sql) in ERRORS.items()} == dict.fromkeys(BY_NAME, True), told


def test_the_feed_tells_what_is_missing_there_from_what_is_unknown_here(comune_id):
    def bucket(cents, days):
        db.session.rollback()
        db.session.execute(text("UPDATE tax_position SET offset_cents = :cents WHERE component = 'MUNICIPAL'"), {"cents": cents})
        db.session.execute(update(Export).values(created_at=story.NOW - timedelta(days=days)))
        return [each.detail["bucket"] for each in BY_NAME["feed"].compare(comune_id).differences]

    assert bucket(0, days=40) == ["missing_there"] and bucket(0, days=10) == []         # the office has 30 days to take a file in
    assert bucket(1600, days=40) == ["unknown_here"] and bucket(1500, days=10) == []
    db.session.rollback()


def test_a_night_keeps_the_first_differences_and_the_true_count(comune_id, monkeypatch):
    monkeypatch.setattr(comparing, "MOST", 2)
    db.session.execute(text("UPDATE tax_offset SET minutes_unused = 1"))
    compared = BY_NAME["offset_minutes"].compare(comune_id)
    assert (compared.seen, compared.wrong, len(compared.differences)) == (3, 3, 2)
    assert (compared.differences[0].expected, compared.differences[0].found) == (120, 121)
    db.session.rollback()


def test_reads_of_a_night_cannot_write(comune_id):
    with pytest.raises(DBAPIError), snapshot():
        db.session.execute(text("UPDATE tax_offset SET minutes_unused = 1"))


@contextmanager
def without_constraints():
    """What is done inside is undone at the end; no trigger and no CHECK stands in the way, as for somebody with the database's password."""
    db.session.rollback()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("ALTER TABLE transfer DISABLE TRIGGER USER"))
        db.session.execute(text("ALTER TABLE account DROP CONSTRAINT ck_account_floor"))
        db.session.execute(text("ALTER TABLE attendance DROP CONSTRAINT ex_attendance_overlap"))
        yield
        db.session.rollback()
        return
    db.session.execute(text("PRAGMA ignore_check_constraints = ON"))
    db.session.execute(text("DROP TRIGGER transfer_update"))
    try:
        yield
    finally:
        db.session.execute(text("PRAGMA ignore_check_constraints = OFF"))
        db.session.rollback()


def test_a_reversal_that_was_sent_agrees_with_the_books(comune_id, town):
    with clock.set_to(story.NOW), transaction():
        offset = db.session.scalar(select(Offset).where(Offset.state == OffsetState.EXPORTED))
        offsets.reverse(offset, reason="Persona sbagliata", by=town.mara.row)
        offsets.export(comune_id, by=town.mara.row)
    with clock.set_to(story.NOW), snapshot():
        wrong = {check.name: check.run(comune_id, full=True).differences for check in CHECKS if check.name != "feed"}
    assert {name: found for name, found in wrong.items() if found} == {}
