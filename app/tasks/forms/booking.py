"""What a resident says about a booking."""
from wtforms import RadioField

from app.base.forms import Form
from app.base.i18n import lazy_gettext as _l
from app.tasks.forms.fields import listed
from app.tasks.rules.instruments import Instrument


class Confirm(Form):
    """Nothing to fill in: the button says it all."""


class BookPlace(Form):
    """For what the hours shall count, where the task leaves the choice."""

    instrument = RadioField(_l("Per che cosa vuoi che contino le ore?"), name="conta",
                            validate_choice=False)       # a choice that the task no longer offers is one of the reasons of the rule

    def __init__(self, instruments: tuple[Instrument, ...]):
        super().__init__(data={"instrument": instruments[0].value})
        self.instrument.choices = listed({each.value: _l(each.label) for each in instruments})

    @property
    def choice(self) -> Instrument | None:
        return Instrument(self.instrument.data) if self.instrument.data in set(Instrument) else None
