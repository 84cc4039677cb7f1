"""Operations on security groups."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import Ref
from facts.ec2 import DefaultSecurityGroup, SecurityGroup, SecurityGroups, Vpc, VpcGroups, by_id, vpc_id
from operations import tags as tag
from operations.differ import differing, refused
from operations.ec2.namesakes import own
from operations.ec2.rules import TO_ANYWHERE, lacking, permission, points_to, single, surplus
from operations.foreign import absent
from operations.ownership import ours

GONE = ("InvalidGroup.NotFound", "InvalidPermission.NotFound")


@operation()
def security_group(
    group: str,
    vpc: str | None = None,
    description: str | None = None,
    ingress: list | None = None,
    egress: list | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a security group and its rules.

    A rule is ``{"port": 5432, "group": "airflow-dev-nodes"}``: ``cidr`` or ``group`` (a group of the deployment, itself
    included, or a `Ref` to an id), ``port`` (a number or ``"1025-65535"``; all when left out) and ``protocol``
    (``tcp``, ``udp``, ``all``; ``tcp`` when a port is given).

    + group: its name
    + vpc: Name tag of the VPC it is in (fixed)
    + description: what it is for, ASCII (fixed)
    + ingress: rules for what may come in (whole)
    + egress: rules for what may go out (whole); ``None`` leaves a new group open to everywhere, as AWS makes it
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** missing rules are added, then others revoked, except those the load balancer controller describes as
    its own; tags are put right; another VPC or description is refused. Before a group is removed, rules of the
    deployment's other groups that point to it are revoked.

    **Example:**

    .. code:: python

        ec2.security_group(
            group="airflow-dev-database",
            vpc="airflow-dev",
            description="PostgreSQL from the nodes",
            ingress=[{"port": 5432, "group": "airflow-dev-nodes"}],
            egress=[],
            name="Security group",
        )
    """
    now = own("security group", group, host.get_fact(SecurityGroup, group=group), present)
    tags = {"Name": group, **(tags or {})}
    if not present:
        if now:
            yield from pointing(host.get_fact(SecurityGroups) or [], now["GroupId"])
            yield AwsCall("ec2", "delete_security_group", missing=GONE, GroupId=now["GroupId"])
        else:
            absent("security group", group, now)
        return
    made = Ref(SecurityGroup, "GroupId", group=group)
    rules = {"ingress": ingress, "egress": egress}
    wanted = {way: [permission(rule) for rule in listed] for way, listed in rules.items() if listed is not None}
    if now:
        fixed = differing(now, VpcId=vpc_id(vpc) if vpc else None, Description=description)
        refused("security group", group, fixed, "remove the group first")
        changes = tag.missing(now["Tags"], tags)
        commands = list(_ruled(now["GroupId"], {"ingress": single(now.get("IpPermissions")), "egress": single(now.get("IpPermissionsEgress"))}, wanted))
        if changes:
            yield AwsCall("ec2", "create_tags", Resources=[now["GroupId"]], Tags=tag.listed(tags)).because(changes)
        yield from commands
        if not changes and not commands:
            host.noop(f"security group {group} is already present")
        return
    commands = [command.because(()) for command in _ruled(made, {"ingress": [], "egress": [permission(TO_ANYWHERE)]}, wanted)]
    yield AwsCall(
        "ec2",
        "create_security_group",
        made=made,
        GroupName=group,
        Description=description or group,
        VpcId=vpc_id(vpc),
        TagSpecifications=tag.specification("security-group", tags),
    )
    yield from commands


def _ruled(group, now: dict, wanted: dict):
    for way, rules in wanted.items():
        missing, changes = lacking(way, now[way], rules)
        if missing:
            yield AwsCall("ec2", f"authorize_security_group_{way}", GroupId=group, IpPermissions=missing).because(changes)
    for way, rules in wanted.items():
        extra, changes = surplus(way, now[way], rules)
        if extra:
            yield AwsCall("ec2", f"revoke_security_group_{way}", missing=GONE, GroupId=group, IpPermissions=extra).because(changes)


def changeable(vpc: str) -> list[dict]:
    """
    The security groups of a VPC whose rules may be changed: all in our own, in somebody else's those of the deployment.

    + vpc: its Name tag, or its id
    """
    groups = host.get_fact(VpcGroups, vpc=vpc) or []
    return [group for group in groups if ours(group.get("Tags"))] if by_id(vpc) else groups


def pointing(groups: list[dict], group_id: str):
    """
    The calls that revoke every rule of other groups that points to a group, which AWS would not remove otherwise.

    + groups: the groups that may have such rules
    + group_id: the one they may point to
    """
    for other in groups:
        for way, field in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
            rules = [rule for rule in single(other.get(field), controller=True) if points_to(rule, group_id)]
            if rules and other["GroupId"] != group_id:
                yield AwsCall("ec2", f"revoke_security_group_{way}", missing=GONE, GroupId=other["GroupId"], IpPermissions=rules)


@operation()
def default_security_group(vpc: str, tags: dict | None = None, present: bool = True):
    """
    Empty the default security group of a VPC, so that nothing works by accident; it lives and dies with its VPC.

    + vpc: Name tag of the VPC
    + tags: its tags (merged)
    + present: ``False`` does nothing

    **Idempotency:** whatever rule it has is revoked; tags are put right.

    **Example:**

    .. code:: python

        ec2.default_security_group(vpc="airflow-dev", name="Default security group")
    """
    if not present:
        host.noop(f"default security group of {vpc} goes with its VPC")
        return
    made = Ref(DefaultSecurityGroup, "GroupId", vpc=vpc)
    tags = {"Name": f"{vpc}-default", **(tags or {})}
    if host.get_fact(Vpc, vpc=vpc):
        now = host.get_fact(DefaultSecurityGroup, vpc=vpc)
        group, changes = now["GroupId"], tag.missing(now.get("Tags"), tags)
        rules = {"ingress": single(now["IpPermissions"]), "egress": single(now["IpPermissionsEgress"])}
    else:
        group, changes = made, tag.missing(None, tags)
        rules = {"ingress": [permission({"group": made})], "egress": [permission(TO_ANYWHERE)]}
    commands = list(_ruled(group, rules, {"ingress": [], "egress": []}))
    yield from commands
    if changes:
        yield AwsCall("ec2", "create_tags", Resources=[group], Tags=tag.listed(tags)).because(changes)
    if not changes and not commands:
        host.noop(f"default security group of {vpc} is already empty")
