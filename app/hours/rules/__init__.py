"""Which hours can be logged, validated, disputed and certified; the codes that prove that somebody is there."""
from app.hours.rules.attendance import (
    check_arrival, check_change, check_claim, check_correction, check_logging, check_overlap, EARLY, is_late,
    LATEST, leaving, LINGER, LOG_DAYS, LONGEST, OPEN_LONG, OVERDUE, to_the_minute)
from app.hours.rules.codes import plain
from app.hours.rules.disputes import check_objection, DECISION, OBJECTION, supplementary_break
from app.hours.rules.presence import ACCEPTED, daily_code, grouped, matches, rotating_code, STEP

__all__ = [
    "ACCEPTED", "check_arrival", "check_change", "check_claim", "check_correction", "check_logging", "check_objection", "check_overlap",
    "daily_code", "DECISION", "EARLY", "grouped", "is_late", "LATEST", "leaving", "LINGER", "LOG_DAYS", "LONGEST",
    "matches", "OBJECTION", "OPEN_LONG", "OVERDUE", "plain", "rotating_code", "STEP", "supplementary_break", "to_the_minute",
]
