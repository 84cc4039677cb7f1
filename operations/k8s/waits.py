"""Waiting for what Kubernetes does by itself."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import Kubectl
from connectors.kubernetes.address import Address, address_of
from connectors.kubernetes.removal import Remove
from connectors.kubernetes.rollout import Rollout
from facts.k8s import Object, Objects
from operations.differ import Change
from operations.k8s.ownership import kept

WORKLOADS = (("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("batch/v1", "Job"))


@operation()
def ready(ready: str, workloads: list, present: bool = True):
    """
    Wait until workloads are rolled out and jobs are done; mirrored it does nothing.

    + ready: the namespace they are in; where a namespace is waited for more than once, followed by what for: ``kube-system/scaling``
    + workloads: their names, as ``Deployment/airflow-scheduler``
    + present: ``False`` waits for nothing

    **Idempotency:** a workload that is not ready drifts by one wait.

    **Example:**

    .. code:: python

        k8s.ready(ready="airflow", workloads=["Deployment/airflow-scheduler"], name="Airflow is ready")
    """
    namespace = ready.partition("/")[0]
    if not present:
        host.noop(f"nothing is waited for in {namespace}")
        return
    rollout = Rollout(namespace, workloads)
    live = [item for api, kind in WORKLOADS for item in host.get_fact(Objects, api_version=api, kind=kind, namespace=namespace) or []]
    if waiting := rollout.waiting(live):
        yield rollout.because([Change("workloads", ", ".join(waiting), "ready")])
    else:
        host.noop(f"workloads of {ready} are already ready")


@operation()
def gone(gone: str, owner: str | None = None, present: bool = True):
    """
    Wait until a namespace is gone whose removal was started. Declare it before the bundle it is in.

    + gone: its name
    + owner: the deployment: a namespace without its label is somebody else's and stays
    + present: ``True`` waits for nothing

    **Idempotency:** nothing is done while it is wanted, or when it is gone.

    **Example:**

    .. code:: python

        k8s.gone(gone="monitoring", present=False, name="Namespace monitoring")
    """
    live = None if present else host.get_fact(Object, api_version="v1", kind="Namespace", object=gone)
    if live and kept([live], owner):
        yield Remove("namespace", gone)
    else:
        host.noop(f"namespace {gone} is {'wanted' if present else 'already absent'}")


@operation()
def address(address: str, owner: str | None = None, present: bool = True):
    """
    Wait until an Ingress has an address; unwanted, start its removal: what its controller made takes a while to go.

    + address: ``<namespace>/<Ingress>``
    + owner: the deployment: an Ingress without its label is somebody else's and stays
    + present: whether it should exist

    **Idempotency:** an Ingress that has one, or is on its way out, is left alone.

    **Example:**

    .. code:: python

        k8s.address(address="airflow/airflow-ingress", name="Address of the UI")
    """
    namespace, _, ingress = address.partition("/")
    live = host.get_fact(Object, api_version="networking.k8s.io/v1", kind="Ingress", object=ingress, namespace=namespace)
    if not present:
        mine = kept([live], owner) if live else []
        if mine and not live["metadata"].get("deletionTimestamp"):
            yield Kubectl("delete", "ingress", ingress, "--namespace", namespace, "--ignore-not-found", "--wait=false")
        else:
            host.noop(f"ingress {address} is {'being removed' if mine else 'already absent'}")
    elif address_of(live):
        host.noop(f"ingress {address} already has an address")
    else:
        yield Address(namespace, ingress)
