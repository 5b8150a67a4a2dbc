"""Whether a person can have a place in a shift, and if not, every reason; how a booking ends; whose turn it is in the queue."""
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.base.errors import Refusal
from app.base.localtime import day_begins, minutes_between, minutes_by_day
from app.base.words import N_
from app.tasks.rules.instruments import Instrument
from app.tasks.states import Booking, Shift, Task

Span = tuple[datetime, datetime]
OF_AGE = 18                            # for the baratto: who is younger pays no local tax
PAUSE = timedelta(minutes=30)          # less than this between two shifts, and they count as one stretch


@dataclass(frozen=True)
class Limits:
    """A comune's rules for bookings, in minutes but `opens_days`. These hold until the comune sets its own: nothing is without a limit."""

    daily_min: int = 10 * 60           # booked time in one calendar day of the comune
    yearly_min: int = 400 * 60
    consecutive_min: int = 10 * 60     # without a PAUSE
    opens_days: int = 365              # how long before the shift one can book
    closes_min: int = 0                # how long before the shift booking ends
    cutoff_min: int = 24 * 60          # how long before the shift one can still cancel
    offer_min: int = 24 * 60           # how long a freed place waits for an answer
    reminder_min: int = 24 * 60        # how long before the shift the reminder goes; 0: none


DAY_MIN, YEAR_DAYS = 24 * 60, 366
MOST = Limits(daily_min=DAY_MIN, yearly_min=YEAR_DAYS * DAY_MIN, consecutive_min=DAY_MIN, opens_days=2 * YEAR_DAYS,
              closes_min=YEAR_DAYS * DAY_MIN, cutoff_min=YEAR_DAYS * DAY_MIN, offer_min=YEAR_DAYS * DAY_MIN,
              reminder_min=YEAR_DAYS * DAY_MIN)


def check_limits(limits: Limits) -> None:
    """Refuses a cap of nothing (who wants no bookings opens no task; the others may be zero), and more than a day or a year has."""
    for name, value in asdict(limits).items():
        if value < (name in {"daily_min", "yearly_min", "consecutive_min", "opens_days", "offer_min"}):
            raise Refusal(N_("Qui serve un numero più grande di zero."), field=name)
        if value > getattr(MOST, name):
            raise Refusal(N_("Questo numero è troppo grande."), field=name)


@dataclass(frozen=True)
class Place:
    """A shift, as a rule looks at it. `free`: there is a place for this person, and nobody waits for it; `kept`: there are free ones, but
    only for a group."""

    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    task_state: Task = Task.OPEN
    state: Shift = Shift.PLANNED
    free: bool = True
    kept: bool = False
    min_age: int | None = None
    needs: tuple[tuple[int, str], ...] = ()                  # of qualifications: id and name
    instruments: tuple[Instrument, ...] = tuple(Instrument)

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(self.zone).date()


@dataclass(frozen=True)
class Applicant:
    """A person, as a rule looks at one. `booked`: the person's other places; `here`: his live booking of this shift; `held`: the last
    day of each confirmed qualification, by its id (None: for good)."""

    booked: tuple[Span, ...] = ()
    here: Booking | None = None
    held: Mapping[int, date | None] | None = None
    born_on: date | None = None
    instrument: Instrument = Instrument.BARATTO


class CannotBook(Refusal):
    """All the reasons at once; as a refusal it says the first one."""

    def __init__(self, reasons: list[Refusal]):
        first = reasons[0]
        super().__init__(first.message, **first.values)
        self.reasons = reasons


def reasons(place: Place, person: Applicant, limits: Limits, now: datetime) -> list[Refusal]:
    """Every reason why this person cannot book this place, the ones that nobody can help first; none: he can."""
    found = obstacles(place, person, limits, now)
    if not place.free and person.here is None:
        found.append(Refusal(N_("I posti rimasti sono riservati a un gruppo.") if place.kept else
                             N_("Questo turno è completo: l'ultimo posto è stato preso.")))
    return found


