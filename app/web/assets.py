"""The built front-end files: their addresses in pages, and who serves them.

`node app/web/frontend/build.mjs` writes them into `static/`, each with a hash of its content in its name. WhiteNoise
serves them before Flask is asked, compressed, and tells browsers to keep a hashed file for ever.
"""
import json
import re
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

STATIC = Path(__file__).parent / "static"
HASHED = re.compile(r"\.[0-9a-f]{8}\.\w+$")
HOW_TO_BUILD = "build the assets with ./run, or with npm ci and node app/web/frontend/build.mjs"


class AssetMissing(RuntimeError):
    """A page names an asset that is not built."""


def init_app(app: Flask) -> None:
    """Give pages `asset_url()` and serve `static/` under /static/, with /favicon.ico beside it.

    The service worker stands at /ore/worker.js: it rules over its own folder and no more.

    Refuses nothing when the assets are not built yet: commands and the API do without them, a page does not.
    """
    app.jinja_env.globals["asset_url"] = asset_url
    server = WhiteNoise(app.wsgi_app, immutable_file_test=lambda path, url: bool(HASHED.search(url)),
                        add_headers_function=_protect, allow_all_origins=False)
    if (STATIC / "manifest.json").exists():  # the last file that a build writes
        server.add_files(str(STATIC), prefix="static/")
        server.add_file_to_dictionary("/favicon.ico", str(STATIC / "favicon.ico"))
        server.add_file_to_dictionary("/ore/worker.js", str(STATIC / "worker.js"))
    app.wsgi_app = server


def asset_url(name: str) -> str:
    """The address of a built file: `asset_url("app.css")` is `/static/app.3fa9c1d2.css`.

    Raises AssetMissing, with the command that builds it, when the name is not in the manifest.
    """
    try:
        return f"/static/{_manifest()[name]}"
    except KeyError:
        raise AssetMissing(f"No asset named {name!r}: {HOW_TO_BUILD}.") from None


def _protect(headers: Headers, path: str, url: str) -> None:
    """Flask's own headers do not reach these answers: it is never asked."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


@cache
def _manifest() -> dict[str, str]:
    try:
        return json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssetMissing(f"The assets are not built: {HOW_TO_BUILD}.") from None
