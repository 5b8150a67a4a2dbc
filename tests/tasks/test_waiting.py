"""The waiting list: in order, offered for a stated time, to one after the other; nobody jumps it, and nobody is forgotten."""
from datetime import timedelta

import pytest

from app.base import clock
from app.base.errors import Refusal
from app.base.passages import passages
from app.tasks import actions, queries
from app.tasks.models import Kind
from app.tasks.states import Booking as State
from tests.tasks.builders import DAY, HOUR, NOW, a_full_shift, a_neighbour, a_qualification, a_rule, a_shift, a_task, letters

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def shift(context, town):
    """One place, and Anna has it; it begins in five days."""
    return a_full_shift(town.alessandria, town.anna.row)


@pytest.fixture
def third(context, town):
    return a_neighbour(3, town.alessandria.row)


def place_of(shift, person):
    return queries.booking_of(shift, person)


def test_a_freed_place_is_offered_to_the_first_and_counts_as_taken(shift, town, third):
    first, second = actions.wait(shift, town.bruno.row), actions.wait(shift, third)
    assert queries.turns([first, second]) == {first.id: 1, second.id: 2}
    actions.give_up(place_of(shift, town.anna.row), by=town.anna.row)
    assert (first.state, second.state, shift.taken) == (State.OFFERED, State.WAITING, 1)
    assert first.offered_until == NOW + DAY and queries.turns([first, second]) == {second.id: 1}
    [letter] = letters("offered")
    assert letter.recipient == town.bruno.email and "2 giu 2026, 10:00" in letter.body
    actions.accept_place(first, by=town.bruno.row)
    assert (first.state, shift.taken) == (State.BOOKED, 1)


def test_nobody_jumps_the_queue(shift, town, third):
    actions.wait(shift, town.bruno.row)
    actions.give_up(place_of(shift, town.anna.row), by=town.anna.row)
    for late in (third, town.anna.row):
        with pytest.raises(Refusal, match="completo"):
            actions.book(shift, late)
    back = actions.wait(shift, town.anna.row)
    assert queries.queue(shift) == [back]


def test_a_place_that_nobody_was_offered_yet_is_not_for_who_comes_now(shift, town, third):
    """As it stands for a moment, when places were added and the offers are still to be written."""
    actions.wait(shift, town.bruno.row)
    shift.places = 2
    with pytest.raises(Refusal, match="completo"):
        actions.book(shift, third)


def test_an_offer_is_declined_and_goes_on(shift, town, third):
    first, second = actions.wait(shift, town.bruno.row), actions.wait(shift, third)
    actions.give_up(place_of(shift, town.anna.row), by=town.anna.row)
    actions.leave(first, by=town.bruno.row)
    assert (first.state, second.state, shift.taken) == (State.LEFT, State.OFFERED, 1)
    actions.leave(second, by=third)
    assert shift.taken == 0
    assert actions.book(shift, town.bruno.row).state is State.BOOKED


def test_one_leaves_the_queue_and_the_others_move_up(shift, town, third):
    first, second = actions.wait(shift, town.bruno.row), actions.wait(shift, third)
    actions.leave(first, by=town.bruno.row)
    assert (queries.turns([first, second]), shift.taken) == ({second.id: 1}, 1)
    actions.give_up(place_of(shift, town.anna.row), by=town.anna.row)
    assert (first.state, second.state) == (State.LEFT, State.OFFERED)


def test_an_offer_whose_time_is_over_cannot_be_accepted_and_passes_on(shift, town, third):
    first, second = actions.wait(shift, town.bruno.row), actions.wait(shift, third)
    actions.give_up(place_of(shift, town.anna.row), by=town.anna.row)
    with clock.set_to(first.offered_until - timedelta(seconds=1)):
        assert not actions.lapse(first)
    with clock.set_to(first.offered_until):
        with pytest.raises(Refusal, match="non vale più"):
            actions.accept_place(first, by=town.bruno.row)
        assert actions.lapse(first)
        assert not actions.lapse(first)
        assert (first.state, second.state, shift.taken) == (State.LAPSED, State.OFFERED, 1)
        assert second.offered_until == NOW + 2 * DAY
    assert [letter.recipient for letter in letters("lapsed")] == [town.bruno.email]
    assert [passage.actor_id for passage in passages(first)] == [None, None]


