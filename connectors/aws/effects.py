"""What a write may change of what has been read: as little as is known for certain, for all others the whole service."""

from __future__ import annotations

from dataclasses import dataclass

import jmespath

SERVICES = {
    "eks": ("eks", "ec2", "iam", "logs", "autoscaling", "kubernetes"),
    "rds": ("rds", "ec2", "logs"),
    "efs": ("efs", "ec2"),
    "elb": ("elb", "ec2"),
    "elbv2": ("elbv2", "ec2"),
    "kubernetes": ("kubernetes", "ec2", "elb", "elbv2", "efs", "iam", "logs"),
}
"""Where AWS does things by itself in other services when one is written to."""

TAGGING = "resourcegroupstaggingapi"
"""It answers for all services."""

NAMED = "TagSpecifications[0].Tags[?Key=='Name'].Value | [0]"

_GROUPS = ("ec2 describe_security_groups",)
_TABLES = ("ec2 describe_route_tables",)
_ROLES = ("iam get_account_authorization_details",)
_LOGS = ("logs describe_log_groups", "logs list_tags_for_resource")
_PODS = ("eks list_pod_identity_associations", "eks describe_pod_identity_association")
_ADDONS = ("eks list_addons", "eks describe_addon", "kubernetes", "logs")
_ENTRIES = ("eks list_access_entries", "eks describe_access_entry", "eks list_associated_access_policies")
_RULES = ("events list_rules", "events list_tags_for_resource", "events list_targets_by_rule")

KNOWN: dict[str, tuple[tuple[str, ...], str | None]] = {
    "ec2 create_subnet": (("ec2 describe_subnets",), NAMED),
    "ec2 modify_vpc_attribute": (("ec2 describe_vpc_attribute",), None),
    "ec2 create_internet_gateway": (("ec2 describe_internet_gateways",), NAMED),
    "ec2 attach_internet_gateway": (("ec2 describe_internet_gateways",), None),
    "ec2 allocate_address": (("ec2 describe_addresses",), NAMED),
    "ec2 create_route_table": (_TABLES, NAMED),
    "ec2 create_route": (_TABLES, None),
    "ec2 associate_route_table": (_TABLES, None),
    "ec2 create_security_group": (_GROUPS, "GroupName"),
    "ec2 authorize_security_group_ingress": (_GROUPS, None),
    "ec2 authorize_security_group_egress": (_GROUPS, None),
    "ec2 revoke_security_group_ingress": (_GROUPS, None),
    "ec2 revoke_security_group_egress": (_GROUPS, None),
    "iam create_role": (_ROLES, "RoleName"),
    "iam attach_role_policy": (_ROLES, "RoleName"),
    "iam put_role_policy": (_ROLES, "RoleName"),
    "iam tag_role": (_ROLES, "RoleName"),
    "logs create_log_group": (_LOGS, "logGroupName"),
    "logs put_retention_policy": (_LOGS, "logGroupName"),
    "events put_rule": (_RULES, "Name"),
    "events put_targets": (_RULES, "Rule"),
    "eks create_pod_identity_association": (_PODS, "join('/', [namespace, serviceAccount])"),
    "eks create_access_entry": (_ENTRIES, None),
    "eks associate_access_policy": (_ENTRIES, None),
    "eks create_addon": (_ADDONS, None),
    "eks addon_active": (_ADDONS, None),
}
"""
Writes and waits that change nothing but what some reads answer: which reads, and JMESPath of the name of the one thing they concern in
the parameters, as facts ask for it; ``None``: any.
"""


@dataclass(frozen=True)
class Effect:
    """
    What a write may have changed.

    + reads: all that is read of a service, ``eks``, or what one call answers, ``eks describe_addon``
    + thing: the name of the only thing it concerns
    """

    reads: tuple[str, ...]
    thing: str | None = None

    def reaches(self, service: str, action: str) -> bool:
        """Whether what a call answered may be another by now."""
        return service in self.reads or f"{service} {action}" in self.reads


def effect(service: str, action: str = "", params: dict | None = None) -> Effect:
    """
    What a write may change, whether it succeeds or not.

    + service, action: what was sent or waited for; without an action anything of the service
    + params: its parameters
    """
    known = KNOWN.get(f"{service} {action}")
    if known is None:
        return Effect((*SERVICES.get(service, (service,)), TAGGING))
    reads, name = known
    return Effect((*reads, TAGGING), jmespath.search(name, params or {}) if name else None)
