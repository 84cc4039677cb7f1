"""The objects this project declares."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.command import Kubectl
from connectors.kubernetes.cluster import FIELD_MANAGER, REPLACED
from connectors.kubernetes.manifest import Manifest, manifest
from connectors.kubernetes.removal import Remove
from facts.k8s import Object, Planned
from operations.differ import Change
from operations.documents import differing_objects
from operations.k8s.controllers import freed, named, running
from operations.k8s.ownership import claimed, identity, kept, labelled


@operation()
def bundle(
    bundle: str,
    overlay: dict | None = None,
    objects: list | None = None,
    once: bool = False,
    controller: str | None = None,
    owner: str | None = None,
    present: bool = True,
):
    """
    Apply/delete the objects of ``manifests/<bundle>.yaml``, server-side.

    + bundle: name of the file, without suffix
    + overlay: by ``Kind/name``, what this deployment lays over the file's objects
    + objects: further objects that belong to the bundle
    + once: leave objects that exist as they are, whatever is in them
    + controller: ``<namespace>/<name>`` of the Deployment that has to let go of them; while it does not run, they are removed without it
    + owner: the deployment whose label each of them carries: one of the same name without it is somebody else's, refused and never removed
    + present: whether they should exist

    **Idempotency:** only objects that the API server would change are applied; a Job or StorageClass that changed is made again.
    Deleting goes backwards and waits until the objects are gone; namespaces take their time, `k8s.gone` waits for them.

    **Example:**

    .. code:: python

        k8s.bundle(bundle="storage", overlay={"StorageClass/efs-sc": {"parameters": {"fileSystemId": "fs-1"}}}, name="Storage classes")
    """
    plain = manifest(bundle, overlay, objects)
    wanted = Manifest(plain.bundle, [labelled(item, owner) for item in plain.objects])
    if once or not present:
        pairs = [(live, live) for live in (host.get_fact(Object, **_address(item)) for item in wanted.objects)]
    else:
        pairs = host.get_fact(Planned, manifest=wanted)
    there = [now for now, _ in pairs if now]
    if not present:
        yield from _removed(bundle, kept(there[::-1], owner), controller)
        return
    claimed(f"bundle {bundle}", there, owner)
    for item, (_, planned) in zip(wanted.objects, pairs, strict=True):
        if planned and planned["kind"] == "Status":
            raise OperationError(f"bundle {bundle}: {planned['message']}: Kubernetes cannot change it, delete {named(item)} first")
    differ = [
        (item, now, changes) for item, (now, planned) in zip(wanted.objects, pairs, strict=True) if (changes := differing_objects(named(item), now, planned))
    ]
    stale = [item for item, now, _ in differ if now and item["kind"] in REPLACED]
    if stale:
        yield Remove("-f", "-", stdin=[identity(item) for item in stale])
    if differ:
        changes = [change for _, _, found in differ for change in found]
        if not there:
            changes = [Change("", None, "present", change.part) for change in changes]
        new = [item for item, now, _ in differ if not now]
        yield from _applied([item for item, now, _ in differ if now], new, changes)
    else:
        host.noop(f"bundle {bundle} is already present")


def _applied(ours: list[dict], new: list[dict], changes: list[Change]):
    """Only what is known to be ours is taken from who else changed it: of what was not there yet, nothing."""
    for items, force in ((ours, ["--force-conflicts"]), (new, [])):
        if items:
            yield Kubectl("apply", "--server-side", *force, f"--field-manager={FIELD_MANAGER}", "-f", "-", stdin=items).because(changes)
            changes = []


def _removed(bundle: str, live: list[dict], controller: str | None):
    yield from freed(live if controller and live and not running(controller) else [])
    for item in live:
        yield _removal(item).because([Change(named(item), "present", "absent")])
    if not live:
        host.noop(f"bundle {bundle} is already absent")


def _removal(item: dict):
    if item["kind"] == "Namespace":
        return Kubectl("delete", "namespace", item["metadata"]["name"], "--ignore-not-found", "--wait=false")
    return Remove("-f", "-", stdin=[identity(item)])


def _address(item: dict) -> dict:
    return {"api_version": item["apiVersion"], "kind": item["kind"], "object": item["metadata"]["name"], "namespace": item["metadata"].get("namespace")}
