"""Does what is to be made fit into the account's quotas? Asked before anything is sent, and only for what is made anew."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

from pyinfra.context import host

from deploys.plan import Step, side_by_side
from facts.ec2 import InstanceTypes, SubnetPlaces
from facts.quotas import LIMITS, DefaultQuota, Quota, Used
from settings import Settings

NAT, ON_DEMAND, SPOT = "L-FE5A380F", "L-1216C47A", "L-34B43A08"
VCPUS = (ON_DEMAND, SPOT)
STANDARD = re.compile(r"[acdhimrtz]\d")
"""Families of instances that the quotas of standard instances count."""

COUNTED = {
    "ec2.vpc": "L-F678F1CE",
    "ec2.internet_gateway": "L-A4707A72",
    "ec2.elastic_ip": "L-0263D0A3",
    "ec2.nat_gateway": NAT,
    "eks.cluster": "L-1194D53C",
    "rds.instance": "L-7B6409FD",
    "elbv2.load_balancer": "L-53DA6B97",
}
"""The quota that a thing counts towards, by its kind."""

REPLACES = ("version", "launchTemplate.version")
SURGE = 2
"""What replaces nodes, and how many new ones EKS starts in each zone at most before an old one goes.

Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
"""


@dataclass(frozen=True)
class Demand:
    """
    What is needed of a quota.

    + code: of the quota
    + added: how much would be added
    + where: the zone, for a quota of each zone
    """

    code: str
    added: int
    where: str = ""


def short(settings: Settings, steps: list[Step]) -> list[str]:
    """A line for each quota that is too small for what would be made; of those that are not told, one line is said."""
    demands = _demands(settings, steps)
    values = dict(zip(demands, side_by_side(_value, demands), strict=True))
    if unknown := sorted({f"{LIMITS[demand.code].name} ({demand.code})" for demand, value in values.items() if value is None}):
        host.log_styled(f"? not compared with its quota, which servicequotas:GetServiceQuota does not tell the caller: {', '.join(unknown)}", fg="yellow")
    told = [demand for demand in demands if values[demand] is not None]
    return [line for line in side_by_side(lambda demand: _line(demand, values[demand]), told) if line]


def _demands(settings: Settings, steps: list[Step]) -> list[Demand]:
    zones = {subnet.name: subnet.zone for subnet in settings.subnets("public")}
    made = [step.want for step in steps if step.verb == "create" or (step.want.kind == "elbv2.load_balancer" and step.want.present and step.new)]
    count = Counter((COUNTED[want.kind], zones[want.fields["subnet"]] if want.kind == "ec2.nat_gateway" else "") for want in made if want.kind in COUNTED)
    demands = [Demand(code, number, where) for (code, where), number in count.items()]
    if (nodes := _nodes(settings, steps)) and (kinds := [kind for kind in settings.core_instance_types if STANDARD.match(kind)]):
        sizes = host.get_fact(InstanceTypes, instance_types=",".join(kinds))
        demands.append(Demand(SPOT if settings.core_capacity_type == "SPOT" else ON_DEMAND, nodes * max(sizes.values(), default=0)))
    return demands


def _nodes(settings: Settings, steps: list[Step]) -> int:
    """Core nodes that would come: all where they are made, those beside the old ones while these are replaced."""
    (step,) = [step for step in steps if step.want.kind == "eks.nodegroup" and not step.refusal][:1] or [None]
    if step is None or step.verb == "create":
        return settings.core_nodes if step else 0
    return SURGE * len(settings.zones) if any(change.field in REPLACES for change in step.changes) else 0


def _value(demand: Demand) -> float | None:
    of = {"service": LIMITS[demand.code].service, "code": demand.code}
    value = host.get_fact(Quota, **of)
    return host.get_fact(DefaultQuota, **of) if value is None else value


def _line(demand: Demand, value: float) -> str:
    used = _used(demand)
    if used + demand.added <= value:
        return ""
    limit = LIMITS[demand.code]
    where = f" in {demand.where}" if demand.where else ""
    more = f"--service-code {limit.service} --quota-code {demand.code} --desired-value {math.ceil(used + demand.added)}"
    return (
        f"quota {limit.name} ({limit.service} {demand.code}) is {value:.0f}{where}: {used} are used, {demand.added} would be added; "
        f"remove some, or ask for more: aws service-quotas request-service-quota-increase --region {host.connector.settings.region} {more}"
    )


def _used(demand: Demand) -> int:
    found = host.get_fact(Used, code=demand.code) or []
    if demand.code in VCPUS:
        return sum((item["cores"] or 1) * (item["threads"] or 1) for item in found if STANDARD.match(item["type"]))
    if demand.where:
        places = host.get_fact(SubnetPlaces)
        return sum(places.get(subnet) == demand.where for subnet in found)
    return len(found)
