"""What has happened to hours. `agreement_id` is None for hours that count for no agreement."""
from dataclasses import dataclass


@dataclass(frozen=True)
class HoursClaimed:
    """Somebody is about to send hours: whoever keeps agreements says for which one they count, before they are judged late or not."""

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
class HoursWithdrawn:
    """Validated hours are so no more: reopened, or voided. What was entered for `version` is to be undone."""

    attendance_id: int
    agreement_id: int | None
    version: int
    actor: object


@dataclass(frozen=True)
class CertificateIssued:
    certificate_id: int
    agreement_id: int
    minutes: int
    actor: object


@dataclass(frozen=True)
class CertificateWithdrawn:
    """Superseded or annulled: its minutes are certified no more."""

    certificate_id: int
    agreement_id: int
    name: str
    actor: object
