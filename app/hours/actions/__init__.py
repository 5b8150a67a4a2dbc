"""Hours are recorded on the spot or logged afterwards, decided by a tutor, settled by an officer, and locked by a certificate."""
from app.hours.actions.absences import blame, call_off, excuse, miss, withdraw
from app.hours.actions.attendance import admit, attach, check, decline, send, set_log_days, submit
from app.hours.actions.certificates import annul, attest, certify, credit, digest, replace
from app.hours.actions.decisions import check_validation, correct, reject, reopen, validate, void
from app.hours.actions.disputes import accept_excuse, answer, confirm_absence, contest, dismiss, dispute, may_object, uphold
from app.hours.actions.imports import enter_sheets
from app.hours.actions.presence import (
    check_in, check_out, code_of_day, codes_now, leave_open, open_pause, pause, paused_min, read_code, resume)
from app.hours.actions.sheets import enter, entered_before, Fault, print_sheet

__all__ = [
    "accept_excuse", "admit", "annul", "answer", "attach", "attest", "blame", "call_off", "certify", "check", "check_in", "check_out",
    "check_validation", "code_of_day", "codes_now", "confirm_absence", "contest", "correct", "credit", "decline", "digest", "dismiss",
    "dispute", "enter", "enter_sheets", "entered_before", "excuse", "Fault", "leave_open", "may_object", "miss", "open_pause", "pause",
    "paused_min", "print_sheet", "read_code", "reject", "reopen", "replace", "resume", "send", "set_log_days", "submit", "uphold",
    "validate", "void", "withdraw",
]
