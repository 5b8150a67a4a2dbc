"""`./test bench [--quick] [--only posting,night,…] [--json FILE]`: measures, prints the table, writes it as JSON."""
import argparse
import json
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench.rounds import HEAD

PARTS = ("posting", "seals", "night", "statements", "board")


def main() -> int:
    asked = argparse.ArgumentParser(prog="./test bench", description=sys.modules["bench"].__doc__)
    asked.add_argument("--quick", action="store_true", help="small books and short rounds: shows that everything runs")
    asked.add_argument("--only", default=",".join(PARTS), help=f"some of: {', '.join(PARTS)}")
    asked.add_argument("--json", type=Path, default=Path("instance/bench.json"), help="where the figures go")
    options = asked.parse_args()
    rows = []
    print(HEAD, flush=True)
    for name in options.only.split(","):
        for row in import_module(f"bench.{name}").measure(options.quick):
            rows.append(row)
            print(row, flush=True)
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps({
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "quick": options.quick, "python": platform.python_version(),
        "machine": platform.machine(), "rows": [row.as_json() for row in rows]}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
