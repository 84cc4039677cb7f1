"""A sandbox of a test's own, and pyinfra run on it as a person runs it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cached_property
from pathlib import Path

import boto3
from running import LIMIT, OURS_ALONE, ROOT, Running

from connectors.kubernetes.verification import verifying
from connectors.tools import tools

INVENTORY = ROOT / "inventories" / "sandbox.py"
SCALE = 600
OWNER = "airflow-on-eks/deployment"
KEPT = {("kms", "key"), ("kms", "alias"), ("secretsmanager", "secret"), ("rds", "snapshot")}
"""What AWS itself keeps of a deployment that is removed, or is asked to keep."""


def kind(thing: dict) -> tuple[str, str]:
    """Service and type of a thing in the account."""
    return thing["service"], thing["type"]


class Box(Running):
    """A sandbox with a home and a directory for temporary files of its own."""

    deployment, inventory = "airflow-sandbox", INVENTORY

    def __init__(self, directory: Path):
        self.directory = directory
        self.home, self.temporary = directory / "home", directory / "tmp"
        self.temporary.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "KUBECONFIG"))}
        own = {"AIRFLOW_ON_EKS_SANDBOX": str(self.home), "AIRFLOW_ON_EKS_PODS": "kwok", "TMPDIR": str(self.temporary), "PYTHONUNBUFFERED": "1"}
        self.environment = {**kept, **OURS_ALONE, **own}

    def sandbox(self, *words) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "sandbox", *map(str, words)]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=900)

    def up(self, scale=SCALE, kubernetes=True, *more):
        answer = self.sandbox("up", "--time-scale", scale, *([] if kubernetes else ["--no-kubernetes"]), *more)
        assert answer.returncode == 0, answer.stderr
        return self

    @property
    def daemon(self) -> dict:
        return json.loads((self.home / "daemon.json").read_text())

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.daemon['port']}"

    @property
    def calls(self) -> list[dict]:
        log = self.home / "calls.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines() if line.endswith("}")] if log.exists() else []

    def ask(self, route):
        import urllib.request

        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{self.endpoint}/sandbox/{route}", timeout=30) as answer:
            return json.load(answer)

    def tell(self, route, document):
        """POST to the sandbox."""
        import urllib.request

        request = urllib.request.Request(f"{self.endpoint}/sandbox/{route}", json.dumps(document).encode(), method="POST")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return json.load(answer)

    @cached_property
    def credentials(self) -> dict:
        return {"aws_access_key_id": self.daemon["access_key_id"], "aws_secret_access_key": self.daemon["secret_access_key"]}

    def client(self, service, region="us-west-2", **credentials):
        return boto3.client(service, region_name=region, endpoint_url=self.endpoint, **(credentials or self.credentials))

    def kubernetes(self, cluster="airflow-sandbox"):
        """The library's client of a cluster."""
        from kubernetes import config

        (path,) = [found["kubeconfig"] for found in self.ask("clusters") if found["name"] == cluster]
        client = config.new_client_from_config(path)
        client.rest_client.pool_manager.connection_pool_kw["ssl_context"] = verifying()
        return client

    def tool(self, tool, *words, stdin=None) -> str:
        """What an administrator does with helm or kubectl."""
        (path,) = [found["kubeconfig"] for found in self.ask("clusters") if found["name"] == self.deployment]
        environment = {**self.environment, "KUBECONFIG": path, "HELM_CACHE_HOME": str(self.temporary)}
        ran = subprocess.run([tools.path(tool), *words], env=environment, input=stdin, capture_output=True, text=True, timeout=LIMIT)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def things(self) -> list[dict]:
        """All that is in the account, with `service`, `id`, `type`, `tags` and whether AWS put or keeps it there (`default`)."""
        return [
            {"service": service, "id": number, **thing}
            for regions in self.ask("state").values()
            for services in regions.values()
            for service, found in services.items()
            for number, thing in found.items()
        ]

    def left(self) -> list[dict]:
        """What is in the account and is neither AWS's own nor kept by it: nothing, where a deployment was alone and is removed."""
        return [thing for thing in self.things() if not thing["default"] and kind(thing) not in KEPT]

    def processes(self) -> list[int]:
        """What runs for this sandbox: it names the sandbox's home among its arguments or in its environment."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
                if str(self.home).encode() in words and int(process.name) != os.getpid():
                    found.append(int(process.name))
        return found

    def end(self):
        """End the sandbox; whatever of it is left then is ended and told."""
        self.sandbox("down")
        end = time.monotonic() + 10
        while (left := self.processes()) and time.monotonic() < end:
            time.sleep(0.1)
        for process in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        shutil.rmtree(self.directory, ignore_errors=True)
        assert not left, f"processes {left} outlived their sandbox"


@contextlib.contextmanager
def boxed():
    """A box that is ended however the test ends."""
    box = Box(Path(tempfile.mkdtemp(prefix="aoe-")))
    try:
        yield box
    finally:
        box.end()
