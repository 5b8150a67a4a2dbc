"""PostgreSQL's own yardstick: the TPC-B-like script of pgbench, on the same server."""
import os
import re
import subprocess

from tests.postgres import Postgres

SCALE = 50


class PgBench:
    """A database of its own on the server, filled at scale 50."""

    def __init__(self, server: Postgres, scale: int = SCALE):
        self.server = server
        server.create("pgbench")
        self._call("--initialize", "--quiet", f"--scale={scale}")

    def run(self, clients: int, seconds: float) -> float:
        """Transactions a second."""
        said = self._call("--no-vacuum", f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={max(1, round(seconds))}")
        return float(re.search(r"tps = ([\d.]+)", said).group(1))

    def _call(self, *words: str) -> str:
        command = [self.server.binaries / "pgbench", "-h", self.server.folder, "-U", "postgres", *words, "pgbench"]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"})
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout
