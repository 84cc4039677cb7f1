"""Facts about the deployment's Kubernetes cluster; everything is absent while there is no cluster."""

from __future__ import annotations

import json

from pyinfra.api import FactBase

from connectors.commands.command import KubernetesPlan, KubernetesRead
from connectors.commands.reference import MaskedValue
from connectors.kubernetes import logs
from connectors.kubernetes.cluster import FIELD_MANAGER

APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class KubernetesFact(FactBase):
    """One read of the API server; ``None`` when the thing, or the whole cluster, is absent."""

    def process(self, output):
        return json.loads("\n".join(output))


class Object(KubernetesFact):
    """
    Returns one object as the API server keeps it, or ``None``; the values of a Secret are hidden.

    + api_version, kind: as in a manifest
    + object: its name
    + namespace: its namespace, ``None`` for cluster-wide kinds

    .. code:: python

        {"kind": "PersistentVolumeClaim", "metadata": {"name": "airflow-dags", ...}, "status": {"phase": "Bound"}, ...}
    """

    def command(self, api_version, kind, object, namespace=None):
        return KubernetesRead(api_version, kind, object, namespace)

    def process(self, output):
        return hidden(super().process(output))


class Objects(KubernetesFact):
    """
    Returns all objects of a kind as a list, or ``None`` when there is no cluster; the values of Secrets are hidden.

    + api_version, kind: as in a manifest
    + namespace: only those in it
    + selector: only those with these labels
    """

    def command(self, api_version, kind, namespace=None, selector=None):
        return KubernetesRead(api_version, kind, None, namespace, selector)

    def process(self, output):
        return [hidden(item) for item in super().process(output)]


class Planned(KubernetesFact):
    """
    Returns, for each object of a manifest, what is live (or ``None``) and what applying it would make of it; a ``Status`` where it is refused.

    + manifest: a `connectors.kubernetes.manifest.Manifest`
    + manager: who applies it
    + namespace: where its objects are that name none
    + applied: objects of it that have been applied like this before: only what they set is looked at
    """

    def command(self, manifest, manager=FIELD_MANAGER, namespace=None, applied=None):
        return KubernetesPlan(manifest.objects, manager, namespace, applied.objects if applied else ())


class Logs(KubernetesFact):
    """
    Returns the lines a container of a workload said lately, none where nothing of it runs.

    + workload: ``deployment/airflow-dag-processor``
    + namespace: where it is
    + container: which of its pod's
    + since: as kubectl spells a time, ``10m``
    """

    def command(self, workload, namespace, container, since):
        return logs.Logs(workload, namespace, container, since)


def hidden(item: dict) -> dict:
    """
    An object as it may be shown.

    + item: the object as the API server keeps it
    """
    if item.get("kind") != "Secret":
        return item
    metadata = item["metadata"]
    if APPLIED in (metadata.get("annotations") or {}):
        metadata = {**metadata, "annotations": {**metadata["annotations"], APPLIED: MaskedValue(metadata["annotations"][APPLIED])}}
    return {**item, "metadata": metadata, "data": {key: MaskedValue(value) for key, value in (item.get("data") or {}).items()}}
