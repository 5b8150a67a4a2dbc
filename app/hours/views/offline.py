"""Logging without coverage: the page that a phone keeps, and who is signed in when the network is back.

The hours themselves are sent to `attendance.submit`, like all others: a form key that was made on the phone works once as well.
"""
from flask import jsonify, render_template
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from app.access import May
from app.guards import requires
from app.hours import queries
from app.hours.forms import LogHours
from app.hours.views import bp


@bp.get("/ore/senza-rete")
@requires(May.HOURS_LOG)
def offline():
    bookings = queries.to_log(current_user) + queries.coming(current_user)
    return render_template("hours/offline.html", bookings=bookings, form=LogHours(queries.zone_of_home(current_user), formdata=None))


@bp.get("/ore/senza-rete/stato")
@requires(May.HOURS_LOG)
def signed_in():
    """For the script, before it sends a queue: whose sign-in this is, and a fresh token against forged requests."""
    return jsonify(person=str(current_user.ref), csrf_token=generate_csrf())
