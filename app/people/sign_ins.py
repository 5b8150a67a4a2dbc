"""Who is behind a request: the cookie holds the token of a sign-in row, and ending the row ends the sign-in."""
from datetime import timedelta

from flask import abort, redirect, request, url_for
from flask_login import LoginManager, current_user
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.base.clock import now
from app.base.i18n import lazy_gettext as _l
from app.base.transactions import READING, transaction
from app.people import actions, queries

SEEN_EVERY = timedelta(minutes=2)      # often enough for the idle limit, seldom enough not to write at each click


def init_app(app):
    login = LoginManager(app)
    login.session_protection = None    # the row is the protection: a token that ended opens nothing
    login.user_loader(queries.signed_in)
    login.unauthorized_handler(sign_in_first)

    @app.after_request
    def remember_presence(response):
        by_itself = request.args.get("aggiorna") == "si"     # a page that loads itself again says nothing of a person before it
        if current_user.is_authenticated and not by_itself and now() - current_user.sign_in.seen_at > SEEN_EVERY:
            sign_in = current_user.sign_in
            try:
                with transaction():
                    actions.seen(sign_in)
            except OperationalError:   # a busy database: the page is drawn, and the next click says it too
                pass
        return response


def sign_in_first():
    """To the sign-in page and back again; a form that was sent too late gets a 401 page that says so."""
    if request.method in READING:
        return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
    abort(401, _l("Sei rimasto fermo a lungo: accedi di nuovo e ripeti l'invio."))


def safe_next(app, address: str | None) -> str | None:
    """`address` when it is a page of this site; a full URL, `//host` or `/\\host` is not."""
    if not address or not address.startswith("/") or address[1:2] in ("/", "\\") or any(ord(c) < 32 for c in address):
        return None
    try:
        app.url_map.bind("").match(address.split("?")[0], method="GET")
    except RequestRedirect:
        return None
    except HTTPException:
        return None
    return address
