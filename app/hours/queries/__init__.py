"""Reads of attendance, presence, disputes and certificates: tutors see their host's, residents their own, officers their comune's."""
from app.hours.queries.attendance import (
    attendance, attendance_of, booking_to_log, changed, chosen, comune_of_rules, decided, evidence, log_days, logged, minutes_by_state,
    overdue, own, own_one, reject_reasons, times, to_log, to_validate, waiting, WITH_SHIFT, zone_of)
from app.hours.queries.certificates import (
    attestable, by_code, Certifiable, certifiable, certificate, certificates, of_oldest_year, of_same_year, own_certificates,
    supplemented, supplements, to_attest, to_attest_of, to_certify, to_certify_of, to_void, undecided)
from app.hours.queries.disputes import (
    decided_at, dispute, dispute_of, dispute_to_answer, for_officer, late, supplement_of, to_admit, to_answer, to_settle)
from app.hours.queries.presence import (
    arrived, bookings_now, coming, days_of, EXPECTED, Expected, hosted_booking, hosted_shift, left_open, on_day, OnDay, open_sessions,
    open_too_long, zone_of_home, zone_of_shift)
from app.hours.queries.sheets import (
    booking_at, entered_lately, expected, planned, printed, sheet, sheet_to_enter, sheets_in, sheets_to_enter, task_to_print,
    tasks_to_print)

__all__ = [
    "arrived", "attendance", "attendance_of", "attestable", "booking_at", "booking_to_log", "bookings_now", "by_code", "Certifiable",
    "certifiable", "certificate", "certificates", "changed", "chosen", "coming", "comune_of_rules", "days_of", "decided", "decided_at",
    "dispute", "dispute_of", "dispute_to_answer", "entered_lately", "evidence", "EXPECTED", "expected", "Expected", "for_officer",
    "hosted_booking", "hosted_shift", "late", "left_open", "log_days", "logged", "minutes_by_state", "of_oldest_year",
    "of_same_year", "on_day", "OnDay", "open_sessions", "open_too_long", "overdue", "own", "own_certificates", "own_one", "planned",
    "printed", "reject_reasons", "sheet", "sheet_to_enter", "sheets_in", "sheets_to_enter", "supplement_of",
    "supplemented", "supplements", "task_to_print", "tasks_to_print", "times", "to_admit", "to_answer", "to_attest", "to_attest_of",
    "to_certify", "to_certify_of", "to_log", "to_settle", "to_validate", "to_void", "undecided", "waiting", "WITH_SHIFT", "zone_of",
    "zone_of_home", "zone_of_shift",
]
