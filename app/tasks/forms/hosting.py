"""What hosts type about their tasks and shifts."""
from datetime import date
from zoneinfo import ZoneInfo

from wtforms import BooleanField, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.base import amounts
from app.base.errors import Refusal
from app.base.forms import DayField, Form, HoursField, TimeField, Words
from app.base.i18n import gettext as _, lazy_gettext as _l
from app.tasks.forms.board import CATEGORIES
from app.tasks.forms.fields import TWICE, Choice, Stretch, filled, folds_said, likely, listed
from app.tasks.models import Category, CountsFor, Qualification, Task
from app.tasks.rules import places, series
from app.tasks.rules.tasks import PRACTICAL

STEP_FREE = {"yes": _l("Sì, senza gradini"), "no": _l("No, ci sono gradini"), "": _l("Non lo so")}
WHOLE = _l("Scrivi un numero intero, per esempio 5.")
WEEKDAYS = tuple(enumerate((_l("lunedì"), _l("martedì"), _l("mercoledì"), _l("giovedì"), _l("venerdì"), _l("sabato"), _l("domenica"))))
SCOPES = {"this": _l("Solo questo turno"), "following": _l("Questo e tutti quelli che seguono")}


class PointField(HoursField):
    """Latitude and longitude in micro-degrees."""

    read = staticmethod(places.map_point)
    show = staticmethod(places.written_point)


class Several(SelectMultipleField):
    """Some of a list, as boxes to tick."""

    widget, option_widget = ListWidget(prefix_label=False), CheckboxInput()

    def __init__(self, label, **options):
        no = _l("Questa scelta non c'è: scegline una dall'elenco.")
        super().__init__(label, validate_choice=True, **options)
        self.no = no

    def pre_validate(self, form):
        if self.data and not set(self.data) <= {choice.value for choice in self.choices}:
            raise ValidationError(self.no)


class WriteTask(Form):
    """A task. `qualifications` are those of its comune; of an accepted task only what helps to find it can be changed."""

    organisation = Choice(_l("Ente"), coerce=int)
    title = Words(_l("Titolo"), longest=120)
    summary = Words(_l("In una frase"), longest=300)
    category = Choice(_l("Tipo di attività"), choices=listed(CATEGORIES))
    counts_for = Choice(_l("Per che cosa contano le ore"), choices=listed({each.value: _l(each.label) for each in CountsFor}))
    area = Words(_l("Zona o quartiere"), longest=80)
    address = Words(_l("Dove ci si trova"), longest=200)
    directions = Words(_l("Come ci si arriva"), longest=500, required=False)
    point = PointField(_l("Punto sulla mappa"))
    step_free = RadioField(_l("Si entra senza gradini?"), choices=listed(STEP_FREE), default="")
    audience = Words(_l("Per chi è adatta"), longest=300, required=False)
    tools = Words(_l("Attrezzi che dà l'ente"), longest=300, required=False)
    needs = Several(_l("Requisiti di chi partecipa"), coerce=int)
    min_age = IntegerField(_l("Età minima"), [Optional()], invalid_value_message=WHOLE)
    reserved_for = Choice(_l("Posti riservati a un gruppo"), coerce=int, default=0)
    reserved_percent = IntegerField(_l("Quota dei posti riservati, in percento"), [Optional()], invalid_value_message=WHOLE)
    description = TextAreaField(_l("Che cosa si fa"), [Length(max=4000, message=_l("È troppo lungo: al massimo %(max)d caratteri."))])

    def __init__(self, hosts: dict[int, str], qualifications: list[Qualification], task: Task | None = None):
        self.known = {each.id: each for each in qualifications}
        super().__init__(data=_typed(task) if task else None)
        self.organisation.choices = listed(hosts)
        self.needs.choices = listed({each.id: each.name for each in qualifications if each.kind != "group"})
        self.reserved_for.choices = listed({0: _l("Nessun gruppo")} | {
            each.id: each.name for each in qualifications if each.kind == "group"})
        if not self.needs.choices:
            del self.needs
        if len(self.reserved_for.choices) == 1:
            del self.reserved_for, self.reserved_percent
        if task:
            del self.organisation
        if task and task.state != "draft":
            for name in set(self._fields) - PRACTICAL - {"point"}:
                del self[name]

    def facts(self) -> dict:
        facts = {name: value for name, value in self.data.items() if name not in {"organisation", "point"}}
        facts |= dict(zip(("lat_micro", "lon_micro"), self.point.data or (None, None), strict=True))
        facts |= {"step_free": {"yes": True, "no": False}.get(self.step_free.data), "description": (self.description.data or "").strip()}
        if "category" in facts:
            facts |= {"category": Category(self.category.data), "counts_for": CountsFor(self.counts_for.data)}
        if "needs" in facts:
            facts["needs"] = [self.known[number] for number in self.needs.data or ()]
        if "reserved_for" in facts:
            facts |= {"reserved_for": self.known.get(self.reserved_for.data), "reserved_percent": self.reserved_percent.data or 0}
        return facts


