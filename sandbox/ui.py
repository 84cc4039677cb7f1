"""What `python -m sandbox ui` and `password` print: where the Airflow of the pods that are processes is, how to log in, and what to try next."""

import base64
import os
import shutil
import sys
from pathlib import Path

from sandbox.home import read_daemon
from sandbox.kubernetes.api import Api
from sandbox.lifecycle import ask

ADMIN = "/api/v1/namespaces/airflow/secrets/airflow-platform-admin"
PLAYED = "Airflow's pods are played, so there is no UI to open: make down, then make sandbox PODS=processes for an Airflow that runs"
DAG = "hello_world_scheduled_dag"


def print_ui() -> int:
    found = _cluster()
    if not found:
        print(PLAYED)
        return 0
    port = next(iter(found["processes"]["published"]))
    this = f"{sys.executable if not _is_here() else '.venv/bin/python'} -m sandbox"
    for name, value in (
        ("Airflow's UI", f"http://127.0.0.1:{port}"),
        ("log in as", f"admin, with the password that this prints: {this} password"),
        ("a DAG", f"{DAG}: unpause it on its page; the log of its tasks comes from S3"),
        ("try next", f"{this} status"),
        ("", f'eval "$({this} env)"'),
        ("", f"{_kubectl()} --namespace airflow get pods --watch"),
    ):
        print(f"{name + ':' if name else '':<15} {value}")
    return 0


def print_password() -> int:
    found = _cluster()
    secret = Api(Path(found["kubeconfig"])).get(ADMIN) if found else None
    if not secret:
        print(f"sandbox: there is no Airflow that runs: {PLAYED}" if not found else "sandbox: Airflow is not installed yet", file=sys.stderr)
        return 1
    print(base64.b64decode(secret["data"]["password"]).decode())
    return 0


def _cluster() -> dict | None:
    """The first cluster whose pods are processes."""
    daemon = read_daemon()
    return next((cluster for cluster in ask(daemon, "clusters") if cluster.get("processes")), None) if daemon else None


def _kubectl() -> str:
    """kubectl where there is none on the PATH: the one that an install has fetched."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airflow-on-eks"
    fetched = sorted(cache.glob("tools/*/kubectl"))
    return "kubectl" if shutil.which("kubectl") or not fetched else str(fetched[-1])


def _is_here() -> bool:
    return Path(sys.executable) == Path.cwd() / ".venv/bin/python"
