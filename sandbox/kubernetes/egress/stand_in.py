"""
What answers in the place of a pod or a kubelet that kwok plays.

A webhook allows, since the objects it would refuse are its own program's to judge; metrics-server has no metrics, since nothing
runs; a kubelet has no logs and nowhere to execute anything, and says so. All else is 503: a pod without a process serves nothing.
"""

import json
import logging
import re
import socket
import ssl
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from sandbox.kubernetes.egress.serving import Serving

HANDSHAKE = 0x16
IDLE = 300
"""How long a connection may say nothing (seconds)."""
METRICS = "/apis/metrics.k8s.io/v1beta1"
KUBELET = re.compile(r"/(?:containerLogs|exec|attach|run|portForward)/([^/?]+)/([^/?]+)")
log = logging.getLogger(__name__)


def answer(connection: socket.socket, serving: Serving) -> None:
    """Answer the requests of one connection, with TLS where the client begins with it, until it ends."""
    first = connection.recv(1, socket.MSG_PEEK)
    if first and first[0] == HANDSHAKE:
        connection = serving.context().wrap_socket(connection, server_side=True)
    with connection:
        StandIn(connection, None, None)


class StandIn(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE
    wbufsize = -1

    def handle(self) -> None:
        try:
            super().handle()
        except (ssl.SSLError, ConnectionError):
            self.close_connection = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            review = json.loads(body)
        except ValueError:
            review = None
        if isinstance(review, dict) and review.get("kind") == "AdmissionReview":
            self.send(HTTPStatus.OK, allowed(review))
        else:
            self.other()

    def do_GET(self) -> None:
        if self.path.startswith(METRICS):
            self.send(*metrics(self.path.partition("?")[0]))
        elif self.path.rstrip("/") == "/apis":
            # after a 503 here the aggregator calls the group stale for good, and no namespace can be deleted
            self.say(HTTPStatus.NOT_FOUND, "no discovery of all groups: ask for the one")
        else:
            self.other()

    def other(self) -> None:
        """Of a kubelet, or nobody's."""
        if found := KUBELET.match(self.path):
            self.say(HTTPStatus.NOT_IMPLEMENTED, f"no container runs in pod {found[1]}/{found[2]}: the sandbox only plays it")
        else:
            self.say(HTTPStatus.SERVICE_UNAVAILABLE, "no process is behind this address: the sandbox only plays its pod")

    do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = other

    def say(self, status: HTTPStatus, text: str) -> None:
        self.close_connection = True
        self._respond(status, "text/plain", text.encode())

    def send(self, status: HTTPStatus, document: dict) -> None:
        self._respond(status, "application/json", json.dumps(document).encode())

    def _respond(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *arguments) -> None:
        log.info(format, *arguments)


def allowed(review: dict) -> dict:
    """The answer of a webhook that allows. Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/"""
    return {"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": {"uid": review["request"]["uid"], "allowed": True}}


def metrics(path: str) -> tuple[HTTPStatus, dict]:
    """What metrics-server answers before any kubelet has told it anything."""
    match path.removeprefix(METRICS).strip("/").split("/"):
        case [""]:
            return HTTPStatus.OK, DISCOVERY
        case ["nodes"]:
            return HTTPStatus.OK, _list("NodeMetricsList")
        case ["pods"] | ["namespaces", _, "pods"]:
            return HTTPStatus.OK, _list("PodMetricsList")
        case [*_, name]:
            status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
            return HTTPStatus.NOT_FOUND, {**status, "message": f'no metrics of "{name}": nothing runs there'}


def _list(kind: str) -> dict:
    return {"kind": kind, "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": []}


def _resource(name: str, kind: str, namespaced: bool) -> dict:
    return {"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": ["get", "list"]}


DISCOVERY = {
    "kind": "APIResourceList",
    "apiVersion": "v1",
    "groupVersion": "metrics.k8s.io/v1beta1",
    "resources": [_resource("nodes", "NodeMetrics", False), _resource("pods", "PodMetrics", True)],
}
