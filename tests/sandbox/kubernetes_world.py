"""What the tests of the embedded Kubernetes share: an authenticator, waiting, and what a process listens on."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sandbox.kubernetes import ControlPlane, nodes, tokens

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
INSTANCES = [nodes.Instance(f"i-0{n}", f"eu-west-1{z}", f"euw1-az{n}", f"10.0.{n}.23", "m5.xlarge", "eu-west-1") for n, z in ((1, "a"), (2, "b"))]

PRINCIPALS = {
    "AKIAVIEW": ("arn:aws:iam::123456789012:role/view", "AROAVIEW", ["eks:access:view"]),
    "AKIAADMINVIEW": ("arn:aws:iam::123456789012:role/admin-view", "AROAADMINVIEW", ["eks:access:admin-view"]),
    "AKIAADMIN": ("arn:aws:iam::123456789012:role/admin", "AROAADMIN", ["eks:access:cluster-admin"]),
    "AKIANOGROUP": ("arn:aws:iam::123456789012:role/none", "AROANONE", []),
}


@contextlib.contextmanager
def authenticator(cluster):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = json.dumps(tokens.review(request, cluster, PRINCIPALS.get)).encode()
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


@contextlib.contextmanager
def started(directory, cluster="airflow-dev"):
    """A control plane that takes the tokens of PRINCIPALS."""
    with authenticator(cluster) as url:
        plane = ControlPlane(cluster, "eu-west-1", directory / "plane", url)
        plane.start()
        try:
            yield plane
        finally:
            plane.stop()


def eventually(answered, seconds=30):
    """What `answered` answers once that is true."""
    deadline = time.monotonic() + seconds
    while not (answer := answered()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)
    return answer


def pids(plane):
    return [int(record.read_text().split()[0]) for record in plane.directory.glob("*.pid")]


def inodes_of(pid):
    """The sockets of a process."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            inodes.add(str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]"))
    return inodes


def listens(pid):
    """The local addresses of a process's listening TCP sockets, as /proc/net/tcp spells them."""
    inodes = inodes_of(pid)
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.append(fields[1].partition(":")[0])
    return found


def resident(pid):
    """Resident memory of a process (MiB)."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def deployment(name, replicas=2, volumes=(), **pod):
    mounts = [{"name": claim, "mountPath": f"/{claim}"} for claim in volumes]
    claims = [{"name": claim, "persistentVolumeClaim": {"claimName": claim}} for claim in volumes]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": "nginx", "volumeMounts": mounts}], "volumes": claims, **pod},
            },
        },
    }


def claim(name, storage_class, mode="ReadWriteOnce"):
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"storageClassName": storage_class, "accessModes": [mode], "resources": {"requests": {"storage": "5Gi"}}},
    }


def storage_class(name, provisioner, **fields):
    return {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}, "provisioner": provisioner, **fields}


def remotes(plane):
    """The addresses that sockets of the API server are connected, or being connected, to (IPv4)."""
    pid = (plane.directory / "kube-apiserver.pid").read_text().split()[0]
    inodes, found = inodes_of(pid), set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] in ("01", "02") and fields[9] in inodes:
                address = fields[2].partition(":")[0][-8:]
                found.add(".".join(str(byte) for byte in reversed(bytes.fromhex(address))))
    return found
