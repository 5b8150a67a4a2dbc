"""What people type about hours."""
from wtforms import HiddenField

from app.base import amounts
from app.base.errors import Refusal
from app.base.forms import Form, HoursField, Words
from app.base.i18n import N_, lazy_gettext as _l
from app.base.localtime import minutes_between
from app.tasks.forms import Stretch, filled


def break_minutes(text: str) -> int:
    """Minutes of a break from "30", "0:30", "30 min" or "1 h"; a bare number is minutes. Refuses "0,30", which has two readings."""
    if text.isdecimal():
        text += " min"
    if "," in text or "." in text:
        raise Refusal(N_("Scrivi la pausa in minuti, per esempio 30, oppure così: 0:30."))
    return amounts.minutes(text)


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


class Certify(Form):
    seen = HiddenField()
