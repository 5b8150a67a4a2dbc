"""What the forms of the board share: choices, days that can be meant, and a stretch of time that is asked about when clocks change."""
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional, StopValidation
from wtforms.widgets import Select

from app.base.forms import DayField, Form, TimeField
from app.base.i18n import gettext as _, lazy_gettext as _l
from app.tasks import rules

YEARS = range(2020, 2100)              # a day outside is a slip of the finger


def listed(labels: dict) -> list[SelectChoice]:
    """What one can choose, from values and their labels."""
    return [SelectChoice(value, label) for value, label in labels.items()]


TWICE = listed({0: _l("La prima volta, con l'ora legale"), 1: _l("La seconda volta, con l'ora solare")})


def filled(_form, field):
    """The field was filled in. Unlike DataRequired it lets zero pass, and keeps the message of what was typed wrong."""
    if field.data is None and not field.errors:
        raise StopValidation(_("Questo campo va compilato."))


filled.field_flags = {"required": True}


def likely(_form, field):
    """The day lies in a year that can be meant."""
    if field.data and field.data.year not in YEARS:
        raise StopValidation(_("Controlla l'anno: deve essere tra %(first)s e %(last)s.", first=YEARS[0], last=YEARS[-1]))


class Options(Select):
    """A list whose options have no attributes of their own: on the board, with fifty comuni, they take much of the time of a page."""

    @classmethod
    def render_option(cls, choice, **_):
        return Markup(f'<option value="{escape(choice.value)}"{" selected" if choice.selected else ""}>{escape(choice.label)}</option>')


class Choice(SelectField):
    """A list; what is not on it, in a form or in an address, gets a plain answer."""

    widget = Options()

    def __init__(self, label, **options):
        no = _l("Questa scelta non c'è: scegline una dall'elenco.")
        super().__init__(label, invalid_value_message=no, invalid_choice_message=no, **options)


def folds_said(form) -> bool:
    """Whether each time that clocks show twice (the form's `asked_twice`) has its fold; it is asked for where it is missing."""
    missing = [fold for fold, asked in zip((form.start_fold, form.end_fold), form.asked_twice, strict=True) if asked and fold.data is None]
    for fold in missing:
        fold.errors = [_("Scegli se intendi la prima o la seconda volta.")]
    return not missing


class Stretch(Form):
    """A day and two readings of the clock in `zone`, from which come two instants, also on the nights when clocks change."""

    day = DayField(_l("Giorno"), [filled, likely])
    start = TimeField(_l("Dalle ore"), [filled])
    start_fold = RadioField(_l("Quella notte l'ora di inizio c'è due volte. Quale?"), [Optional()], coerce=int, choices=TWICE)
    end = TimeField(_l("Alle ore"), [filled])
    end_fold = RadioField(_l("Quella notte l'ora di fine c'è due volte. Quale?"), [Optional()], coerce=int, choices=TWICE)

    def __init__(self, zone: ZoneInfo, *args, span=None, **options):
        """`span`: the two instants that the fields show at first."""
        self.zone = zone
        super().__init__(*args, **options | (self._wall(*span) if span else {}))

    def validate(self, **options) -> bool:
        return super().validate(**options) & folds_said(self)

    @property
    def asked_twice(self) -> tuple[bool, bool]:
        """Whether the start, and the end, need their fold."""
        if None in (self.day.data, self.start.data, self.end.data) or self.day.data.year not in YEARS:
            return False, False
        return rules.asked_twice(self.day.data, self.start.data, self.end.data, self.zone)

    def span(self):
        """The two instants; refuses what `rules.span` refuses."""
        return rules.span(self.day.data, self.start.data, self.end.data, self.zone,
                          start_fold=self.start_fold.data, end_fold=self.end_fold.data)

    def _wall(self, start, end) -> dict:
        start, end = start.astimezone(self.zone), end.astimezone(self.zone)
        facts = {"day": start.date(), "start": start.time(), "end": end.time()}
        asked = rules.asked_twice(start.date(), start.time(), end.time(), self.zone)
        return facts | {name: wall.fold for name, wall, twice in zip(("start_fold", "end_fold"), (start, end), asked, strict=True) if twice}
