"""
A small client of the Kubernetes API: dicts in, dicts out.

The ``kubernetes`` package does the same with a class for each kind, at 60-100 MiB of memory in the sandbox's process.
"""

import base64
import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import urllib3
import yaml

MANAGER = "airflow-on-eks-sandbox"
SILENCE = 300
"""How long a watch may say nothing (seconds)."""


class ApiError(Exception):
    """What the API server refused: ``status`` (HTTP) and its message."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


class Api:
    """
    One API server, as one user.

    + kubeconfig: path of a kubeconfig with embedded authority and a bearer token
    """

    def __init__(self, kubeconfig: Path):
        config = yaml.safe_load(Path(kubeconfig).read_text())
        cluster = config["clusters"][0]["cluster"]
        self.server = cluster["server"]
        verifying = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        verifying.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the authority has no key identifiers
        self._pool = urllib3.PoolManager(
            ssl_context=verifying,
            headers={"Authorization": f"Bearer {config['users'][0]['user']['token']}"},
            maxsize=4,
        )

    def request(self, method: str, path: str, body=None, kind="application/json", timeout: float = 30, **query):
        """Send one request; answers the decoded JSON. Raises ApiError, and urllib3's errors where there is no answer."""
        answer = self._pool.request(
            method,
            self.server + path,
            fields=query or None if body is None else None,
            body=None if body is None else json.dumps(body),
            headers={**self._pool.headers, "Content-Type": kind},
            timeout=timeout,
            retries=False,
        )
        return _decoded(answer)

    def get(self, path: str, **query) -> dict | None:
        """Read an object or a list; ``None`` where it does not exist."""
        try:
            return self.request("GET", path, **query)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def items(self, path: str, **query) -> list[dict]:
        """The items of a list; none where its kind does not exist."""
        return (self.get(path, **query) or {}).get("items", [])

    def watch(self, path: str, **query) -> Iterator[dict]:
        """The changes of a collection (`type` and `object`), until the API server ends the watch."""
        answer = self._pool.request("GET", self.server + path, fields={"watch": "1", **query}, preload_content=False, timeout=SILENCE, retries=False)
        try:
            if answer.status >= 400:
                raise ApiError(answer.status, answer.data.decode(errors="replace"))
            rest = b""
            for piece in answer.stream(1 << 16):
                *lines, rest = (rest + piece).split(b"\n")
                yield from map(json.loads, lines)
        finally:
            answer.close()

    def create(self, path: str, body: dict) -> dict:
        """Create an object in a collection."""
        return self.request("POST", path, body)

    def merge(self, path: str, body: dict) -> dict:
        """Merge-patch an object."""
        return self.request("PATCH", path, body, kind="application/merge-patch+json")

    def delete(self, path: str, body: dict | None = None) -> bool:
        """Delete an object; answers whether there was one."""
        try:
            self.request("DELETE", path, {"propagationPolicy": "Background", **(body or {})})
            return True
        except ApiError as error:
            if error.status == 404:
                return False
            raise

    def apply(self, manifest: dict) -> dict:
        """Apply an object server-side, taking over fields that others hold."""
        path = f"{path_of(manifest)}?fieldManager={MANAGER}&force=true"
        return self.request("PATCH", path, manifest, kind="application/apply-patch+yaml")


PLURALS = {"StorageClass": "storageclasses", "PriorityClass": "priorityclasses"}
GLOBAL = {
    "APIService", "ClusterRole", "ClusterRoleBinding", "CSIDriver", "CustomResourceDefinition", "Namespace", "Node",
    "PersistentVolume", "PriorityClass", "StorageClass",
}  # fmt: skip


def path_of(manifest: dict) -> str:
    """The path of an object of one of the kinds that the sandbox installs."""
    version, kind, metadata = manifest["apiVersion"], manifest["kind"], manifest["metadata"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    scope = "" if kind in GLOBAL else f"/namespaces/{metadata.get('namespace', 'default')}"
    return f"{root}{scope}/{PLURALS.get(kind, kind.lower() + 's')}/{metadata['name']}"


def _decoded(answer) -> dict:
    try:
        body = json.loads(answer.data)
    except ValueError:
        body = {"message": answer.data.decode(errors="replace").strip()}
    if answer.status >= 400:
        raise ApiError(answer.status, body.get("message") or f"HTTP {answer.status}")
    return body
