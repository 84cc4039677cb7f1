"""What an inventory brings of its own: values laid over the project's, and manifests."""

from __future__ import annotations

from dataclasses import replace

from connectors.kubernetes.manifest import manifest
from deploys.want import Want, want
from operations import k8s
from operations.k8s.ownership import where
from settings import Settings
from settings.overrides import merge

FOLDER = "airflow/airflow-manifests"


def own(settings: Settings, wants: list[Want]) -> list[Want]:
    """
    The wants with the inventory's values laid over each release's, and its manifests after everything else.

    + settings: of the deployment
    + wants: everything the platform wants
    """
    present = settings.manifests is not None
    taken = [name for item in wants if present and item.kind == "k8s.bundle" for name in _names(item)]
    manifests = want(k8s.folder, FOLDER, directory=settings.manifests, taken=taken, present=present)
    return [*(_laid_over(settings, item) for item in wants), manifests]


def _laid_over(settings: Settings, item: Want) -> Want:
    values = settings.values_of(item.subject) if item.kind == "helm.release" else {}
    return replace(item, fields={**item.fields, "overlay": merge(item.fields.get("overlay") or {}, values)}) if values else item


def _names(bundle: Want) -> list[str]:
    return [where(item) for item in manifest(bundle.subject, objects=bundle.fields.get("objects")).objects]
