"""What offices type and choose for regulations, calls, agreements and offsets."""
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.base.clock import today
from app.base.forms import DayField, EuroField, Form, HoursField, Words
from app.base.i18n import gettext, lazy_gettext as _l
from app.base.periods import Period
from app.taxes.models import Tax

DAY_NEEDED = InputRequired(_l("Scrivi il giorno, per esempio 6/6/2026."))


class Choices(SelectMultipleField):
    """A set of checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ImportRegulation(Form):
    """`checked` holds the text that was shown as it would be imported: only that is imported, anything else is shown first."""

    comune = SelectField(_l("Per quale Comune"), coerce=int)
    preset = SelectField(_l("Un modello pronto"))
    file = FileField(_l("Oppure un tuo file (YAML)"))
    checked = HiddenField()


class OpenCall(Form):
    regulation = SelectField(_l("Regolamento"), coerce=int)
    year = SelectField(_l("Anno"), coerce=int, choices=lambda: [(today().year + ahead, today().year + ahead) for ahead in (-1, 0, 1)])
    title = Words(_l("Titolo"), [InputRequired(_l("Scrivi un titolo."))], required=False)
    act = Words(_l("Atto che lo apre"), required=False)
    budget_cents = EuroField(_l("Fondi in euro"), [InputRequired(_l("Scrivi l'importo, per esempio 12.000,00."))])


class MakeAgreement(Form):
    """`shown` is the plan that the officer has seen: another plan is shown first."""

    call = SelectField(_l("Bando"), coerce=int)
    tax = SelectField(_l("Tributo da ridurre"), coerce=Tax, choices=lambda: [(tax.value, gettext(tax.label)) for tax in Tax])
    starts_on = DayField(_l("Dal giorno"), [DAY_NEEDED])
    ends_on = DayField(_l("Al giorno"), [DAY_NEEDED])
    insurance = Words(_l("Numero della polizza di assicurazione"), [InputRequired(_l("Scrivi il numero della polizza."))],
                      longest=120, required=False)
    wanted_minutes = HoursField(_l("Meno ore, se la persona vuole farne meno"))
    shown = HiddenField()


class GiveReason(Form):
    reason = TextAreaField(_l("Motivo"), [
        InputRequired(_l("Scrivi il motivo.")), Length(max=500, message=_l("È troppo lungo: al massimo %(max)d caratteri."))],
        filters=[lambda text: (text or "").strip()])


class ProposeOffset(Form):
    """`shown` is the proposal that the clerk has seen: another one is shown first."""

    certificates = Choices(_l("Attestati"), coerce=int)
    shown = HiddenField()


class ApproveOffset(Form):
    act = Words(_l("Numero della determina"), [InputRequired(_l("Scrivi il numero della determina."))], longest=80, required=False)
    act_date = DayField(_l("Data della determina"), [DAY_NEEDED])


class ApproveOffsets(ApproveOffset):
    """What the numbers mean to this person, the view's query says."""

    offsets = Choices(_l("Proposte da approvare"), coerce=int, validate_choice=False)


class ProposeOffsets(Form):
    agreements = Choices(_l("Patti"), coerce=int, validate_choice=False)


class ExportOffsets(Form):
    comune = SelectField(_l("Comune"), coerce=int)


class StatementPeriod(Form):
    """Both days are included; an empty one leaves that end open."""

    dal = DayField(_l("Dal giorno"))
    al = DayField(_l("Al giorno"))

    def validate(self, extra_validators=None) -> bool:
        sound = super().validate(extra_validators)
        for field in (self.dal, self.al):
            if field.data and not 1990 <= field.data.year <= 2100:
                field.errors, sound = [gettext("Scrivi un giorno tra il 1990 e il 2100.")], False
        if sound and self.dal.data and self.al.data and self.al.data < self.dal.data:
            self.al.errors, sound = [gettext("L'ultimo giorno viene prima del primo.")], False
        return sound

    @property
    def period(self) -> Period:
        return Period() if self.errors else Period(self.dal.data, self.al.data)
