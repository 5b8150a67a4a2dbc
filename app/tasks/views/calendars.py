"""Shifts for the calendar of a phone: the secret address of one's own, and one file for each shift."""
from urllib.parse import urlsplit

from flask import Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user

from app.access import May
from app.base.i18n import gettext as _
from app.guards import public, requires
from app.tasks import schemas
from app.tasks.actions import calendars as actions
from app.tasks.models import Shift
from app.tasks.queries import calendars as queries
from app.tasks.views import bp
from app.tasks.views.sharing import absolute, site

SHOWN = "calendar_token"               # in the cookie of who made the address: nowhere else is it kept


@bp.get("/calendario")
@requires(May.SHIFT_BOOK)
def calendar():
    feed, token = queries.feed_of(current_user), session.get(SHOWN, "")
    known = feed is not None and actions.token_hash(token) == feed.token_hash
    address = absolute("tasks.calendar_feed", token=token) if known else None
    return render_template("tasks/calendar.html", feed=feed, address=address, subscribe=address and _webcal(address))


@bp.post("/calendario/nuovo")
@requires(May.SHIFT_BOOK)
def open_calendar():
    session[SHOWN] = actions.open_feed(current_user)
    flash(_("L'indirizzo è pronto. Quello di prima, se c'era, non vale più."), "success")
    return redirect(url_for("tasks.calendar"), 303)


@bp.post("/calendario/revoca")
@requires(May.SHIFT_BOOK)
def close_calendar():
    actions.close_feed(current_user)
    session.pop(SHOWN, None)
    flash(_("L'indirizzo non vale più: il calendario non riceve più i tuoi turni."), "success")
    return redirect(url_for("tasks.calendar"), 303)


@bp.get("/calendario/<token>.ics")
@public
def calendar_feed(token):
    """Who knows the address reads when its person has shifts, and nothing about anybody else."""
    person = queries.feed_for(actions.token_hash(token)).person
    entries = [entry(booking.shift, f"prenotazione-{booking.id}", url_for("tasks.booking", booking_id=booking.id), booking.created_at)
               for booking in queries.bookings(person)]
    answer = ics(_("I miei turni"), entries)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/turni/<int:shift_id>/turno.ics")
@public
def shift_file(shift_id):
    shift = queries.shift(shift_id)
    answer = ics(shift.task.title, [entry(shift, f"turno-{shift.id}", url_for("tasks.task", task_id=shift.task_id), shift.created_at)])
    answer.headers["Content-Disposition"] = f"attachment; filename=turno-{shift.id}.ics"
    return answer


def _webcal(address: str) -> str:
    """The same address as one that opens the calendar of a phone."""
    return address.replace("https:", "webcals:", 1).replace("http:", "webcal:", 1)


def entry(shift: Shift, uid: str, path: str, written_at) -> schemas.Entry:
    task = shift.task
    about = [task.summary, _("Ente: %(name)s", name=task.organisation.name), task.directions,
             _("Attrezzi: %(tools)s", tools=task.tools) if task.tools else ""]
    return schemas.Entry(
        uid=f"{uid}@{urlsplit(site()).hostname}", title=task.title, starts_at=shift.starts_at, ends_at=shift.ends_at,
        place=f"{task.address}, {task.comune.name}", about="\n".join(filter(None, about)), url=site() + path, written_at=written_at,
        version=shift.version, cancelled=shift.state == "cancelled",
        point=(task.lat_micro, task.lon_micro) if task.lat_micro is not None else None)


def ics(name: str, entries: list[schemas.Entry]) -> Response:
    """An answer that a calendar asks for again and again: most often there is nothing new."""
    answer = make_response(schemas.calendar(name, entries))
    answer.mimetype = "text/calendar"
    answer.cache_control.private = answer.cache_control.no_cache = True
    answer.add_etag()
    return answer.make_conditional(request)
