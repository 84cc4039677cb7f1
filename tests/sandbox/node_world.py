"""A control plane with a node that runs processes, and pods of shell scripts on it."""

import contextlib
import os
import subprocess
from pathlib import Path

import pytest
from kubernetes_world import INSTANCES, eventually

from connectors.tools.tools import path
from sandbox.kubernetes import ControlPlane, nodes
from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.ports import free_port
from sandbox.node import ProcessNode, Settings, missing

NAMESPACE = "live"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"


class World:
    """A cluster whose namespace `live` has processes for pods."""

    def __init__(self, directory: Path, aws_port: int = 1):
        self.plane = ControlPlane("live", "eu-west-1", directory / "plane", processes=(NAMESPACE,))
        self.plane.start()
        self.api = Api(self.plane.kubeconfig)
        nodes.join(self.plane.kubeconfig, INSTANCES)
        self.api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        eventually(lambda: self.api.get(f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/default"))
        port = int(self.plane.endpoint.rpartition(":")[2])
        self.published, self.aws_port = free_port(), aws_port
        published = {self.published: f"web.{NAMESPACE}.svc.cluster.local:80"}
        settings = Settings("live", "eu-west-1", str(self.plane.kubeconfig), (NAMESPACE,), port, aws_port, published=published, stretch=1)
        self.node = ProcessNode(self.plane.directory / "node", settings)
        self.node.start()
        self.plane.egress.dialers.append(self.node.dial)

    def create(self, kind, name, **fields):
        manifest = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE}, **fields}
        return self.api.create(f"/api/v1/namespaces/{NAMESPACE}/{kind.lower()}s", manifest)

    def pod(self, name, script="", init=(), labels=None, pod=None, **container):
        """A pod whose container runs a script, after init containers that run theirs."""
        shell = lambda title, text: {"name": title, "image": "busybox:1.36", "command": ["sh", "-c", text]}  # noqa: E731
        initial = [shell(f"init-{number}", text) for number, text in enumerate(init)]
        spec = {"initContainers": initial, "containers": [{**shell("main", script), **container}], "terminationGracePeriodSeconds": 5, **(pod or {})}
        manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels or {}}, "spec": spec}
        return self.api.create(PODS, manifest)

    def status(self, name):
        return (self.api.get(f"{PODS}/{name}") or {}).get("status", {})

    def main(self, name, which=0):
        return (self.status(name).get("containerStatuses") or [{}])[which]

    def phase(self, name, phase, seconds=30):
        return eventually(lambda: self.status(name).get("phase") == phase and self.status(name), seconds)

    def printed(self, name, container="main", run=0):
        uid = self.api.get(f"{PODS}/{name}")["metadata"]["uid"]
        log = self.node.directory / "pods" / uid / container / f"{run}.log"
        return [line.split(" ", 3)[3] for line in log.read_text().splitlines()] if log.exists() else []

    def events(self, name, reason):
        found = self.api.items(f"/api/v1/namespaces/{NAMESPACE}/events", fieldSelector=f"involvedObject.name={name},reason={reason}")
        return [event["message"] for event in found]

    def delete(self, name, **options):
        with contextlib.suppress(ApiError):
            self.api.delete(f"{PODS}/{name}", options)

    def stop(self):
        self.node.stop()
        self.plane.stop()


def family(directory: Path) -> list[int]:
    """The processes that have their working directory or a mount there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(process / "cwd").startswith(str(directory)) or str(directory) in (process / "mounts").read_text():
                found.append(int(process.name))
    return found


def kubectl(world, *arguments, **options):
    environment = {**os.environ, "KUBECONFIG": str(world.plane.kubeconfig)}
    command = [path("kubectl"), "--namespace", NAMESPACE, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, **options)


def require_namespaces():
    if (lacking := missing()) and "of memory" not in lacking:
        pytest.skip(lacking)
