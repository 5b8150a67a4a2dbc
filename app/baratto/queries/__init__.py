"""Reads of the baratto: regulations, calls, agreements, offsets, and the figures that decide them."""
from app.baratto.queries.agreements import (
    agreement, agreements, agreements_in, agreements_of, call, calls, calls_of, hours_of, live_agreement, lock_agreement, regulation,
    regulations, unsettled, zone_of)
from app.baratto.queries.offsets import (
    approved, certificates_of, certified_hours, chosen_offsets, counts, free_certificates, live_offset, offset, offsets,
    offsets_of, own_offsets, redeemed, reversals_to_send, to_propose, Waiting, withdrawn)
from app.baratto.queries.figures import (
    available_cents, bill, Budget, budget, committed_cents, credit, debt, estimated_debt, is_frozen, promised, settlement, Standing,
    standing, used)

__all__ = [
    "agreement", "agreements", "agreements_in", "agreements_of", "call", "calls", "calls_of", "hours_of", "live_agreement",
    "lock_agreement", "regulation", "regulations", "unsettled", "zone_of", "approved", "certificates_of", "certified_hours",
    "chosen_offsets", "counts", "free_certificates", "offset", "offsets", "offsets_of", "own_offsets", "redeemed",
    "reversals_to_send", "to_propose", "Waiting", "available_cents", "bill", "Budget", "budget", "committed_cents",
    "credit", "live_offset", "withdrawn", "debt", "estimated_debt", "is_frozen", "promised", "settlement", "Standing", "standing", "used",
]
