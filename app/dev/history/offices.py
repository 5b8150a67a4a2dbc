"""What the offices of the demonstration do: open a year, certify, propose, decide, export; and take a certificate back."""
from collections.abc import Iterator
from datetime import date, time, timedelta

from app.base import clock
from app.base.db import db
from app.base.errors import Refusal
from app.baratto import queries as baratto
from app.baratto.actions import agreements, offsets, regulations
from app.baratto.states import Offset as OffsetState
from app.dev.history.town import DAYS_BACK, Happening, Town
from app.dev.people import TOWN
from app.hours import actions as hours, queries as hours_queries
from app.hours.models import Certificate
from app.taxes import actions as taxes
from app.taxes.models import Tax
from app.taxes.schemas import read_positions

WRITTEN_IN = 2026                      # the year that stands in the files of tax positions
ROUND = 14                             # days between two rounds of the offices


def open_year(town: Town, year: int) -> None:
    """The bills come in, a call opens, and most households sign an agreement."""
    content = (TOWN / f"tari-{town.name}.csv").read_text(encoding="utf-8").replace(f"{WRITTEN_IN}-", f"{year}-")
    feed = read_positions(content.replace(f";{WRITTEN_IN};", f";{year};").encode())
    taxes.import_positions(town.comune, feed, f"tari-{town.name}-{year}.csv", by=town.staff["tributi"])
    call = regulations.open_call(town.regulation, year=year, title=f"{town.plan['call']['title']} {year}", act=town.plan["call"]["act"],
                                 budget_cents=town.plan["call"]["budget_cents"], by=town.staff["admin"])
    households = set()
    for number, person in enumerate(town.residents):
        if person.household_id in households or number > 1 and town.random.random() > 0.7:
            continue
        try:
            with db.session.begin_nested():
                town.pacts.append(agreements.make(
                    call, person, tax=Tax.TARI, starts_on=max(town.first, date(year, 1, 2)), ends_on=date(year, 12, 31),
                    insurance=f"RCT {year}/{number + 101}", by=town.staff["patti"]))
                households.add(person.household_id)
        except Refusal:                # nothing to reduce, or the household's debt is below the minimum: no pact
            continue


def rounds(town: Town) -> Iterator[Happening]:
    """Every two weeks the offices go round. Today is the tenth day of a round, so that each of their queues holds something."""
    begins = [town.first + timedelta(days=5 + ROUND * number) for number in range(DAYS_BACK // ROUND)]
    for begin in begins:
        for day, at, happen in ((0, time(9), certify_all), (3, time(10), propose_all), (10, time(9, 30), propose_again),
                                (11, time(15), export_all), (12, time(11), decide_all)):
            yield town.happening(begin + timedelta(days=day), at, lambda happen=happen: happen(town))
    yield town.happening(begins[-1] + timedelta(days=1), time(12), lambda: withdraw_two(town))


def certify_all(town: Town) -> None:
    for row in hours_queries.to_certify(seen_by=town.staff["certifica"]):
        hours.certify(row.agreement_id, by=town.staff["certifica"])
    for row in hours_queries.to_attest(seen_by=town.staff["certifica"]):
        hours.attest(row.person, row.comune_id, by=town.staff["certifica"])


def withdraw_two(town: Town) -> None:
    """Of yesterday's certificates one is replaced by a shorter one, and another is annulled."""
    found = db.session.scalars(db.select(Certificate).where(
        Certificate.comune_id == town.comune.id, Certificate.agreement_id.is_not(None)).order_by(Certificate.id.desc()).limit(30)).all()
    long = next(each for each in found if len(each.lines) > 1)
    hours.replace(long, keep=[line.attendance_id for line in long.lines[:-1]], by=town.staff["certifica"],
                  reason="L'ultimo turno non era di questa persona: il tutor lo ricontrolla.")
    hours.annul(next(each for each in found if each is not long), by=town.staff["certifica"],
                reason="Il tutor ha segnalato un giorno sbagliato: le ore vanno ricontrollate.")


def propose_all(town: Town) -> None:
    waiting = {each.agreement.id for each in baratto.to_propose(seen_by=town.staff["tributi"])}
    for pact in town.pacts:
        certificates = baratto.free_certificates(pact) if pact.id in waiting else []
        if sum(each.minutes for each in certificates) >= min(540, pact.planned_minutes // 2):
            offsets.propose(pact, certificates, by=town.staff["tributi"])


def decide_all(town: Town) -> None:
    for offset in baratto.offsets(OffsetState.PROPOSED, seen_by=town.staff["dirigente"]):
        if offset.id % 9 == 4 and offset.proposed_at.month % 2:
            offsets.send_back(offset, reason="Manca il riferimento al patto: controlla e riproponi.", by=town.staff["dirigente"])
        else:
            town.acts += 1
            offsets.approve(offset, act=f"n. {town.acts}/{clock.today().year}", by=town.staff["dirigente"])


def propose_again(town: Town) -> None:
    for offset in baratto.offsets(OffsetState.RETURNED, seen_by=town.staff["tributi"]):
        offsets.propose_again(offset, by=town.staff["tributi"])


def export_all(town: Town) -> None:
    if baratto.approved(town.comune.id):
        offsets.export(town.comune.id, by=town.staff["dirigente"])
