"""What a person writes about a night, a finding or a correction."""
from wtforms import RadioField

from app.base.forms import Form, Words
from app.base.i18n import gettext, lazy_gettext as _l
from app.reconciliation.states import Scope


class RunAgain(Form):
    scope = RadioField(_l("Quanto controllare del registro"), coerce=Scope, default=Scope.INCREMENTAL,
                       choices=lambda: [(scope.value, gettext(scope.label)) for scope in Scope])
    reason = Words(_l("Motivo"), longest=1000)


class ExplainFinding(Form):
    reason = Words(_l("Spiegazione"), longest=1000)


class ProposeCorrection(Form):
    reason = Words(_l("Motivo"), longest=1000)


class DecideCorrection(Form):
    reason = Words(_l("Motivo"), longest=1000, required=False)      # needed to turn it down, see actions.corrections.reject
