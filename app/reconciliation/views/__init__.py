"""Pages of the nights, their findings and the corrections; and the figures for monitoring."""
from flask import Blueprint

bp = Blueprint("reconciliation", "app.reconciliation", template_folder="templates")

from app.reconciliation.views import corrections, findings, metrics, nights  # noqa: E402,F401 - they add their routes
