"""The custom resource definitions that charts bring along."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.reference import DEPLOYMENT_TAG
from connectors.kubernetes.definitions import CHART, VERSION, Definitions
from connectors.kubernetes.removal import Remove
from facts.helm import DefinitionNames
from facts.k8s import Objects
from operations.differ import Change
from operations.helm.origins import origin_of
from operations.k8s.ownership import claimed, kept
from operations.rendered import unavailable

DEFINITIONS = {"api_version": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}


@operation()
def crds(crds: str, version: str | None = None, source: str | None = None, owner: str | None = None, present: bool = True):
    """
    Apply/delete the CRDs in a chart's ``crds/``, server-side: helm installs them once and never upgrades them, and some are too large for a
    client-side apply. Declare it before the release.

    + crds: name of the chart
    + version: the chart's exact version
    + source: where the chart comes from, as in `release`
    + owner: the deployment whose label they carry: one of the same name without it is somebody else's, refused and never removed
    + present: whether they should exist; without them their objects go too

    **Idempotency:** they are applied again when a label tells that they came from another version of the chart.

    **Example:**

    .. code:: python

        helm.crds(crds="spark-operator", version="2.5.2", source="https://kubeflow.github.io/spark-operator", name="CRDs of the Spark operator")
    """
    live = host.get_fact(Objects, **DEFINITIONS, selector=f"{CHART}={crds}")
    mine = kept(live or [], owner, older=True)
    if not present:
        if mine:
            yield Remove("customresourcedefinition", *(item["metadata"]["name"] for item in mine))
        else:
            host.noop(f"CRDs of {crds} are already absent")
        return
    labels = [item["metadata"]["labels"] for item in mine]
    versions = sorted({label.get(VERSION, "") for label in labels})
    changes = [Change("chart version", ", ".join(versions) or None, version)] if versions != [version] else []
    changes += [Change(DEPLOYMENT_TAG, None, owner, "label")] if any(label.get(DEPLOYMENT_TAG) != owner for label in labels) else []
    if not changes:
        host.noop(f"CRDs of {crds} are already present")
        return
    origin = origin_of(crds, version, source)
    if owner and live is not None:
        brought = host.get_fact(DefinitionNames, origin=origin)
        if "refusal" in brought:
            raise unavailable(f"CRDs of {crds}", brought["refusal"])
        claimed(f"CRDs of {crds}", [item for item in host.get_fact(Objects, **DEFINITIONS) if item["metadata"]["name"] in brought["names"]], owner)
    yield Definitions(crds, version, origin, owner).because(changes)
