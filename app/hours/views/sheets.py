"""Sheets on paper: print them, enter one in a grid or many from a file, and keep the scans."""
from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.base import documents, uploads
from app.base.clock import today
from app.base.db import db
from app.base.errors import Refusal
from app.base.forms import Form, refusals
from app.base.i18n import gettext as _, refused
from app.base.once import repeatable
from app.guards import requires
from app.hours import actions, queries
from app.hours.forms.sheets import AttachScan, EnterSheet, FindSheet, ImportSheets, months, PrintSheets
from app.hours.rules.codes import plain
from app.hours.rules.sheets import read_code, written
from app.hours.schemas.sheets import COLUMNS, read_sheets
from app.hours.states import Sheet as State
from app.hours.views import bp, papers
from app.people import queries as people_queries

bp.add_app_template_filter(written, "grouped")

UPLOADING = {"hours.attach_scan", "hours.import_sheets"}


@bp.url_value_preprocessor
def allow_upload(endpoint, _values):
    """A larger request where files come in. Not in the views: the check against forged requests reads the form before them."""
    if endpoint in UPLOADING and request.mimetype == "multipart/form-data":
        request.max_content_length = uploads.LARGEST + 64 * 1024


@bp.get("/fogli")
@requires(May.SHEET_ENTER)
def sheets():
    """Type a code, or scan it: the sheet opens. Below, what still waits."""
    form = FindSheet(request.args)
    if request.args and form.validate():
        try:
            found = queries.sheet_to_enter(read_code(form.code.data), seen_by=current_user)
            return redirect(url_for("hours.sheet", code=found.code), 303)
        except Refusal as no:
            form.code.errors = [refused(no)]
    return render_template("hours/sheets.html", form=form, waiting=queries.sheets_to_enter(seen_by=current_user),
                           entered=queries.entered_lately(seen_by=current_user)), form.status


@bp.get("/fogli/stampa")
@requires(May.SHEET_PRINT)
def sheets_to_print():
    return render_template("hours/sheets_to_print.html", tasks=queries.tasks_to_print(seen_by=current_user))


@bp.route("/fogli/stampa/<int:task_id>", methods=["GET", "POST"])
@requires(May.SHEET_PRINT)
def print_sheets(task_id):
    """For everybody who is expected in the month, or for some, or for somebody who signs by hand and never booked."""
    task = queries.task_to_print(task_id, seen_by=current_user)
    words, asked = (request.values.get(name, "").strip()[:80] for name in ("nome", "mese"))
    month = next((each for each in months() if each.isoformat() == asked), today().replace(day=1))
    people = {each.id: each for each in queries.expected(task, month)}
    if words:
        people |= {each.id: each for each in people_queries.residents(seen_by=current_user, permission=May.SHEET_PRINT, words=words)}
    form = PrintSheets(people=list(people))
    form.people.choices = [(each.id, each.display_name) for each in people.values()]
    if form.accepted():
        with refusals(form):
            if not form.people.data:
                raise Refusal(_("Scegli almeno una persona."), field="people")
            made = [actions.print_sheet(task, people[number], month, by=current_user) for number in form.people.data]
            return redirect(url_for("hours.sheet_files", n=[each.id for each in made]), 303)
    return render_template("hours/print_sheets.html", form=form, task=task, month=month, months=months(), words=words), form.status


@bp.get("/fogli.pdf")
@requires(May.SHEET_PRINT)
def sheet_files():
    found = queries.sheets_in(request.args.getlist("n", int)[:200], seen_by=current_user)
    return documents.as_download(papers.sheets_pdf(found), f"fogli-{found[0].month:%Y-%m}") if found else abort(404)


@bp.route("/fogli/<code>", methods=["GET", "POST"])
@requires(May.SHEET_ENTER)
@repeatable
def sheet(code):
    """The grid; a POST comes back from the check page with the answers. Once entered, what it became, and its scans."""
    sheet = _sheet(code)
    if sheet.state is State.ENTERED:
        return _entered(sheet, AttachScan(formdata=None))
    return _grid(sheet, _form(sheet))


