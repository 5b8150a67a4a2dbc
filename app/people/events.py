"""What has happened to people."""
from dataclasses import dataclass


@dataclass(frozen=True)
class PersonIdentified:
    """A person's fiscal code is known from now on."""

    person_id: int
