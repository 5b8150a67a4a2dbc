"""The parent of every form, the fields that read what people write, and how a refusal reaches the page."""
from contextlib import contextmanager

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import Field, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import TextInput

from app.base import amounts, clock, once
from app.base.db import db
from app.base.errors import Refusal
from app.base.i18n import hours, lazy_gettext as _l, refused


class Form(FlaskForm):
    """A form whose CSRF token is checked for every POST by the app, whether or not there is a form object."""

    class Meta(FlaskForm.Meta):
        csrf = False

    def accepted(self) -> bool:
        """It was sent, and its shape is right."""
        return request.method == "POST" and self.validate()

    def facts(self) -> dict:
        """What the person said, ready to hand to an action."""
        return self.data

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 422 when something has to be put right."""
        return 422 if self.errors or self.form_errors else 200


@contextmanager
def refusals(form: Form):
    """Undo everything the action did, then say why on the form. The page is drawn from what is really stored."""
    try:
        yield
    except Refusal as no:
        db.session.rollback()
        if no.field and no.field in form:
            form[no.field].errors = [*form[no.field].errors, refused(no)]
        else:
            form.form_errors.append(refused(no))


def form_keys() -> Markup:
    """The two hidden fields of every form: against forged requests, and against sending twice. A refused form keeps its key."""
    try:
        sent = request.form
    except RequestEntityTooLarge:      # again, now that the error page of the first time is drawn
        sent = {}
    return Markup('<input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="{}" value="{}">').format(
        generate_csrf(), once.FIELD, sent.get(once.FIELD) or once.new_key())


class _Written(Field):
    """A text field that understands what people write; what was typed stays in the box when it is refused."""

    widget = TextInput()
    read = staticmethod(str)
    show = staticmethod(str)

    def process_formdata(self, valuelist):
        self.raw = valuelist[0].strip() if valuelist else ""
        self.data = None
        if self.raw:
            try:
                self.data = self.read(self.raw)
            except Refusal as no:
                raise ValueError(refused(no)) from no

    def _value(self):
        if self.raw_data:
            return self.raw_data[0]
        return "" if self.data is None else self.show(self.data)


class HoursField(_Written):
    """Minutes, from 1:30, 1,5, 1h30 or 90 min."""

    read = staticmethod(amounts.minutes)
    show = staticmethod(hours)


class EuroField(_Written):
    """Cents, from 412,37 or 1.250,00."""

    read = staticmethod(amounts.cents)

    @staticmethod
    def show(cents):
        return f"{cents // 100},{cents % 100:02}"


class DayField(_Written):
    """A day, from 3/6/2026, 3/6, 3 giugno or ieri. Without a year it is the nearest one; `toward` -1 takes the last, 1 the next."""

    def __init__(self, *args, toward: int = 0, **options):
        super().__init__(*args, **options)
        self.toward = toward

    def read(self, text):
        return amounts.day(text, clock.today(), toward=self.toward)

    @staticmethod
    def show(value):
        return f"{value.day}/{value.month}/{value.year}"


class TimeField(_Written):
    read = staticmethod(amounts.time_of_day)

    @staticmethod
    def show(value):
        return f"{value.hour}:{value.minute:02}"


class Words(StringField):
    """One line of text; blanks around it do not count."""

    def __init__(self, label, validators=(), *, longest=200, required=True, **options):
        rules = [Length(max=longest, message=_l("È troppo lungo: al massimo %(max)d caratteri."))]
        if required:
            rules.insert(0, DataRequired(_l("Questo campo va compilato.")))
        super().__init__(label, [*rules, *validators], filters=[lambda text: (text or "").strip()], **options)
