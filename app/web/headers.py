"""The headers of every answer: what a browser may load and do with our pages, and what it may keep."""
from urllib.parse import urlsplit

from flask import current_app, request
from flask_login import current_user

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
    "manifest-src 'self'", "worker-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'"))


def policy() -> str:
    """On the page with the map also the pictures of the tile server, where the installation has one."""
    tiles = urlsplit(current_app.config["MAP_TILES"])
    if request.endpoint != "tasks.board_map" or not tiles.netloc:
        return POLICY
    return POLICY.replace("img-src 'self'", f"img-src 'self' {tiles.scheme}://{tiles.netloc.replace('{s}', '*')}")


def init_app(app):
    app.after_request(protect)


def protect(response):
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy() + ("; upgrade-insecure-requests" if secure else ""))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "geolocation=(), camera=(), microphone=()"
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if current_user.is_authenticated or request.method == "POST":
        headers["Cache-Control"] = "no-store"
    return response
