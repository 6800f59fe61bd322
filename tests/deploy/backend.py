"""A web process that answers what a test wants, and remembers what it was asked."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Longer than the site says, so that a page is still kept however slow the machine is.
PUBLIC = {"X-Accel-Expires": "600", "Cache-Control": "public, no-cache"}
FOR_A_SECOND = PUBLIC | {"X-Accel-Expires": "1"}


@dataclass
class Backend:
    port: int = 0
    status: int = 200
    headers: dict = field(default_factory=lambda: dict(PUBLIC))
    asked: list = field(default_factory=list)  # the headers of each request, in order

    def respond(self, handler):
        self.asked.append(handler.headers)
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        body = f"answer {len(self.asked)}".encode()
        handler.send_response(self.status)
        for name, value in {**self.headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)


@contextmanager
def running_backend():
    backend = Backend()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            backend.respond(self)

        do_POST = do_HEAD = do_GET

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    backend.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield backend
    server.shutdown()
    server.server_close()
