"""A task for others: its address with a preview, and a notice to hang up."""
from flask import current_app, render_template, url_for
from markupsafe import Markup
from segno import make_qr

from app.guards import public
from app.tasks import queries
from app.tasks.models import Task
from app.tasks.views import bp


@bp.get("/attivita/<int:task_id>/condividi")
@public
def share(task_id):
    task = queries.task(task_id)
    return render_template("tasks/share.html", task=task, **preview(task))


@bp.get("/attivita/<int:task_id>/avviso")
@public
def notice(task_id):
    task = queries.task(task_id)
    address = absolute("tasks.task", task_id=task.id)
    return render_template("tasks/notice.html", task=task, address=address, code=qr(address),
                           shifts=[shift for shift in queries.coming_shifts(task, limit=12) if shift.state == "planned"])


def preview(task: Task) -> dict[str, str]:
    """What the preview of a task needs beside it: addresses that hold outside."""
    return {"address": absolute("tasks.task", task_id=task.id), "site": site()}


def absolute(endpoint: str, **values) -> str:
    """The address by which people outside reach a page."""
    return site() + url_for(endpoint, **values)


def site() -> str:
    return current_app.config["PUBLIC_BASE_URL"].rstrip("/")


def qr(address: str) -> Markup:
    """A QR code as a drawing in the page, which needs words beside it."""
    return Markup(make_qr(address, error="m").svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff"))