def test_the_time_of_an_offer_is_the_comunes_and_never_more_than_half_of_what_is_left(shift, town, third):
    a_rule(town.alessandria, town.ada.row, offer_min=90)
    first = actions.wait(shift, town.bruno.row)
    actions.give_up(place_of(shift, town.anna.row), by=town.anna.row)
    assert first.offered_until == NOW + timedelta(minutes=90)
    actions.wait(shift, third)
    with clock.set_to(shift.starts_at - HOUR):
        actions.leave(first, by=town.bruno.row)
        assert place_of(shift, third).offered_until == shift.starts_at - HOUR / 2


def test_nothing_is_offered_that_can_no_longer_be_accepted(shift, town, third):
    """Where booking closes before the shift, offers end with it."""
    a_rule(town.alessandria, town.ada.row, closes_min=3 * 60)
    waiting = actions.wait(shift, town.bruno.row)
    with clock.set_to(shift.starts_at - 5 * HOUR):
        actions.withdraw(place_of(shift, town.anna.row), by=town.anna.row)
        assert waiting.offered_until == shift.starts_at - 4 * HOUR
        actions.accept_place(waiting, by=town.bruno.row)
        actions.wait(shift, third)
    with clock.set_to(shift.starts_at - 3 * HOUR):
        actions.withdraw(waiting, by=town.bruno.row)
    assert place_of(shift, third).state is State.WAITING and shift.taken == 0


def test_an_offer_does_not_help_over_what_stands_in_the_way_meanwhile(shift, town):
    first = actions.wait(shift, town.bruno.row)
    other = a_shift(a_task(town.alessandria, "Altro"), shift.starts_at + HOUR)
    actions.book(other, town.bruno.row)
    actions.give_up(place_of(shift, town.anna.row), by=town.anna.row)
    with pytest.raises(Refusal, match="In quelle ore"):
        actions.accept_place(first, by=town.bruno.row)


def test_only_who_could_book_may_wait_and_only_for_a_full_shift(shift, town):
    actions.book(a_shift(a_task(town.alessandria, "Altro"), shift.starts_at), town.bruno.row)
    with pytest.raises(Refusal, match="In quelle ore"):
        actions.wait(shift, town.bruno.row)
    with pytest.raises(Refusal, match="Hai già un posto"):
        actions.wait(shift, town.anna.row)
    with pytest.raises(Refusal, match="C'è un posto libero"):
        actions.wait(a_shift(shift.task, shift.starts_at + DAY), town.bruno.row)


def test_more_places_go_to_who_waits(shift, town, third):
    first, second = actions.wait(shift, town.bruno.row), actions.wait(shift, third)
    actions.move_shift(shift, starts_at=shift.starts_at, ends_at=shift.ends_at, places=3)
    assert {first.state, second.state} == {State.OFFERED} and (shift.taken, shift.version) == (3, 0)
    assert letters("moved") == []


def test_who_does_not_come_after_the_cut_off_is_replaced(shift, town):
    waiting, place = actions.wait(shift, town.bruno.row), place_of(shift, town.anna.row)
    with clock.set_to(shift.starts_at - 10 * HOUR):
        with pytest.raises(Refusal, match="cerchiamo chi ti sostituisce"):
            actions.give_up(place, by=town.anna.row)
        actions.withdraw(place, by=town.anna.row)
        assert (place.state, waiting.state, shift.taken) == (State.WITHDRAWN, State.OFFERED, 1)
        assert [letter.recipient for letter in letters("withdrawn")] == [town.tino.email]
        assert "Anna F." in letters("withdrawn")[0].body
        actions.accept_place(waiting, by=town.bruno.row)
    assert (place.state, waiting.state) == (State.REPLACED, State.BOOKED)
    assert [letter.recipient for letter in letters("replaced")] == [town.anna.email]