def obstacles(place: Place, person: Applicant, limits: Limits, now: datetime) -> list[Refusal]:
    """As `reasons`, but a full shift is none: with these one cannot even wait."""
    return [*_closed(place), *_too_late_or_early(place, limits, now), *_here(person), *_clashes(place, person),
            *_over_caps(place, person, limits), *_requirements(place, person), *_instrument(place, person)]


def _closed(place: Place) -> Iterator[Refusal]:
    if place.state is not Shift.PLANNED:
        yield Refusal(N_("Questo turno è stato annullato dall'ente."))
    elif place.task_state is not Task.OPEN:
        yield Refusal(N_("Questa attività non è aperta alle prenotazioni."))


def _too_late_or_early(place: Place, limits: Limits, now: datetime) -> Iterator[Refusal]:
    closes_at = booking_closes(starts_at=place.starts_at, closes_min=limits.closes_min)
    opens_at = day_begins(place.day - timedelta(days=limits.opens_days), place.zone)
    if now >= place.starts_at:
        yield Refusal(N_("Questo turno è già iniziato: non si può più prenotare."))
    elif now >= closes_at:
        yield Refusal(N_("È troppo tardi: per questo turno si poteva prenotare fino al %(when)s."), when=closes_at)
    if now < opens_at:
        yield Refusal(N_("È troppo presto: per questo turno si può prenotare dal %(when)s."), when=opens_at)


def _here(person: Applicant) -> Iterator[Refusal]:
    said = {Booking.BOOKED: N_("Hai già un posto in questo turno."),
            Booking.OFFERED: N_("Per questo turno ti abbiamo già offerto un posto: accettalo o rinuncia."),
            Booking.WAITING: N_("Sei già in lista d'attesa per questo turno.")}
    if person.here in said:
        yield Refusal(said[person.here])


def _clashes(place: Place, person: Applicant) -> Iterator[Refusal]:
    """Back to back is no clash."""
    for start, end in person.booked:
        if place.starts_at < end and start < place.ends_at:
            yield Refusal(N_("In quelle ore hai già un turno prenotato: %(when)s."), when=start)


def _over_caps(place: Place, person: Applicant, limits: Limits) -> Iterator[Refusal]:
    """Each minute belongs to the calendar day in which it falls, on both sides of midnight and of New Year."""
    wanted, booked = minutes_by_day(place.starts_at, place.ends_at, place.zone), _by_day(person.booked, place.zone)
    for day, minutes in wanted.items():
        if booked.get(day, 0) + minutes > limits.daily_min:
            yield Refusal(N_("Il %(day)s supereresti il limite di %(limit_min)s al giorno: hai già prenotato %(booked_min)s."),
                          day=day, limit_min=limits.daily_min, booked_min=booked.get(day, 0))
    for year in sorted({day.year for day in wanted}):
        new, old = (sum(minutes for day, minutes in days.items() if day.year == year) for days in (wanted, booked))
        if new + old > limits.yearly_min:
            yield Refusal(N_("Nel %(year)s supereresti il limite di %(limit_min)s all'anno: hai già prenotato %(booked_min)s."),
                          year=str(year), limit_min=limits.yearly_min, booked_min=old)
    if (stretch := _stretch(place, person)) > limits.consecutive_min:
        yield Refusal(N_("Faresti %(stretch_min)s di fila, e il limite è %(limit_min)s: tra un turno e l'altro serve una pausa."),
                      stretch_min=stretch, limit_min=limits.consecutive_min)


def _by_day(spans: Iterable[Span], zone: ZoneInfo) -> dict[date, int]:
    days: dict[date, int] = {}
    for start, end in spans:
        for day, minutes in minutes_by_day(start, end, zone).items():
            days[day] = days.get(day, 0) + minutes
    return days


def _stretch(place: Place, person: Applicant) -> int:
    """Minutes of this shift and of those that follow it, or that it follows, without a pause. What clashes is another reason."""
    start, end, minutes = place.starts_at, place.ends_at, minutes_between(place.starts_at, place.ends_at)
    apart = sorted(span for span in person.booked if span[1] <= start or end <= span[0])
    for before_start, before_end in reversed([span for span in apart if span[1] <= start]):
        if start - before_end >= PAUSE:
            break
        start, minutes = before_start, minutes + minutes_between(before_start, before_end)
    for after_start, after_end in (span for span in apart if end <= span[0]):
        if after_start - end >= PAUSE:
            break
        end, minutes = after_end, minutes + minutes_between(after_start, after_end)
    return minutes


