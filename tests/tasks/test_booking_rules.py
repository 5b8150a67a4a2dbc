"""Every reason why somebody cannot have a place, alone and together; caps to the minute; offers and cut-offs."""
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.base.errors import Refusal
from app.tasks.rules import booking as rules
from app.tasks.rules.instruments import CountsFor, Instrument
from app.tasks.states import Booking, Shift, Task

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2026, 6, 6, 12, tzinfo=UTC)          # a Saturday, two in the afternoon
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
NO_CAPS = {"daily_min": 24 * 60, "yearly_min": 9000 * 60, "consecutive_min": 24 * 60}


def place(start=NOON, hours=3, **facts) -> rules.Place:
    return rules.Place(start, start + hours * HOUR, ROME, **facts)


def why(where=None, person=None, *, now=NOON - 2 * DAY, **limits) -> list[str]:
    return [no.message for no in rules.reasons(where or place(), person or rules.Applicant(), rules.Limits(**limits), now)]


def booked(*spans) -> rules.Applicant:
    """Somebody who has other places: hours after noon, from and to."""
    return rules.Applicant(booked=tuple((NOON + start * HOUR, NOON + end * HOUR) for start, end in spans))


@pytest.mark.parametrize("where, person, now", [
    (place(), rules.Applicant(), NOON - timedelta(seconds=1)),
    (place(), booked((-2, 0), (3, 4)), NOON - DAY),                                    # back to back
    (place(min_age=16), rules.Applicant(born_on=date(1990, 1, 1)), NOON - DAY),
    (place(min_age=18), rules.Applicant(born_on=date(2008, 6, 6)), NOON - DAY),        # eighteen on the very day
    (place(needs=((7, "HACCP"),)), rules.Applicant(held={7: None}), NOON - DAY),
    (place(needs=((7, "HACCP"),)), rules.Applicant(held={7: date(2026, 6, 6)}), NOON - DAY),
    (place(instruments=(Instrument.TIMEBANK,)), rules.Applicant(instrument=Instrument.TIMEBANK, born_on=date(2010, 1, 1)), NOON - DAY),
])
def test_a_place_can_be_booked(where, person, now):
    assert why(where, person, now=now) == []


@pytest.mark.parametrize("where, person, options, words", [
    (place(state=Shift.CANCELLED), None, {}, "annullato dall'ente"),
    *((place(task_state=state), None, {}, "non è aperta") for state in Task if state is not Task.OPEN),
    (place(), None, {"now": NOON}, "già iniziato"),
    (place(), None, {"now": NOON - HOUR, "closes_min": 60}, "È troppo tardi"),
    (place(), None, {"now": datetime(2026, 6, 1, 21, 59, tzinfo=UTC), "opens_days": 4}, "È troppo presto"),
    (place(), rules.Applicant(here=Booking.BOOKED), {}, "Hai già un posto"),
    (place(), rules.Applicant(here=Booking.OFFERED), {}, "già offerto un posto"),
    (place(), rules.Applicant(here=Booking.WAITING), {}, "già in lista"),
    (place(), booked((-1, 1 / 3600)), {}, "In quelle ore"),
    (place(), booked((1, 2)), {}, "In quelle ore"),
    (place(), booked((-1, 9)), {"daily_min": 1440}, "In quelle ore"),
    (place(), None, {"daily_min": 179}, "al giorno"),
    (place(), booked((-9, -6)), {"daily_min": 359}, "al giorno"),
    (place(), booked((-99, -96)), {"yearly_min": 359}, "all'anno"),
    (place(), booked((-3, -0.25)), {"consecutive_min": 344}, "di fila"),
    (place(min_age=18), rules.Applicant(born_on=date(2008, 6, 7), instrument=Instrument.CERTIFICATE), {}, "almeno %(years)s"),
    (place(min_age=18), None, {}, "data di nascita"),
    (place(needs=((7, "HACCP"),)), None, {}, "Ti manca un requisito"),
    (place(needs=((7, "HACCP"),)), rules.Applicant(held={7: date(2026, 6, 5)}), {}, "scade prima"),
    (place(instruments=(Instrument.TIMEBANK,)), None, {}, "non contano per questo"),
    (place(), rules.Applicant(born_on=date(2008, 6, 7)), {}, "Per il baratto servono"),
    (place(free=False), None, {}, "completo"),
])
def test_each_reason_stands_alone_and_has_words_of_its_own(where, person, options, words):
    [reason] = why(where, person, **options)
    assert words in reason


