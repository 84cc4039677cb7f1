"""The longest chain of provisioning times: what an install or a cleanup takes when everything starts as soon as it can."""

from __future__ import annotations

from functools import cache

from benchmarks.needs import Needs, mirrored, needs
from deploys.want import Want
from sandbox.aws.times import SECONDS

MADE = {
    "iam.role": ["iam role usable"],
    "ec2.nat_gateway": ["ec2 nat gateway create"],
    "eks.cluster": ["eks cluster create"],
    "eks.addon": ["eks addon create"],
    "eks.nodegroup": ["eks nodegroup launch", "eks nodegroup create"],
    "efs.file_system": ["efs file system create"],
    "efs.mount_target": ["efs mount target create"],
    "amp.workspace": ["amp workspace create"],
    "acm.certificate": ["acm certificate issue"],
    "elbv2.load_balancer": ["elb create"],
}
REMOVED = {
    "ec2.nat_gateway": ["ec2 nat gateway delete"],
    "eks.cluster": ["eks cluster delete"],
    "eks.addon": ["eks addon delete"],
    "eks.nodegroup": ["eks nodegroup delete"],
    "efs.mount_target": ["efs mount target delete"],
    "amp.workspace": ["amp workspace delete"],
    "elbv2.load_balancer": ["elb delete"],
}
"""By kind of want, what of the sandbox's table passes until it is ready, or gone. Everything else is made and removed at once."""

Chain = list[tuple[str, float]]


def install_path(wants: list[Want]) -> Chain:
    """
    The chain that decides how long an install takes, with AWS's seconds for each thing in it.

    + wants: everything the platform wants
    """
    return critical_path({str(want): _seconds(_making(want)) for want in wants}, needs(wants))


def cleanup_path(wants: list[Want]) -> Chain:
    """
    The chain that decides how long a cleanup takes, with AWS's seconds for each thing in it.

    + wants: everything the platform wants
    """
    return critical_path({str(want): _seconds(_removing(want)) for want in wants}, mirrored(needs(wants)))


def critical_path(seconds: dict[str, float], needs: Needs) -> Chain:
    """
    The longest chain, without what takes no time.

    + seconds: what each thing takes
    + needs: what has to be done before it can begin
    """

    @cache
    def until(thing: str) -> float:
        return seconds[thing] + max(map(until, needs[thing]), default=0)

    thing, chain = max(needs, key=until), []
    while thing:
        chain = [(thing, seconds[thing]), *chain]
        thing = max(needs[thing], key=until, default=None)
    return [(thing, taken) for thing, taken in chain if taken]


def total(chain: Chain) -> float:
    """AWS's seconds of a chain."""
    return sum(seconds for _, seconds in chain)


def _making(want: Want) -> list[str]:
    if want.kind == "rds.instance":
        create = "rds instance create multi-az" if want.fields["multi_az"] else "rds instance create"
        return [create, "rds instance backing-up"] if want.fields["backup_days"] else [create]
    return MADE.get(want.kind, [])


def _removing(want: Want) -> list[str]:
    if want.kind == "rds.instance":
        return ["rds snapshot create", "rds instance delete"] if want.fields["final_snapshot"] else ["rds instance delete"]
    return REMOVED.get(want.kind, [])


def _seconds(events: list[str]) -> float:
    return sum(SECONDS[event] for event in events)
