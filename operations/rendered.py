"""The objects of a helm release: what is live of them, and what an upgrade would make of them."""

from __future__ import annotations

from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.reference import known, uncertain
from connectors.kubernetes.manifest import Manifest, rendered
from facts.helm import Rendered
from facts.k8s import Planned
from operations.differ import Change
from operations.documents import differing_objects

MANAGER = "helm"
AGAINST_VALUES = ("specifications of the schema", "execution error at", "error calling", "parse error", "evaluating")
AGAINST_OTHERS = "cannot be imported into the current release"
AGAINST_CHART = ("failed to download", "failed to fetch", "failed to perform", "cannot be reached", "no chart", "not found", "chart requires")


def manifest_of_upgrade(release: str, namespace: str, origin: list[str], values: dict) -> tuple[str, tuple[Change, ...]]:
    """
    What an upgrade would render, or a change that says why that is not known.

    + release, namespace: which
    + origin: the chart, as helm's arguments
    + values: what it would be given

    Raises `OperationError` when helm would refuse it.
    """
    if uncertain(known(values)):
        return "", (Change("objects", None, "known when what the values refer to is made"),)
    answer = host.get_fact(Rendered, release=release, namespace=namespace, origin=origin, values=values)
    refusal = answer.get("refusal", "")
    if any(text in refusal for text in AGAINST_VALUES):
        raise OperationError(f"release {release}: helm refuses the values: {refusal}: correct values/{release}.yaml or the setting behind it")
    if AGAINST_OTHERS in refusal:
        raise OperationError(f"release {release}: an object that it would add is there and is somebody else's: {refusal}: remove it, or have helm own it")
    if any(text in refusal for text in AGAINST_CHART) and "no matches for kind" not in refusal:
        raise unavailable(f"release {release}", refusal)
    return answer.get("manifest", ""), ((Change("objects", None, f"not known before the upgrade: {refusal}"),) if refusal else ())


def unavailable(who: str, refusal: str) -> OperationError:
    """What is said of a chart that cannot be had."""
    return OperationError(f"{who}: the chart cannot be had: {refusal}: correct `charts` or `chart_mirror`")


def differing_release(release: str, namespace: str, applied: str, wanted: str) -> tuple[Change, ...]:
    """
    Where a release's live objects are not what its manifest wants: each field that the chart sets counts, others do not.

    + release, namespace: which
    + applied: the manifest that was applied last
    + wanted: the manifest that is wanted

    Raises `OperationError` when the API server would refuse an object.
    """
    before, objects = ([_marked(item, release, namespace) for item in rendered(text)] for text in (applied, wanted))
    pairs = host.get_fact(Planned, manifest=Manifest(release, objects), manager=MANAGER, namespace=namespace, applied=Manifest(release, before))
    changes = []
    for item, (live, planned) in zip(objects, pairs, strict=True):
        if planned.get("kind") == "Status":
            raise OperationError(f"release {release}: {planned['message']}: Kubernetes cannot change it, delete {_name(item)} first")
        if live is not None or not _expires(item):
            changes += differing_objects(_name(item), live, planned)
    kept = {_name(item) for item in objects}
    return (*changes, *(Change("", "present", "absent", name) for name in map(_name, before) if name not in kept))


def _marked(item: dict, release: str, namespace: str) -> dict:
    """An object with what helm adds to all it applies."""
    metadata = item["metadata"]
    labels = {**(metadata.get("labels") or {}), "app.kubernetes.io/managed-by": "Helm"}
    owner = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace}
    return {**item, "metadata": {**metadata, "labels": labels, "annotations": {**(metadata.get("annotations") or {}), **owner}}}


def _expires(item: dict) -> bool:
    """Whether Kubernetes removes it by itself once it is done."""
    return item["kind"] == "Job" and item["spec"].get("ttlSecondsAfterFinished") is not None


def _name(item: dict) -> str:
    return f"{item['kind']}/{item['metadata']['name']}"
