"""The endpoint: an HTTP server on loopback."""

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from sandbox.aws.application import Application


class Handler(MotoRequestHandler):
    """Answers in one write, and keeps the connection: the application always reads the whole request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 600

    def run_wsgi(self) -> None:
        started = []
        try:
            body = b"".join(self.server.app(self.make_environ(), lambda status, headers: started.append((status, headers))))
        except ConnectionAbortedError:
            self.close_connection = True
            return
        status, headers = started[0]
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_request(self, *arguments) -> None:
        """The journal has it."""

    def log_error(self, *arguments) -> None:
        """Connections that are dropped are nothing to tell."""


class Server(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 128


def make_server(port: int, application: Application) -> Server:
    return Server("127.0.0.1", port, application, handler=Handler)