def test_all_reasons_are_said_at_once_and_in_the_same_order():
    person = rules.Applicant(booked=((NOON, NOON + HOUR),), born_on=date(2009, 1, 1), held={})
    where = place(free=False, min_age=18, needs=((7, "HACCP"),), instruments=(Instrument.TIMEBANK,))
    found = why(where, person, daily_min=200, yearly_min=200, closes_min=3 * 1440)
    assert [next(word for word in WORDS if word in reason) for reason in found] == list(WORDS)


WORDS = ("troppo tardi", "In quelle ore", "al giorno", "all'anno", "Il giorno del turno", "Ti manca", "non contano", "completo")


def test_a_full_shift_is_no_obstacle_to_waiting():
    assert rules.obstacles(place(free=False), rules.Applicant(), rules.Limits(), NOON - DAY) == []


def test_who_cannot_book_hears_the_first_reason_of_the_list():
    reasons = rules.reasons(place(free=False, state=Shift.CANCELLED), rules.Applicant(), rules.Limits(), NOON - DAY)
    no = rules.CannotBook(reasons)
    assert (no.reasons, no.message) == (reasons, reasons[0].message) and len(reasons) == 2


@pytest.mark.parametrize("start, end, others, allowed", [
    # 22:00 to 6:00 on the night to 25 October is nine hours: two on the first day, seven on the second.
    ((2026, 10, 24, 20), (2026, 10, 25, 5), [], 420),
    # The same on the night to 29 March is seven: two and five.
    ((2026, 3, 28, 21), (2026, 3, 29, 4), [], 300),
    # What is booked that evening counts for the evening only.
    ((2026, 10, 24, 20), (2026, 10, 25, 5), [((2026, 10, 24, 10), (2026, 10, 24, 16))], 480),
    # And a night before counts for the morning in which it ended.
    ((2026, 6, 6, 10), (2026, 6, 6, 12), [((2026, 6, 5, 20), (2026, 6, 6, 4))], 480),
])
def test_the_daily_cap_counts_each_minute_on_its_calendar_day(start, end, others, allowed):
    span, person = [datetime(*at, tzinfo=UTC) for at in (start, end)], rules.Applicant(booked=tuple(
        tuple(datetime(*at, tzinfo=UTC) for at in other) for other in others))
    where = rules.Place(*span, ROME)
    assert why(where, person, now=span[0] - 2 * DAY, **NO_CAPS | {"daily_min": allowed}) == []
    [reason] = why(where, person, now=span[0] - 2 * DAY, **NO_CAPS | {"daily_min": allowed - 1})
    assert "al giorno" in reason


def test_the_yearly_cap_looks_at_both_sides_of_new_year():
    eve = datetime(2026, 12, 31, 21, tzinfo=UTC)                                       # 22:00 to 4:00: two hours and four
    where = rules.Place(eve, eve + 6 * HOUR, ROME)
    full = rules.Applicant(booked=((eve - 9 * DAY, eve - 9 * DAY + 10 * HOUR),))
    assert why(where, full, now=eve - 2 * DAY, **NO_CAPS | {"yearly_min": 720}) == []
    [reason] = rules.reasons(where, full, rules.Limits(**NO_CAPS | {"yearly_min": 719}), eve - 2 * DAY)
    assert reason.values == {"year": "2026", "limit_min": 719, "booked_min": 600}
    later = rules.Applicant(booked=((eve + 9 * DAY, eve + 9 * DAY + 10 * HOUR),))
    [reason] = rules.reasons(where, later, rules.Limits(**NO_CAPS | {"yearly_min": 839}), eve - 2 * DAY)
    assert reason.values["year"] == "2027"


