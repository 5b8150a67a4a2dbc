"""Sign in, sign out, and the places where one is signed in."""
from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user

from app.access import May
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.base.once import repeatable
from app.guards import public, requires
from app.people import actions, queries
from app.people.forms import SignIn
from app.people.sign_ins import safe_next

bp = Blueprint("people", __name__, template_folder="templates")


@bp.route("/accedi", methods=["GET", "POST"])
@public
@repeatable
def sign_in():
    if current_user.is_authenticated:
        return redirect(url_for("web.area"))
    form = SignIn(next=request.args.get("next"))
    if form.accepted():
        with refusals(form):
            person = actions.sign_in(form.email.data, form.password.data, browser=request.user_agent.string)
            _forget_browser()
            login_user(person)
            return redirect(safe_next(current_app, form.next.data) or url_for("web.area"), 303)
    return render_template("people/sign_in.html", form=form), form.status


@bp.post("/esci")
@public
@repeatable
def sign_out():
    if current_user.is_authenticated:
        actions.sign_out(current_user.sign_in)
    _forget_browser()
    flash(_("Sei uscito dal sito."), "success")
    response = redirect(url_for("web.home"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.route("/accessi", methods=["GET", "POST"])
@requires(May.AREA_SEE)
def sign_ins():
    if request.method == "POST":
        actions.end_other_sign_ins(current_user)
        flash(_("Ora sei collegato solo qui."), "success")
        return redirect(url_for("people.sign_ins"), 303)
    return render_template("people/sign_ins.html", sign_ins=queries.sign_ins(current_user))


def _forget_browser() -> None:
    """Nothing of a session outlives a sign-in or a sign-out, so that none can be fixed beforehand; the language stays."""
    kept = session.get("language")
    session.clear()
    if kept:
        session["language"] = kept
