"""The API server's --egress-selector-config-file, and who answers at the other end."""

import ipaddress
import json
import socket
from collections.abc import Callable
from pathlib import Path

from sandbox.kubernetes.certificates import Authority
from sandbox.kubernetes.egress.serving import Serving
from sandbox.kubernetes.egress.stand_in import answer
from sandbox.kubernetes.egress.tunnel import Listener, carry

CONFIGURATION = "egress-selector.json"
SELECTIONS = ("cluster", "controlplane")
"""etcd is not among them: it is on a unix socket already."""

Dial = Callable[[str, int], socket.socket | None]


class Egress:
    """
    Answers the CONNECT requests of one API server, in threads of this process.

    + directory: of the control plane, where its sockets are
    + kubeconfig: of its administrator

    ``dialers`` serve the addresses of processes: see the package.
    """

    def __init__(self, directory: Path, kubeconfig: Path):
        self._directory, self._kubeconfig = directory, kubeconfig
        self.dialers: list[Dial] = []
        self._listeners: list[Listener] = []

    def start(self, authority: Authority) -> None:
        """
        Write the configuration, and listen.

        + authority: the cluster's, which certifies the pods that have no certificate in a Secret
        """
        self._serving = Serving(self._kubeconfig, authority)
        (self._directory / CONFIGURATION).write_text(json.dumps(_configuration(self._directory), indent=2))
        for selection, handle in (("cluster", self._to_cluster), ("controlplane", self._to_loopback)):
            self._listeners.append(Listener(self._directory, _socket(selection), handle))

    def stop(self) -> None:
        """Listen no more; what is connected ends with its peers."""
        while self._listeners:
            self._listeners.pop().close()

    def _to_cluster(self, connection: socket.socket, accept: Callable[[], None], address: str, port: int) -> None:
        for dial in tuple(self.dialers):
            if (peer := dial(address, port)) is not None:
                accept()
                carry(connection, peer)
                return
        accept()
        answer(connection, self._serving)

    def _to_loopback(self, connection: socket.socket, accept: Callable[[], None], address: str, port: int) -> None:
        if not _is_loopback(address):
            raise ConnectionRefusedError(f"{address} is not on this machine and the sandbox stays on it")
        peer = socket.create_connection((address, port))
        accept()
        carry(connection, peer)


def _socket(selection: str) -> str:
    return f"egress-{selection}.sock"


def _configuration(directory: Path) -> dict:
    connection = lambda name: {"proxyProtocol": "HTTPConnect", "transport": {"uds": {"udsName": _socket(name)}}}  # noqa: E731
    return {
        "apiVersion": "apiserver.k8s.io/v1beta1",
        "kind": "EgressSelectorConfiguration",
        "egressSelections": [{"name": name, "connection": connection(name)} for name in SELECTIONS],
    }


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
