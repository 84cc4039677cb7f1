"""Operations on route tables and gateway endpoints."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import Ref, known
from facts.ec2 import InternetGateway, NatGateway, RouteTable, Subnet, Vpc
from operations import tags as tag
from operations.differ import Change, differing, refused
from operations.ec2.namesakes import own
from operations.foreign import absent

TARGETS = ("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId", "EgressOnlyInternetGatewayId")


@operation()
def route_table(
    table: str,
    vpc: str | None = None,
    routes: list | None = None,
    subnets: list | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a route table with its routes and the subnets that follow it.

    A route is ``{"cidr": "0.0.0.0/0", "nat": "airflow-dev-us-west-2a"}``, or with ``internet_gateway`` instead of ``nat``.

    + table: its Name tag
    + vpc: Name tag of the VPC it is in (fixed)
    + routes: routes to IPv4 ranges (whole, but for those AWS makes: local ones and those of gateway endpoints)
    + subnets: Name tags of the subnets that follow it (whole)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** routes and subnets are put right, and so are tags; another VPC is refused.

    **Example:**

    .. code:: python

        ec2.route_table(
            table="airflow-dev-public",
            vpc="airflow-dev",
            routes=[{"cidr": "0.0.0.0/0", "internet_gateway": "airflow-dev"}],
            subnets=["airflow-dev-public-us-west-2a"],
            name="Public routes",
        )
    """
    now = own("route table", table, host.get_fact(RouteTable, table=table), present)
    if not present:
        if now:
            yield from _removed(now)
        else:
            absent("route table", table, now)
        return
    tags = {"Name": table, **(tags or {})}
    home = Ref(Vpc, "VpcId", vpc=vpc)
    if not now:
        made = Ref(RouteTable, "RouteTableId", table=table)
        yield AwsCall("ec2", "create_route_table", VpcId=home, TagSpecifications=tag.specification("route-table", tags))
        for route in routes or []:
            yield AwsCall("ec2", "create_route", RouteTableId=made, DestinationCidrBlock=route["cidr"], **_target(route))
        for name in subnets or []:
            yield AwsCall("ec2", "associate_route_table", RouteTableId=made, SubnetId=Ref(Subnet, "SubnetId", subnet=name))
        return
    refused("route table", table, differing(now, VpcId=home if vpc else None), "remove the route table first")
    retagged = tag.missing(now["Tags"], tags)
    commands = [*(_routed(now, routes) if routes is not None else ()), *(_followed(now, subnets) if subnets is not None else ())]
    if retagged:
        yield AwsCall("ec2", "create_tags", Resources=[now["RouteTableId"]], Tags=tag.listed(tags)).because(retagged)
    yield from commands
    if not retagged and not commands:
        host.noop(f"route table {table} is already present")


def _target(route: dict) -> dict:
    if "nat" in route:
        return {"NatGatewayId": Ref(NatGateway, "NatGatewayId", nat=route["nat"])}
    return {"GatewayId": Ref(InternetGateway, "InternetGatewayId", gateway=route["internet_gateway"])}


def _routed(now: dict, routes: list):
    made = [route for route in now.get("Routes") or [] if route.get("Origin") == "CreateRoute" and route.get("DestinationCidrBlock")]
    present = {route["DestinationCidrBlock"]: next((route[key] for key in TARGETS if route.get(key)), None) for route in made}
    for route in routes:
        cidr, target = route["cidr"], _target(route)
        wanted = next(iter(known(target).values()))
        if present.get(cidr) != wanted:
            action = "replace_route" if cidr in present else "create_route"
            call = AwsCall("ec2", action, RouteTableId=now["RouteTableId"], DestinationCidrBlock=cidr, **target)
            yield call.because([Change(f"route {cidr}", present.get(cidr), wanted)])
    for cidr in present.keys() - {route["cidr"] for route in routes}:
        call = AwsCall("ec2", "delete_route", missing=("InvalidRoute.NotFound",), RouteTableId=now["RouteTableId"], DestinationCidrBlock=cidr)
        yield call.because([Change(f"route {cidr}", present[cidr], None)])


def _followed(now: dict, subnets: list):
    present = {one["SubnetId"]: one["RouteTableAssociationId"] for one in now.get("Associations") or [] if one.get("SubnetId")}
    wanted = {name: Ref(Subnet, "SubnetId", subnet=name) for name in subnets}
    ids = {name: known(ref) for name, ref in wanted.items()}
    for name, ref in wanted.items():
        if ids[name] not in present:
            yield AwsCall("ec2", "associate_route_table", RouteTableId=now["RouteTableId"], SubnetId=ref).because([Change("subnet", None, name)])
    for subnet_id in present.keys() - set(ids.values()):
        call = AwsCall("ec2", "disassociate_route_table", missing=("InvalidAssociationID.NotFound",), AssociationId=present[subnet_id])
        yield call.because([Change("subnet", subnet_id, None)])


def _removed(now: dict):
    for association in now.get("Associations") or []:
        if association.get("SubnetId"):
            association_id = association["RouteTableAssociationId"]
            yield AwsCall("ec2", "disassociate_route_table", missing=("InvalidAssociationID.NotFound",), AssociationId=association_id)
    yield AwsCall("ec2", "delete_route_table", missing=("InvalidRouteTableID.NotFound",), RouteTableId=now["RouteTableId"])
