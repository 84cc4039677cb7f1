"""What `python -m sandbox status` and `env` print."""

import sys
from pathlib import Path

from sandbox import commands
from sandbox.home import home, read_daemon
from sandbox.lifecycle import ask
from sandbox.programs.modules import KUBERNETES


def print_status() -> int:
    daemon = read_daemon()
    if not daemon:
        print("the sandbox is down")
        return 3
    family = descendants(daemon.pid)
    resident = {pid: memory(pid) for pid in family}
    rows = [
        ("endpoint", daemon.endpoint),
        ("home", str(home())),
        ("account", daemon.account_id),
        ("region", daemon.region),
        ("time scale", f"{ask(daemon, 'time-scale')['time_scale']:g}"),
    ]
    clusters = ask(daemon, "clusters")
    rows += [("cluster", f"{c['name']} ({c['region']}) {c['status']} {version_of(c)} {c['endpoint'] or ''}") for c in clusters]
    rows += [row for c in clusters if c["processes"] for row in node_rows(c["processes"])]
    rows += [("karpenter", told) for told in ask(daemon, "karpenter")]
    pods: dict[str, list[int]] = {}
    for pid in family:
        if name := pod_of(pid):
            pods.setdefault(name, []).append(pid)
    rows += [("pod", f"{name} {len(pids)} processes {sum(resident[pid] for pid in pids):.0f} MiB") for name, pids in sorted(pods.items())]
    own = [pid for pid in family if not any(pid in pids for pids in pods.values())]
    rows += [("process", f"{pid} {command(pid)} {resident[pid]:.0f} MiB") for pid in own]
    rows += [("resident", f"{sum(resident.values()):.0f} MiB in all")]
    for name, value in rows:
        print(f"{name:<10}  {value}")
    return 0


def version_of(cluster: dict) -> str:
    """The version EKS answers, and that of the control plane's programs where it is another: these stay as they were built."""
    version = cluster["version"]
    return version if not cluster["kubeconfig"] or KUBERNETES.startswith(f"v{version}.") else f"{version} (its programs are Kubernetes {KUBERNETES})"


def node_rows(node: dict) -> list[tuple[str, str]]:
    """Of the node whose pods are processes."""
    state, namespaces = "up" if node["running"] else "starting", ", ".join(node["namespaces"])
    rows = [("processes", f"{state}: pods of {namespaces}; exec probes one at a time and {node['stretch']} times slower")]
    return rows + [("port", f"127.0.0.1:{port} leads to {target}") for port, target in node["published"].items()]


def print_environment() -> int:
    daemon = read_daemon()
    if not daemon:
        print("sandbox: it is not up: python -m sandbox up", file=sys.stderr)
        return 1
    variables = {
        "AWS_ENDPOINT_URL": daemon.endpoint,
        "AWS_ACCESS_KEY_ID": daemon.access_key_id,
        "AWS_SECRET_ACCESS_KEY": daemon.secret_access_key,
        "AWS_REGION": daemon.region,
        "AWS_DEFAULT_REGION": daemon.region,
    }
    kubeconfigs = [cluster["kubeconfig"] for cluster in ask(daemon, "clusters") if cluster["kubeconfig"]]
    if kubeconfigs:
        variables["KUBECONFIG"] = ":".join(kubeconfigs)
    if ask(daemon, "faults")["in_force"]:
        variables["PATH"] = f"{commands.directory()}:$PATH"
    for name, value in variables.items():
        print(f"export {name}={value}")
    return 0


def descendants(pid: int) -> list[int]:
    """A process and all it has started, eldest first."""
    family = [pid]
    for parent in family:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            family += [int(child) for child in task.read_text().split()]
    return family


def pod_of(pid: int) -> str | None:
    """The pod that a process is of, if it is of one."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return None
    named = dict(entry.partition(b"=")[::2] for entry in variables)
    return named[b"HOSTNAME"].decode(errors="replace") if {b"HOSTNAME", b"KUBERNETES_SERVICE_HOST"} <= named.keys() else None


def memory(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20
    except FileNotFoundError:
        return 0


def command(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return "-"
    module = words[words.index(b"-m") + 1] if b"-m" in words else words[0]
    return Path(module.decode(errors="replace")).name
