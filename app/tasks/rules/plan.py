"""A plain plan of some points: where to draw them, which ones to draw together, and how long a kilometre is on it."""
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import cos, radians

WIDTH, HEIGHT, MARGIN, NEAR = 600, 480, 48, 34         # units of the drawing; two dots nearer than NEAR would cover each other
METRES = 111_195                                       # of one degree of latitude
LEAST = 400                                            # metres that the plan shows at least, so that one point is not magnified
LENGTHS = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)


@dataclass
class Dot:
    """One mark on the plan and the numbers of the points that stand there."""

    x: int
    y: int
    numbers: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    dots: list[Dot]
    bar: int                           # the length of the scale in the drawing
    metres: int                        # and what it stands for

    width, height = WIDTH, HEIGHT

    @property
    def grid(self) -> tuple[range, range]:
        """Where lines run that make the distances easier to judge, one for each length of the scale."""
        return range(self.bar, WIDTH, self.bar), range(self.bar, HEIGHT, self.bar)


def draw(points: Iterable[tuple[int, int, int]]) -> Plan | None:
    """The plan of points (number, micro-degrees north, micro-degrees east), north above; None without points."""
    points = list(points)
    if not points:
        return None
    north, east = [point[1] for point in points], [point[2] for point in points]
    middle_north, middle_east = (min(north) + max(north)) / 2e6, (min(east) + max(east)) / 2e6
    across = METRES * cos(radians(middle_north))       # metres of a degree of longitude here
    high, wide = (max(north) - min(north)) / 1e6 * METRES, (max(east) - min(east)) / 1e6 * across
    scale = min((WIDTH - 2 * MARGIN) / max(wide, LEAST), (HEIGHT - 2 * MARGIN) / max(high, LEAST))        # units for a metre
    dots: list[Dot] = []
    for number, lat, lon in points:
        x = round(WIDTH / 2 + (lon / 1e6 - middle_east) * across * scale)
        y = round(HEIGHT / 2 - (lat / 1e6 - middle_north) * METRES * scale)
        dot = next((dot for dot in dots if (dot.x - x) ** 2 + (dot.y - y) ** 2 < NEAR ** 2), None)
        if dot is None:
            dots.append(dot := Dot(x, y))
        dot.numbers.append(number)
    metres = max((length for length in LENGTHS if length * scale <= WIDTH / 4), default=LENGTHS[0])
    return Plan(dots, round(metres * scale), metres)
