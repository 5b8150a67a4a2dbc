"""The council's regulation comes in, version by version, and calls are opened under it."""
import hashlib
import json
from dataclasses import asdict

from sqlalchemy import func, select

from app.baratto import queries
from app.baratto.actions import books
from app.baratto.models import Call, Regulation
from app.baratto.rules.regulation import RegulationFile
from app.baratto.states import CALL
from app.base import passages
from app.base.db import db
from app.base.errors import Refusal
from app.base.words import N_
from app.people.models import Person
from app.town import actions as town
from app.town.models import Comune

YEARS = range(2000, 2201)
MOST_CENTS = 2_000_000_000           # what an integer column holds, and far above any town's call


def check(file: RegulationFile) -> None:
    """Refuses a file that does not say what an hour is worth: a default is for what a text leaves open, not for its heart."""
    if file.missing:
        raise Refusal(N_("Nel file mancano queste voci: %(keys)s. Senza, le ore non hanno un valore."), field="file",
                      keys=", ".join(f"terms.{key}" for key in file.missing))


def document_of(file: RegulationFile) -> dict:
    """The whole file as plain values: each key with its value and source."""
    facts = asdict(file) | {"terms": {key: asdict(each) for key, each in file.stated.items()}, "stated": None}
    return json.loads(json.dumps(facts, default=str))


def current(comune: Comune) -> Regulation | None:
    """The comune's latest version."""
    return db.session.scalar(select(Regulation).where(Regulation.comune_id == comune.id)
                             .order_by(Regulation.version.desc()).limit(1))


def import_regulation(comune: Comune, file: RegulationFile) -> tuple[Regulation, bool]:
    """Keep a regulation as the comune's next version; says whether it is new. The same content again changes nothing.

    Refuses what `check` refuses.
    """
    check(file)
    town.lock(comune.id)
    document = document_of(file)
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    same = db.session.scalar(select(Regulation).where(Regulation.comune_id == comune.id, Regulation.digest == digest))
    if same:
        return same, False
    last = db.session.scalar(select(func.max(Regulation.version)).where(Regulation.comune_id == comune.id)) or 0
    act = " ".join(str(file.act[name]) for name in ("body", "number", "date") if file.act.get(name)) if file.act else ""
    regulation = Regulation(comune_id=comune.id, version=last + 1, title=file.title[:200], act=act[:200], document=document,
                            digest=digest)
    db.session.add(regulation)
    db.session.flush()
    return regulation, True


def finish_call(call: Call, *, by: Person) -> None:
    """End a call: no agreement is made in it any more. Refuses while agreements are active in it."""
    if queries.agreements_in(call):
        raise Refusal(N_("In questo bando ci sono patti attivi: chiudili prima."))
    passages.move(call, CALL, "finish", by=by)


def open_call(regulation: Regulation, *, year: int, title: str, act: str, budget_cents: int, by: Person) -> Call:
    """Open a call for one year; its budget (cents) goes to the ledger at once. Refuses none, and one above MOST_CENTS."""
    if budget_cents <= 0:
        raise Refusal(N_("I fondi devono essere maggiori di zero."), field="budget_cents")
    if budget_cents > MOST_CENTS:
        raise Refusal(N_("I fondi di un bando arrivano al massimo a %(most_cents)s."), field="budget_cents", most_cents=MOST_CENTS)
    if year not in YEARS:
        raise Refusal(N_("Scrivi l'anno, per esempio 2026."), field="year")
    call = Call(comune_id=regulation.comune_id, regulation=regulation, year=year, title=title, act=act, budget_cents=budget_cents)
    db.session.add(call)
    db.session.flush()
    books.open_call(call, actor=by.ref)
    return call
