"""A VPC that somebody else looks after: whether a deployment can live in it."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra.api import operation
from pyinfra.context import host

from facts.ec2 import ExistingEndpoints, ExistingRoutes, ExistingSubnets, ExistingVpc, VpcAttribute
from facts.eks import Cluster
from operations.existing import existing

ATTRIBUTES = {"enableDnsSupport": "--enable-dns-support", "enableDnsHostnames": "--enable-dns-hostnames"}
FREE = {"private": 7, "internal": 8, "public": 8, "database": 3}
"""
Addresses each subnet of a kind must have left: EKS wants six and EFS one, a load balancer eight, RDS one for each of two instances and for a
failover. Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
"""

OF_A_NODE = 30
"""Addresses vpc-cni takes for a node: those of an interface in use and of one kept warm. Source: https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html"""

ANYWHERE = "0.0.0.0/0"


@operation()
def existing_network(
    network: str,
    subnets: dict | None = None,
    endpoints: list | None = None,
    isolated: bool = False,
    nodes: int = 0,
    cluster: str | None = None,
    present: bool = True,
):
    """
    Look at a VPC that is somebody else's, and at the subnets that were chosen in it.

    + network: the VPC's id
    + subnets: ids of the chosen subnets by what they are for: ``data``, ``private``, ``internal``, ``public``, ``database``
    + endpoints: the services that nodes and pods call, as ``ecr.api``: a subnet without a way out needs endpoints of them
    + isolated: whether those endpoints are needed in any case
    + nodes: how many nodes there will be at first
    + cluster: name of the cluster: once it is there, free addresses are not counted any more
    + present: ``False`` leaves it alone too

    **Idempotency:** nothing is ever sent; a network a deployment cannot live in is refused, with everything that is wrong.

    **Example:**

    .. code:: python

        ec2.existing_network(network="vpc-0a1b2c3d", subnets={"data": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"]}, name="The company's network")
    """
    wrong = "; ".join(_wrong(network, subnets or {}, endpoints or [], isolated, nodes, cluster)) if present else ""
    yield from existing("network", network, wrong, present)


def _wrong(vpc, chosen, endpoints, isolated, nodes, cluster) -> Iterator[str]:
    if not host.get_fact(ExistingVpc, vpc=vpc):
        yield "there is no such VPC in the region, or none that is shared with this account"
        return
    known = {subnet["SubnetId"]: subnet for subnet in host.get_fact(ExistingSubnets, vpc=vpc)}
    if strange := [f"{kind} has {number}" for kind, ids in chosen.items() for number in ids if number not in known]:
        yield f"{', '.join(strange)}, which is none of its subnets"
        return
    found = {kind: [known[number] for number in ids] for kind, ids in chosen.items()}
    for attribute, option in ATTRIBUTES.items():
        if not host.get_fact(VpcAttribute, vpc=vpc, attribute=attribute):
            yield f"{attribute} is off, and nodes do not join without: aws ec2 modify-vpc-attribute --vpc-id {vpc} {option} turns it on"
    yield from _zones(found)
    if not (cluster and host.get_fact(Cluster, cluster=cluster)):
        yield from _addresses(found, nodes)
    yield from _ways_out(vpc, found, endpoints, isolated)


def _zones(found) -> Iterator[str]:
    zones = {kind: {subnet["AvailabilityZone"] for subnet in subnets} for kind, subnets in found.items()}
    for kind, within in zones.items():
        if not within:
            yield f"no subnet has the tags of {kind}"
        elif len(within) < 2:
            yield f"{kind} is in {min(within)} alone: wanted subnets in two zones at least"
    if missing := zones.get("data", set()) - zones.get("private", set()):
        yield f"private has no subnet in {', '.join(sorted(missing))}, where data has one: nodes mount the file system within their zone"


def _addresses(found, nodes) -> Iterator[str]:
    for kind, least in FREE.items():
        for subnet in found.get(kind, ()):
            if subnet["AvailableIpAddressCount"] < least:
                yield f"{kind}'s {subnet['SubnetId']} has {subnet['AvailableIpAddressCount']} free addresses: wanted {least} at least"
    free = sum(subnet["AvailableIpAddressCount"] for subnet in found.get("data", ()))
    if free < nodes * OF_A_NODE:
        yield f"data has {free} free addresses: wanted {nodes * OF_A_NODE} at least, {OF_A_NODE} for each of {nodes} nodes"


def _ways_out(vpc, found, endpoints, isolated) -> Iterator[str]:
    """A subnet whose route table is not shown to this account is taken to have one."""
    tables = host.get_fact(ExistingRoutes, vpc=vpc)
    shut = []
    for subnet in found.get("data", ()):
        route = _default(tables, subnet)
        if route is None:
            shut.append(subnet["SubnetId"])
        elif route.get("State") == "blackhole":
            yield f"the way out of data's {subnet['SubnetId']} leads to {_target(route)}, which is gone"
        elif _target(route).startswith("igw-") and not subnet["MapPublicIpOnLaunch"]:
            yield f"data's {subnet['SubnetId']} leads to {_target(route)} and gives nodes no public address: wanted a way through a NAT or transit gateway"
    there = host.get_fact(ExistingEndpoints, vpc=vpc) if shut or isolated else []
    if (shut or isolated) and (lacking := [name for name in endpoints if not any(service.endswith(f".{name}") for service in there)]):
        why = f"data's {', '.join(shut)} has no way out" if shut else "vpc_endpoints is True"
        yield f"{why}, and the VPC has no endpoint of {', '.join(lacking)}"
    for subnet in found.get("public", ()):
        if not _target(_default(tables, subnet) or {}).startswith("igw-"):
            yield f"public's {subnet['SubnetId']} does not lead to an internet gateway"


def _default(tables, subnet) -> dict | None:
    """Its route to anywhere, `None` where it has none."""
    places = [(place, table) for table in tables for place in table["Associations"]]
    own = [table for place, table in places if place.get("SubnetId") == subnet["SubnetId"]]
    (table, *_) = [*own, *(table for place, table in places if place.get("Main")), {"Routes": [{"DestinationCidrBlock": ANYWHERE}]}]
    return next((route for route in table["Routes"] if route.get("DestinationCidrBlock") == ANYWHERE), None)


def _target(route) -> str:
    return next((route[key] for key in ("NatGatewayId", "TransitGatewayId", "GatewayId", "NetworkInterfaceId") if route.get(key)), "")
