"""The public board, a resident's bookings, and the pages of the hosts."""
from flask import Blueprint

bp = Blueprint("tasks", "app.tasks", template_folder="templates")

from app.tasks.views import board, booking, calendars, hosting, office, sharing, shifts  # noqa: E402,F401 - they add their routes
