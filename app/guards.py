"""How a route says which permission it needs, and how the app checks before it starts that every route did."""
from functools import wraps

from flask import abort, current_app
from flask_login import current_user

from app.access import May

PUBLIC = "public"


def requires(permission: May):
    """Only for people who hold `permission` somewhere: 401 (sign in first) or 403, before anything is loaded."""
    def declare(view):
        @wraps(view)
        def guarded(*args, **kwargs):
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()
            if not current_user.may(permission):
                abort(403)
            return view(*args, **kwargs)
        guarded.permission = permission
        return guarded
    return declare


def public(view):
    """For everybody, signed in or not."""
    view.permission = PUBLIC
    return view


def init_app(app):
    """Refuse to start when a route says nothing about who may use it."""
    bare = sorted(name for name, view in app.view_functions.items() if not hasattr(view, "permission"))
    if bare:
        raise RuntimeError(f"routes without a permission: {', '.join(bare)}")
