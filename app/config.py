"""Settings, read once from the environment. A missing or weak secret stops the start."""
import base64
import os
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
SECRETS = ROOT / "instance" / "secrets.env"       # made by ./run, and read only by a site on this machine
HERE = {"127.0.0.1", "localhost", "::1"}


class Misconfigured(SystemExit):
    """The app must not start like this."""


def settings(environ=os.environ) -> dict:
    """What the environment says, checked. Refuses secrets under 32 bytes, and a demonstration that others could reach."""
    base_url = environ.get("PUBLIC_BASE_URL", "http://127.0.0.1:8000")
    host, secure = urlsplit(base_url).hostname, base_url.startswith("https://")
    given = {**_kept_secrets(), **environ} if host in HERE else dict(environ)
    demo = given.get("DEMO") == "1"
    if demo and host not in HERE:
        raise Misconfigured("DEMO=1 is only for this machine: PUBLIC_BASE_URL must be on 127.0.0.1 or localhost")
    if not secure and host not in HERE:
        raise Misconfigured("PUBLIC_BASE_URL must begin with https://")
    return {
        "SECRET_KEY": _secret(given, "SECRET_KEY"),
        "SECRET_KEY_FALLBACKS": [old for old in given.get("SECRET_KEY_FALLBACKS", "").split(",") if old],      # while a key is changed
        "IDENTITY_KEY": _key(given, "IDENTITY_KEY"),
        "SQLALCHEMY_DATABASE_URI": given.get("DATABASE_URL", f"sqlite:///{ROOT}/instance/ore.db"),
        "PUBLIC_BASE_URL": base_url,
        "PREFERRED_URL_SCHEME": "https" if secure else "http",
        "TRUSTED_HOSTS": sorted({name for name in (host, *given.get("TRUSTED_HOSTS", "").split(","),
                                                   *(HERE if host in HERE else ())) if name}),
        "PROXY_HOPS": int(given.get("PROXY_HOPS", "0")),
        "DEMO": demo,
        "MAIL_FOLDER": "" if given.get("MAIL_SERVER") else given.get("MAIL_FOLDER") or f"{ROOT}/instance/posta",
        "MAIL_SERVER": given.get("MAIL_SERVER", ""),
        "SEAL_MINUTES": int(given.get("SEAL_MINUTES", "5")),
        "ANCHOR_MAIL": given.get("ANCHOR_MAIL", ""),
        "ANCHOR_FILE": given.get("ANCHOR_FILE", ""),
        "MAIL_FROM": given.get("MAIL_FROM", f"Ore in Comune <non-rispondere@{host}>"),
        "MAP_TILES": given.get("MAP_TILES", ""),
        "MAP_ATTRIBUTION": given.get("MAP_ATTRIBUTION", ""),
        "UPLOADS": given.get("UPLOADS") or f"{ROOT}/instance/allegati",
        "METRICS_TOKEN": _secret(given, "METRICS_TOKEN") if given.get("METRICS_TOKEN") else "",
        "SESSION_COOKIE_NAME": "__Host-sid" if secure else "sid",
        "SESSION_COOKIE_SECURE": secure,
    }


FIXED = {
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_PATH": "/",
    "MAX_CONTENT_LENGTH": 256 * 1024,             # upload routes raise it for themselves
    "MAX_FORM_MEMORY_SIZE": 100_000,
    "MAX_FORM_PARTS": 200,
    "WTF_CSRF_TIME_LIMIT": None,                  # bound to the session: a long form does not lose its answers
    "WTF_CSRF_SSL_STRICT": True,
    "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},      # an error in the log names no person
}


def _kept_secrets() -> dict:
    if not SECRETS.exists():
        return {}
    return dict(line.split("=", 1) for line in SECRETS.read_text().splitlines() if "=" in line)


def _secret(given, name: str) -> str:
    value = given.get(name, "")
    if len(value) < 32:
        raise Misconfigured(f"{name} is missing or shorter than 32 characters")
    return value


def _key(given, name: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(_secret(given, name) + "==")
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Misconfigured(f"{name} must be 32 random bytes in urlsafe base64")
    return key
