"""What others have that hangs on parts of the platform: custom resources on their definitions, load balancers on their controller."""

from __future__ import annotations

from collections import Counter

from pyinfra.context import host

from connectors.kubernetes.definitions import CHART
from deploys.at_risk import GUESTS, Risk, by_kind
from deploys.plan import side_by_side
from deploys.want import Want
from facts.k8s import Objects
from operations.helm.definitions import DEFINITIONS
from operations.helm.ownership import NAME, SPACE, mine
from operations.k8s.guests import held, spaces
from operations.k8s.ownership import ours

KEPT = ("helm.sh/resource-policy", "keep")


def dependants(owner: str, wants: list[Want], going: list[Want]) -> list[Risk]:
    """
    What others lose with parts of the platform, by namespace.

    + owner: the deployment
    + wants: all of the platform
    + going: what of it is removed
    """
    found = [(item, "gone with the definition of its kind") for item in _custom(owner, going)]
    if any(want.kind == "elbv2.leftovers" for want in going):
        found += [(item, "left without its load balancer: the controller goes") for item in held()]
    theirs = set(spaces(owner, system=True)) if found else set()
    releases = {(want.subject, want.fields["namespace"]) for want in wants if want.kind == "helm.release"}
    rows: dict[tuple[str, str], Counter] = {}
    for item, fate in found:
        space = item["metadata"].get("namespace")
        if (not space or space in theirs) and not _of_the_platform(item, owner, releases):
            rows.setdefault((f"in namespace {space}" if space else "outside of namespaces", fate), Counter())[item["kind"]] += 1
    return [Risk(GUESTS, thing, by_kind(kinds), fate, count=sum(kinds.values())) for (thing, fate), kinds in sorted(rows.items())]


def _custom(owner: str, going: list[Want]) -> list[dict]:
    """All objects of the kinds whose definitions go."""
    charts = {want.subject for want in going if want.kind == "helm.crds"}
    releases = {want.subject for want in going if want.kind == "helm.release" and mine(want.subject, want.fields["namespace"], owner)}
    live = host.get_fact(Objects, **DEFINITIONS) or [] if charts or releases else []
    return [item for items in side_by_side(_objects, [item for item in live if _goes(item, owner, charts, releases)]) for item in items]


def _goes(definition: dict, owner: str, charts: set[str], releases: set[str]) -> bool:
    labels, marks = (definition["metadata"].get(key) or {} for key in ("labels", "annotations"))
    return (labels.get(CHART) in charts and ours(definition, owner, older=True)) or (marks.get(NAME) in releases and KEPT not in marks.items())


def _objects(definition: dict) -> list[dict]:
    spec = definition["spec"]
    stored = next(version["name"] for version in spec["versions"] if version["storage"])
    return host.get_fact(Objects, api_version=f"{spec['group']}/{stored}", kind=spec["names"]["kind"]) or []


def _of_the_platform(item: dict, owner: str, releases: set[tuple[str, str]]) -> bool:
    """Whether it is the deployment's, of one of its releases, or made by what it belongs to."""
    marks = item["metadata"].get("annotations") or {}
    return (marks.get(NAME), marks.get(SPACE)) in releases or bool(item["metadata"].get("ownerReferences")) or ours(item, owner)
