"""Operations on NAT gateways and their addresses."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import Ref
from facts.ec2 import ElasticIp, FailedNatGateway, LeavingNatGateway, NatGateway, Subnet
from operations import tags as tag
from operations.differ import differing, refused
from operations.ec2.namesakes import own
from operations.foreign import absent

GONE = ("NatGatewayNotFound",)


@operation()
def elastic_ip(address: str, tags: dict | None = None, present: bool = True):
    """
    Add/remove an elastic IP.

    + address: its Name tag
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** tags are put right.

    **Example:**

    .. code:: python

        ec2.elastic_ip(address="airflow-dev-us-west-2a", name="Address of the NAT gateway")
    """
    now = own("elastic IP", address, host.get_fact(ElasticIp, address=address), present)
    if not present:
        if now:
            yield AwsCall("ec2", "release_address", missing=("InvalidAllocationID.NotFound",), AllocationId=now["AllocationId"])
        else:
            absent("elastic IP", address, now)
        return
    tags = {"Name": address, **(tags or {})}
    if not now:
        made = Ref(ElasticIp, "AllocationId", address=address)
        yield AwsCall("ec2", "allocate_address", made=made, Domain="vpc", TagSpecifications=tag.specification("elastic-ip", tags))
        return
    changes = tag.missing(now["Tags"], tags)
    if changes:
        yield AwsCall("ec2", "create_tags", Resources=[now["AllocationId"]], Tags=tag.listed(tags)).because(changes)
    else:
        host.noop(f"elastic IP {address} is already present")


@operation()
def nat_gateway(nat: str, subnet: str | None = None, address: str | None = None, tags: dict | None = None, present: bool = True):
    """
    Add/remove a public NAT gateway. Adding only starts it, `nat_available` waits; removing waits until it is gone.

    + nat: its Name tag
    + subnet: Name tag of the public subnet it is in (fixed)
    + address: Name tag of its elastic IP (fixed)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** one that is being deleted is waited for before its address is used again; tags are put right; another
    subnet or address is refused.

    **Example:**

    .. code:: python

        ec2.nat_gateway(nat="airflow-dev-us-west-2a", subnet="airflow-dev-public-us-west-2a", address="airflow-dev-us-west-2a", name="NAT gateway")
    """
    now = own("nat gateway", nat, host.get_fact(NatGateway, nat=nat), present)
    leaving = host.get_fact(LeavingNatGateway, nat=nat)
    if not present:
        if now:
            yield AwsCall("ec2", "delete_nat_gateway", missing=GONE, NatGatewayId=now["NatGatewayId"])
        for one in filter(None, (now, leaving)):
            yield Wait("ec2", "nat_gateway_deleted", NatGatewayIds=[one["NatGatewayId"]])
        if not now and not leaving:
            absent("nat gateway", nat, now)
        return
    tags = {"Name": nat, **(tags or {})}
    home, allocation = Ref(Subnet, "SubnetId", subnet=subnet), Ref(ElasticIp, "AllocationId", address=address)
    if not now:
        if leaving:
            yield Wait("ec2", "nat_gateway_deleted", NatGatewayIds=[leaving["NatGatewayId"]])
        yield AwsCall("ec2", "create_nat_gateway", SubnetId=home, AllocationId=allocation, TagSpecifications=tag.specification("natgateway", tags))
        return
    fixed = differing(now, SubnetId=home if subnet else None)
    fixed += differing(next(iter(now["NatGatewayAddresses"]), {}), AllocationId=allocation if address else None)
    refused("nat gateway", nat, fixed, "remove the NAT gateway first")
    changes = tag.missing(now["Tags"], tags)
    if changes:
        yield AwsCall("ec2", "create_tags", Resources=[now["NatGatewayId"]], Tags=tag.listed(tags)).because(changes)
    else:
        host.noop(f"nat gateway {nat} is already present")


@operation()
def nat_available(nat: str, present: bool = True):
    """
    Wait until a NAT gateway is available; removing starts its deletion, for which `nat_gateway` waits.

    + nat: its Name tag
    + present: ``False`` starts its deletion

    **Idempotency:** nothing is sent for one that is available; one that AWS could not make fails with AWS's reason, and the
    next run makes another.

    **Example:**

    .. code:: python

        ec2.nat_available(nat="airflow-dev-us-west-2a", name="NAT gateway is available")
    """
    now = host.get_fact(NatGateway, nat=nat)
    if not present:
        if now:
            yield AwsCall("ec2", "delete_nat_gateway", missing=GONE, NatGatewayId=now["NatGatewayId"])
        else:
            host.noop(f"nat gateway {nat} is already absent")
    elif not now or now["State"] != "available":
        found = now or host.get_fact(FailedNatGateway, nat=nat)
        yield Wait("ec2", "nat_gateway_available", NatGatewayIds=[found["NatGatewayId"] if found else Ref(NatGateway, "NatGatewayId", nat=nat)])
    else:
        host.noop(f"nat gateway {nat} is already available")
