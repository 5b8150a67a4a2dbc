"""The figures for a monitoring system, in the format of Prometheus."""
import hmac

from flask import Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from app.guards import public
from app.reconciliation.queries import health
from app.reconciliation.views import bp

# Name, what it is, and the field of health.Standing that holds it. Of each comune.
OF_COMUNE = (
    ("ore_night_last_success_timestamp_seconds", "End of the last night that was finished.", "last_success"),
    ("ore_night_duration_seconds", "How long the last finished night took.", "duration"),
    ("ore_night_findings", "Differences that wait for a person.", "open_findings"),
    ("ore_night_waiting", "Nights that wait to be run.", "waiting"),
    ("ore_night_failed", "Nights that failed and are not finished.", "failed"),
    ("ore_night_late", "1 when a night is missing that was due more than a day ago.", "late"),
)


@bp.get("/metrics")
@public
def metrics():
    """For whoever sends the token of METRICS_TOKEN; without that setting there is no such page."""
    token = current_app.config.get("METRICS_TOKEN")
    if not token:
        abort(404)
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        abort(403)
    registry = CollectorRegistry()     # made anew: every figure is read from the database, whichever process answers
    registry.register(_Figures())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures:
    def collect(self):
        standings, installation = health.standings(), health.installation()
        for name, said, field in OF_COMUNE:
            gauge = GaugeMetricFamily(name, said, labels=["comune"])
            for each in standings:
                if (figure := getattr(each, field)) is not None:
                    gauge.add_metric([each.comune], int(figure.timestamp()) if hasattr(figure, "timestamp") else int(figure))
            yield gauge
        yield GaugeMetricFamily("ore_ledger_unsealed_transfers", "Transfers that no seal covers yet.", installation.unsealed)
        yield GaugeMetricFamily("ore_outbox_waiting", "Letters that have not left.", installation.letters)
        yield GaugeMetricFamily("ore_outbox_age_seconds", "Age of the oldest letter that has not left.", installation.letter_age)