def test_who_takes_the_freed_place_from_the_board_stands_in_too(shift, town, third):
    place = place_of(shift, town.anna.row)
    with clock.set_to(shift.starts_at - 10 * HOUR):
        actions.withdraw(place, by=town.anna.row)
        assert shift.taken == 0
        actions.book(shift, third)
    assert place.state is State.REPLACED


def test_who_withdrew_and_comes_after_all_has_no_stand_in(town, third):
    """Nor does he take the place of another one who withdrew."""
    shift = a_full_shift(town.alessandria, town.bruno.row, town.anna.row)
    with clock.set_to(shift.starts_at - 10 * HOUR):
        for person in (town.bruno.row, town.anna.row):
            actions.withdraw(place_of(shift, person), by=person)
        bruno, anna = (booking for booking in queries.people_in([shift], State.WITHDRAWN)[shift.id])
        actions.book(shift, town.anna.row)
        assert (bruno.state, anna.state, letters("replaced")) == (State.WITHDRAWN, State.REPLACED, [])
        actions.book(shift, third)
        assert bruno.state is State.REPLACED and [letter.recipient for letter in letters("replaced")] == [town.bruno.email]


def test_nobody_stands_in_and_the_early_notice_stays_on_record(shift, town):
    place = place_of(shift, town.anna.row)
    with clock.set_to(shift.starts_at - 10 * HOUR):
        actions.withdraw(place, by=town.anna.row)
    with clock.set_to(shift.starts_at), pytest.raises(Refusal, match="già iniziato"):
        actions.withdraw(place, by=town.anna.row)
    assert place.state is State.WITHDRAWN and letters("replaced") == []


def test_the_queue_of_a_shift_that_was_called_off_is_told_and_is_offered_nothing(shift, town, third):
    waiting, place = actions.wait(shift, town.bruno.row), place_of(shift, town.anna.row)
    actions.cancel_shift(shift, reason="Piove", by=town.tino.row)
    assert sorted(letter.recipient for letter in letters("cancelled")) == sorted([town.anna.email, town.bruno.email])
    with pytest.raises(Refusal, match="annullato dall'ente"):
        actions.withdraw(place, by=town.anna.row)
    actions.give_up(place, by=town.anna.row)
    assert waiting.state is State.WAITING and letters("offered") == letters("withdrawn") == []


def test_who_joins_the_group_while_waiting_is_offered_a_place_that_is_kept_for_it(town):
    group = a_qualification(town.alessandria, "Nuovi arrivati", Kind.GROUP)
    shift = a_shift(a_task(town.alessandria, reserved_for=group, reserved_percent=50), places=2)
    actions.book(shift, town.anna.row)
    waiting = actions.wait(shift, town.bruno.row)
    actions.confirm(town.bruno.row, group, by=town.olga.row)
    assert waiting.state is State.OFFERED and waiting.reserved and (shift.taken, shift.reserved_taken) == (2, 1)


def test_reserved_places_are_kept_for_the_group(town, third):
    group = a_qualification(town.alessandria, "Nuovi arrivati", Kind.GROUP)
    shift = a_shift(a_task(town.alessandria, reserved_for=group, reserved_percent=50), places=2)
    assert (shift.reserved, shift.open_free) == (1, 1)
    actions.confirm(third, group, by=town.olga.row)
    anna = actions.book(shift, town.anna.row)
    with pytest.raises(Refusal, match="riservati a un gruppo"):
        actions.book(shift, town.bruno.row)
    waiting = actions.wait(shift, town.bruno.row)
    member = actions.book(shift, third)                      # the reserved place is no place that Bruno waits for
    assert member.reserved and (shift.taken, shift.reserved_taken) == (2, 1)
    actions.give_up(member, by=third)
    assert waiting.state is State.WAITING and (shift.taken, shift.reserved_taken) == (1, 0)
    actions.give_up(anna, by=town.anna.row)
    assert waiting.state is State.OFFERED and not waiting.reserved
    actions.accept_place(waiting, by=town.bruno.row)
    actions.leave(actions.wait(shift, town.anna.row), by=town.anna.row)
    assert actions.book(shift, third).reserved
