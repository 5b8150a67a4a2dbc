"""What keeps the house in order: who imports whom, who may do what, what a page and a table look like."""
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
MODULES = sorted(APP.rglob("*.py"))
TEMPLATES = sorted(path for path in APP.glob("*/templates/**/*") if path.is_file())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
