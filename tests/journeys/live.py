"""The site as a browser meets it: a real server in the test's own process, whose clock the test sets."""
import threading
from contextlib import contextmanager
from datetime import datetime

from werkzeug.serving import WSGIRequestHandler, make_server

from app.base import clock


class Live:
    """The site at `url`. `now` is the instant at which it answers; None: the real one. `heard`: the paths of all requests."""

    def __init__(self, app, now: datetime | None = None):
        self.app, self.now, self.url, self.heard = app, now, "", []

    def __call__(self, environ, start_response):
        """A request, answered at `now`."""
        self.heard.append(environ["PATH_INFO"])
        with self.at_its_time():
            return self.app(environ, start_response)

    @contextmanager
    def at_its_time(self):
        """The same clock for what a test does beside the browser: a job of the night, a look into the tables."""
        if self.now is None:
            yield
        else:
            with clock.set_to(self.now):
                yield


class _Silent(WSGIRequestHandler):
    def log(self, *_args):
        pass


@contextmanager
def serve(app, now: datetime | None = None):
    """Inside the block the site answers on a free port of this machine, several requests at a time."""
    live = Live(app, now)
    server = make_server("127.0.0.1", 0, live, threaded=True, request_handler=_Silent)
    server.daemon_threads = True
    live.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield live
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
