"""Security groups: used by network interfaces, named in each other's rules."""

from collections.abc import Iterator

from moto.ec2.models import ec2_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import refuses

LIMIT = 60


def rules_of(group) -> Iterator:
    yield from group.ingress_rules
    yield from group.egress_rules


def users_of(ec2, group) -> list[str]:
    """Ids of the network interfaces that have the group, and of the other groups whose rules name it."""
    users = [eni.id for eni in ec2.enis.values() if any(g.id == group.id for g in eni.group_set)]
    for groups in ec2.groups.values():
        for other in groups.values():
            if other.id != group.id and any(named(rule, group.id) for rule in rules_of(other)):
                users.append(other.id)
    return users


def named(rule, group_id: str) -> bool:
    return bool(rule.source_group) and rule.source_group.get("GroupId") == group_id


@refuses("ec2", "DeleteSecurityGroup")
def keep_used_groups(call: Call) -> None:
    ec2 = ec2_backends[call.account][call.region]
    group = ec2.get_security_group_from_id(call.params.get("GroupId", ""))
    if group is None:
        return
    if group.name == "default":
        raise AwsError("CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted by a user')
    if users_of(ec2, group):
        raise AwsError("DependencyViolation", f"resource {group.id} has a dependent object")
