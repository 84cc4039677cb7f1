"""An API server on 127.0.0.1: discovery, one ConfigMap, one Secret; who may read is up to the test."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KINDS = {"configmaps": "ConfigMap", "secrets": "Secret"}
RESOURCES = [
    {"resource": name, "responseKind": {"group": "", "version": "v1", "kind": kind}, "scope": "Namespaced", "verbs": ["get", "list", "patch"]}
    for name, kind in KINDS.items()
]


class KubernetesServer(ThreadingHTTPServer):
    """
    `status` answers every request; `troubles` are `(status, message)` of the next ones, `None` drops the connection;
    `tokens` are the bearer tokens seen; `patches` what was applied.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server_port}"
        self.reset()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def reset(self):
        self.status, self.refused, self.troubles, self.paths, self.tokens, self.patches = 200, set(), [], [], [], []
        self.objects = {
            "configmaps": {"airflow-config": {"kind": "ConfigMap", "data": {"a": "1"}}},
            "secrets": {"airflow-admin": {"kind": "Secret", "data": {"password": "aHVudGVyMmh1bnRlcjI="}}},
        }

    def handle_error(self, request, client_address):
        """Connections that are dropped are nothing to tell."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        """Nothing."""

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, server = urlsplit(self.path), self.server
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        server.paths.append(f"{self.command} {path.path}")
        server.tokens.append(token)
        if token in server.refused or not token.startswith("k8s-aws-v1."):
            return self.refuse(401, "Unauthorized")
        if server.troubles:
            trouble = server.troubles.pop(0)
            return self.refuse(*trouble) if trouble else self.drop()
        if server.status != 200:
            return self.refuse(server.status, "User cannot get resource in API group")
        known = {
            "/version": {"major": "1", "minor": "36", "gitVersion": "v1.36.3"},
            "/apis": {"kind": "APIGroupDiscoveryList", "items": []},
            "/api": {"kind": "APIGroupDiscoveryList", "items": [{"metadata": {}, "versions": [{"version": "v1", "resources": RESOURCES}]}]},
        }
        if path.path.rstrip("/") in known:
            return self.answer(200, known[path.path.rstrip("/")])
        kind, _, name = path.path.removeprefix("/api/v1/").removeprefix("namespaces/airflow/").partition("/")
        if not name:
            items = [{**self.whole(kind, name), "kind": None, "apiVersion": None} for name in server.objects.get(kind, {})]
            items = [{key: value for key, value in item.items() if value} for item in items]
            return self.answer(200, {"kind": f"{KINDS[kind]}List", "apiVersion": "v1", "metadata": {}, "items": items})
        if name not in server.objects.get(kind, {}):
            return self.refuse(404, f'{kind} "{name}" not found')
        if self.command == "PATCH":
            server.patches.append((parse_qs(path.query), json.loads(body)))
            return self.answer(200, {**self.whole(kind, name), **json.loads(body)})
        return self.answer(200, self.whole(kind, name))

    do_GET = do_PATCH = do_POST = serve

    def whole(self, kind, name):
        return {"apiVersion": "v1", "metadata": {"name": name, "namespace": "airflow"}, **self.server.objects[kind][name]}

    def drop(self):
        self.close_connection = True

    def refuse(self, status, message):
        self.answer(status, {"kind": "Status", "status": "Failure", "message": message, "code": status})

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
