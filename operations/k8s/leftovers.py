"""What others make in the cluster, and what has to go before it does."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import Kubectl
from connectors.kubernetes.removal import Remove
from facts.k8s import Object, Objects
from operations.differ import Change
from operations.k8s.controllers import freed, running
from operations.k8s.guests import using
from operations.k8s.ownership import identity, kept, where

DRIVERS = {"ebs.csi.aws.com": "kube-system/ebs-csi-controller", "efs.csi.aws.com": "kube-system/efs-csi-controller"}
"""What makes and removes the volumes of each driver."""


@operation()
def leftovers(
    leftovers: str,
    api_version: str | None = None,
    kind: str | None = None,
    controller: str | None = None,
    owner: str | None = None,
    present: bool = True,
):
    """
    Remove all objects of a kind in a namespace, and the pods they own, while their controller runs. Declare it after the controller.

    + leftovers: ``<namespace>/<plural>.<group>``
    + api_version, kind: of the objects, as in a manifest
    + controller: ``<namespace>/<name>`` of the Deployment that has to let go of them; while it does not run, they are removed without it
    + owner: the deployment: in a namespace without its label they are somebody else's and stay
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
    if live and (not owner or kept([host.get_fact(Object, api_version="v1", kind="Namespace", object=namespace)], owner)):
        yield from freed(live if controller and not running(controller) else [])
        yield Remove(things, "--namespace", namespace, how=("--all", "--cascade=foreground"))
    else:
        host.noop(f"{things} in {namespace} are {'left alone' if present else 'already absent'}")


@operation()
def volumes(volumes: str, present: bool = True):
    """
    Remove the claims whose volumes a CSI driver made, whoever's they are, what uses them before, and wait until the volumes are gone, while
    the driver runs: nothing removes them afterwards. Declare it after the driver and before the first claim.

    + volumes: name of the driver
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none. Volumes that are to be retained are left behind; while the
    driver does not run, so are the others: see `ec2.volumes`.

    **Example:**

    .. code:: python

        k8s.volumes(volumes="ebs.csi.aws.com", present=False, name="Volumes of claims")
    """
    live = [] if present else host.get_fact(Objects, api_version="v1", kind="PersistentVolume") or []
    made = [item["spec"] | item for item in live if (item["spec"].get("csi") or {}).get("driver") == volumes]
    claims = [item["claimRef"] for item in made if item["status"]["phase"] == "Bound"]
    going = [item for item in made if item["persistentVolumeReclaimPolicy"] == "Delete"]
    leaving = [f"persistentvolume/{item['metadata']['name']}" for item in going] if going and running(DRIVERS[volumes]) else []
    if users := using(claims) if claims else []:
        because = [Change(f"{where(item)}, which holds a claim", "present", "absent") for item in users]
        yield Remove("-f", "-", stdin=[identity(item) for item in users]).because(because)
    for claim in claims:
        named = ["persistentvolumeclaim", claim["name"], "--namespace", claim["namespace"]]
        yield Remove(*named).because([Change(f"claim {claim['name']}", "present", "absent")])
    if leaving:
        yield Kubectl("wait", "--for=delete", *leaving, "--timeout=10m", missing=("NotFound",))
    if not claims and not leaving:
        host.noop(f"volumes of {volumes} are {'left alone' if present else 'already absent'}")
