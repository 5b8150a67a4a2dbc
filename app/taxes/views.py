"""Pages of the tax office: the positions, the files that came in, the files that went out."""
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.base.db import db
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.guards import requires
from app.taxes import actions, queries, schemas
from app.taxes.forms import ImportPositions, SearchPositions
from app.town.queries import comuni

bp = Blueprint("taxes", __name__, template_folder="templates")

LARGEST_UPLOAD = 8 * 1024 * 1024
PER_PAGE = 50


@bp.url_value_preprocessor
def allow_upload(endpoint, _values):
    """A larger request for one route. Not in the view: the check against forged requests reads the form before it."""
    if endpoint == "taxes.import_positions" and request.mimetype == "multipart/form-data":
        request.max_content_length = LARGEST_UPLOAD


@bp.route("/tributi")
@requires(May.TAXES_SEE)
def positions():
    form = SearchPositions(request.args)
    page = max(1, min(request.args.get("pagina", 1, int), 10_000))
    found = queries.positions(seen_by=current_user, **form.facts(), offset=(page - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return render_template("taxes/positions.html", search=form, positions=found[:PER_PAGE], page=page,
                           more=len(found) > PER_PAGE, imports=queries.imports(seen_by=current_user, limit=5))


@bp.route("/tributi/importa", methods=["GET", "POST"])
@requires(May.TAXES_IMPORT)
def import_positions():
    """The first time a file comes, show what it would change; the second time, import it."""
    places = {comune.id: comune for comune in comuni() if comune.id in current_user.reach(May.TAXES_IMPORT).comuni}
    form, outcome = ImportPositions(), None
    form.comune.choices = [(comune.id, comune.name) for comune in places.values()]
    if form.accepted():
        with refusals(form):
            feed = schemas.read_positions(form.file.data.read())
            shown = form.checked.data == feed.sha256
            outcome = actions.import_positions(places[form.comune.data], feed, form.file.data.filename,
                                               by=current_user, dry_run=not shown)
            if shown and not outcome.faults:
                flash(_("Importato: %(added)s voci nuove, %(changed)s cambiate, %(unchanged)s uguali a prima.",
                        added=outcome.added, changed=outcome.changed, unchanged=outcome.unchanged), "success")
                return redirect(url_for("taxes.positions"), 303)
            db.session.rollback()      # the form's key stays unused, so that the same page can send the file again
            form.checked.data = "" if outcome.faults else feed.sha256
    page = render_template("taxes/import.html", form=form, outcome=outcome, largest_mb=LARGEST_UPLOAD // 2 ** 20)
    return page, 422 if outcome and outcome.faults else form.status


@bp.route("/tributi/invii")
@requires(May.OFFSET_EXPORT)
def exports():
    return render_template("taxes/exports.html", exports=queries.exports(seen_by=current_user))


@bp.route("/tributi/invii/<int:export_id>.csv")
@requires(May.OFFSET_EXPORT)
def export_file(export_id):
    export = queries.export(export_id, seen_by=current_user)
    return Response(export.content.encode(), mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="riduzioni-{export.year}-{export.number:03}.csv"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
    })
