"""Files of positions come in, files of reductions go out. Every write joins the caller's transaction."""
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import itemgetter

from sqlalchemy import func, insert, select, update

from app.base import clock
from app.base.csv_files import MOST_FAULTS, Fault
from app.base.db import db
from app.base.errors import Refusal
from app.base.tables import csv_line, plain
from app.base.words import N_
from app.people.actions import lookup_of
from app.people.models import Identity, Person
from app.taxes.models import Component, Export, ExportRow, Import, Position
from app.taxes.rules import KEY, Feed, key_of
from app.town import actions as town
from app.town.models import Comune

FACTS = ("lookup", "iuv", "due_date", "amount_cents", "paid_cents", "offset_cents", "bonus_cents", "status",
         "collection_stage", "litigation")
NO_SYNC = {"synchronize_session": False}

EXPORT_COLUMNS = ("row_id", "determina_no", "determina_date", "codice_fiscale", "tax_code", "tax_year", "account_id",
                  "notice_no", "instalment_no", "component", "amount_cents", "sign", "reason", "reverses_row_id",
                  "checksum")
REDUCTION, REVERSAL = "MINUS", "PLUS"             # what the line does to the debt


@dataclass
class Outcome:
    """What a file of positions changed, or would change. Nothing of a file with faults is imported."""

    rows: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    cents: Counter[Component] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)
    imported_at: datetime | None = None           # these very bytes came before


@dataclass(frozen=True, kw_only=True)
class OffsetRow:
    """A reduction of one position (cents, more than 0); with `reverses_ref` it takes back the reduction of that row."""

    row_ref: str
    position_id: int
    amount_cents: int
    act: str
    act_date: date
    fiscal_code: str
    reason: str
    reverses_ref: str | None = None


def import_positions(comune: Comune, feed: Feed, filename: str, *, by: Person | None = None, dry_run=False) -> Outcome:
    """Make the positions of `comune` what `feed` says, all or nothing, without a query for each row.

    A row is known by its key; positions that the file does not name stay. The same bytes a second time change nothing.
    """
    outcome = Outcome(len(feed.rows), faults=feed.faults[:], remarks=feed.remarks[:])
    if not dry_run:
        town.lock(comune.id)
    outcome.imported_at = db.session.scalar(
        select(Import.created_at).where(Import.comune_id == comune.id, Import.sha256 == feed.sha256))
    if outcome.imported_at:
        outcome.unchanged = outcome.rows
        return outcome
    new, refreshed = _compared(comune, feed, outcome)
    if outcome.faults or dry_run:
        return outcome
    if new:
        db.session.execute(insert(Position), new)
    if refreshed:
        refreshed.sort(key=itemgetter("id"))
        db.session.execute(update(Position), refreshed, execution_options=NO_SYNC)
    holder = select(Identity.person_id).where(Identity.lookup == Position.lookup).scalar_subquery()
    db.session.execute(update(Position).where(
        Position.comune_id == comune.id, Position.person_id.is_(None), Position.lookup.in_(select(Identity.lookup))
    ).values(person_id=holder), execution_options=NO_SYNC)
    db.session.add(Import(comune_id=comune.id, sha256=feed.sha256, filename=plain(filename)[:200], rows=outcome.rows,
                          added=outcome.added, changed=outcome.changed, imported_by_id=by.id if by else None))
    db.session.flush()
    return outcome


def link_positions(person: Person) -> int:
    """Give a person the positions with their fiscal code that were here before them; says how many."""
    if person.identity is None:
        return 0
    return db.session.execute(update(Position).where(
        Position.lookup == person.identity.lookup, Position.person_id.is_(None)).values(person_id=person.id)).rowcount


def link_known_positions(event) -> None:
    """Somebody's fiscal code is known now: positions that came before the person are theirs."""
    link_positions(db.session.get(Person, event.person_id))


