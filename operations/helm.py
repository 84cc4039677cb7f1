"""Operations on helm releases."""

from __future__ import annotations

from pathlib import Path

import yaml
from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.command import Helm, Kubectl
from connectors.commands.reference import DEPLOYMENT_TAG
from connectors.kubernetes.definitions import CHART, VERSION, Definitions
from connectors.kubernetes.manifest import ROOT, values
from connectors.kubernetes.removal import Remove
from facts.helm import DefinitionNames, Release
from facts.k8s import Objects
from operations.differ import Change, differing_in
from operations.foreign import leave
from operations.k8s import releases
from operations.k8s.ownership import claimed, kept
from operations.leaves import differing_leaves
from operations.rendered import differing_release, manifest_of_upgrade, unavailable

DEFINITIONS = {"api_version": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
STUCK = ("pending-install", "pending-upgrade", "pending-rollback", "uninstalling")


@operation()
def release(
    release: str,
    namespace: str,
    chart: str | None = None,
    version: str | None = None,
    source: str | None = None,
    overlay: dict | None = None,
    jobs: list | None = None,
    owner: str | None = None,
    present: bool = True,
):
    """
    Install/upgrade/uninstall a helm release with ``values/<release>.yaml`` and what this deployment lays over it.

    It is not waited for: see `k8s.ready`.

    + release: its name, and its values file's
    + namespace: where it lives
    + chart: name of the chart
    + version: the chart's exact version
    + source: where the chart comes from: a directory, ``https://...`` or ``oci://...``
    + overlay: values that differ between deployments; references anywhere, no secrets
    + jobs: the chart's Jobs, made again by each upgrade since Kubernetes changes none
    + owner: the deployment whose label it carries: one of the same name without it is somebody else's, refused and never removed
    + present: whether it should be installed

    **Idempotency:** another chart version, other values, a release that is not ``deployed`` or an object of it that is gone or no longer as
    the chart has it lead to an upgrade; a revision that an interrupted helm left pending is dropped first. Values and charts that helm
    refuses are refused, as is a field that Kubernetes does not let change.

    **Example:**

    .. code:: python

        helm.release(release="airflow", namespace="airflow", chart="airflow", version="1.22.0", source="https://airflow.apache.org", name="Airflow")
    """
    now = host.get_fact(Release, release=release, namespace=namespace)
    wanted = values(release, overlay)
    mine = not now or releases.ours(now, owner, chart, wanted)
    if not present:
        if now and mine:
            yield Helm("uninstall", release, "--namespace", namespace, "--ignore-not-found", "--wait", "--timeout", "10m")
        elif now:
            leave(f"{releases.foreign(release, namespace, now, owner)} and is not this deployment's")
        else:
            host.noop(f"release {release} is already absent")
        return
    if not mine:
        releases.claimed(release, namespace, now, owner)
    origin = origin_of(chart, version, source)
    if owner and not now:
        releases.free(release, namespace, origin, wanted)
    changes = _changes(now, chart, version, wanted)
    if now:
        changes += _objects(release, namespace, origin, now, wanted if changes else None)
    if not changes:
        if now["labels"].get(DEPLOYMENT_TAG) != owner:
            yield Kubectl(*releases.adoption(release, namespace, owner)).because([Change(DEPLOYMENT_TAG, None, owner, "label")])
        else:
            host.noop(f"release {release} is already present")
        return
    pending = f"owner=helm,name={release},status in ({','.join(STUCK)})"
    unstick = Kubectl("delete", "secret", "--selector", pending, "--namespace", namespace, "--ignore-not-found")
    if now and now["info"]["status"] in STUCK:
        yield unstick
    if now and jobs:
        yield Remove("job", *jobs, "--namespace", namespace)
    labels = ["--labels", f"{DEPLOYMENT_TAG}={owner}"] if owner else []
    command = ["upgrade", "--install", release, *origin, "--namespace", namespace, *labels, "--reset-values", "--force-conflicts", "--values", "-"]
    yield Helm(*command, stdin=wanted, mend=unstick).because(changes)


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
    if versions == [version] and all(label.get(DEPLOYMENT_TAG) == owner for label in labels):
        host.noop(f"CRDs of {crds} are already present")
        return
    origin = origin_of(crds, version, source)
    if owner and live is not None:
        brought = host.get_fact(DefinitionNames, origin=origin)
        if "refusal" in brought:
            raise unavailable(f"CRDs of {crds}", brought["refusal"])
        claimed(f"CRDs of {crds}", [item for item in host.get_fact(Objects, **DEFINITIONS) if item["metadata"]["name"] in brought["names"]], owner)
    yield Definitions(crds, version, origin, owner).because([Change("chart version", ", ".join(versions) or None, version)])


def _changes(now, chart, version, wanted) -> tuple[Change, ...]:
    if not now:
        return (Change("chart", None, f"{chart} {version}"),)
    return (
        *differing_in(now, {"info.status": "deployed", "chart.name": chart, "chart.version": version}),
        *differing_leaves("values", now["config"], wanted),
    )


def _objects(release, namespace, origin, now, wanted) -> tuple[Change, ...]:
    if not wanted or now["info"]["status"] in STUCK:
        return differing_release(release, namespace, now["manifest"], now["manifest"])
    manifest, unknown = manifest_of_upgrade(release, namespace, origin, wanted)
    return unknown or differing_release(release, namespace, now["manifest"], manifest)


def origin_of(chart: str, version: str, source: str) -> list[str]:
    """
    What helm calls a chart by; raises `OperationError` for one that is not in its directory.

    + chart: its name
    + version: its exact version
    + source: a directory, ``https://...`` or ``oci://...``
    """
    if source.startswith("oci://"):
        return [f"{source.rstrip('/')}/{chart}", "--version", version]
    if source.startswith(("https://", "http://")):
        return [chart, "--repo", source, "--version", version]
    directory = ROOT / source
    archive, folder = directory / f"{chart}-{version}.tgz", directory / chart
    if archive.is_file():
        return [str(archive)]
    found = _chart_version(folder)
    if found != version:
        there = f"{folder.name} {found} is there" if found else "there is neither"
        raise OperationError(f"chart {chart} {version} is not in {source}: {archive.name} or {chart}/ of that version was wanted, {there}: run `make charts`")
    return [str(folder)]


def _chart_version(folder: Path) -> str | None:
    try:
        return str(yaml.safe_load((folder / "Chart.yaml").read_text())["version"])
    except (OSError, KeyError, TypeError, yaml.YAMLError):
        return None
