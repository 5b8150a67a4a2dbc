"""What a person types to sign in."""
from wtforms import HiddenField, PasswordField
from wtforms.validators import DataRequired, Length

from app.base.forms import Form, Words
from app.base.i18n import lazy_gettext as _l


class SignIn(Form):
    email = Words(_l("Indirizzo e-mail"), longest=254)
    password = PasswordField(_l("Password"), [DataRequired(_l("Scrivi la password.")), Length(max=1024)])
    next = HiddenField()