@bp.route("/fogli/<code>/riepilogo", methods=["GET", "POST"])
@requires(May.SHEET_ENTER)
@repeatable
def check_sheet(code):
    """Shows what would be recorded: all of it is tried, and nothing is kept."""
    sheet = _sheet(code)
    if request.method == "GET" or sheet.state is State.ENTERED:
        return redirect(url_for("hours.sheet", code=sheet.code), 303)
    form = _form(sheet)
    if form.accepted() and _enter(sheet, form, dry_run=True):
        return render_template("hours/check_sheet.html", sheet=sheet, form=form, signer=_signer(sheet, form))
    return _grid(sheet, form)


@bp.post("/fogli/<code>/registra")
@requires(May.SHEET_ENTER)
def enter_sheet(code):
    sheet = _sheet(code)
    form = _form(sheet)
    if form.accepted() and _enter(sheet, form, dry_run=False):
        flash(_("Il foglio è registrato. Se hai la scansione, allegala qui."), "success")
        return redirect(url_for("hours.sheet", code=sheet.code), 303)
    return _grid(sheet, form)


@bp.post("/fogli/<code>/scansione")
@requires(May.SHEET_ENTER)
def attach_scan(code):
    sheet, form = _sheet(code), AttachScan()
    if form.accepted():
        with refusals(form):
            uploads.attach(sheet, form.file.data, by=current_user)
            flash(_("Il file è allegato al foglio."), "success")
            return redirect(url_for("hours.sheet", code=sheet.code), 303)
    return _entered(sheet, form) if sheet.state is State.ENTERED else _grid(sheet, _form(sheet), scan=form)


@bp.get("/fogli/<code>/scansione/<int:upload_id>")
@requires(May.SHEET_ENTER)
def scan(code, upload_id):
    return uploads.as_download(uploads.one_of_row(_sheet(code), upload_id))


@bp.route("/fogli/importa", methods=["GET", "POST"])
@requires(May.SHEET_ENTER)
def import_sheets():
    """The first time a file comes, show what it would do; the second time, do it."""
    form, outcome = ImportSheets(), None
    if form.accepted():
        with refusals(form):
            sent = read_sheets(form.file.data.read())
            shown = form.checked.data == sent.sha256
            outcome = actions.enter_sheets(sent, dry_run=not shown, by=current_user)
            if shown and not outcome.faults:
                flash(_("Registrati %(sheets)s fogli con %(rows)s righe; %(unchanged)s c'erano già.", sheets=outcome.entered,
                        rows=outcome.rows, unchanged=outcome.unchanged), "success")
                return redirect(url_for("hours.sheets"), 303)
            db.session.rollback()      # the form's key stays unused, so that the same page can send the file again
            form.checked.data = "" if outcome.faults else sent.sha256
    page = render_template("hours/import_sheets.html", form=form, outcome=outcome, columns=COLUMNS)
    return page, 422 if outcome and outcome.faults else form.status


def _sheet(code: str):
    return queries.sheet(plain(code), seen_by=current_user, permission=May.SHEET_ENTER)


def _form(sheet) -> EnterSheet:
    return EnterSheet(sheet, people_queries.tutors(sheet.organisation_id))


def _signer(sheet, form: EnterSheet):
    return next((each for each in people_queries.tutors(sheet.organisation_id) if str(each.id) == form.signed_by.data), None)


def _enter(sheet, form: EnterSheet, *, dry_run: bool) -> bool:
    """Whether it was entered, or could be; else the form says why not, and nothing is kept."""
    with refusals(form):
        faults = actions.enter(sheet, [row.entry for row in form.filled], signed_by=_signer(sheet, form), stated_minutes=form.stated.data,
                               rows_count=form.rows_count.data, dry_run=dry_run, by=current_user)
        if not faults:
            return True
        rows = form.filled
        db.session.rollback()
        form.blame([(rows[fault.row], fault.refusal) for fault in faults])
    return False


def _grid(sheet, form: EnterSheet, scan: Form | None = None):
    return render_template("hours/enter_sheet.html", sheet=sheet, form=form, planned=queries.planned([sheet])[sheet.id], scan=scan), (
        scan.status if scan else form.status)


def _entered(sheet, form: AttachScan):
    return render_template("hours/sheet.html", sheet=sheet, form=form, files=uploads.of(sheet), find=FindSheet(formdata=None),
                           minutes=sum(line.attendance.minutes for line in sheet.lines)), form.status
