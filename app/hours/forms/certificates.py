"""What people type about certificates."""
from wtforms import HiddenField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.base.forms import Form, Words
from app.base.i18n import lazy_gettext as _l


class Certify(Form):
    seen = HiddenField()


class AnnulCertificate(Form):
    reason = Words(_l("Motivo"), longest=500)


class ReplaceCertificate(AnnulCertificate):
    keep = SelectMultipleField(_l("Turni che restano certificati"), coerce=int, widget=ListWidget(prefix_label=False),
                               option_widget=CheckboxInput())


class VerifyCertificate(Form):
    code = Words(_l("Codice dell'attestato"), longest=40, name="codice")
