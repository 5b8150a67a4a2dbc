"""What an operator hands in: worked cases and regulation files, both YAML, both refused where a key is unknown."""

from app.baratto.schemas.cases import SettlementCase, read_case
from app.baratto.schemas.files import WrongFile
from app.baratto.schemas.regulations import read_regulation

__all__ = ["SettlementCase", "WrongFile", "read_case", "read_regulation"]