def _requirements(place: Place, person: Applicant) -> Iterator[Refusal]:
    if place.min_age and person.born_on is None:
        yield Refusal(N_("Servono almeno %(years)s anni, e non abbiamo la tua data di nascita: dilla all'ufficio del Comune."),
                      years=place.min_age)
    elif place.min_age and age(person.born_on, place.day) < place.min_age:
        yield Refusal(N_("Il giorno del turno devi avere almeno %(years)s anni."), years=place.min_age)
    held = person.held or {}
    for number, name in place.needs:
        if number not in held:
            yield Refusal(N_("Ti manca un requisito: %(name)s. Se ce l'hai, fallo confermare all'ufficio del Comune."), name=name)
        elif (last_day := held[number]) and last_day < place.day:
            yield Refusal(N_("Un tuo requisito scade prima del turno: %(name)s, il %(day)s."), name=name, day=last_day)


def _instrument(place: Place, person: Applicant) -> Iterator[Refusal]:
    if person.instrument not in place.instruments:
        yield Refusal(N_("Le ore di questa attività non contano per questo: %(instrument)s."), instrument=person.instrument)
    elif person.instrument is Instrument.BARATTO and person.born_on and age(person.born_on, place.day) < OF_AGE:
        yield Refusal(N_("Per il baratto servono %(years)s anni: queste ore per te non contano."), years=OF_AGE)


def age(born_on: date, on: date) -> int:
    """Whole years. Who was born on 29 February is a year older on 1 March."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def pool(*, open_free: int, reserved_free: int, member: bool) -> bool | None:
    """Which place a person gets: a reserved one (True), an open one (False), or none (None)."""
    if member and reserved_free:
        return True
    return False if open_free else None


def booking_closes(*, starts_at: datetime, closes_min: int) -> datetime:
    """From when on nobody gets a place any more, not even the one that was offered."""
    return starts_at - timedelta(minutes=closes_min)


def offered_until(*, closes_at: datetime, now: datetime, offer_min: int) -> datetime:
    """How long an offer stands: the stated time, but no more than half of what is left, so that others still have a turn."""
    return (now + min(timedelta(minutes=offer_min), (closes_at - now) / 2)).replace(microsecond=0)


def cancels_until(*, starts_at: datetime, cutoff_min: int, moved: bool) -> datetime:
    """Until when one cancels without owing anybody a word. Who said yes to another time is free until the shift begins."""
    return starts_at if moved else starts_at - timedelta(minutes=cutoff_min)


def check_cancelling(*, starts_at: datetime, now: datetime, cutoff_min: int, moved: bool = False) -> None:
    """Refuses to cancel a booking after the cut-off, and once the shift has begun."""
    if now >= starts_at:
        raise Refusal(N_("Il turno è già iniziato: non si può più disdire."))
    if now >= (until := cancels_until(starts_at=starts_at, cutoff_min=cutoff_min, moved=moved)):
        raise Refusal(N_("Si poteva disdire fino al %(when)s. Ora puoi avvisare che non vieni: cerchiamo chi ti sostituisce."), when=until)


def check_withdrawing(*, state: Shift, starts_at: datetime, now: datetime) -> None:
    """Refuses to say that one does not come to a shift that was called off, and once it has begun: that is an absence."""
    if state is not Shift.PLANNED:
        raise Refusal(N_("Questo turno è stato annullato dall'ente."))
    if now >= starts_at:
        raise Refusal(N_("Il turno è già iniziato: ora parla con l'ente."))


def check_accepting(*, offered_until: datetime | None, now: datetime) -> None:
    """Refuses a place that was never offered, and an offer whose time is over."""
    if offered_until is None or now >= offered_until:
        raise Refusal(N_("Questa offerta non vale più. Puoi rimetterti in lista d'attesa."))
