"""What a person writes about a night."""
from app.base.forms import Form, Words
from app.base.i18n import lazy_gettext as _l


class RunAgain(Form):
    reason = Words(_l("Motivo"), longest=1000)


class ExplainFinding(Form):
    reason = Words(_l("Spiegazione"), longest=1000)
