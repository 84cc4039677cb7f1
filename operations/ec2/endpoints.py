"""Operations on VPC endpoints."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import Ref, known
from facts.ec2 import RouteTable, SecurityGroup, Subnet, Vpc, VpcEndpoint
from operations import tags as tag
from operations.differ import differing, refused
from operations.ec2.namesakes import own
from operations.foreign import absent


@operation()
def vpc_endpoint(
    endpoint: str,
    vpc: str | None = None,
    service: str | None = None,
    tables: list | None = None,
    subnets: list | None = None,
    groups: list | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/start/remove a way to a service of AWS that does not leave the VPC: a gateway endpoint in route tables, to S3 or DynamoDB, or an interface
    endpoint in subnets, which takes the service's own host name over; `endpoints_available` waits for those.

    + endpoint: its Name tag
    + vpc: Name tag of the VPC it is in (fixed)
    + service: the service's name, ``com.amazonaws.us-west-2.s3`` (fixed)
    + tables: Name tags of the route tables that lead to it (whole): a gateway endpoint
    + subnets: Name tags of the subnets it has an interface in, one in each zone (whole): an interface endpoint
    + groups: names of the security groups of its interfaces (whole)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** route tables, subnets, security groups and tags are put right; another VPC or service is refused. The removal of an interface
    endpoint is waited for: its interfaces hold subnets and groups.

    **Example:**

    .. code:: python

        ec2.vpc_endpoint(
            endpoint="airflow-dev-s3", vpc="airflow-dev", service="com.amazonaws.us-west-2.s3", tables=["airflow-dev-private-us-west-2a"], name="Way to S3"
        )
    """
    now = own("vpc endpoint", endpoint, host.get_fact(VpcEndpoint, endpoint=endpoint), present)
    if not present:
        if now:
            missing = ("InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound")
            yield AwsCall("ec2", "delete_vpc_endpoints", missing=missing, VpcEndpointIds=[now["VpcEndpointId"]])
            if now.get("VpcEndpointType") == "Interface":
                yield Wait("ec2", "vpc_endpoints_deleted", VpcEndpointIds=[now["VpcEndpointId"]])
        else:
            absent("vpc endpoint", endpoint, now)
        return
    tags = {"Name": endpoint, **(tags or {})}
    home = Ref(Vpc, "VpcId", vpc=vpc)
    wanted = _places(tables, subnets, groups)
    if not now:
        kind = {"VpcEndpointType": "Gateway"} if subnets is None else {"VpcEndpointType": "Interface", "PrivateDnsEnabled": True}
        yield AwsCall(
            "ec2",
            "create_vpc_endpoint",
            made=Ref(VpcEndpoint, "VpcEndpointId", endpoint=endpoint),
            **kind,
            VpcId=home,
            ServiceName=service,
            **wanted,
            TagSpecifications=tag.specification("vpc-endpoint", tags),
        )
        return
    refused("vpc endpoint", endpoint, differing(now, VpcId=home if vpc else None, ServiceName=service), "remove the endpoint first")
    retagged = tag.missing(now["Tags"], tags)
    present_now = {"RouteTableIds": now.get("RouteTableIds"), "SubnetIds": now.get("SubnetIds"), "SecurityGroupIds": _groups(now)}
    lists = {}
    for field, refs in wanted.items():
        ids, there = [known(ref) for ref in refs], present_now[field] or []
        lists[f"Add{field}"] = [ref for ref, number in zip(refs, ids, strict=True) if number not in there]
        lists[f"Remove{field}"] = [number for number in there if number not in ids]
    if any(lists.values()):
        call = AwsCall("ec2", "modify_vpc_endpoint", VpcEndpointId=now["VpcEndpointId"], **{key: value for key, value in lists.items() if value})
        yield call.because(differing(present_now, **wanted))
    if retagged:
        yield AwsCall("ec2", "create_tags", Resources=[now["VpcEndpointId"]], Tags=tag.listed(tags)).because(retagged)
    if not any(lists.values()) and not retagged:
        host.noop(f"vpc endpoint {endpoint} is already present")


@operation()
def endpoints_available(vpc: str, endpoints: list | None = None, present: bool = True):
    """
    Wait until the interface endpoints of a VPC can be used.

    + vpc: Name tag of the VPC
    + endpoints: their Name tags
    + present: ``False`` does nothing: each is waited for as it goes

    **Idempotency:** nothing is done once all are available.

    **Example:**

    .. code:: python

        ec2.endpoints_available(vpc="airflow-dev", endpoints=["airflow-dev-sts"], name="Endpoints ready")
    """
    found = [host.get_fact(VpcEndpoint, endpoint=name) for name in endpoints or []] if present else []
    if all(now and now["State"] == "available" for now in found):
        host.noop(f"endpoints of {vpc} are {'already available' if present else 'waited for one by one'}")
        return
    yield Wait("ec2", "vpc_endpoints_available", VpcEndpointIds=[Ref(VpcEndpoint, "VpcEndpointId", endpoint=name) for name in endpoints or []])


def _places(tables, subnets, groups) -> dict:
    return {
        **({} if tables is None else {"RouteTableIds": [Ref(RouteTable, "RouteTableId", table=name) for name in tables]}),
        **({} if subnets is None else {"SubnetIds": [Ref(Subnet, "SubnetId", subnet=name) for name in subnets]}),
        **({} if groups is None else {"SecurityGroupIds": [Ref(SecurityGroup, "GroupId", group=name) for name in groups]}),
    }


def _groups(now) -> list:
    return [group["GroupId"] for group in now.get("Groups") or ()]
