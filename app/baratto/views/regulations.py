"""The council's regulations: their versions, what each says, and the import of the next one."""
from pathlib import Path

from flask import current_app, flash, redirect, render_template, url_for
from flask_login import current_user

from app.access import May
from app.baratto import queries
from app.baratto.actions import regulations as actions
from app.baratto.forms import ImportRegulation
from app.baratto.rules.regulation import RegulationFile
from app.baratto.schemas import WrongFile, read_regulation
from app.baratto.views import bp, wording
from app.base.db import db
from app.base.errors import Refusal
from app.base.forms import refusals
from app.base.i18n import N_, gettext as _, translated
from app.guards import requires
from app.town.queries import comuni

LARGEST_UPLOAD = 64 * 1024             # a long regulation has 6 KB; what is shown travels in a hidden field


@bp.route("/regolamenti")
@requires(May.REGULATION_SEE)
def regulations():
    return render_template("baratto/regulations.html", regulations=queries.regulations(seen_by=current_user))


@bp.route("/regolamenti/<int:regulation_id>")
@requires(May.REGULATION_SEE)
def regulation(regulation_id):
    regulation = queries.regulation(regulation_id, seen_by=current_user)
    return render_template("baratto/regulation.html", regulation=regulation, blocks=blocks(regulation.document))


@bp.route("/regolamenti/importa", methods=["GET", "POST"])
@requires(May.REGULATION_IMPORT)
def import_regulation():
    """The first time a file comes, show what it says; the second time, import it."""
    places = {comune.id: comune for comune in comuni() if comune.id in current_user.reach(May.REGULATION_IMPORT).comuni}
    form, shown = ImportRegulation(), None
    form.comune.choices = [(comune.id, comune.name) for comune in places.values()]
    form.preset.choices = [("", _("Nessuno")), *((path.stem, path.stem.replace("-", " ").title()) for path in presets())]
    if form.accepted():
        with refusals(form):
            text, place = _text(form), places[form.comune.data]
            file = _read(form, text)
            if file and "\n".join(form.checked.data.splitlines()) == text:
                regulation, new = actions.import_regulation(place, file)
                flash(_("Il regolamento è importato: è la versione %(version)s.", version=regulation.version) if new else
                      _("Questo testo c'era già: è la versione %(version)s.", version=regulation.version), "success")
                return redirect(url_for("baratto.regulation", regulation_id=regulation.id), 303)
            if file:
                actions.check(file)
                current, form.checked.data = actions.current(place), text
                shown = {"file": file, "place": place, "current": current, "blocks": blocks(actions.document_of(file)),
                         "changes": wording.changes(current.terms if current else None, file.terms)}
                db.session.rollback()  # the form's key stays unused, so that the same page can send the text again
    if form.errors or form.form_errors:
        form.checked.data = ""
    return render_template("baratto/import_regulation.html", form=form, shown=shown, largest_kb=LARGEST_UPLOAD // 1024), form.status


def blocks(document: dict) -> dict[str, list[wording.Said]]:
    """A regulation by the titles of its blocks; a block that says nothing is left out."""
    told = {title: wording.block(name, document) for name, title in wording.BLOCKS.items()}
    return {title: said for title, said in told.items() if said}


def presets() -> list[Path]:
    return sorted((Path(current_app.root_path) / "baratto" / "presets").glob("*.yaml"))


def _text(form: ImportRegulation) -> str:
    """The regulation's text: a file, a preset, or what was shown already. A browser sends back line ends of its own kind."""
    if form.file.data:
        content = form.file.data.read(LARGEST_UPLOAD + 1)
        if len(content) > LARGEST_UPLOAD:
            raise Refusal(N_("È troppo grande: al massimo %(max)s KB."), field="file", max=LARGEST_UPLOAD // 1024)
        text = content.decode("utf-8", "replace")
    elif form.preset.data:
        text = next(path for path in presets() if path.stem == form.preset.data).read_text("utf-8")
    else:
        text = form.checked.data or ""
    if not text.strip():
        raise Refusal(N_("Scegli un modello, oppure un file."), field="preset")
    return "\n".join(text.splitlines())


def _read(form: ImportRegulation, text: str) -> RegulationFile | None:
    """The regulation in `text`; None with every error on the form, each beside its key."""
    try:
        return read_regulation(text)
    except WrongFile as wrong:
        form.file.errors = [f"{path}: {translated(words)}" for path, words in wrong.errors.items()]
        return None
