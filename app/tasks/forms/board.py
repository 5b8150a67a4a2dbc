"""What a visitor of the board looks for. The names of the fields stand in addresses that people share."""
from wtforms import BooleanField
from wtforms.validators import StopValidation

from app.base.forms import DayField, Form, Words
from app.base.i18n import gettext as _, lazy_gettext as _l
from app.tasks.forms.fields import Choice, likely, listed
from app.tasks.models import Category
from app.tasks.queries import Filters
from app.tasks.rules.browsing import Daytime, Days
from app.tasks.rules.instruments import Instrument

ANY = {"": _l("Tutte")}
CATEGORIES = {each.value: _l(each.label) for each in Category}


def one_of(enum, any_of_them) -> list:
    return listed({"": any_of_them} | {each.value: _l(each.label) for each in enum})


class FilterBoard(Form):
    words = Words(_l("Che cosa cerchi"), name="parole", required=False, longest=100)
    comune = Choice(_l("Comune"), name="comune", default="")
    area = Choice(_l("Zona"), name="zona", default="")
    category = Choice(_l("Tipo di attività"), name="tipo", default="", choices=listed(ANY | CATEGORIES))
    day = DayField(_l("Giorno"), [likely], name="giorno")
    until = DayField(_l("Fino al giorno"), [likely], name="fino")
    days = Choice(_l("Giorni della settimana"), name="giorni", default="", choices=one_of(Days, _l("Tutti")))
    daytime = Choice(_l("Ora di inizio"), name="ora", default="", choices=one_of(Daytime, _l("Qualsiasi ora")))
    counts_for = Choice(_l("Per che cosa valgono le ore"), name="vale", default="", choices=one_of(Instrument, _l("Qualsiasi scopo")))
    free = BooleanField(_l("Solo con posti liberi"), name="liberi", false_values=("", "0"))
    step_free = BooleanField(_l("Solo senza gradini"), name="accessibile", false_values=("", "0"))

    MEANING = {"category": Category, "days": Days, "daytime": Daytime, "counts_for": Instrument, "comune": int}

    def __init__(self, arguments, *, areas, comuni):
        """`areas`: the quarters of a comune, by its id; asked only when one is chosen, because "Centro" is in every comune."""
        super().__init__(arguments)
        names = {str(comune.id): comune.name for comune in comuni}
        self.comune.choices = listed({"": _l("Tutti")} | names)
        chosen = self.comune.data if self.comune.data in names else next(iter(names), "") if len(names) == 1 else ""
        self.area.choices = listed(ANY | {area: area for area in (areas(int(chosen)) if chosen else ())})
        self.several = len(names) > 1
        self.has_areas = bool(chosen)

    def facts(self) -> Filters:
        """The filters that make sense; a wrong one filters nothing."""
        self.validate()
        good = {name: self.MEANING.get(name, lambda value: value)(field.data)
                for name, field in self._fields.items() if field.data and not field.errors}
        if "comune" in good:
            good["comune_id"] = good.pop("comune")
        return Filters(**good)

    def validate_until(self, field):
        if field.data and self.day.data and field.data < self.day.data:
            raise StopValidation(_("L'ultimo giorno viene prima del primo."))

    @property
    def active(self) -> list:
        """The fields that are set, wrong ones too."""
        return [field for field in self if field.data or field.errors]