@pytest.mark.parametrize("person, stretch", [
    (booked((-3, -0.5)), 180),                                                        # half an hour is a pause
    (booked((-3, -0.49)), 180 + 150.6),
    (booked((-3, -1), (-1, 0)), 360),
    (booked((-6, -4), (-1, 0), (3, 5)), 360),
    (booked((3, 4), (4.25, 5)), 180 + 60 + 45),
    (booked((1, 2)), 180),                                                            # that is a clash, not a stretch
])
def test_consecutive_hours_are_those_without_a_pause(person, stretch):
    assert rules._stretch(place(), person) == int(stretch)


def test_booking_opens_at_local_midnight():
    opens = datetime(2026, 6, 1, 22, tzinfo=UTC)                                       # 2 June in Italy, four days before the sixth
    assert why(now=opens, opens_days=4) == []
    [reason] = rules.reasons(place(), rules.Applicant(), rules.Limits(opens_days=4), opens - MINUTE)
    assert reason.values == {"when": opens}


@pytest.mark.parametrize("open_free, reserved_free, member, gets", [
    (1, 0, False, False), (0, 1, False, None), (0, 0, False, None),
    (1, 1, True, True), (1, 0, True, False), (0, 0, True, None),
])
def test_reserved_places_are_for_the_group_and_go_first(open_free, reserved_free, member, gets):
    assert rules.pool(open_free=open_free, reserved_free=reserved_free, member=member) is gets


@pytest.mark.parametrize("left, hours", [(10 * DAY, 24), (48 * HOUR, 24), (10 * HOUR, 5), (HOUR, 0.5)])
def test_an_offer_stands_for_the_stated_time_or_half_of_what_is_left(left, hours):
    assert rules.offered_until(closes_at=NOON, now=NOON - left, offer_min=1440) == NOON - left + hours * HOUR


def test_one_cancels_until_the_cut_off_and_freely_when_the_shift_was_moved():
    rules.check_cancelling(starts_at=NOON, now=NOON - DAY - MINUTE, cutoff_min=1440)
    with pytest.raises(Refusal, match="cerchiamo chi ti sostituisce"):
        rules.check_cancelling(starts_at=NOON, now=NOON - DAY, cutoff_min=1440)
    rules.check_cancelling(starts_at=NOON, now=NOON - MINUTE, cutoff_min=1440, moved=True)
    for moved in (False, True):
        with pytest.raises(Refusal, match="già iniziato"):
            rules.check_cancelling(starts_at=NOON, now=NOON, cutoff_min=1440, moved=moved)
    rules.check_withdrawing(state=Shift.PLANNED, starts_at=NOON, now=NOON - MINUTE)
    for state, now, words in ((Shift.PLANNED, NOON, "già iniziato"), (Shift.CANCELLED, NOON - MINUTE, "annullato")):
        with pytest.raises(Refusal, match=words):
            rules.check_withdrawing(state=state, starts_at=NOON, now=now)


@pytest.mark.parametrize("name", [each.name for each in fields(rules.Limits)])
def test_each_of_a_comunes_limits_has_an_end(name):
    most = getattr(rules.MOST, name)
    rules.check_limits(rules.Limits(**{name: most}))
    with pytest.raises(Refusal, match="troppo grande") as refused:
        rules.check_limits(rules.Limits(**{name: most + 1}))
    assert refused.value.field == name


def test_an_offer_is_accepted_before_its_end():
    rules.check_accepting(offered_until=NOON, now=NOON - MINUTE)
    for until in (NOON, None):
        with pytest.raises(Refusal, match="non vale più"):
            rules.check_accepting(offered_until=until, now=NOON)


@pytest.mark.parametrize("born_on, on, years", [
    (date(2008, 6, 6), date(2026, 6, 5), 17), (date(2008, 6, 6), date(2026, 6, 6), 18),
    (date(2008, 2, 29), date(2026, 2, 28), 17), (date(2008, 2, 29), date(2026, 3, 1), 18),
])
def test_age_in_whole_years(born_on, on, years):
    assert rules.age(born_on, on) == years


def test_what_a_task_counts_for():
    assert {each: each.instruments for each in CountsFor} == {
        CountsFor.BARATTO: (Instrument.BARATTO,), CountsFor.TIMEBANK: (Instrument.TIMEBANK,),
        CountsFor.BOTH: (Instrument.BARATTO, Instrument.TIMEBANK), CountsFor.CERTIFICATE: (Instrument.CERTIFICATE,)}
