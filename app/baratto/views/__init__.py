"""Pages of the baratto: regulations and calls, agreements, offsets, statements."""
from flask import Blueprint

bp = Blueprint("baratto", "app.baratto", template_folder="templates")

from app.baratto.views import agreements, calls, offsets, queues, regulations, statements  # noqa: E402,F401 - they add their routes
from app.baratto.views import wording  # noqa: E402

bp.add_app_template_filter(wording.sentences, "sentences")
