"""What the baratto's accounts in the ledger are called: a kind, and an owner that says nothing of a person's name."""
from uuid import UUID

# The town's own accounts: no limit, no stored balance.
SERVED, REDEEMED, UNUSED, CAP_SOURCE, APPROPRIATION = "served", "redeemed", "unused", "cap_source", "appropriation"
# One per call, agreement or tax position, none below zero.
AVAILABLE, COMMITTED, RELIEF = "available", "committed", "relief"
VALIDATED, CERTIFIED = "validated", "certified"
# Counters of one year, with the regulation's cap as their ceiling.
PERSON_CENTS, HOUSEHOLD_CENTS, PERSON_MINUTES = "person_cents", "household_cents", "person_minutes"


def of_call(call) -> str:
    return f"call:{call.id}"


def of_agreement(agreement) -> str:
    return f"agreement:{agreement.ref}"


def of_position(position_id: int) -> str:
    return f"position:{position_id}"


def of_person(ref: UUID, year: int) -> str:
    return f"person:{ref}:{year}"


def of_household(household_id: int, year: int) -> str:
    return f"household:{household_id}:{year}"
