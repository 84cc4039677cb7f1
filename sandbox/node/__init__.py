"""
A node that runs processes: for the pods of the namespaces it is given it does what a kubelet, kube-proxy, CoreDNS and the Pod Identity
agent do. No container engine, no image, no privilege: Linux namespaces of the caller's own.

    node = ProcessNode(plane.directory / "node", Settings(cluster="airflow-dev", region="eu-west-1", kubeconfig=str(plane.kubeconfig),
                       namespaces=("airflow",), kubernetes_port=41231, aws_port=5000, images=(SHELL, ...)))
    node.start()            # in about a second; ends with the process that started it
    node.stop()             # all its processes, mounts and namespaces are gone, after a crash of the owner as well

    missing()               # one line on what this machine lacks for it, or None

Rooms, each a package:

    machine/        the namespaces that are "the machine", its pid 1, and how a process starts in them
    network/        bridge and pod addresses, ClusterIPs, DNS, what is outside
    images/         what stands for an image: data
    containers/     from a container of a pod's spec to a process: command, variables, root directory
    volumes/        Secrets, ConfigMaps, tokens, claims as directories
    pods/           the life of a pod: init containers, restarts, probes, logs, status, events, deletion
    api/            the kubelet's API: logs, exec, port-forward
    identity/       Pod Identity, and AWS's names over TLS

What it does not do: limits of CPU and memory; more than one user id in a container (all files belong to the user that it runs as, so
fsGroup needs no doing); hostPath, hostNetwork, attach.
"""

import ipaddress
import logging
import os
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.node.images import SHELL, Image
from sandbox.node.network import addresses, tunnel
from sandbox.node.pods.backoff import BackOff
from sandbox.node.requirements import SOURCE, missing
from sandbox.node.settings import Settings

if TYPE_CHECKING:
    from sandbox.kubernetes.certificates import Authority

__all__ = ["SHELL", "Image", "ProcessNode", "Settings", "missing"]
KUBELET = 10250
REST = 1
"""Before a node that has ended is started again, besides the back-off that containers have too (seconds)."""
log = logging.getLogger(__name__)


class ProcessNode:
    """
    The node of one cluster.

    + directory: of its own, removed with the control plane's
    + authority: signs what its machine serves in the name of AWS
    """

    def __init__(self, directory: Path, settings: Settings, authority: "Authority | None" = None):
        from sandbox.kubernetes.processes import Process

        self.directory, self.settings, self._authority = directory, settings, authority
        self._process = Process(Path(sys.executable), directory, "node")
        self._stopped = threading.Event()

    def start(self) -> None:
        """Start it; it is up about a second later."""
        from sandbox.kubernetes.certificates import Authority
        from sandbox.node.identity.trust import write_certificates

        self.directory.mkdir(mode=0o700, exist_ok=True)
        write_certificates(self.directory, self._authority or Authority(self.directory, "sandbox", public=True), self.settings.region)
        self.settings.write(self.directory)
        self._launch()
        threading.Thread(target=self._keep, name=f"node of {self.settings.cluster}", daemon=True).start()

    def _launch(self) -> None:
        paths = os.pathsep.join(filter(None, [SOURCE, os.environ.get("PYTHONPATH")]))
        self._process.start("-m", "sandbox.node", str(self.directory), PYTHONPATH=paths)

    def _keep(self) -> None:
        """A node that ends comes back, and its pods with it, as after a power failure."""
        back_off = BackOff()
        while True:
            back_off.starting()
            self._process.wait()
            if self._stopped.wait(REST + back_off.wait()):
                return
            log.warning("the node of %s has ended and is started again: %s", self.settings.cluster, self._process.last_words())
            self._process.log.replace(self._process.log.with_suffix(".log.1"))
            self._launch()

    @property
    def running(self) -> bool:
        return self._process.running

    def told(self) -> dict:
        """What `sandbox status` tells of it."""
        settings = self.settings
        return {"running": self.running, "namespaces": settings.namespaces, "stretch": settings.stretch, "published": settings.published}

    def dial(self, address: str, port: int) -> socket.socket | None:
        """A connection to one of its pods, or to a node's kubelet, for the control plane's egress; ``None`` where it is neither."""
        return tunnel.dial(self.directory, address, port) if port == KUBELET or _is_pod(address) else None

    def stop(self) -> None:
        """End it and all that runs in it, those of a crashed owner too."""
        from sandbox.kubernetes.processes import end_recorded

        self._stopped.set()
        self._process.end()
        end_recorded(self.directory)


def _is_pod(address: str) -> bool:
    first, last, asked = (ipaddress.ip_address(each) for each in (addresses.FIRST_POD, addresses.LAST_POD, address))
    return first <= asked <= last
