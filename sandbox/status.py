"""What `python -m sandbox status` and `env` print."""

import re
import sys
from pathlib import Path

from urllib3.exceptions import HTTPError

from sandbox import commands
from sandbox.home import home, read_daemon
from sandbox.kubernetes.api import Api, ApiError
from sandbox.lifecycle import ask
from sandbox.programs.modules import KUBERNETES


def print_status() -> int:
    daemon = read_daemon()
    if not daemon:
        print("the sandbox is down")
        return 3
    family = descendants(daemon.pid)
    used = {pid: memory(pid) for pid in family}
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
    of_pods = pods(family)
    rows += [row for c in clusters if c["processes"] for row in pod_rows(Path(c["kubeconfig"]), c["processes"]["namespaces"], of_pods, used)]
    rows += [("process", f"{pid} {command(pid)} {used[pid]:.0f} MiB") for pid in family if pid not in of_pods]
    rows += [("resident", f"{sum(used.values()):.0f} MiB in all")]
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


def pod_rows(kubeconfig: Path, namespaces: list[str], of_pods: dict[int, str], used: dict[int, float]) -> list[tuple[str, str]]:
    """A row for each pod that is processes: its state as `kubectl get pods` has it, restarts, memory."""
    rows = []
    try:
        found = [pod for namespace in namespaces for pod in Api(kubeconfig).items(f"/api/v1/namespaces/{namespace}/pods")]
    except (ApiError, HTTPError, OSError) as error:
        return [("pods", f"not known, the API server does not tell: {error}")]
    for pod in found:
        name, status = pod["metadata"]["name"], pod.get("status", {})
        containers = status.get("containerStatuses") or []
        waiting = [each["state"]["waiting"]["reason"] for each in containers if "waiting" in each.get("state", {})]
        state = "Terminating" if "deletionTimestamp" in pod["metadata"] else (waiting or [status.get("phase", "Pending")])[0]
        ready, restarts = sum(each["ready"] for each in containers), sum(each["restartCount"] for each in containers)
        own = [pid for pid, pod in of_pods.items() if pod == name]
        if own or state != "Succeeded":
            told = f"{ready}/{len(pod['spec']['containers'])} {state}, {restarts} restarts, {len(own)} processes, {sum(map(used.get, own)):.0f} MiB"
            rows.append(("pod", f"{name} {told}"))
    return sorted(rows)


def descendants(pid: int) -> dict[int, int | None]:
    """A process and all it has started, each with its parent, eldest first."""
    family, elders = {pid: None}, [pid]
    for parent in elders:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            children = {int(child): parent for child in read(task).split()}
            family |= children
            elders += children
    return family


def pods(family: dict[int, int | None]) -> dict[int, str]:
    """The pod of each process that is of one: what it was started with tells, or what the process was that started it."""
    found = {}
    for pid, parent in family.items():
        variables = dict(entry.partition("=")[::2] for entry in read(Path(f"/proc/{pid}/environ")).split("\0"))
        if {"HOSTNAME", "KUBERNETES_SERVICE_HOST"} <= variables.keys():
            found[pid] = variables["HOSTNAME"]
        elif parent in found:
            found[pid] = found[parent]
    return found


def memory(pid: int) -> float:
    """What it adds to the memory in use (MiB): of pages that several share, its share."""
    found = re.search(r"^Pss: +(\d+) kB", read(Path(f"/proc/{pid}/smaps_rollup")), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0


def read(path: Path) -> str:
    """A file of a process, which may have ended."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def command(pid: int) -> str:
    words = read(Path(f"/proc/{pid}/cmdline")).split("\0")
    return Path(words[words.index("-m") + 1] if "-m" in words else words[0]).name or "-"
