"""Words, dates, hours and money in the reader's language. Italian first; the rest of the app imports gettext from here."""
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from babel.dates import format_skeleton
from babel.numbers import format_currency
from flask import has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale, gettext, lazy_gettext, ngettext
from flask_babel import format_date, format_time, to_user_timezone

from app.base.errors import Refusal
from app.base.words import Labelled, N_, Said

__all__ = ["gettext", "ngettext", "lazy_gettext", "force_locale", "N_", "LANGUAGES", "spoken"]

LANGUAGES = {"it": "Italiano", "en": "English"}
FORMATS = {"it": "it", "en": "en_GB"}      # how dates and amounts are written; the words are those of the language
TRANSLATIONS = Path(__file__).parents[2] / "translations"


def choose_locale() -> str:
    """What the person chose, else Italian: the acts are Italian, and a browser's language is often nobody's choice."""
    chosen = session.get("language") if has_request_context() else None
    return chosen if chosen in LANGUAGES else "it"


def hours(minutes: int) -> str:
    """"3 h 25 min": whole minutes, never decimals. Negative amounts keep their sign in front."""
    whole, rest = divmod(abs(minutes), 60)
    words = [f"{whole} h"] if whole else []
    if rest or not whole:
        words.append(f"{rest} min")
    return ("−" if minutes < 0 else "") + " ".join(words)


def euros(cents: int) -> str:
    return format_currency(Decimal(cents) / 100, "EUR", locale=get_locale() or "it")


def day(value: date | datetime) -> str:
    """"sabato 6 giugno 2026"."""
    return format_date(value, "EEEE d MMMM y")


def short_day(value: date | datetime) -> str:
    return format_date(value, "d MMM y")


def weekday(value: date | datetime) -> str:
    """"sab 6 giu", for a list of coming shifts."""
    return format_skeleton("MMMEd", to_user_timezone(value) if isinstance(value, datetime) else value,
                           locale=get_locale() or "it")


def month(value: date) -> str:
    """"giugno 2026"."""
    return format_date(value, "MMMM y")


def clock_time(value: datetime) -> str:
    return format_time(value, "HH:mm")


def moment(value: datetime) -> str:
    """"6 giu 2026, 09:30", in local time."""
    return f"{short_day(value)}, {clock_time(value)}"


def spoken(message: str, **values) -> str:
    """`message` translated, with its values written for people: *_min as hours, *_cents as euros, days, moments and labels."""
    return gettext(message, **{name: _written(name, value) for name, value in values.items()})


def refused(no: Refusal) -> str:
    return spoken(no.message, **no.values)


def located(fault) -> str:
    """What is wrong in a line of a file (see csv_files.Fault), with its place."""
    where = gettext("Riga %(line)s, colonna %(column)s:") if fault.column else gettext("Riga %(line)s:")
    return f"{where % fault._asdict()} {spoken(fault.message, **fault.values)}"


def translated(words: str) -> str:
    """What a schema said, in the reader's language."""
    return spoken(words.text, **words.values) if isinstance(words, Said) else gettext(words)


def _written(name: str, value):
    match value:
        case bool():
            return value
        case int() if name.endswith("_min"):
            return hours(value)
        case int() if name.endswith("_cents"):
            return euros(value)
        case Labelled():
            return gettext(value.label)
        case datetime():
            return moment(value)
        case date():
            return short_day(value)
        case _:
            return value


def init_app(app):
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "it")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/Rome")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app, locale_selector=lambda: FORMATS[choose_locale()])
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters.update(hours=hours, euros=euros, day=day, short_day=short_day, weekday=weekday, month=month,
                                 clock_time=clock_time, moment=moment, label=lambda word: gettext(word.label))
    app.jinja_env.globals.update(spoken=spoken)

    @app.after_request
    def say_language(response):
        response.content_language = choose_locale() if request.endpoint else None
        return response
