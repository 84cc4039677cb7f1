"""Waiting for what Kubernetes does by itself."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.address import Address, address_of
from connectors.rollout import Rollout
from facts.k8s import Object, Objects
from operations.differ import Change

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
def address(address: str, present: bool = True):
    """
    Wait until an Ingress has an address; mirrored it does nothing.

    + address: ``<namespace>/<Ingress>``
    + present: ``False`` waits for nothing

    **Idempotency:** an Ingress that has one is left alone.

    **Example:**

    .. code:: python

        k8s.address(address="airflow/airflow-ingress", name="Address of the UI")
    """
    namespace, _, ingress = address.partition("/")
    live = host.get_fact(Object, api_version="networking.k8s.io/v1", kind="Ingress", object=ingress, namespace=namespace) if present else None
    if not present:
        host.noop(f"ingress {address} is not waited for")
    elif address_of(live):
        host.noop(f"ingress {address} already has an address")
    else:
        yield Address(namespace, ingress)
