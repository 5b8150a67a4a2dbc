"""What the office types: a reason, a requirement, a confirmation, the rules for bookings."""
from dataclasses import fields

from wtforms import HiddenField, IntegerField

from app.base.forms import DayField, Form, HoursField, Words
from app.base.i18n import lazy_gettext as _l
from app.tasks.forms.fields import Choice, filled, likely, listed
from app.tasks.models import Kind
from app.tasks.rules.booking import Limits


class Decide(Form):
    read = HiddenField()               # the proposal that the page shows


class Return(Decide):
    reason = Words(_l("Motivo"), longest=500)


class NameQualification(Form):
    comune = Choice(_l("Comune"), coerce=int)
    kind = Choice(_l("Che cos'è"), choices=listed({each.value: _l(each.label) for each in Kind}))
    name = Words(_l("Nome"), longest=120)


class SearchResidents(Form):
    words = Words(_l("Nome o cognome"), name="parole", required=False, longest=80)


class ConfirmQualification(Form):
    qualification = Choice(_l("Che cosa confermi"), coerce=int)
    last_day = DayField(_l("Vale fino al"), [likely])


class SetRules(Form):
    comune = Choice(_l("Comune"), coerce=int)
    daily_min = HoursField(_l("Ore al giorno, al massimo"), [filled])
    yearly_min = HoursField(_l("Ore all'anno, al massimo"), [filled])
    consecutive_min = HoursField(_l("Ore di fila senza pausa, al massimo"), [filled])
    opens_days = IntegerField(_l("Si prenota da quanti giorni prima"), [filled],
                              invalid_value_message=_l("Scrivi un numero intero, per esempio 5."))
    closes_min = HoursField(_l("Si prenota fino a quanto prima dell'inizio"), [filled])
    cutoff_min = HoursField(_l("Si disdice fino a quanto prima dell'inizio"), [filled])
    offer_min = HoursField(_l("Quanto vale l'offerta di un posto liberato"), [filled])
    reminder_min = HoursField(_l("Quanto prima si manda il promemoria"), [filled])

    def facts(self) -> Limits:
        return Limits(**{each.name: self[each.name].data for each in fields(Limits)})
