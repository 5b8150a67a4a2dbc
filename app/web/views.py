"""Home, the personal area, the pages about the service, and its health."""
from flask import Blueprint, current_app, jsonify, redirect, render_template, request, session, url_for
from flask_login import current_user
from sqlalchemy import text

from app.access import May
from app.base.db import db
from app.base.i18n import LANGUAGES
from app.base.once import repeatable
from app.guards import public, requires
from app.people.sign_ins import safe_next
from app.tasks import queries as tasks
from app.web import dashboards

bp = Blueprint("web", __name__, template_folder="templates")


@bp.get("/")
@public
def home():
    duties = dashboards.duties(current_user) if current_user.is_authenticated else []
    return render_template("web/home.html", shifts=tasks.next_shifts(3), duties=duties)


@bp.get("/area-personale")
@requires(May.AREA_SEE)
def area():
    return render_template("web/area.html", roles=current_user.current_roles(), resident=dashboards.resident(current_user),
                           duties=dashboards.duties(current_user), told=dashboards.TOLD, happened=dashboards.timeline(current_user))


@bp.get("/come-funziona")
@public
def how_it_works():
    return render_template("web/how_it_works.html")


@bp.get("/accessibilita")
@public
def accessibility():
    return render_template("web/accessibility.html")


@bp.get("/privacy")
@public
def privacy():
    return render_template("web/privacy.html")


@bp.get("/stato")
@public
def status():
    return render_template("web/status.html", nights=dashboards.last_nights())


@bp.post("/lingua")
@public
@repeatable
def language():
    if request.form.get("language") in LANGUAGES:
        session["language"] = request.form["language"]
    return redirect(safe_next(current_app, request.form.get("back")) or url_for("web.home"), 303)


@bp.get("/healthz")
@public
def alive():
    """The process answers. Never touches the database: a slow one must not make the site restart."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready():
    """The database answers too."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")
