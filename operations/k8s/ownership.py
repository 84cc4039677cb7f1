"""Whose an object of Kubernetes is: its label tells, and of one that is older than the label who applied it."""

from __future__ import annotations

from pyinfra.context import host

from connectors.commands.reference import DEPLOYMENT_TAG
from connectors.kubernetes.cluster import FIELD_MANAGER
from facts.k8s import Object
from operations.foreign import lacking, leave, met
from operations.k8s.controllers import named


def labelled(item: dict, owner: str | None) -> dict:
    """
    A manifest with the label of its deployment.

    + owner: the deployment
    """
    metadata = item["metadata"]
    return {**item, "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), DEPLOYMENT_TAG: owner}}} if owner else item


def ours(item: dict, owner: str | None, older: bool | None = None) -> bool:
    """
    Whether a live object is the deployment's.

    + owner: the deployment; without one everything is
    + older: whether one without the label is: as a rule, whether this project applied it
    """
    if not owner:
        return True
    carried = owner_of(item)
    if carried is None:
        return _applied(item, owner) if older is None else older
    return carried == owner


def claimed(who: str, items: list[dict], owner: str | None) -> None:
    """
    Raise when objects that are there are not the deployment's.

    + who: what wants them
    + items: live objects
    """
    if strange := [item for item in items if not ours(item, owner)]:
        theirs = ", ".join(f"{named(item)} {lacking('label', owner, owner_of(item))}" for item in strange)
        met(f"{who}: {theirs}", f"remove it, or give it to the deployment with `{'; '.join(adoption(item, owner) for item in strange)}`", present=True)


def kept(items: list[dict], owner: str | None, older: bool | None = None) -> list[dict]:
    """
    Of live objects that are to go those that are the deployment's; the others are named and left alone.

    + items: live objects
    + owner, older: as in `ours`
    """
    for item in items:
        if not ours(item, owner, older):
            leave(f"{where(item)} {lacking('label', owner, owner_of(item))}")
    return [item for item in items if ours(item, owner, older)]


def adoption(item: dict, owner: str) -> str:
    """The command that makes an object the deployment's."""
    metadata = item["metadata"]
    group = item["apiVersion"].rpartition("/")[0]
    kind = f"{item['kind'].lower()}.{group}" if group else item["kind"].lower()
    space = f" --namespace {metadata['namespace']}" if metadata.get("namespace") else ""
    return f"kubectl label{space} {kind}/{metadata['name']} {DEPLOYMENT_TAG}={owner}{'' if owner_of(item) is None else ' --overwrite'}"


def identity(item: dict) -> dict:
    """What kubectl needs to know of an object to remove it."""
    metadata = {key: item["metadata"][key] for key in ("name", "namespace") if key in item["metadata"]}
    return {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": metadata}


def owner_of(item: dict) -> str | None:
    """The deployment an object's label names."""
    return (item["metadata"].get("labels") or {}).get(DEPLOYMENT_TAG)


def where(item: dict) -> str:
    """An object's kind and name, and its namespace where it has one."""
    space = item["metadata"].get("namespace")
    return f"{named(item)}{f' in {space}' if space else ''}"


def _applied(item: dict, owner: str) -> bool:
    """Whether this project applied an object; one that nobody set a field of, such as a ServiceAccount that is a name alone, goes by its namespace."""
    managers = {entry.get("manager") for entry in item["metadata"].get("managedFields") or []}
    if managers or not (space := item["metadata"].get("namespace")):
        return FIELD_MANAGER in managers
    home = host.get_fact(Object, api_version="v1", kind="Namespace", object=space)
    return bool(home) and ours(home, owner)
