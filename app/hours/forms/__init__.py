"""What people type about hours."""
from app.hours.forms.attendance import break_minutes, ChangeHours, ChooseDay, Leave, LogHours, RejectHours, SendHours, SetLogDays, TypeCode
from app.hours.forms.certificates import AnnulCertificate, Certify, ReplaceCertificate, VerifyCertificate
from app.hours.forms.disputes import Decision, ExcuseAbsence, Reason, Statement, Uphold

__all__ = [
    "AnnulCertificate", "break_minutes", "Certify", "ChangeHours", "ChooseDay", "Decision", "ExcuseAbsence", "Leave", "LogHours",
    "Reason", "RejectHours", "ReplaceCertificate", "SendHours", "SetLogDays", "Statement", "TypeCode", "Uphold", "VerifyCertificate",
]
