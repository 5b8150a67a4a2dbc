"""The last days of one host, told one by one: what does not go smoothly, so that every page for it has somebody on it.

The first two residents, who can sign in, meet it themselves.
"""
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from app.base.db import db
from app.dev.history.town import Happening, Town
from app.hours import actions as hours
from app.hours.models import Excuse, Method
from app.hours.rules.sheets import Entry
from app.people.models import Person
from app.tasks import actions as tasks
from app.tasks.models import Booking

START, END = time(9), time(12)


def all_of(town: Town) -> Iterator[Happening]:
    for tell in (late_hours, disputed_morning, yesterday, on_the_spot, on_paper):
        yield from tell(town)


def late_hours(town: Town) -> Iterator[Happening]:
    """Somebody writes hours down after the regulation's days: the officer lets them in or not."""
    late = _shift(town, 12, town.bound[6:7])
    yield late.planned
    yield town.happening(town.ago(2), time(18), lambda: late.log(0))


def disputed_morning(town: Town) -> Iterator[Happening]:
    """Hours that were cut, turned down or left to the officer, with what both sides say; and two absences."""
    tutor, volunteer = _tutor(town), town.volunteers[0]
    here = _shift(town, 7, [*town.bound[:6], volunteer])
    kept = {}

    def decide():
        cut = here.rows[0]
        hours.validate(cut, started_at=cut.started_at, ended_at=cut.ended_at - timedelta(minutes=30), break_min=0,
                       reason="Abbiamo finito mezz'ora prima.", by=tutor)
        hours.blame(here.rows[1], reason="Non ha avvisato, e al telefono non rispondeva.", by=tutor)
        hours.excuse(here.rows[2], Excuse.FAMILY, by=tutor)
        hours.reject(here.rows[3], reason="Non ti ho visto al ritrovo.", by=tutor)
        given = here.rows[6]
        hours.validate(given, started_at=given.started_at, ended_at=given.ended_at, break_min=0, by=tutor)

    def contest():
        hours.contest(here.rows[4], "È andata via e poi è tornata: non so dire per quanto tempo.", by=tutor)

    def dispute():
        kept["cut"] = hours.dispute(here.rows[0], "Sono rimasta fino alle 12 a caricare i sacchi sul furgone.", by=here.people[0])
        hours.dispute(here.rows[3], "C'ero: ero al cancello dietro, con la squadra delle aiuole.", by=here.people[3])

    def miss():
        for number in (1, 2):
            here.rows[number] = hours.miss(here.bookings[number], by=tutor)

    yield here.planned
    yield town.happening(town.ago(7), time(18), miss)
    yield town.happening(town.ago(7), time(21), lambda: [here.log(number) for number in (0, 3, 4, 6)])
    yield town.happening(town.ago(5), time(17), decide)
    yield town.happening(town.ago(4), time(17), contest)
    yield town.happening(town.ago(3), time(19), dispute)
    yield town.happening(town.ago(2), time(12), lambda: hours.answer(
        kept["cut"], "I sacchi li ha caricati la squadra del pomeriggio. Alle 11:30 ho chiuso il cancello.", by=tutor))


def yesterday(town: Town) -> Iterator[Happening]:
    """Hours that wait for the tutor: logged, checked in and out by code, seen by the tutor; and a session that nobody has ended."""
    tutor = _tutor(town)
    here = _shift(town, 1, [town.bound[1], town.bound[0], *town.bound[7:9]])

    def arrive():
        for number, method in ((0, Method.CODE), (2, Method.DAILY)):
            here.rows[number] = hours.check_in(here.bookings[number], method=method, by=here.people[number])
        here.rows[3] = hours.check_in(here.bookings[3], method=Method.TUTOR, by=tutor)

    def go():
        hours.check_out(here.rows[2], method=Method.DAILY, by=here.people[2])
        hours.send(here.rows[2], note="Abbiamo riempito dodici sacchi.", by=here.people[2])
        hours.check_out(here.rows[3], method=Method.TUTOR, by=tutor)
        hours.send(here.rows[3], by=tutor)

    yield here.planned
    yield town.happening(town.ago(1), time(9, 4), arrive)
    yield town.happening(town.ago(1), time(10, 30), lambda: hours.pause(here.rows[2], by=here.people[2]))
    yield town.happening(town.ago(1), time(10, 45), lambda: hours.resume(here.rows[2], by=here.people[2]))
    yield town.happening(town.ago(1), time(12, 2), go)
    yield town.happening(town.ago(1), time(20), lambda: here.log(1))
    yield town.happening(town.ago(1), time(22), lambda: hours.leave_open(here.rows[0]))


def on_the_spot(town: Town) -> Iterator[Happening]:
    """A shift of today, as near to now as decent hours allow; two have come when it runs."""
    hour = min(max(town.now.astimezone(town.zone).hour - 1, 8), 16)
    here = _shift(town, 0, town.bound[9:13], start=time(hour), end=time(hour + 3))

    def arrive():
        hours.check_in(here.bookings[0], method=Method.CODE, by=here.people[0])
        hours.check_in(here.bookings[1], method=Method.TUTOR, by=_tutor(town))

    yield here.planned
    yield town.happening(town.today, time(hour, 5), arrive)


def on_paper(town: Town) -> Iterator[Happening]:
    """One sheet of somebody who has no account, entered and signed; two more still lie on the desk."""
    task, person, officer = town.habits[0].task, town.volunteers[-1], town.staff["patti"]
    day = town.ago(16)
    days = [each for each in (day - timedelta(days=7), day, day + timedelta(days=2)) if each.month == day.month]
    kept = {}

    def hand_out():
        kept["sheet"] = hours.print_sheet(task, person, day, by=officer)
        for other in town.volunteers[-3:-1]:
            hours.print_sheet(task, other, day, by=officer)

    def enter():
        entries = [Entry(town.at(each, START), town.at(each, END), 15) for each in days]
        hours.enter(kept["sheet"], entries, signed_by=_tutor(town), stated_minutes=sum(each.minutes for each in entries), by=officer)

    yield town.happening(town.ago(24), time(11), hand_out)
    yield town.happening(town.ago(3), time(11), enter)


class _Morning:
    """A shift of the host some days ago: who is booked, by number, and what became of them."""

    def __init__(self, town: Town, days: int, people: list[Person], start: time, end: time):
        self.town, self.people, self.rows, self.bookings = town, people, {}, []
        self.starts_at, self.ends_at = town.at(town.ago(days), start), town.at(town.ago(days), end)
        self.planned = town.happening(town.ago(days + 4), time(20), self.book)

    def book(self) -> None:
        shift = self.town.shift(self.town.habits[0].task, self.starts_at, self.ends_at, places=8)
        self.bookings: list[Booking] = [tasks.book(shift, person) for person in self.people]

    def log(self, number: int) -> None:
        self.rows[number] = hours.submit(self.bookings[number], started_at=self.starts_at, ended_at=self.ends_at)


def _shift(town: Town, days: int, people: list[Person], start: time = START, end: time = END) -> _Morning:
    return _Morning(town, days, list(people), start, end)


def _tutor(town: Town) -> Person:
    return town.habits[0].tutor
