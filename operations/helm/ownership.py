"""Whose a helm release is: its label tells, and of one that is older than the label what it was given."""

from __future__ import annotations

from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.reference import DEPLOYMENT_TAG, known, uncertain
from connectors.kubernetes.manifest import Manifest, rendered, values
from facts.helm import Release, Rendered
from facts.k8s import Objects, Planned
from operations.foreign import lacking, met
from operations.k8s.ownership import where

NAME, SPACE = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"
"""How helm marks the objects of a release."""


def ours(now: dict, owner: str | None, chart: str | None, wanted: dict) -> bool:
    """
    Whether a release is the deployment's. One without its label is if it was made from our chart with most of the values it would be given now.

    + now: as `facts.helm.Release` answers it
    + owner: the deployment; without one everything is
    + chart: the chart's name
    + wanted: the values
    """
    carried = now["labels"].get(DEPLOYMENT_TAG)
    if not owner or carried is not None:
        return not owner or carried == owner
    given, aims = _leaves(now["config"]), _leaves(known(wanted))
    return now["chart"]["name"] == chart and 2 * sum(given.get(path) == value for path, value in aims.items() if path in given) > len(aims)


def own(release: str, namespace: str, now: dict | None, owner: str | None, chart: str | None, wanted: dict, present: bool):
    """
    The release if it is the deployment's; `None` or `Foreign`, both false, if not.

    + release, namespace: what it is
    + now, owner, chart, wanted: as in `ours`
    + present: whether it should be installed

    Raises `OperationError` when somebody else's is in the place of a wanted one.
    """
    if not now or ours(now, owner, chart, wanted):
        return now
    why = lacking("label", owner, now["labels"].get(DEPLOYMENT_TAG))
    cure = f"uninstall it, or give it to the deployment with `kubectl {' '.join(adoption(release, namespace, owner))}`"
    return met(f"release {release} in {namespace} (chart {now['chart']['name']} {now['chart']['version']}) {why}", cure, present)


def mine(release: str, namespace: str, owner: str | None, absent: bool = False) -> bool:
    """
    Whether a release of ours is there.

    + owner: the deployment; without one everything is its own
    + absent: what is answered where there is none
    """
    now = host.get_fact(Release, release=release, namespace=namespace) if owner else None
    return ours(now, owner, release, values(release)) if now else absent or not owner


def adoption(release: str, namespace: str, owner: str) -> tuple[str, ...]:
    """kubectl's arguments that make a release the deployment's: helm keeps the labels of a release on its Secrets."""
    return ("label", "secret", "--namespace", namespace, "--selector", f"owner=helm,name={release}", f"{DEPLOYMENT_TAG}={owner}", "--overwrite")


def free(release: str, namespace: str, origin: list[str], values: dict) -> None:
    """
    Raise when an object that a release would make is there and is not the release's. Asked for the plan: when it comes to it helm looks itself.

    + origin: the chart, as helm's arguments
    + values: what it would be given
    """
    if host.get_fact(Objects, api_version="v1", kind="Namespace") is None or host.state.is_executing or uncertain(known(values)):
        return
    answer = host.get_fact(Rendered, release=release, namespace=namespace, origin=origin, values=values, install=True)
    pairs = host.get_fact(Planned, manifest=Manifest(release, list(rendered(answer.get("manifest", "")))), manager="helm", namespace=namespace)
    if strange := [where(live) for live, _ in pairs if live and not _of(live, release, namespace)]:
        raise OperationError(
            f"release {release} would make {', '.join(strange)}, which is there and somebody else's: remove it, or give it to the release with "
            f"`kubectl annotate ... {NAME}={release} {SPACE}={namespace}` and `kubectl label ... app.kubernetes.io/managed-by=Helm`"
        )


def _of(live: dict, release: str, namespace: str) -> bool:
    marks = live["metadata"].get("annotations") or {}
    return (marks.get(NAME), marks.get(SPACE)) == (release, namespace)


def _leaves(value, path: tuple = ()) -> dict:
    """The values by their paths; lists are one value, an empty mapping is one too."""
    if isinstance(value, dict) and value:
        return {leaf: found for key, item in value.items() for leaf, found in _leaves(item, (*path, key)).items()}
    return {path: value}