def _typed(task: Task) -> dict:
    """What the fields show of a task that is there already."""
    facts = {name: getattr(task, name) for name in ("title", "summary", "area", "address", "directions", "audience", "tools", "min_age",
                                                    "description")}
    return facts | {
        "category": task.category.value, "counts_for": task.counts_for.value,
        "step_free": {True: "yes", False: "no"}.get(task.step_free, ""),
        "point": None if task.lat_micro is None else (task.lat_micro, task.lon_micro), "needs": [need.id for need in task.needs],
        "reserved_for": task.reserved_for_id or 0, "reserved_percent": task.reserved_percent or None}


class Propose(Form):
    declared = BooleanField(_l("Dichiaro che questa attività non sostituisce personale dell'ente "
                               "né un servizio già affidato con un contratto"))


class PlanShift(Stretch):
    places = IntegerField(_l("Posti"), [filled], invalid_value_message=WHOLE)

    def facts(self) -> dict:
        starts_at, ends_at = self.span()
        return {"starts_at": starts_at, "ends_at": ends_at, "places": self.places.data}


class InSeries:
    """A form that asks how far a change goes, when the shift is one of a series."""

    @property
    def follows(self) -> bool:
        return "scope" in self and self.scope.data == "following"


class MoveShift(InSeries, PlanShift):
    """A shift's time and places; of one in a series also how far the change goes."""

    scope = RadioField(_l("Che cosa vuoi cambiare?"), choices=listed(SCOPES), default="this")

    def __init__(self, zone: ZoneInfo, *, in_series: bool, **options):
        super().__init__(zone, **options)
        if not in_series:
            del self.scope

    def wall(self) -> dict:
        """The day and the times on the wall, for `move_following`."""
        return {"day": self.day.data, "start": self.start.data, "end": self.end.data, "places": self.places.data,
                "start_fold": self.start_fold.data, "end_fold": self.end_fold.data}


class CallOff(InSeries, Form):
    reason = Words(_l("Motivo"), longest=500)
    scope = RadioField(_l("Che cosa vuoi annullare?"), choices=listed(SCOPES), default="this")

    def __init__(self, *, in_series: bool = False):
        super().__init__()
        if not in_series:
            del self.scope


class DaysField(DayField):
    """Several days, with commas between them."""

    @staticmethod
    def read(text: str) -> list[date]:
        return [amounts.day(part) for part in text.replace(";", ",").split(",") if part.strip()]

    @staticmethod
    def show(days: list[date]) -> str:
        return ", ".join(map(DayField.show, days))


class PlanSeries(Form):
    """A rule for shifts: which days of the week, from when to when, at which time."""

    weekdays = Several(_l("Giorni della settimana"), coerce=int, choices=listed(dict(WEEKDAYS)))
    every_weeks = IntegerField(_l("Ogni quante settimane"), [filled], default=1, invalid_value_message=WHOLE)
    first_day = DayField(_l("Dal giorno"), [filled, likely])
    last_day = DayField(_l("Fino al giorno"), [filled, likely])
    excepted = DaysField(_l("Tranne questi giorni"))
    start = TimeField(_l("Dalle ore"), [filled])
    start_fold = RadioField(_l("In una di quelle notti l'ora di inizio c'è due volte. Quale?"), [Optional()], coerce=int, choices=TWICE)
    end = TimeField(_l("Alle ore"), [filled])
    end_fold = RadioField(_l("In una di quelle notti l'ora di fine c'è due volte. Quale?"), [Optional()], coerce=int, choices=TWICE)
    places = IntegerField(_l("Posti"), [filled], invalid_value_message=WHOLE)

    def __init__(self, zone: ZoneInfo):
        self.zone = zone
        super().__init__()

    def validate(self, **options) -> bool:
        return super().validate(**options) & folds_said(self)

    @property
    def asked_twice(self) -> tuple[bool, bool]:
        """Whether the start, and the end, need their fold on one of the days."""
        if self.start.data is None or self.end.data is None:
            return False, False
        try:
            return series.any_twice(self.days(), self.start.data, self.end.data, self.zone)
        except Refusal:
            return False, False

    def days(self) -> list[date]:
        """The days of the rule; refuses what `check_series` refuses."""
        if None in (self.first_day.data, self.last_day.data, self.every_weeks.data):
            return []
        return series.check_series(**self.rule())

    def rule(self) -> dict:
        return {"weekdays": series.weekday_mask(self.weekdays.data or ()), "every_weeks": self.every_weeks.data,
                "first_day": self.first_day.data, "last_day": self.last_day.data, "excepted": set(self.excepted.data or ())}

    def facts(self) -> dict:
        return self.rule() | {"start": self.start.data, "end": self.end.data, "places": self.places.data,
                              "start_fold": self.start_fold.data, "end_fold": self.end_fold.data}
