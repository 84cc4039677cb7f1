"""Releases of charts."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.command import Helm, Kubectl
from connectors.commands.reference import DEPLOYMENT_TAG
from connectors.kubernetes.manifest import values
from connectors.kubernetes.removal import Remove
from facts.helm import Release
from operations.differ import Change, differing_in
from operations.documents import differing_leaves
from operations.foreign import absent
from operations.helm.origins import origin_of
from operations.helm.ownership import adoption, free, own
from operations.rendered import differing_release, manifest_of_upgrade
from settings.versions import numbers

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
    forward: str | None = None,
    owner: str | None = None,
    present: bool = True,
):
    """
    Install/upgrade/uninstall a helm release with ``values/<release>.yaml`` and what this deployment lays over it.

    It is not waited for: see `k8s.ready`. Definitions of the chart's ``crds`` folder are left to `helm.crds`, or to a chart of their own:
    helm would take these from the release that has them.

    + release: its name, and its values file's
    + namespace: where it lives
    + chart: name of the chart
    + version: the chart's exact version
    + source: where the chart comes from: a directory, ``https://...`` or ``oci://...``
    + overlay: values that differ between deployments; references anywhere, no secrets
    + jobs: the chart's Jobs, made again by each upgrade since Kubernetes changes none
    + forward: name of a value that is a version, and that never gets older: what it migrated is not migrated back
    + owner: the deployment whose label it carries: one of the same name without it is somebody else's, refused and never removed
    + present: whether it should be installed

    **Idempotency:** another chart version, other values, a release that is not ``deployed`` or an object of it that is gone or no longer as
    the chart has it lead to an upgrade; a revision that an interrupted helm left pending is dropped first. Values and charts that helm
    refuses are refused, as is a field that Kubernetes does not let change, and an older version of what migrates.

    **Example:**

    .. code:: python

        helm.release(release="airflow", namespace="airflow", chart="airflow", version="1.22.0", source="https://airflow.apache.org", name="Airflow")
    """
    wanted = values(release, overlay)
    now = own(release, namespace, host.get_fact(Release, release=release, namespace=namespace), owner, chart, wanted, present)
    if not present:
        if now:
            yield Helm("uninstall", release, "--namespace", namespace, "--ignore-not-found", "--wait", "--timeout", "10m")
        else:
            absent("release", release, now)
        return
    if now and forward:
        _refuse_older(release, forward, now["config"].get(forward), wanted[forward])
    origin = origin_of(chart, version, source)
    if owner and not now:
        free(release, namespace, origin, wanted)
    changes = _changes(now, chart, version, wanted)
    if now:
        changes += _objects(release, namespace, origin, now, wanted if changes else None)
    if not changes:
        if now["labels"].get(DEPLOYMENT_TAG) != owner:
            yield Kubectl(*adoption(release, namespace, owner)).because([Change(DEPLOYMENT_TAG, None, owner, "label")])
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
    flags = ["--skip-crds", "--reset-values", "--force-conflicts", "--values", "-"]
    yield Helm("upgrade", "--install", release, *origin, "--namespace", namespace, *labels, *flags, stdin=wanted, mend=unstick).because(changes)


def _refuse_older(release, value, now, wanted) -> None:
    if now and numbers(wanted) < numbers(now):
        raise OperationError(
            f"release {release}: {value} is {now}, wanted {wanted}, which is older: its schema is not migrated back; "
            f"keep {now} or name a newer one, or restore a snapshot from before {now} and roll the release back"
        )


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
