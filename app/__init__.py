"""The application, put together. The only file that knows every package."""
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter


class RowId(IntegerConverter):
    """A row's number in an address. Beyond what a column holds there is no row: a 404, and no error of the database."""

    def __init__(self, map, **options):
        super().__init__(map, **{"max": 2 ** 31 - 1} | options)


def create_app(**overrides):
    """The site, its commands and its reactions, with settings from the environment unless `overrides` says otherwise."""
    from app import config, guards
    from app.base import i18n
    from app.base.db import db
    from app.base.transactions import App
    from app.reactions import REACTIONS
    from app.web import assets, errors, headers, layout

    app = App(__name__, static_folder=None, template_folder="web/templates")
    app.url_map.converters["int"] = RowId
    app.config.update(config.FIXED)
    app.config.update(overrides or config.settings())
    app.extensions["reactions"] = REACTIONS
    db.init_app(app)
    Migrate(app, db, render_as_batch=True, compare_type=True)
    i18n.init_app(app)
    CSRFProtect(app)
    _register(app)
    for part in (layout, errors, headers, assets):
        part.init_app(app)
    if app.config["PROXY_HOPS"]:
        hops = app.config["PROXY_HOPS"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)
    guards.init_app(app)
    return app


def _register(app):
    from app.baratto import cli as baratto_cli, views as baratto
    from app.hours import views as hours
    from app.jobs import cli as jobs_cli
    from app.ledger import cli as ledger_cli
    from app.people import cli as people_cli, sign_ins, views as people
    from app.reconciliation import views as reconciliation
    from app.tasks import views as tasks
    from app.taxes import cli as taxes_cli, views as taxes
    from app.town import cli as town_cli
    from app.web import views as web

    sign_ins.init_app(app)
    for package in (web, people, tasks, hours, taxes, baratto, reconciliation):
        app.register_blueprint(package.bp)
    for commands in (town_cli, people_cli, taxes_cli, baratto_cli, ledger_cli, jobs_cli):
        app.cli.add_command(commands.group)
    if app.config["DEMO"]:
        from app.dev import cli as demo
        app.cli.add_command(demo.group)
        app.config.update(DEMO_SIGN_INS=demo.sign_ins, DEMO_PASSWORD=demo.PASSWORD)
