"""How the web server runs. The clock's jobs are another process, `flask jobs run`: never start them in a worker."""

import os

wsgi_app = "wsgi:app"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4

# A request in hand may finish; workers start afresh now and then, not all at once, so that no leak grows old.
graceful_timeout = 30  # seconds
max_requests = 10_000
max_requests_jitter = 1_000

# The heartbeat file of a worker: on a slow disk it stalls a worker long enough to be killed.
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"

# Proxy headers are believed from this machine only (the default). Access logs hold personal data: off.
accesslog = None
control_socket_disable = True
