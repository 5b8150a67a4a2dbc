"""What people type about hours."""
from wtforms import IntegerField
from wtforms.validators import NumberRange

from app.base.forms import DayField, Form, HoursField, Words
from app.base.i18n import lazy_gettext as _l
from app.base.localtime import minutes_between
from app.hours.rules.breaks import break_minutes
from app.tasks.forms import Stretch, filled, likely


class BreakField(HoursField):
    read = staticmethod(break_minutes)


class LogHours(Stretch):
    """The first step of logging; its check page sends the same answers as hidden fields."""

    break_min = BreakField(_l("Pausa"), [filled], default=0)
    note = Words(_l("Nota per il tutor"), longest=500, required=False)

    def claim(self) -> dict:
        """What the rules check: two instants and the break in minutes."""
        started_at, ended_at = self.span()
        return {"started_at": started_at, "ended_at": ended_at, "break_min": self.break_min.data}

    def facts(self) -> dict:
        return self.claim() | {"note": self.note.data}

    @property
    def net(self) -> int:
        """Minutes that would count."""
        return minutes_between(*self.span()) - self.break_min.data

    def answers(self) -> dict[str, str]:
        """What was typed, for the hidden fields of the check page."""
        return {field.name: field.raw_data[0] for field in self if field.raw_data}


class ChangeHours(LogHours):
    """A tutor's decision on hours: as claimed, or changed with a reason."""

    note = None
    reason = Words(_l("Motivo, se cambi le ore"), longest=500, required=False)

    def facts(self) -> dict:
        return self.claim() | {"reason": self.reason.data}


class RejectHours(Form):
    reason = Words(_l("Motivo"), id="reject-reason", longest=500)


class Leave(LogHours):
    """When a session ended, as somebody states it; its day and start are known and come back as hidden fields."""

    note = None

    def facts(self) -> dict:
        _start, ended_at = self.span()
        return {"ended_at": ended_at, "break_min": self.break_min.data}


class SendHours(Form):
    note = Words(_l("Nota per il tutor"), longest=500, required=False)


class TypeCode(Form):
    code = Words(_l("Codice"), name="codice", longest=20)


class ChooseDay(Form):
    day = DayField(_l("Giorno"), [likely], name="giorno")


class SetLogDays(Form):
    log_days = IntegerField(_l("Giorni per registrare le ore dopo il turno"), [filled, NumberRange(
        0, 365, _l("Scrivi un numero di giorni da 0 a 365."))], invalid_value_message=_l("Scrivi un numero intero, per esempio 7."))
