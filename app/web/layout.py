"""What every page's frame shows: the town, the menu, the language, the notices."""
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from flask import current_app, get_flashed_messages, request, url_for
from flask_login import current_user
from jinja2 import StrictUndefined

from app.access import May
from app.base.forms import form_keys
from app.base.i18n import LANGUAGES, choose_locale, gettext as _, moment
from app.base.words import N_
from app.town import queries as town

# Noun, and its links: label, endpoint, and the permission that shows it (None: everybody). What a person looks for first comes first.
BOARD, HOURS, BARTER = N_("Attività e turni"), N_("Ore"), N_("Patti e tributi")
MENU = (
    (None, N_("Bacheca"), "tasks.board", None),
    (None, N_("Area personale"), "web.area", May.AREA_SEE),
    (BOARD, N_("I miei turni"), "tasks.bookings", May.SHIFT_BOOK),
    (BOARD, N_("Attività dell'ente"), "tasks.own_tasks", May.TASK_PUBLISH),
    (BOARD, N_("Attività proposte"), "tasks.proposals", May.TASK_ACCEPT),
    (BOARD, N_("Requisiti"), "tasks.qualifications", May.QUALIFICATION_CONFIRM),
    (BOARD, N_("Regole dei turni"), "tasks.booking_rules", May.BOOKING_RULES),
    (HOURS, N_("Le mie ore"), "hours.mine", May.HOURS_LOG),
    (HOURS, N_("Ore da convalidare"), "hours.to_validate", May.HOURS_VALIDATE),
    (HOURS, N_("La giornata"), "hours.day", May.HOURS_VALIDATE),
    (HOURS, N_("Ore da decidere"), "hours.office", May.HOURS_SETTLE),
    (HOURS, N_("Fogli presenze"), "hours.sheets", May.SHEET_ENTER),
    (HOURS, N_("Stampa dei fogli"), "hours.sheets_to_print", May.SHEET_PRINT),
    (HOURS, N_("Attestati"), "hours.certificates", May.CERTIFICATE_ISSUE),
    (BARTER, N_("Estratto conto"), "baratto.statement", May.SHIFT_BOOK),
    (BARTER, N_("Patti"), "baratto.agreements", May.TAXES_SEE),
    (BARTER, N_("Riduzioni"), "baratto.offsets", May.OFFSET_SEE),
    (BARTER, N_("Tributi"), "taxes.positions", May.TAXES_SEE),
    (BARTER, N_("Bandi"), "baratto.calls", May.CALL_OPEN),
    (BARTER, N_("Regolamenti"), "baratto.regulations", May.REGULATION_SEE),
    (None, N_("Notti"), "reconciliation.nights", May.NIGHT_SEE),
    (None, N_("Come funziona"), "web.how_it_works", None),
)
IN_A_ROW = 8                           # links that fit beside each other at 1280 pixels; with more of them, each noun becomes one entry


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    active: bool


@dataclass(frozen=True)
class MenuGroup:
    label: str
    items: list[MenuItem]

    @property
    def active(self) -> bool:
        return any(item.active for item in self.items)


def init_app(app):
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["form_keys"] = form_keys
    app.context_processor(frame)


def frame() -> dict:
    return {
        "site_name": "Ore in Comune",
        "town_name": town_name(),
        "navigation": menu(),
        "locale": choose_locale(),
        "languages": [(code, label, code == choose_locale()) for code, label in LANGUAGES.items()],
        "notices": list(notices()),
        "demo": current_app.config["DEMO"],
        "demo_sign_ins": current_app.config.get("DEMO_SIGN_INS"),
        "demo_password": current_app.config.get("DEMO_PASSWORD"),
    }


def menu() -> list[MenuItem | MenuGroup]:
    """The links that this person may follow, the one to the page at hand marked; by their nouns when there are many."""
    links = [(noun, _item(label, endpoint)) for noun, label, endpoint, permission in MENU
             if permission is None or (current_user.is_authenticated and current_user.may(permission))]
    if len(links) <= IN_A_ROW:
        return [item for _noun, item in links]
    entries = []
    for noun, found in groupby(links, key=itemgetter(0)):
        items = [item for _noun, item in found]
        entries += [MenuGroup(_(noun), items)] if noun and len(items) > 1 else items
    return entries


def _item(label: str, endpoint: str) -> MenuItem:
    url = url_for(endpoint)
    return MenuItem(_(label), url, request.path == url or request.path.startswith(f"{url}/"))


def notices():
    """The flashed messages; a form sent twice says so after its first receipt."""
    for category, text in get_flashed_messages(with_categories=True):
        if category == "already":
            when = moment(datetime.fromisoformat(text))
            yield "info", _("Questo modulo era già stato registrato: %(when)s. Non l'abbiamo registrato due volte.", when=when)
        else:
            yield category, text


def town_name() -> str:
    """"Comune di Alessandria" for whoever works or lives in one; all comuni of the installation for everybody else."""
    if current_user.is_authenticated:
        places = {(held.comune or held.organisation.comune).name for held in current_user.current_roles()}
    else:
        places = {comune.name for comune in town.comuni()}
    if len(places) == 1:
        return _("Comune di %(name)s", name=places.pop())
    *first, last = sorted(places) or [""]
    return _("Comuni di %(first)s e %(last)s", first=", ".join(first), last=last) if first else last
