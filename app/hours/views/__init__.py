"""Pages about hours: a resident logs them in steps, a tutor decides on them, a certifier locks them."""
from flask import Blueprint

bp = Blueprint("hours", "app.hours", template_folder="templates")

from app.hours.views import absences, attendance, certificates, decisions  # noqa: E402,F401 - they add their routes
from app.hours.views import disputes, offline, presence, sheets  # noqa: E402,F401
