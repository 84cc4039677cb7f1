"""What is derived from the whole platform: watches over collections that many parts add to, and waits for namespaces."""

from __future__ import annotations

from dataclasses import replace

from connectors.kubernetes.manifest import manifest
from deploys.want import Want, strays, want
from operations import eks, iam, k8s
from operations.strays import strays as watch
from settings import Settings


def watches(settings: Settings, wants: list[Want]) -> list[Want]:
    """
    The watches over roles, access entries and pod identities that no part of the platform lists any more.

    They come before all else, so that cleanup, which runs backwards, looks for them when nothing uses them any more.

    + settings: of the deployment
    + wants: everything the platform wants
    """
    cluster = {"cluster": settings.deployment}
    return [
        strays(watch, "iam.role", listed=_listed(wants, iam.role)),
        strays(watch, "eks.access_entry", listed=_listed(wants, eks.access_entry), within=cluster),
        strays(watch, "eks.pod_identity", listed=_listed(wants, eks.pod_identity), within=cluster),
    ]


def namespaces_gone(wants: list[Want]) -> list[Want]:
    """
    The wants with a wait for the removal of each namespace as soon as there is a cluster: mirrored, all namespaces go at once and are
    waited for when nothing is left but the cluster.

    + wants: everything the platform wants
    """
    place = next(number for number, item in enumerate(wants) if item.kind == "eks.cluster_active") + 1
    bundles = [item for item in wants if item.kind == "k8s.bundle"]
    waits = [replace(want(k8s.gone, name, present=item.present), part=item.part) for item in bundles for name in _namespaces(item)]
    return [*wants[:place], *waits, *wants[place:]]


def _namespaces(bundle: Want) -> list[str]:
    objects = manifest(bundle.subject, objects=bundle.fields.get("objects")).objects
    return [item["metadata"]["name"] for item in objects if item["kind"] == "Namespace"]


def _listed(wants: list[Want], operation) -> list[str]:
    return [item.subject for item in wants if item.operation is operation]
