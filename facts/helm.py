"""Facts about helm releases, read from where helm keeps them: Secrets in the release's namespace."""

from __future__ import annotations

import base64
import gzip
import json

from connectors.commands.command import KubernetesRead
from connectors.tools.rendering import Definitions, Rendering
from facts.k8s import KubernetesFact


class Release(KubernetesFact):
    """
    Returns a release's newest revision, or ``None``: ``version`` (the revision), ``info.status``, ``chart`` (its metadata),
    ``config`` (the values it was given), ``manifest`` (what was rendered), ``labels`` (those it was given, and helm's own).

    + release: its name
    + namespace: where it is

    .. code:: python

        {"name": "airflow", "version": 3, "info": {"status": "deployed"}, "chart": {"name": "airflow", "version": "1.22.0"}, ...}

    Source: https://helm.sh/docs/topics/advanced/#storage-backends
    """

    def command(self, release, namespace):
        return KubernetesRead("v1", "Secret", None, namespace, f"owner=helm,name={release}")

    def process(self, output):
        secrets = super().process(output)
        if not secrets:
            return None
        newest = max(secrets, key=lambda secret: int(secret["metadata"]["labels"]["version"]))
        release = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(newest["data"]["release"]))))
        return {
            "name": release["name"],
            "namespace": release["namespace"],
            "version": release["version"],
            "info": {"status": release["info"]["status"], "description": release["info"].get("description", "")},
            "chart": {key: release["chart"]["metadata"].get(key) for key in ("name", "version", "appVersion")},
            "config": release.get("config") or {},
            "manifest": release["manifest"],
            "labels": newest["metadata"]["labels"],
        }


class Rendered(KubernetesFact):
    """
    Returns what an install or an upgrade of a release would apply (``manifest``), or what helm says against it (``refusal``); nothing is changed.

    + release: its name
    + namespace: where it is
    + origin: the chart, as helm's arguments
    + values: what it is given
    + install: whether it is not there yet

    .. code:: python

        {"manifest": "---\\n# Source: airflow/templates/..."}
    """

    def command(self, release, namespace, origin, values, install=False):
        return Rendering(release, namespace, origin, values, install)


class DefinitionNames(KubernetesFact):
    """
    Returns the names of the CRDs that a chart brings along (``names``), or what helm says against it (``refusal``).

    + origin: the chart, as helm's arguments
    """

    def command(self, origin):
        return Definitions(origin)