def export(comune_id: int, year: int, lines: Sequence[OffsetRow], *, by: Person) -> Export:
    """Write one file of reductions, with the next number of this comune and year.

    Refuses an empty file, a row that has gone out before, one whose position is not this comune's or not that person's,
    and the reversal of a row that never went out or was for another position or amount.
    """
    town.lock(comune_id)
    if not lines:
        raise Refusal(N_("Non c'è niente da inviare."))
    positions = {each.id: each for each in db.session.scalars(select(Position).where(
        Position.comune_id == comune_id, Position.id.in_({line.position_id for line in lines})))}
    refs = {line.row_ref for line in lines} | {line.reverses_ref for line in lines if line.reverses_ref}
    sent = {row.row_ref: row for row in db.session.scalars(select(ExportRow).where(ExportRow.row_ref.in_(refs)))}
    rows, text = [], [csv_line(EXPORT_COLUMNS)]
    for line in lines:
        position = _sendable(line, positions, sent)
        cells = csv_line((
            line.row_ref, line.act, line.act_date, line.fiscal_code, position.tax, position.year, position.account_ref,
            position.notice_no, position.instalment, position.component, line.amount_cents,
            REVERSAL if line.reverses_ref else REDUCTION, line.reason, line.reverses_ref or ""))
        row = ExportRow(row_ref=line.row_ref, position_id=position.id, checksum=sha256(cells),
                        amount_cents=-line.amount_cents if line.reverses_ref else line.amount_cents)
        rows.append(row)
        sent[line.row_ref] = row
        text.append(f"{cells};{row.checksum}")
    content = "".join(f"{each}\r\n" for each in text)
    last = db.session.scalar(select(func.max(Export.number)).where(Export.comune_id == comune_id, Export.year == year))
    made = Export(comune_id=comune_id, year=year, number=(last or 0) + 1, content=content, sha256=sha256(content),
                  total_cents=sum(row.amount_cents for row in rows), made_by_id=by.id, rows=rows)
    db.session.add(made)
    db.session.flush()
    return made


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _compared(comune: Comune, feed: Feed, outcome: Outcome) -> tuple[list[dict], list[dict]]:
    """The rows to insert and those to update; counts them, and adds the faults that only the stored rows show."""
    stored = {key_of(row): row for row in db.session.execute(
        select(*(getattr(Position, name) for name in ("id", "extracted_at", "person_id", *KEY, *FACTS))).where(
            Position.comune_id == comune.id, Position.tax.in_({row["tax"] for row in feed.rows}),
            Position.year.in_({row["year"] for row in feed.rows}))).mappings()}
    new, refreshed, lookups, tomorrow = [], [], {}, clock.now() + timedelta(days=1)
    for row in feed.rows:
        line, istat, code = row["line"], row["istat"], row["fiscal_code"]
        facts = {name: value for name, value in row.items() if name not in ("line", "istat", "fiscal_code")}
        facts["lookup"] = lookups.get(code) or lookups.setdefault(code, lookup_of(code))
        known = stored.get(key_of(row))
        outcome.cents[row["component"]] += row["amount_cents"]
        if istat != int(comune.istat_code):
            outcome.faults.append(Fault(line, "comune_istat", N_("Questa riga è di un altro Comune.")))
        if row["extracted_at"] > tomorrow:
            outcome.remarks.append(Fault(line, "extract_ts", N_("La data dell'estrazione è nel futuro.")))
        if known is None:
            outcome.added += 1
            new.append({"comune_id": comune.id, **facts})
            continue
        if row["extracted_at"] < known["extracted_at"]:
            older = N_("Estrazione più vecchia di quella che abbiamo già (%(at)s).")
            outcome.faults.append(Fault(line, "extract_ts", older, {"at": known["extracted_at"]}))
        same = all(facts[name] == known[name] for name in FACTS)
        outcome.unchanged += same
        outcome.changed += not same
        if not same or row["extracted_at"] != known["extracted_at"]:
            holder = known["person_id"] if facts["lookup"] == known["lookup"] else None
            refreshed.append({"id": known["id"], **facts, "person_id": holder})
    outcome.faults = sorted(outcome.faults, key=itemgetter(0))[:MOST_FAULTS]
    return new, refreshed


def _sendable(line: OffsetRow, positions: dict[int, Position], sent: dict[str, ExportRow]) -> Position:
    if line.amount_cents <= 0:
        raise Refusal(N_("La riga %(ref)s non ha un importo."), ref=line.row_ref)
    if line.row_ref in sent:
        raise Refusal(N_("La riga %(ref)s è già partita. Non la inviamo due volte."), ref=line.row_ref)
    if (position := positions.get(line.position_id)) is None:
        raise Refusal(N_("La riga %(ref)s non è di questo Comune."), ref=line.row_ref)
    if line.reverses_ref:
        undone = sent.get(line.reverses_ref)
        if undone is None or (undone.position_id, undone.amount_cents) != (position.id, line.amount_cents):
            raise Refusal(N_("La riga %(ref)s annulla una riduzione che non è mai partita."), ref=line.row_ref)
    elif position.lookup != lookup_of(line.fiscal_code):
        raise Refusal(N_("La riga %(ref)s riguarda una voce che ora è di un'altra persona."), ref=line.row_ref)
    return position
