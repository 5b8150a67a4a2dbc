"""The public board as a list, a week and a map, all with the same filters in their address; and the page of a task."""
from datetime import date, timedelta

from flask import current_app, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.base.clock import ROME, today
from app.base.i18n import gettext as _, short_day
from app.base.words import N_
from app.guards import public
from app.tasks import queries
from app.tasks.forms import FilterBoard
from app.tasks.forms.fields import YEARS
from app.tasks.rules import browsing, plan
from app.tasks.views import bp
from app.tasks.views.sharing import preview
from app.town import queries as town

VIEWS = (("tasks.board", N_("Elenco")), ("tasks.board_week", N_("Settimana")), ("tasks.board_map", N_("Mappa")))
ON_THE_MAP = 30                        # cards beside a map


@bp.get("/attivita")
@public
def board():
    form = _filters()
    page = queries.board(form.facts(), after=_spot("dopo"), before=_spot("prima"))
    return render_template("tasks/board.html", page=page, **_frame(form), **_around(form, page)), form.status


@bp.get("/attivita/settimana")
@public
def board_week():
    form = _filters()
    filters = form.facts()
    monday = _week() or browsing.monday(max(filters.day or today(ROME), today(ROME)))
    days = queries.week(filters, monday)
    around = [url_for("tasks.board_week", **_kept(form), settimana=each) if each > today(ROME) - timedelta(days=7) and each.year in YEARS
              else None for each in (monday - timedelta(days=7), monday + timedelta(days=7))]
    whole_day = {day: url_for("tasks.board", **_kept(form) | {"giorno": f"{day:%d/%m/%Y}", "fino": None}) for day in days}
    return render_template("tasks/week.html", days=days, today=today(ROME), around=around, whole_day=whole_day,
                           most=queries.PER_DAY, **_frame(form)), form.status


@bp.get("/attivita/mappa")
@public
def board_map():
    form = _filters()
    page = queries.board(form.facts(), after=_spot("dopo"), before=_spot("prima"), size=ON_THE_MAP)
    drawn = plan.draw((number, card.task.lat_micro, card.task.lon_micro) for number, card in enumerate(page.cards, 1)
                      if card.task.lat_micro is not None)
    return render_template("tasks/map.html", page=page, plan=drawn, tiles=current_app.config["MAP_TILES"],
                           attribution=current_app.config["MAP_ATTRIBUTION"], **_frame(form), **_around(form, page)), form.status


@bp.get("/attivita/<int:task_id>")
@public
def task(task_id):
    task = queries.task(task_id)
    shifts = queries.coming_shifts(task)
    resident = current_user.is_authenticated and current_user.may(May.SHIFT_BOOK)
    return render_template("tasks/task.html", task=task, **preview(task), shifts=shifts, reasons=queries.cancel_reasons(shifts),
                           resident=resident, home=current_user.home if resident else None,
                           bookings=queries.own_bookings(shifts, current_user) if resident else {})


def _filters() -> FilterBoard:
    return FilterBoard(request.args, areas=queries.areas, comuni=town.comuni())


def _kept(form: FilterBoard) -> dict[str, str]:
    """The filters as they stand in the address, for the links to other pages and other views."""
    return {field.name: request.args[field.name] for field in form.active if request.args.get(field.name)}


def _frame(form: FilterBoard) -> dict:
    """What all views show: themselves, the filters, and each one that is set with the address without it."""
    kept = _kept(form)
    return {
        "form": form,
        "views": [(_(label), url_for(endpoint, **kept), endpoint == request.endpoint, 0) for endpoint, label in VIEWS],
        "chosen": [(field.label.text, _said(field), url_for(request.endpoint, **_without(kept, field.name))) for field in form.active],
    }


def _without(kept: dict, name: str) -> dict:
    """A quarter goes with its comune."""
    return {other: value for other, value in kept.items() if other != name and (name, other) != ("comune", "zona")}


def _said(field) -> str:
    """What a filter is set to, in words; nothing where its label says it all."""
    if field.type == "BooleanField":
        return ""
    if field.type == "DayField":
        return short_day(field.data) if field.data else field.raw
    return next((str(choice.label) for choice in getattr(field, "choices", ()) if choice.value == field.data), field.data)


def _around(form: FilterBoard, page: queries.Page) -> dict:
    kept = _kept(form)
    return {"previous": url_for(request.endpoint, **kept, prima=page.before) if page.before else None,
            "next": url_for(request.endpoint, **kept, dopo=page.after) if page.after else None,
            "deep": "dopo" in request.args, "start": url_for(request.endpoint, **kept)}


def _spot(name: str) -> browsing.Spot | None:
    return browsing.Spot.read(request.args.get(name, ""))


def _week() -> date | None:
    """The Monday of the week that the address names."""
    try:
        day = date.fromisoformat(request.args.get("settimana", ""))
    except ValueError:
        return None
    return browsing.monday(day) if day.year in YEARS else None
