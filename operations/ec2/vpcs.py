"""Operations on EC2: the network a deployment lives in."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.command import AwsCall
from connectors.reference import Ref
from facts.ec2 import Subnet, Vpc
from operations import tags as tag
from operations.differ import differing, refused


@operation()
def vpc(vpc: str, cidr: str | None = None, tags: dict | None = None, present: bool = True):
    """
    Add/remove a VPC, with DNS support and DNS hostnames on, as EKS needs them.

    + vpc: its Name tag
    + cidr: its primary IPv4 range (fixed)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** tags are put right; another range is refused.

    **Example:**

    .. code:: python

        ec2.vpc(vpc="airflow-dev", cidr="10.1.0.0/16", name="VPC")
    """
    now = host.get_fact(Vpc, vpc=vpc)
    tags = {"Name": vpc, **(tags or {})}
    made = Ref(Vpc, "VpcId", vpc=vpc)
    if not present:
        if now:
            yield AwsCall("ec2", "delete_vpc", missing=("InvalidVpcID.NotFound",), VpcId=now["VpcId"])
        else:
            host.noop(f"vpc {vpc} is already absent")
        return
    if now:
        refused("vpc", vpc, differing(now, CidrBlock=cidr), "remove the VPC first")
        changes = tag.missing(now["Tags"], tags)
        if changes:
            yield AwsCall("ec2", "create_tags", Resources=[now["VpcId"]], Tags=tag.listed(tags)).because(changes)
        else:
            host.noop(f"vpc {vpc} is already present")
        return
    yield AwsCall("ec2", "create_vpc", made=made, CidrBlock=cidr, TagSpecifications=tag.specification("vpc", tags))
    yield AwsCall("ec2", "modify_vpc_attribute", VpcId=made, EnableDnsSupport={"Value": True})
    yield AwsCall("ec2", "modify_vpc_attribute", VpcId=made, EnableDnsHostnames={"Value": True})


@operation()
def subnet(
    subnet: str,
    vpc: str | None = None,
    cidr: str | None = None,
    zone: str | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a subnet.

    + subnet: its Name tag
    + vpc: Name tag of the VPC it is in (fixed)
    + cidr: its IPv4 range (fixed)
    + zone: its availability zone (fixed)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** tags are put right; another VPC, range or zone is refused.

    **Example:**

    .. code:: python

        ec2.subnet(subnet="airflow-dev-public-a", vpc="airflow-dev", cidr="10.1.0.0/24", zone="us-west-2a", name="Subnet")
    """
    now = host.get_fact(Subnet, subnet=subnet)
    tags = {"Name": subnet, **(tags or {})}
    if not present:
        if now:
            yield AwsCall("ec2", "delete_subnet", missing=("InvalidSubnetID.NotFound",), SubnetId=now["SubnetId"])
        else:
            host.noop(f"subnet {subnet} is already absent")
        return
    if now:
        fixed = differing(now, VpcId=Ref(Vpc, "VpcId", vpc=vpc) if vpc else None, CidrBlock=cidr, AvailabilityZone=zone)
        refused("subnet", subnet, fixed, "remove the subnet first")
        changes = tag.missing(now["Tags"], tags)
        if changes:
            yield AwsCall("ec2", "create_tags", Resources=[now["SubnetId"]], Tags=tag.listed(tags)).because(changes)
        else:
            host.noop(f"subnet {subnet} is already present")
        return
    yield AwsCall(
        "ec2",
        "create_subnet",
        made=Ref(Subnet, "SubnetId", subnet=subnet),
        VpcId=Ref(Vpc, "VpcId", vpc=vpc),
        CidrBlock=cidr,
        AvailabilityZone=zone,
        TagSpecifications=tag.specification("subnet", tags),
    )
