"""From validated sessions to creditable minutes: the cap of the day, the cap of the year, and the rounding of time."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.base.errors import Refusal
from app.base.localtime import day_begins, minutes_between, minutes_by_day
from app.base.words import N_
from app.baratto.rules.terms import Scope, Terms, TimeRound


@dataclass(frozen=True, kw_only=True)
class Session:
    """Validated work of one person: either two instants less a break, or a local date and its net minutes."""

    person: str
    start: datetime | None = None
    end: datetime | None = None
    break_min: int = 0
    day: date | None = None
    minutes: int | None = None

    def __post_init__(self):
        timed, dated = (self.start, self.end), (self.day, self.minutes)
        if not (None not in timed and dated == (None, None) or None not in dated and timed == (None, None)):
            raise Refusal(N_("Un turno ha l'inizio e la fine, oppure il giorno e i minuti."), field=self._amiss())
        if self.break_min < 0 or (self.minutes or 0) < 0:
            raise Refusal(
                N_("I minuti non possono essere meno di zero."), field="minutes" if self.start is None else "break_min"
            )
        if self.start is None:
            if self.break_min:
                raise Refusal(N_("Quando scrivi i minuti la pausa è già tolta."), field="break_min")
        elif self.end.astimezone(UTC) <= self.start.astimezone(UTC):     # within one zone Python compares wall times
            raise Refusal(N_("La fine del turno viene dopo l'inizio."), field="end")
        elif self.break_min > minutes_between(self.start, self.end):
            raise Refusal(N_("La pausa è più lunga del turno."), field="break_min")

    def _amiss(self) -> str:
        """The field that is missing; of two forms at once, the day is one too many."""
        given = {name for name in ("start", "end", "day", "minutes") if getattr(self, name) is not None}
        return {("start",): "end", ("day",): "minutes", ("end",): "start", (): "start"}.get(tuple(given), "date")

    def begins(self, zone: ZoneInfo) -> datetime:
        """Where the session stands among others. One without hours stands at the beginning of its day."""
        return self.start.astimezone(UTC) if self.start else day_begins(self.day, zone)

    def by_day(self, zone: ZoneInfo) -> dict[date, int]:
        """Net minutes by local calendar day. A break comes off the last part of the session."""
        if self.start is None:
            return {self.day: self.minutes}
        return minutes_by_day(self.start, self.end.astimezone(UTC) - timedelta(minutes=self.break_min), zone)


@dataclass(frozen=True)
class Credit:
    """What counts for one person.

    `sessions` are the creditable minutes of each session, earliest first, before TOTAL rounding.
    """

    person: str
    worked: int             # validated, before any cap or rounding
    within_days: int        # after the day cap
    rounded: int            # after the rounding of each session
    within_year: int        # after the year cap
    minutes: int            # creditable: after the rounding of the sum
    sessions: tuple[int, ...]


def credited(terms: Terms, sessions: Iterable[Session], used_min: int, zone: ZoneInfo,
             on_days: Mapping[date, int] = MappingProxyType({})) -> list[Credit]:
    """One Credit per person, by first appearance.

    `used_min` are the minutes of this year that earlier offsets took from each person, `on_days` those that they hold on a local day.

    Refuses sessions of one person that overlap: the same minute must not count twice.
    """
    people: dict[str, list[Session]] = {}
    for session in sessions:
        people.setdefault(session.person, []).append(session)
    return [_credit(terms, person, sorted(theirs, key=lambda session: session.begins(zone)), used_min, zone, on_days)
            for person, theirs in people.items()]


def _credit(terms: Terms, person: str, sessions: list[Session], used_min: int, zone: ZoneInfo, on_days: Mapping[date, int]) -> Credit:
    _refuse_overlaps(sessions)
    days = [session.by_day(zone) for session in sessions]
    worked = sum(sum(each.values()) for each in days)
    free = _trim_to_day_cap(days, terms.cap_day_min, on_days)
    within_days = sum(sum(each.values()) for each in days)
    if terms.time_round_scope is Scope.SESSION:
        counted = [_round_session(terms, each, free) for each in days]
    else:
        counted = [sum(each.values()) for each in days]
    rounded = sum(counted)
    left = None if terms.cap_person_year_min is None else max(0, terms.cap_person_year_min - used_min)
    if left is not None:
        counted = _cut(counted, left)
    within_year = minutes = sum(counted)
    if terms.time_round_scope is Scope.TOTAL:
        day_room = None if free is None else within_days + sum(free.values())
        minutes = round_time(terms, within_year, at_most=_least(left, day_room))
    return Credit(person, worked, within_days, rounded, within_year, minutes, tuple(counted))


def round_time(terms: Terms, minutes: int, *, at_most: int | None = None) -> int:
    """`minutes` at the granularity. A rounding up that would pass `at_most` goes down instead."""
    step = terms.time_granularity_min
    down = minutes // step * step
    match terms.time_round:
        case TimeRound.DOWN:
            result = down
        case TimeRound.NEAREST:
            result = (2 * minutes + step) // (2 * step) * step  # exactly half goes up, also where half is 7.5 minutes
        case TimeRound.UP:
            result = -(-minutes // step) * step
    return down if at_most is not None and result > minutes and result > at_most else result


def _trim_to_day_cap(days: list[dict[date, int]], cap: int | None, on_days: Mapping[date, int]) -> dict[date, int] | None:
    """Cut every local day to what `on_days` leaves of `cap`, in place, so that its earliest minutes count.

    Gives the room that each day has left; None without a cap.
    """
    if cap is None:
        return None
    free = {day: max(0, cap - on_days.get(day, 0)) for each in days for day in each}
    for each in days:
        for day, minutes in each.items():
            each[day] = min(minutes, free[day])
            free[day] -= each[day]
    return free


def _round_session(terms: Terms, days: dict[date, int], free: dict[date, int] | None) -> int:
    """One session rounded by itself. `free` keeps the room of each day under the cap, for the sessions that follow.

    Minutes gained are the last of the session, so its last day must have room for them; minutes lost are its last
    ones too.
    """
    minutes = sum(days.values())
    if free is None or not days:
        return round_time(terms, minutes)
    last = max(days)
    result = round_time(terms, minutes, at_most=minutes + free[last])
    if result > minutes:
        free[last] -= result - minutes
    lost = minutes - result
    for day in sorted(days, reverse=True):
        given_back = max(0, min(lost, days[day]))
        free[day] += given_back
        lost -= given_back
    return result


def _cut(sessions: list[int], left: int) -> list[int]:
    """The sessions until `left` minutes are full: the one that reaches the cap is split at the minute."""
    kept = []
    for minutes in sessions:
        kept.append(min(minutes, left))
        left -= kept[-1]
    return kept


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _refuse_overlaps(sessions: list[Session]) -> None:
    reached = None
    for session in sessions:
        if session.start is None:
            continue
        if reached and session.start.astimezone(UTC) < reached:
            raise Refusal(N_("Due turni di %(person)s si sovrappongono: lo stesso minuto non conta due volte."),
                          field="sessions", person=session.person)
        end = session.end.astimezone(UTC)
        reached = max(reached or end, end)
