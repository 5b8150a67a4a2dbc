"""What has happened to hours. `agreement_id` is None for hours that count for no agreement."""
from dataclasses import dataclass


@dataclass(frozen=True)
class HoursSubmitted:
    attendance_id: int
    person_id: int


@dataclass(frozen=True)
class HoursValidated:
    attendance_id: int
    agreement_id: int | None
    minutes: int
    version: int                       # 1 at validation, one more at each correction
    actor: object                      # the tutor's reference


@dataclass(frozen=True)
class CertificateIssued:
    certificate_id: int
    agreement_id: int
    minutes: int
    actor: object
