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
import os
import socket
import sys
from pathlib import Path

from sandbox.kubernetes.certificates import Authority
from sandbox.kubernetes.processes import Process, end_recorded
from sandbox.node.identity.trust import write_certificates
from sandbox.node.images import SHELL, Image
from sandbox.node.network import addresses, tunnel
from sandbox.node.requirements import SOURCE, missing
from sandbox.node.settings import Settings

__all__ = ["SHELL", "Image", "ProcessNode", "Settings", "missing"]
KUBELET = 10250


class ProcessNode:
    """
    The node of one cluster.

    + directory: of its own, removed with the control plane's
    + authority: signs what its machine serves in the name of AWS
    """

    def __init__(self, directory: Path, settings: Settings, authority: Authority | None = None):
        self.directory, self.settings, self._authority = directory, settings, authority
        self._process = Process(Path(sys.executable), directory, "node")

    def start(self) -> None:
        """Start it; it is up about a second later."""
        self.directory.mkdir(mode=0o700, exist_ok=True)
        write_certificates(self.directory, self._authority or Authority(self.directory, "sandbox", public=True), self.settings.region)
        self.settings.write(self.directory)
        paths = os.pathsep.join(filter(None, [SOURCE, os.environ.get("PYTHONPATH")]))
        self._process.start("-m", "sandbox.node", str(self.directory), PYTHONPATH=paths)

    @property
    def running(self) -> bool:
        return self._process.running

    def dial(self, address: str, port: int) -> socket.socket | None:
        """A connection to one of its pods, or to a node's kubelet, for the control plane's egress; ``None`` where it is neither."""
        return tunnel.dial(self.directory, address, port) if port == KUBELET or _is_pod(address) else None

    def stop(self) -> None:
        """End it and all that runs in it, those of a crashed owner too."""
        self._process.end()
        end_recorded(self.directory)


def _is_pod(address: str) -> bool:
    first, last, asked = (ipaddress.ip_address(each) for each in (addresses.FIRST_POD, addresses.LAST_POD, address))
    return first <= asked <= last
