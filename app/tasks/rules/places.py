"""Points on the map, in whole micro-degrees north and east (WGS 84): about ten centimetres."""
import re
from decimal import Decimal

from app.base.errors import Refusal
from app.base.words import N_

MICRO = 1_000_000
_POINT = re.compile(r"(-?\d{1,2}\.\d+)\s*[,; ]\s*(-?\d{1,3}\.\d+)")
_POINT_COMMA = re.compile(r"(-?\d{1,2},\d+)\s*[; ]\s*(-?\d{1,3},\d+)")


def map_point(text: str) -> tuple[int, int]:
    """Latitude and longitude from "44.91305, 8.61502", as map sites give them, or "44,91305 8,61502"."""
    found = _POINT.fullmatch(text.strip()) or _POINT_COMMA.fullmatch(text.strip())
    lat, lon = (int(Decimal(part.replace(",", ".")) * MICRO) for part in found.groups()) if found else (None, None)
    if lat is None or abs(lat) > 90 * MICRO or abs(lon) > 180 * MICRO:
        raise Refusal(N_("Scrivi il punto come lo dà una mappa: 44.91305, 8.61502."))
    return lat, lon


def written_point(point: tuple[int, int]) -> str:
    """As `map_point` reads it."""
    return ", ".join(f"{'-' if part < 0 else ''}{abs(part) // MICRO}.{abs(part) % MICRO:06}" for part in point)
