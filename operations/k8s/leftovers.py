"""What others make in the cluster, and what has to go before it does."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.command import Kubectl
from facts.k8s import Objects
from operations.differ import Change


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
