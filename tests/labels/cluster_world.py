"""A real control plane as the cluster of the deployment `airflow-dev`, in an AWS account where nothing else is."""

import contextlib
import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import yaml
from pyinfra.api import Config, Inventory, State
from pyinfra.context import ctx_host, ctx_state

from connectors.aws.client import Aws
from connectors.aws.session import Credentials
from connectors.commands.reference import Ref, Text
from connectors.tools import tools
from deploys.platform import platform
from deploys.want import tagged
from sandbox.kubernetes import ControlPlane, tokens
from settings import Settings

NAME, KEY = "airflow-dev", "AKIAADMIN"
ADMIN = ("arn:aws:iam::123456789012:role/admin", "AROAADMIN", ["eks:access:cluster-admin"])
GIVEN = {"account_id": "123456789012", "deployment": NAME, "endpoint_public_cidrs": ["52.94.76.10/32"], "chart_mirror": "sandbox/charts"}
EVERYTHING = {"enable_airflow_spark_example": True, "enable_spark_history_server": True, "task_placement": "karpenter"}
SETTINGS = Settings.of({**GIVEN, **EVERYTHING, "db_ca_bundle": "sandbox/aws/rds-ca.pem"})
WANTS = tagged(platform(SETTINGS), SETTINGS.tag)
"""What the deployment wants with everything on."""


class Account(Aws):
    """Everything but the cluster is absent."""

    plane: ControlPlane

    def read(self, call):
        if call.action != "describe_cluster":
            return ""
        cluster = {
            "name": NAME,
            "status": "ACTIVE",
            "tags": SETTINGS.tag,
            "endpoint": self.plane.endpoint,
            "certificateAuthority": {"data": self.plane.certificate_authority},
        }
        return json.dumps({"cluster": cluster})

    def read_each(self, command):
        return ""


class Cluster:
    """The control plane, as an administrator works with it."""

    def __init__(self, plane: ControlPlane, home):
        self.plane, self.home = plane, home

    def tool(self, name: str, *words: str, stdin=None) -> str:
        """What helm or kubectl says; it has to succeed."""
        given = stdin if isinstance(stdin, str) else yaml.safe_dump_all(stdin or [])
        environment = {"HELM_CACHE_HOME": str(self.home), "HELM_CONFIG_HOME": str(self.home), "HELM_DATA_HOME": str(self.home), "HOME": str(self.home)}
        command = [tools.path(name), "--kubeconfig", str(self.plane.kubeconfig), *words]
        done = subprocess.run(command, input=given, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{name} {' '.join(words)}: {done.stderr}"
        return done.stdout

    def read(self, item: dict) -> dict | None:
        """An object as it is, every byte of it."""
        space = ["--namespace", item["metadata"]["namespace"]] if item["metadata"].get("namespace") else []
        group = item["apiVersion"].rpartition("/")[0]
        kind = f"{item['kind']}.{item['apiVersion'].rpartition('/')[2]}.{group}" if group else item["kind"]
        words = ("get", kind, item["metadata"]["name"], *space, "--ignore-not-found", "--show-managed-fields", "--output=json")
        return json.loads(self.tool("kubectl", *words) or "null")


@contextlib.contextmanager
def cluster(directory):
    """A control plane that takes the deployment's tokens."""
    with _authenticator() as url:
        plane = ControlPlane(NAME, "us-west-2", directory / "plane", url)
        plane.start()
        try:
            yield Cluster(plane, directory)
        finally:
            plane.stop()


@contextlib.contextmanager
def deployment(cluster: Cluster):
    """The deployment, in context and connected to its cluster."""
    state = State(Inventory(([(f"@eks/{NAME}", {**GIVEN, **EVERYTHING})], {})), Config())
    host = state.inventory.get_host(f"@eks/{NAME}")
    host.log = host.log_styled = lambda line, **how: None
    account = Account("us-west-2", host.log, credentials=Credentials(KEY, "example"))
    account.plane = cluster.plane
    host.connector.__dict__.update(aws=account, lock=SimpleNamespace(take=lambda: None, release=lambda: None))
    with ctx_state.use(state), ctx_host.use(host):
        host.connected = True
        yield host
        host.connector.disconnect()
    ctx_state.reset()
    ctx_host.reset()


@contextlib.contextmanager
def _authenticator():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = json.dumps(tokens.review(request, NAME, {KEY: ADMIN}.get)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def plain(value):
    """A manifest with a word in the place of what is known only when it is applied."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return "later" if isinstance(value, (Ref, Text)) or not isinstance(value, (str, int, float, bool, type(None))) else value
