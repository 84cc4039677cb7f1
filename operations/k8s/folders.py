"""Manifests of a folder: what is applied from it is written down, so that what leaves the folder leaves the cluster."""

from __future__ import annotations

import json
from pathlib import Path

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.kubernetes.manifest import documents
from connectors.kubernetes.removal import Remove
from facts.k8s import Object
from operations.differ import Change
from operations.k8s.bundles import bundle
from operations.k8s.controllers import named
from operations.k8s.ownership import identity, kept, ours, where

SUFFIXES = (".yaml", ".yml")


@operation()
def folder(
    folder: str,
    directory: str | None = None,
    taken: list | None = None,
    owner: str | None = None,
    present: bool = True,
):
    """
    Apply/delete the objects of every YAML file of a folder, server-side, with a ConfigMap that lists them.

    + folder: ``<namespace>/<name>`` of the ConfigMap
    + directory: where the files are; folders in it are left out
    + taken: objects that are declared elsewhere, as ``ConfigMap/x in airflow``
    + owner: the deployment whose label each object carries: one of the same name without it is somebody else's, refused and never removed
    + present: whether they should exist

    **Idempotency:** only objects that the API server would change are applied; what is listed and no longer in the folder is removed. A file that
    is no manifest and an object that is declared elsewhere are refused.

    **Example:**

    .. code:: python

        k8s.folder(folder="airflow/airflow-manifests", directory="inventories/manifests", name="Manifests of the inventory")
    """
    space, _, record = folder.partition("/")
    objects = _objects(directory) if present else []
    for item in objects:
        if where(item) in (taken or ()):
            raise OperationError(f"{where(item)} of {directory} is the platform's own: give yours another name, or change that one with `values`")
    listed = host.get_fact(Object, api_version="v1", kind="ConfigMap", object=record, namespace=space)
    before = json.loads(listed["data"]["objects"]) if listed and ours(listed, owner) else []
    wanted = [identity(item) for item in objects]
    gone = [live for item in before if item not in wanted and (live := _live(item))]
    removed = [Remove("-f", "-", stdin=[identity(live)]).because([Change(named(live), "present", "absent")]) for live in kept(gone[::-1], owner)]
    if present:
        listing = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": record, "namespace": space}, "data": {"objects": json.dumps(wanted)}}
        applied = list(bundle._inner(bundle=record, objects=[listing, *objects], owner=owner))
        yield from removed
        yield from applied
    elif listed and kept([listed], owner):
        yield from removed
        yield Remove("-f", "-", stdin=[identity(listed)]).because([Change(named(listed), "present", "absent")])
    else:
        host.noop(f"manifests {folder} are already absent")


def _objects(directory: str) -> list[dict]:
    found = []
    for file in sorted(file for file in Path(directory).iterdir() if file.suffix in SUFFIXES):
        for item in documents(str(file)):
            if not isinstance(item, dict) or not item.get("apiVersion") or not item.get("kind") or not (item.get("metadata") or {}).get("name"):
                raise OperationError(f"{file}: an object has no apiVersion, kind or metadata.name; wanted Kubernetes manifests")
            found.append(item)
    return found


def _live(item: dict) -> dict | None:
    metadata = item["metadata"]
    return host.get_fact(Object, api_version=item["apiVersion"], kind=item["kind"], object=metadata["name"], namespace=metadata.get("namespace"))
