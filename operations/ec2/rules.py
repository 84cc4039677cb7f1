"""Rules of security groups: from the short form of a declaration to AWS's, and what differs between the two."""

from __future__ import annotations

from connectors.commands.reference import Ref, known
from facts.ec2 import SecurityGroup
from operations.differ import Change

TO_ANYWHERE = {"cidr": "0.0.0.0/0", "protocol": "all"}
"""The egress rule AWS gives every new group."""

CONTROLLER = "elbv2.k8s.aws/"
"""How the description of a rule begins that the load balancer controller adds for its targets."""

SOURCES = {"IpRanges": "CidrIp", "Ipv6Ranges": "CidrIpv6", "PrefixListIds": "PrefixListId", "UserIdGroupPairs": "GroupId"}


def permission(rule: dict) -> dict:
    """
    One rule as AWS's ``IpPermission``.

    + rule: ``cidr`` or ``group`` (name of a group of the deployment, or a `Ref` to an id), ``port`` (a number, a range
      ``"1025-65535"``; all when left out) and ``protocol`` (``tcp``, ``udp`` or ``all``; ``tcp`` when a port is given)
    """
    protocol = rule.get("protocol") or ("tcp" if "port" in rule else "all")
    wanted: dict = {"IpProtocol": "-1" if protocol == "all" else protocol}
    if protocol != "all":
        low, _, high = str(rule.get("port", "0-65535")).partition("-")
        wanted |= {"FromPort": int(low), "ToPort": int(high or low)}
    if "cidr" in rule:
        return {**wanted, "IpRanges": [{"CidrIp": rule["cidr"]}]}
    group = rule["group"]
    return {**wanted, "UserIdGroupPairs": [{"GroupId": group if isinstance(group, Ref) else Ref(SecurityGroup, "GroupId", group=group)}]}


def single(permissions: list[dict] | None, controller: bool = False) -> list[dict]:
    """
    AWS's permissions, one for each source or destination, with its description.

    + permissions: as AWS answers them
    + controller: whether to keep those of the load balancer controller
    """
    rules = []
    for one in permissions or []:
        traffic = {key: one[key] for key in ("IpProtocol", "FromPort", "ToPort") if one.get(key) not in (None, -1) or key == "IpProtocol"}
        for kind, key in SOURCES.items():
            ends = [end for end in one.get(kind) or [] if controller or not (end.get("Description") or "").startswith(CONTROLLER)]
            rules += [{**traffic, kind: [{name: end[name] for name in (key, "Description") if end.get(name)}]} for end in ends]
    return rules


def shown(rule: dict) -> str:
    """A permission as a person reads it: ``tcp 5432 sg-0a1b``."""
    ends = [str(end[key]) for kind, key in SOURCES.items() for end in rule.get(kind) or []]
    if rule["IpProtocol"] == "-1":
        return " ".join(["all", *ends])
    low, high = rule.get("FromPort"), rule.get("ToPort")
    return " ".join([rule["IpProtocol"], str(low) if low == high else f"{low}-{high}", *ends])


def points_to(rule: dict, group_id: str) -> bool:
    """Whether the source or destination of a permission is this group."""
    return any(end["GroupId"] == group_id for end in rule.get("UserIdGroupPairs") or [])


def lacking(field: str, now: list[dict], wanted: list[dict]) -> tuple[list[dict], list[Change]]:
    """The wanted permissions that are absent, and the changes they make."""
    present = {shown(rule) for rule in now}
    rules = [rule for rule in wanted if shown(known(rule)) not in present]
    return rules, [Change(field, None, shown(rule)) for rule in rules]


def surplus(field: str, now: list[dict], wanted: list[dict]) -> tuple[list[dict], list[Change]]:
    """The present permissions that are not wanted, and the changes their end makes."""
    listed = {shown(known(rule)) for rule in wanted}
    rules = [rule for rule in now if shown(rule) not in listed]
    return rules, [Change(field, shown(rule), None) for rule in rules]
