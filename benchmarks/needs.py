"""Which want needs which: it cannot begin before the other is ready; mirrored, it has to be gone before the other can go."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from pyinfra.context import ctx_host

from benchmarks.empty_world import EmptyWorld, maker, references
from deploys.platform.addons import EARLY
from deploys.want import Want

Needs = dict[str, list[str]]

NETWORK = [f"eks.addon {addon.name}" for addon in EARLY]
"""The add-ons nodes join through; all others run in pods on them."""

RULES = [
    *(("eks.nodegroup *", addon) for addon in NETWORK),
    ("eks.nodegroup *", "ec2.route_table *-private-*"),
    ("eks.addon *", "eks.nodegroup *"),
    ("k8s.ready *", "eks.nodegroup *"),
    ("k8s.ready airflow", "k8s.bundle airflow-secrets"),
    ("k8s.bundle airflow-ingress*", "k8s.ready kube-system/traffic"),
    ("elbv2.load_balancer *", "k8s.bundle airflow-ingress*"),
]
"""
What no argument says: nodes join through their network add-ons and by a way out; pods need nodes, and so do the other add-ons;
Airflow needs its database, whose address is in its secrets; an Ingress passes its controller's webhook, and a load balancer is made for it.
"""


def needs(wants: list[Want]) -> Needs:
    """
    Each wanted thing, as a want prints, and the things it needs.

    + wants: everything the platform wants
    """
    wanted = {str(want): want for want in wants if want.present and not want.stray}
    deployment = next(want.subject for want in wanted.values() if want.kind == "eks.cluster")
    with ctx_host.use(EmptyWorld(deployment)):
        found = {thing: set(_needed(want, wanted)) - {thing} for thing, want in wanted.items()}
    return {thing: [other for other in wanted if other in found[thing]] for thing in wanted}


def mirrored(needs: Needs) -> Needs:
    """
    What a removal needs: that whatever needs the thing is gone.

    + needs: of the install
    """
    return {thing: [other for other in needs if thing in needs[other]] for thing in needs}


def _needed(want: Want, wanted: dict[str, Want]) -> Iterator[str | None]:
    """By reference, by name, by rule."""
    yield from (maker(ref) for command in want.commands() for ref in references(command))
    if want.kind.startswith(("k8s.", "helm.")):
        yield from (thing for thing in wanted if thing.startswith("eks.cluster "))
    if (cluster := want.fields.get("cluster")) and not want.kind.endswith(".leftovers"):
        yield f"eks.cluster {cluster}"
    if role := want.fields.get("role_arn"):
        yield f"iam.role {role.rpartition('/')[2]}"
    for needing, needed in RULES:
        if fnmatchcase(str(want), needing) and str(want) not in NETWORK:
            yield from (thing for thing in wanted if fnmatchcase(thing, needed))
