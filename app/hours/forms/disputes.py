"""What people type about disputes and absences."""
from wtforms.widgets import TextArea

from app.base.forms import Form, Words
from app.base.i18n import lazy_gettext as _l
from app.hours.forms.attendance import LogHours
from app.hours.models import Excuse
from app.tasks.forms import Choice, listed


class Statement(Form):
    """One side's words."""

    words = Words(_l("Come sono andate le cose"), id="statement", longest=1000, widget=TextArea())


class Uphold(LogHours):
    """The officer's times for the whole presence, and why."""

    note = None
    words = Words(_l("Motivo della decisione"), longest=1000, widget=TextArea())

    def facts(self) -> dict:
        return self.claim() | {"words": self.words.data}


class Decision(Form):
    """An officer's no, or his word on an absence."""

    words = Words(_l("Motivo della decisione"), id="decision-words", longest=1000, widget=TextArea())


class Reason(Form):
    reason = Words(_l("Motivo"), longest=500)


class ExcuseAbsence(Form):
    kind = Choice(_l("Tipo di motivo"), choices=listed({"": _l("Scegli")} | {each.value: _l(each.label) for each in Excuse}))
    reason = Words(_l("Nota"), id="excuse-note", longest=200, required=False)

    def facts(self) -> dict:
        return {"kind": Excuse(self.kind.data), "reason": self.reason.data}
