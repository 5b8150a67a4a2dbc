"""Every error is a page in plain words, with what happened to the answers, a way out and a reference for whoever asks the office."""
import logging
import secrets

from flask import abort, current_app, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from app.base.db import db
from app.base.errors import Refusal
from app.base.i18n import N_, gettext as _, refused
from app.base.transactions import READING

log = logging.getLogger(__name__)

# Title and explanation by status. Anything else reads as 400 or 500.
PAGES = {
    400: (N_("La richiesta non è chiara"), N_("Qualcosa mancava o era scritto male. Torna indietro e riprova.")),
    401: (N_("Accedi di nuovo"), N_("Il tuo accesso è finito. Accedi di nuovo e ripeti l'invio.")),
    403: (N_("Non puoi aprire questa pagina"), N_("Il tuo ruolo non lo permette. Se pensi che sia un errore, chiedi all'ufficio.")),
    404: (N_("Questa pagina non c'è"), N_("L'indirizzo è sbagliato, oppure la pagina è stata tolta.")),
    405: (N_("Qui non si può fare"), N_("Questa pagina si apre in un altro modo. Torna alla pagina iniziale.")),
    409: (N_("Qualcuno ha fatto prima"), N_("I dati sono cambiati nel frattempo. Non abbiamo registrato nulla: guarda com'è adesso.")),
    413: (N_("Il file è troppo grande"), N_("Scegli un file più piccolo. Non abbiamo registrato nulla.")),
    429: (N_("Troppe richieste"), N_("Aspetta un momento e riprova.")),
    500: (N_("C'è stato un problema nostro"), N_("Non abbiamo registrato nulla di incompleto. Riprova tra poco.")),
    503: (N_("Il servizio è fermo per un momento"), N_("Le tue risposte sono ancora nella pagina precedente. Riprova tra un minuto.")),
}


def init_app(app):
    app.before_request(refuse_nul)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(CSRFError, stale)
    app.register_error_handler(Refusal, refusal)
    app.register_error_handler(IntegrityError, clash)
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(DataError, beyond_the_column)
    app.register_error_handler(OverflowError, beyond_the_column)
    app.register_error_handler(Exception, unexpected)


def refuse_nul() -> None:
    """No name holds the character NUL, and PostgreSQL stores none: better said here than by the database."""
    if any("\0" in value for _name, value in request.form.items(multi=True)):
        abort(400, N_("Nel testo c'è un carattere che non si può registrare."))


def http(error: HTTPException):
    if error.code is None or error.code < 400:
        return error
    said = error.description if _is_ours(error) else None
    return page(error.code, said, error.get_headers() if error.code == 405 else ())


def stale(error: CSRFError):
    """A form whose token no longer fits: the page was open too long, or another sign-in began."""
    if request.endpoint in ("people.sign_in", "people.sign_out", "web.language"):
        return redirect(url_for("web.area" if current_user.is_authenticated else "people.sign_in"), 303)
    return page(400, N_("La pagina era aperta da troppo tempo. Riaprila e ripeti l'invio: non abbiamo registrato nulla."))


def refusal(no: Refusal):
    """A rule said no where no form was there to show it."""
    db.session.rollback()
    return page(409, refused(no))


def clash(error: IntegrityError):
    log.info("constraint refused: %s", getattr(error.orig, "diag", None) and error.orig.diag.constraint_name or error.orig)
    db.session.rollback()
    return page(409)


def beyond_the_column(error: Exception):
    """A number in an address that no column can hold: there is no such row. In a form it is a value that is too large."""
    log.info("beyond the column: %s", getattr(error, "orig", error))
    db.session.rollback()
    if request.method in READING:
        return page(404)
    return page(400, N_("Un valore è troppo grande o troppo lungo. Non abbiamo registrato nulla."))


def database_away(error: OperationalError):
    log.error("database: %s", error.orig)
    db.session.rollback()
    return page(503)


def unexpected(error: Exception):
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    reference = secrets.token_hex(4)
    log.exception("reference %s", reference)
    db.session.rollback()
    return page(500, reference=reference)


def page(status: int, said=None, headers=(), reference: str = ""):
    """The error page; when even that cannot be drawn (no database), plain text in its place."""
    title, explanation = PAGES.get(status) or PAGES[500 if status >= 500 else 400]
    try:
        body = render_template("errors/error.html", status=status, title=_(title), explanation=_(said) if said else _(explanation),
                               reference=reference)
    except Exception:
        log.exception("error page")
        body = f"{_(title)}. {_(explanation)}"
    return body, status, dict(headers) | {"Content-Type": "text/html; charset=utf-8"}


def _is_ours(error: HTTPException) -> bool:
    """Whether the words were written by us: werkzeug's own are English and for developers."""
    return error.description is not None and error.description != type(error).description or type(error).__module__.startswith("app.")
