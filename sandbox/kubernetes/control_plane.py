"""A control plane of its own for each cluster: etcd, the API server, the controllers, the scheduler and kwok's kubelets."""

import base64
import secrets
import threading
import time
from pathlib import Path

import urllib3

from sandbox.kubernetes import arguments, kwok, manifests
from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.certificates import Authority, write_key
from sandbox.kubernetes.egress import Egress
from sandbox.kubernetes.kubeconfig import write_kubeconfig, write_user
from sandbox.kubernetes.ports import free_port
from sandbox.kubernetes.processes import Process, end_recorded, remove_tree
from sandbox.programs import programs

PATIENCE = 120
NODE = "node"
"""The directory of a ``sandbox.node`` in the control plane's."""


class ControlPlaneError(Exception):
    """A control plane that did not start: which, what ended or is late, its last words, its log."""


class ControlPlane:
    """
    The control plane of one cluster, listening on one port of 127.0.0.1 (etcd: on a socket in its directory).

    + name: name of the cluster
    + region: its AWS region, named in the issuer of service account tokens
    + directory: a directory of its own; wiped by start, removed by stop
    + authenticate_url: where TokenReviews of bearer tokens are POSTed (http), ``None`` for none
    + issuer: OpenID Connect issuer, as describe_cluster answers it; a plausible one unless given
    + processes: namespaces whose pods are left to a ``sandbox.node``

    Its processes end with the process that started them.
    """

    def __init__(
        self,
        name: str,
        region: str,
        directory: Path,
        authenticate_url: str | None = None,
        issuer: str | None = None,
        processes: tuple[str, ...] = (),
    ):
        self.processes = processes
        self.name, self.region, self.directory = name, region, Path(directory).absolute()
        self.authenticate_url = authenticate_url
        self.issuer = issuer or f"https://oidc.eks.{region}.amazonaws.com/id/{secrets.token_hex(16).upper()}"
        self.kubeconfig = self.directory / "kubeconfig"
        self.egress = Egress(self.directory, self.kubeconfig)
        self.endpoint = self.certificate_authority = ""
        self._processes: list[Process] = []
        self._lock = threading.RLock()

    @property
    def running(self) -> bool:
        """Whether all its processes run."""
        return bool(self._processes) and all(process.running for process in self._processes)

    def start(self) -> None:
        """
        Start the control plane and wait until it serves (seconds); does nothing while it runs.

        Builds the programs first where they are missing (minutes). Raises ControlPlaneError, or BuildError of
        ``sandbox.programs``.
        """
        with self._lock:
            if self.running:
                return
            where = programs()
            for attempt in range(3):
                self.stop()
                self.directory.mkdir(mode=0o700, parents=True)
                port = free_port()
                self._prepare(port)
                try:
                    self._run(where, port)
                    return
                except ControlPlaneError as error:
                    self._kill()
                    if "address already in use" not in str(error) or attempt == 2:
                        raise
                except BaseException:
                    self._kill()
                    raise

    def stop(self) -> None:
        """End its processes, those of a crashed owner too, and remove its directory."""
        with self._lock:
            self._kill()
            if self.directory.exists():
                for directory in (self.directory / NODE, self.directory):
                    end_recorded(directory)
                remove_tree(self.directory)

    def _prepare(self, port: int) -> None:
        authority = Authority(self.directory)
        authority.serve(
            "kube-apiserver", "127.0.0.1", "172.20.0.1", "localhost", "kubernetes", "kubernetes.default",
            "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
        )  # fmt: skip
        authority.identify("front-proxy-client")
        write_key(self.directory / "service-accounts.key")
        self.endpoint = f"https://127.0.0.1:{port}"
        self.certificate_authority = base64.b64encode(authority.pem).decode()
        token = write_user(self.directory / "users.csv")
        write_kubeconfig(self.kubeconfig, self.name, self.endpoint, self.certificate_authority, token)
        if self.authenticate_url:
            arguments.write_webhook(self.directory, self.authenticate_url)
        self.egress.start(authority)
        (self.directory / arguments.KWOK["config"]).write_text(kwok.stages(self.processes))

    def _run(self, where: Path, port: int) -> None:
        api = Api(self.kubeconfig)
        for program, given, environment in arguments.of(port, self.issuer, bool(self.authenticate_url)):
            process = Process(where / program, self.directory)
            process.start(*given, **environment)
            self._processes.append(process)
            if program == "kube-apiserver":  # its clients give up on one that is not healthy within ten seconds
                self._wait("an answer of the API server", lambda: api.request("GET", "/readyz", timeout=5))
        for manifest in manifests.load("cluster.yaml"):
            api.apply(manifest)
        self._wait("a service account of the controllers", lambda: api.get(manifests.DEFAULT_ACCOUNT))

    def _wait(self, awaited: str, answered) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for process in self._processes:
                if not process.running:
                    raise ControlPlaneError(f"control plane {self.name}: {process.name} ended: {process.last_words()} (log: {process.log})")
            try:
                if answered():
                    return
            except (ApiError, urllib3.exceptions.HTTPError):
                pass
            time.sleep(0.05)
        raise ControlPlaneError(f"control plane {self.name}: no {awaited.partition(' ')[2]} within {PATIENCE} s (logs: {self.directory})")

    def _kill(self) -> None:
        for process in reversed(self._processes):
            process.kill()
        self._processes = []
        self.egress.stop()
