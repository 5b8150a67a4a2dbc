"""Who may do what. One table; every route names one permission from it, and every role is held for one place.

The role says what kind of thing a person may do. Which rows that reaches is said by `Reach`, and applied by the loaders in queries.py.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.base.words import Labelled, N_


class Role(Labelled):
    RESIDENT = "resident", N_("Residente")
    TUTOR = "tutor", N_("Tutor")                               # of one host organisation
    CERTIFIER = "certifier", N_("Certificatore")
    OFFICER = "officer", N_("Responsabile del procedimento")
    TAX_CLERK = "tax_clerk", N_("Istruttore dei tributi")
    TAX_MANAGER = "tax_manager", N_("Funzionario responsabile dei tributi")
    AUDITOR = "auditor", N_("Revisore")
    ADMIN = "admin", N_("Amministratore del Comune")


class May(StrEnum):
    AREA_SEE = "area.see"
    SHIFT_BOOK = "shift.book"
    TASK_PUBLISH = "task.publish"
    TASK_ACCEPT = "task.accept"
    QUALIFICATION_CONFIRM = "qualification.confirm"
    BOOKING_RULES = "booking.rules"
    HOURS_LOG = "hours.log"
    HOURS_VALIDATE = "hours.validate"
    HOURS_SETTLE = "hours.settle"
    SHEET_PRINT = "sheet.print"
    SHEET_ENTER = "sheet.enter"
    CERTIFICATE_ISSUE = "certificate.issue"
    REGULATION_SEE = "regulation.see"
    REGULATION_IMPORT = "regulation.import"
    CALL_OPEN = "call.open"
    AGREEMENT_MAKE = "agreement.make"
    STATEMENT_SEE = "statement.see"
    TAXES_SEE = "taxes.see"
    TAXES_IMPORT = "taxes.import"
    OFFSET_SEE = "offset.see"
    OFFSET_PROPOSE = "offset.propose"
    OFFSET_APPROVE = "offset.approve"
    OFFSET_EXPORT = "offset.export"
    NIGHT_SEE = "night.see"
    NIGHT_RUN = "night.run"
    FINDING_HANDLE = "finding.handle"
    CORRECTION_PROPOSE = "correction.propose"
    CORRECTION_APPROVE = "correction.approve"


# A role for an organisation reaches what that organisation hosts; every other role reaches its comune. A resident reaches himself.
FOR_ORGANISATION = {Role.TUTOR}
FOR_ONESELF = {Role.RESIDENT}

GRANTS: dict[Role, set[May]] = {
    Role.RESIDENT: {May.AREA_SEE, May.SHIFT_BOOK, May.HOURS_LOG, May.STATEMENT_SEE, May.OFFSET_SEE},
    Role.TUTOR: {May.AREA_SEE, May.TASK_PUBLISH, May.HOURS_VALIDATE, May.SHEET_PRINT},
    Role.CERTIFIER: {May.AREA_SEE, May.CERTIFICATE_ISSUE},
    Role.OFFICER: {May.AREA_SEE, May.TASK_ACCEPT, May.QUALIFICATION_CONFIRM, May.HOURS_SETTLE, May.SHEET_PRINT, May.SHEET_ENTER,
                   May.REGULATION_SEE, May.AGREEMENT_MAKE, May.STATEMENT_SEE, May.TAXES_SEE, May.OFFSET_SEE},
    Role.TAX_CLERK: {May.AREA_SEE, May.REGULATION_SEE, May.STATEMENT_SEE, May.TAXES_SEE, May.TAXES_IMPORT,
                     May.OFFSET_SEE, May.OFFSET_PROPOSE},
    Role.TAX_MANAGER: {May.AREA_SEE, May.REGULATION_SEE, May.STATEMENT_SEE, May.TAXES_SEE, May.OFFSET_SEE,
                       May.OFFSET_APPROVE, May.OFFSET_EXPORT, May.NIGHT_SEE, May.CORRECTION_APPROVE},
    Role.AUDITOR: {May.AREA_SEE, May.REGULATION_SEE, May.STATEMENT_SEE, May.TAXES_SEE, May.OFFSET_SEE, May.NIGHT_SEE},
    Role.ADMIN: {May.AREA_SEE, May.BOOKING_RULES, May.REGULATION_SEE, May.REGULATION_IMPORT, May.CALL_OPEN, May.NIGHT_SEE, May.NIGHT_RUN,
                 May.FINDING_HANDLE, May.CORRECTION_PROPOSE},
}


class Held(Protocol):
    """A role as a person holds it."""

    role: Role
    comune_id: int | None
    organisation_id: int | None


@dataclass(frozen=True)
class Reach:
    """The rows that one permission opens to one person: of these comuni, of these organisations, and perhaps one's own."""

    comuni: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    oneself: bool = False

    def __bool__(self):
        return bool(self.comuni or self.organisations or self.oneself)


def reach(roles: Iterable[Held], permission: May) -> Reach:
    """What `permission` reaches for somebody who holds `roles`; an empty reach is a no."""
    holding = [held for held in roles if permission in GRANTS[held.role]]
    return Reach(
        comuni=frozenset(h.comune_id for h in holding if h.role not in FOR_ORGANISATION | FOR_ONESELF),
        organisations=frozenset(h.organisation_id for h in holding if h.role in FOR_ORGANISATION),
        oneself=any(h.role in FOR_ONESELF for h in holding),
    )
