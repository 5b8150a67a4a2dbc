"""Half a year of life in the demonstration town, made through the site's own actions, the same at every fresh start.

The past is a list of things that happen at an instant, run in order with the clock set to each. What would happen after now does not, so
the queues of today fill themselves: hours that wait for a tutor, certificates that wait for a proposal, proposals that wait for a decision.
"""
from datetime import date, time, timedelta

from app.base import clock, outbox
from app.base.db import db
from app.base.transactions import transaction
from app.dev.history import board, hours, offices, stories
from app.dev.history.town import Town, by_week
from app.reconciliation import jobs as nights
from app.reconciliation.models import Night
from app.town.queries import comuni

NIGHTS_BACK = 5


def fill() -> None:
    """Make the two comuni and let half a year pass in each; then send the letters and check the books of the last days."""
    for name in ("alessandria", "valenza"):
        live(Town(name))
    while letters := outbox.due():
        with transaction():
            for letter in letters:
                outbox.send(letter)
    with transaction():                # half a year of nights would take minutes: the first is that of a few days ago
        for comune in comuni():
            db.session.add(Night(comune_id=comune.id, business_date=clock.today() - timedelta(days=NIGHTS_BACK)))
    nights.run_due()


def live(town: Town) -> None:
    """Found one comune, and let everything happen in it."""
    with clock.set_to(town.at(town.first, time(7))), transaction():
        town.begin()
        board.publish(town)
        board.confirm(town)
    for year in sorted({town.first.year, town.today.year}):
        with clock.set_to(town.at(max(town.first, date(year, 1, 2)), time(8))), transaction():
            offices.open_year(town, year)
    tellers = (hours.of_agreements, hours.of_volunteers, offices.rounds, board.proposals, stories.all_of)
    past = [each for tell in tellers for each in tell(town) if each[0] <= town.now]
    for week in by_week(sorted(past, key=lambda each: each[:2])):
        with transaction():
            for when, _number, happen in week:
                with clock.set_to(when):
                    happen()
    with clock.set_to(town.at(town.today - timedelta(days=1), time(18))), transaction():
        board.plan_ahead(town)
    with transaction():
        board.book_ahead(town)
