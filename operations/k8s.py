"""Operations on the deployment's Kubernetes cluster."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.address import Address, address_of
from connectors.command import Kubectl
from connectors.kubernetes import FIELD_MANAGER, REPLACED
from connectors.manifest import manifest
from connectors.rollout import Rollout
from facts.k8s import Object, Objects, Planned
from operations.differ import Change
from operations.leaves import differing_objects

WORKLOADS = (("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("batch/v1", "Job"))


@operation()
def bundle(bundle: str, overlay: dict | None = None, objects: list | None = None, once: bool = False, controller: str | None = None, present: bool = True):
    """
    Apply/delete the objects of ``manifests/<bundle>.yaml``, server-side.

    + bundle: name of the file, without suffix
    + overlay: by ``Kind/name``, what this deployment lays over the file's objects
    + objects: further objects that belong to the bundle
    + once: leave objects that exist as they are, whatever is in them
    + controller: ``<namespace>/<name>`` of the Deployment that has to let go of them; while it does not run, they are removed without it
    + present: whether they should exist

    **Idempotency:** only objects that the API server would change are applied; a Job or StorageClass that changed is made again.
    Deleting goes backwards and waits until the objects are gone.

    **Example:**

    .. code:: python

        k8s.bundle(bundle="storage", overlay={"StorageClass/efs-sc": {"parameters": {"fileSystemId": "fs-1"}}}, name="Storage classes")
    """
    wanted = manifest(bundle, overlay, objects)
    if once or not present:
        pairs = [(live, live) for live in (host.get_fact(Object, **_address(item)) for item in wanted.objects)]
    else:
        pairs = host.get_fact(Planned, manifest=wanted)
    for item, (_, planned) in zip(wanted.objects, pairs, strict=True):
        if planned and planned["kind"] == "Status":
            raise OperationError(f"bundle {bundle}: {planned['message']}: Kubernetes cannot change it, delete {_name(item)} first")
    if not present:
        live = [now for now, _ in reversed(pairs) if now]
        stuck = live if controller and live and not running(controller) else []
        yield from freed(stuck)
        for item in live:
            yield Kubectl("delete", "--ignore-not-found", "--wait", "--timeout=10m", "-f", "-", stdin=[_identity(item)]).because(
                [Change(_name(item), "present", "absent")]
            )
        if not live:
            host.noop(f"bundle {bundle} is already absent")
        return
    differ = [
        (item, now, changes) for item, (now, planned) in zip(wanted.objects, pairs, strict=True) if (changes := differing_objects(_name(item), now, planned))
    ]
    stale = [item for item, now, _ in differ if now and item["kind"] in REPLACED]
    if stale:
        yield Kubectl("delete", "--ignore-not-found", "--wait", "-f", "-", stdin=[_identity(item) for item in stale])
    if differ:
        changes = [change for _, _, found in differ for change in found]
        if not any(now for now, _ in pairs):
            changes = [Change("", None, "present", change.part) for change in changes]
        apply = Kubectl("apply", "--server-side", "--force-conflicts", f"--field-manager={FIELD_MANAGER}", "-f", "-", stdin=[item for item, _, _ in differ])
        yield apply.because(changes)
    else:
        host.noop(f"bundle {bundle} is already present")


@operation()
def leftovers(leftovers: str, api_version: str | None = None, kind: str | None = None, present: bool = True):
    """
    Remove all objects of a kind in a namespace, and the pods they own, while their controller runs. Declare it after the controller.

    + leftovers: ``<namespace>/<plural>.<group>``
    + api_version, kind: of the objects, as in a manifest
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none.

    **Example:**

    .. code:: python

        k8s.leftovers(
            leftovers="spark-team-a/sparkapplications.sparkoperator.k8s.io",
            api_version="sparkoperator.k8s.io/v1beta2",
            kind="SparkApplication",
            present=False,
            name="Spark applications",
        )
    """
    namespace, _, things = leftovers.partition("/")
    live = [] if present else host.get_fact(Objects, api_version=api_version, kind=kind, namespace=namespace) or []
    if live:
        yield Kubectl("delete", things, "--all", "--namespace", namespace, "--cascade=foreground", "--wait", "--timeout=10m")
    else:
        host.noop(f"{things} in {namespace} are {'left alone' if present else 'already absent'}")


@operation()
def volumes(volumes: str, present: bool = True):
    """
    Remove the claims whose volumes a CSI driver made, and wait until the volumes are gone, while the driver runs: nothing removes them
    afterwards. Declare it after the driver and before the first claim.

    + volumes: name of the driver
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none. Volumes that are to be retained are left behind.

    **Example:**

    .. code:: python

        k8s.volumes(volumes="ebs.csi.aws.com", present=False, name="Volumes of claims")
    """
    live = [] if present else host.get_fact(Objects, api_version="v1", kind="PersistentVolume") or []
    made = [item["spec"] | item for item in live if (item["spec"].get("csi") or {}).get("driver") == volumes]
    claims = [item["claimRef"] for item in made if item["status"]["phase"] == "Bound"]
    leaving = [f"persistentvolume/{item['metadata']['name']}" for item in made if item["persistentVolumeReclaimPolicy"] == "Delete"]
    for claim in claims:
        named = ["persistentvolumeclaim", claim["name"], "--namespace", claim["namespace"]]
        yield Kubectl("delete", *named, "--ignore-not-found", "--wait", "--timeout=10m").because([Change(f"claim {claim['name']}", "present", "absent")])
    if leaving:
        yield Kubectl("wait", "--for=delete", *leaving, "--timeout=10m", missing=("NotFound",))
    if not claims and not leaving:
        host.noop(f"volumes of {volumes} are {'left alone' if present else 'already absent'}")


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


def _name(item: dict) -> str:
    return f"{item['kind']}/{item['metadata']['name']}"


def _address(item: dict) -> dict:
    return {"api_version": item["apiVersion"], "kind": item["kind"], "object": item["metadata"]["name"], "namespace": item["metadata"].get("namespace")}


def _identity(item: dict) -> dict:
    metadata = {key: item["metadata"][key] for key in ("name", "namespace") if key in item["metadata"]}
    return {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": metadata}


def running(deployment: str) -> bool:
    """Whether a Deployment, ``<namespace>/<name>``, has a pod that is ready."""
    namespace, _, name = deployment.partition("/")
    now = host.get_fact(Object, api_version="apps/v1", kind="Deployment", object=name, namespace=namespace) or {}
    return bool((now.get("status") or {}).get("availableReplicas"))


def freed(items: list[dict]):
    """
    The last resort for objects whose controller is gone: their finalizers are removed by hand, and what they stand for is left behind.

    + items: live objects
    """
    for item in items:
        if finalizers := item["metadata"].get("finalizers"):
            group, _, _ = item["apiVersion"].rpartition("/")
            where = ["--namespace", item["metadata"]["namespace"]] if "namespace" in item["metadata"] else []
            thing = f"{item['kind'].lower()}.{group}/{item['metadata']['name']}" if group else f"{item['kind'].lower()}/{item['metadata']['name']}"
            patch = Kubectl("patch", thing, *where, "--type=merge", "--patch", '{"metadata":{"finalizers":null}}')
            yield patch.because([Change(f"{_name(item)} finalizers, whose controller does not run", finalizers, None)])
