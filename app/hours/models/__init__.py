"""Attendance: the hours of one shift, as claimed and as validated; and the certificates that lock them."""
from app.hours.models.attendance import Attendance, Dispute, Evidence, Excuse, LoggingRules, Method, Pause
from app.hours.models.certificates import Certificate, CertificateLine
from app.hours.models.sheets import Sheet, SheetLine

__all__ = [
    "Attendance", "Certificate", "CertificateLine", "Dispute", "Evidence", "Excuse", "LoggingRules", "Method", "Pause", "Sheet",
    "SheetLine",
]
